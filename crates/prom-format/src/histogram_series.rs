//! `HistogramSeries`: the pre-rendered heads of a histogram that is written again and again.

use alloc::boxed::Box;
use core::fmt;

use crate::bound::{Bound, CLOSING};
use crate::dialect::Dialect;
use crate::error::FormatError;
use crate::label::Label;
use crate::name::MetricName;
use crate::number::Value;
use crate::sample_tail::SampleTail;
use crate::series::Series;
use crate::sink::Sink;
use crate::suffix::Suffix;
use crate::timestamp::TimestampText;

/// The series of one histogram in one dialect, checked and escaped once.
///
/// The buckets share one text up to the value of `le`, so a histogram of a thousand buckets takes
/// no more memory than one of ten. Writing allocates nothing. The order of the buckets and the sum
/// of their counts are the caller's: ascending bounds, cumulative counts, then the end.
///
/// ```
/// use prom_format::{Bound, Dialect, HistogramSeries, MetricName, TimestampText};
///
/// let name = MetricName::new("latency_seconds").unwrap();
/// let histogram = HistogramSeries::new(Dialect::Text004, name, &[]).unwrap();
/// let (mut log, now) = (String::new(), TimestampText::NONE);
/// histogram.write_bucket(&mut log, &Bound::from_decimal(5, -1), 3, &now).unwrap();
/// histogram.write_end(&mut log, 1.25, 4, &now).unwrap();
/// assert_eq!(
///     log,
///     "latency_seconds_bucket{le=\"0.5\"} 3\n\
///      latency_seconds_bucket{le=\"+Inf\"} 4\n\
///      latency_seconds_sum 1.25\n\
///      latency_seconds_count 4\n"
/// );
/// ```
#[derive(Clone, PartialEq, Eq, Hash)]
pub struct HistogramSeries {
    /// The head of a bucket up to the value of `le`, which is its last label.
    bucket: Box<[u8]>,
    infinity: Series,
    sum: Series,
    count: Series,
}

impl HistogramSeries {
    /// Renders the heads of the histogram `name`.
    ///
    /// # Errors
    ///
    /// As [`Series::new`]: for labels that are written alike, or one that is `le`.
    pub fn new(
        dialect: Dialect,
        name: MetricName<'_>,
        labels: &[Label<'_>],
    ) -> Result<Self, FormatError> {
        let infinity = Series::new(dialect, name, Suffix::Bucket(Bound::INFINITY), labels)?;
        let head = infinity.as_str();
        let ending = Bound::INFINITY.as_str().len() + CLOSING.len();
        let bucket = head.len().checked_sub(ending).and_then(|end| head.get(..end));
        Ok(Self {
            bucket: bucket.unwrap_or_default().as_bytes().into(),
            sum: Series::new(dialect, name, Suffix::Sum, labels)?,
            count: Series::new(dialect, name, Suffix::Count, labels)?,
            infinity,
        })
    }

    /// Writes the line of one bucket: how many observations are at most `bound`.
    ///
    /// # Errors
    ///
    /// If the sink fails. The line may then be torn.
    #[inline]
    pub fn write_bucket<S: Sink>(
        &self,
        sink: &mut S,
        bound: &Bound,
        cumulative: u64,
        timestamp: &TimestampText,
    ) -> Result<(), S::Error> {
        sink.write(&self.bucket)?;
        bound.closed().write(sink)?;
        Value::Unsigned(cumulative).write(sink)?;
        timestamp.write(sink)
    }

    /// Writes the line of one bucket whose count and timestamp are those of a bucket before.
    ///
    /// `tail` must be of a timestamp of the dialect of this histogram; a debug build asserts that it is.
    ///
    /// # Errors
    ///
    /// As [`write_bucket`](Self::write_bucket).
    #[inline]
    pub fn write_bucket_tail<S: Sink>(
        &self,
        sink: &mut S,
        bound: &Bound,
        tail: &SampleTail,
    ) -> Result<(), S::Error> {
        debug_assert!(self.count.takes(tail.timestamp()), "the timestamp is of another dialect");
        sink.write(&self.bucket)?;
        bound.closed().write(sink)?;
        tail.write(sink)
    }

    /// Writes the bucket `+Inf`, which holds the whole `count`, the sum and the count.
    ///
    /// # Errors
    ///
    /// If the sink fails. The last line may then be torn.
    pub fn write_end<S: Sink>(
        &self,
        sink: &mut S,
        sum: impl Into<Value>,
        count: u64,
        timestamp: &TimestampText,
    ) -> Result<(), S::Error> {
        self.infinity.write(sink, count, timestamp)?;
        self.sum.write(sink, sum, timestamp)?;
        self.count.write(sink, count, timestamp)
    }
}

impl fmt::Debug for HistogramSeries {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("HistogramSeries").field(&self.infinity).finish()
    }
}

#[cfg(test)]
mod tests {
    use alloc::string::String;

    use super::HistogramSeries;
    use crate::bound::Bound;
    use crate::dialect::{Dialect, Escaping};
    use crate::label::Label;
    use crate::name::{LabelName, MetricName};
    use crate::sample_tail::SampleTail;
    use crate::series::Series;
    use crate::suffix::Suffix;
    use crate::timestamp::{Timestamp, TimestampText};

    #[test]
    fn buckets_are_written_as_single_series_are() {
        let labels = [Label { name: LabelName::from_static("path"), value: "/\"a\"" }];
        for name in ["latency", "lat.ency"] {
            for dialect in [Dialect::Text004, Dialect::OpenMetrics100(Escaping::AllowUtf8)] {
                let name = MetricName::utf8(name).unwrap();
                let histogram = HistogramSeries::new(dialect, name, &labels).unwrap();
                let time = TimestampText::new(dialect, Timestamp::from_millis(42)).unwrap();
                for bound in [Bound::from_decimal(15, -1), Bound::from_decimal(1, 9)] {
                    let (mut together, mut alone) = (String::new(), String::new());
                    histogram.write_bucket(&mut together, &bound, 7, &time).unwrap();
                    let series = Series::new(dialect, name, Suffix::Bucket(bound), &labels);
                    series.unwrap().write(&mut alone, 7_u64, &time).unwrap();
                    assert_eq!(alone, together);
                    together.clear();
                    let tail = SampleTail::new(7_u64, &time);
                    histogram.write_bucket_tail(&mut together, &bound, &tail).unwrap();
                    assert_eq!(alone, together);
                }
            }
        }
        let own = [Label { name: LabelName::from_static("le"), value: "1" }];
        let name = MetricName::from_static("latency");
        assert!(HistogramSeries::new(Dialect::Text004, name, &own).is_err());
    }
}
