//! The integration tests of prom-format, one module a subject.

#![expect(
    clippy::unwrap_used,
    clippy::expect_used,
    reason = "a helper that fails must fail its test"
)]

mod buffer;
mod everything;
mod families;
mod labels;
mod parse;
mod points;
mod properties;
mod refused;
#[cfg(feature = "alloc")]
mod series;
mod sinks;
mod torn;
