//! `MetricType`: what a family measures, as its `# TYPE` line says.

use crate::dialect::Dialect;

/// The type of a metric family.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum MetricType {
    /// A value that only rises, or starts again at zero.
    Counter,
    /// A value that may go up and down.
    Gauge,
    /// Observations counted in cumulative buckets.
    Histogram,
    /// Buckets of a current distribution, which may shrink (OpenMetrics only).
    GaugeHistogram,
    /// Observations summed up, with quantiles computed by the program.
    Summary,
    /// Text that does not change while the process lives (OpenMetrics only).
    Info,
    /// A set of named booleans (OpenMetrics only).
    StateSet,
    /// Not known: `untyped` in the classic text format, `unknown` in OpenMetrics.
    Unknown,
}

impl MetricType {
    /// The word in the `# TYPE` line of `dialect`.
    ///
    /// The classic text formats lack three types: a gauge histogram is a `histogram` there,
    /// an info and a state set are a `gauge`.
    #[must_use]
    pub const fn as_str(self, dialect: Dialect) -> &'static str {
        match (self, dialect.is_open_metrics()) {
            (Self::Counter, _) => "counter",
            (Self::Gauge, _) | (Self::Info | Self::StateSet, false) => "gauge",
            (Self::Histogram, _) | (Self::GaugeHistogram, false) => "histogram",
            (Self::GaugeHistogram, true) => "gaugehistogram",
            (Self::Summary, _) => "summary",
            (Self::Info, true) => "info",
            (Self::StateSet, true) => "stateset",
            (Self::Unknown, true) => "unknown",
            (Self::Unknown, false) => "untyped",
        }
    }
}
