//! `Suffix`: which of a family's samples a series is.

use crate::bound::Bound;
use crate::dialect::Dialect;

/// What follows the family's name in the name of a sample, with the label that belongs to it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Suffix {
    /// Nothing: a gauge, or a counter whose name is written exactly as given.
    None,
    /// `_total`: a counter. A name that ends in it is kept.
    Total,
    /// `_bucket` with the label `le`: a bucket of a histogram.
    Bucket(Bound),
    /// The label `quantile`: a quantile of a summary.
    Quantile(Bound),
    /// `_sum`: the sum of a histogram or summary.
    Sum,
    /// `_count`: the count of a histogram or summary.
    Count,
    /// `_gsum`, in the classic text formats `_sum`: the sum of a gauge histogram.
    GaugeSum,
    /// `_gcount`, in the classic text formats `_count`: the count of a gauge histogram.
    GaugeCount,
    /// `_created`: when a counter, histogram or summary began. `_total` at the end of the name is
    /// dropped first.
    Created,
    /// `_info`: an info. A name that ends in it is kept.
    Info,
}

impl Suffix {
    pub(crate) const fn as_str(self, dialect: Dialect) -> &'static str {
        match (self, dialect.is_open_metrics()) {
            (Self::None | Self::Quantile(_), _) => "",
            (Self::Total, _) => "_total",
            (Self::Bucket(_), _) => "_bucket",
            (Self::Sum, _) | (Self::GaugeSum, false) => "_sum",
            (Self::Count, _) | (Self::GaugeCount, false) => "_count",
            (Self::GaugeSum, true) => "_gsum",
            (Self::GaugeCount, true) => "_gcount",
            (Self::Created, _) => "_created",
            (Self::Info, _) => "_info",
        }
    }
}
