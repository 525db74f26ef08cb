//! The peers: the same sensors in the libraries that others use.

pub(crate) mod client;
pub(crate) mod exporter;
pub(crate) mod rust_prometheus;

/// The names of all who write text, with their versions.
pub(crate) const UPSTREAM: &str = "biometrics_prometheus 0.13";
pub(crate) const CLIENT: &str = "prometheus-client 0.25";
pub(crate) const RUST_PROMETHEUS: &str = "prometheus 0.14";
pub(crate) const EXPORTER: &str = "metrics-exporter-prometheus 0.18";
