//! `SampleTail`: a value and the end of its line.

use core::fmt;

use crate::number::{NumberText, Value};
use crate::sink::{Sink, SliceSink};
use crate::stack_text::StackText;
use crate::timestamp::TimestampText;

/// A value and a timestamp, rendered once for sample lines that share both: neighbouring buckets do, if
/// nothing was observed in one of them.
///
/// ```
/// use prom_format::{Bound, Dialect, HistogramSeries, MetricName, SampleTail, TimestampText};
///
/// let name = MetricName::new("latency_seconds").unwrap();
/// let histogram = HistogramSeries::new(Dialect::Text004, name, &[]).unwrap();
/// let (mut log, tail) = (String::new(), SampleTail::new(3_u64, &TimestampText::NONE));
/// for tenths in [5, 10] {
///     histogram.write_bucket_tail(&mut log, &Bound::from_decimal(tenths, -1), &tail).unwrap();
/// }
/// assert_eq!(
///     log,
///     "latency_seconds_bucket{le=\"0.5\"} 3\n\
///      latency_seconds_bucket{le=\"1.0\"} 3\n"
/// );
/// ```
#[derive(Clone, Copy)]
pub struct SampleTail {
    text: StackText<{ NumberText::CAPACITY + TimestampText::LONGEST }>,
    timestamp: TimestampText,
}

impl SampleTail {
    /// The end of a line with this value and timestamp.
    #[must_use]
    pub fn new(value: impl Into<Value>, timestamp: &TimestampText) -> Self {
        let mut buffer = [0; NumberText::CAPACITY];
        let mut number = SliceSink::new(&mut buffer);
        // There is room for the longest number.
        let _ = value.into().write(&mut number);
        let mut text = StackText::new();
        text.push(number.written());
        text.push(timestamp.line_end());
        Self { text, timestamp: *timestamp }
    }

    /// The timestamp that it was made with.
    pub(crate) const fn timestamp(&self) -> &TimestampText {
        &self.timestamp
    }

    #[inline]
    pub(crate) fn write<S: Sink>(&self, sink: &mut S) -> Result<(), S::Error> {
        self.text.write(sink)
    }
}

impl fmt::Debug for SampleTail {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "SampleTail({:?})", self.text.as_str())
    }
}

#[cfg(test)]
mod tests {
    use alloc::string::String;

    use super::*;
    use crate::dialect::Dialect;
    use crate::timestamp::Timestamp;

    #[test]
    fn the_longest_value_and_timestamp_fit() {
        let longest = Timestamp::from_millis(i64::MAX);
        let time = TimestampText::new(Dialect::Text004, longest).unwrap();
        for (value, text) in [
            (Value::Unsigned(u64::MAX), "18446744073709551615"),
            (Value::Signed(i64::MIN), "-9223372036854775808"),
            (Value::Float(-f64::MIN_POSITIVE), "-2.2250738585072014e-308"),
        ] {
            let mut written = String::new();
            SampleTail::new(value, &time).write(&mut written).unwrap();
            assert_eq!(alloc::format!("{text} 9223372036854775807\n"), written);
        }
    }
}
