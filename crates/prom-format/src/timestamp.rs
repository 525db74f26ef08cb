//! `Timestamp` and `TimestampText`: when a sample was taken, and its text in a dialect's unit.

use core::fmt;

use crate::dialect::Dialect;
use crate::error::{FormatError, Rule};
#[cfg(feature = "alloc")]
use crate::sink::Sink;
use crate::stack_text::StackText;

/// Milliseconds that readers get exactly from `seconds.milliseconds`: 2004-11-03 to 2038-01-19.
///
/// Prometheus reads seconds as an `f64` and cuts `seconds * 1000` off to an integer, which goes
/// wrong by one where the product lies just below it. Measured over this range it never does.
const SAFE_MILLIS: core::ops::Range<i64> = 1_099_511_627_776..2_147_483_648_000;

/// A point in time, in milliseconds since 1970-01-01 UTC.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Timestamp(i64);

impl Timestamp {
    /// The time `millis` milliseconds after 1970-01-01 UTC.
    #[must_use]
    pub const fn from_millis(millis: i64) -> Self {
        Self(millis)
    }

    /// Milliseconds since 1970-01-01 UTC.
    #[must_use]
    pub const fn millis(self) -> i64 {
        self.0
    }

    /// The text in seconds, exact to the millisecond for a reader that truncates and for one that
    /// rounds.
    ///
    /// Outside [`SAFE_MILLIS`] a microsecond is added, which is enough until the year 2514.
    pub(crate) fn seconds_text(self) -> SecondsText {
        let mut text = SecondsText::new();
        if self.0 < 0 {
            text.push(b"-");
        }
        let magnitude = self.0.unsigned_abs();
        let millis = magnitude % 1000;
        text.push(itoa::Buffer::new().format(magnitude / 1000).as_bytes());
        text.push(b".");
        text.push(&three_digits(millis));
        if millis != 0 && !SAFE_MILLIS.contains(&self.0) {
            text.push(b"001");
        }
        text
    }
}

/// A sign, 16 digits, a point and six digits.
pub(crate) type SecondsText = StackText<24>;

/// The decimal digits of a number below 1000.
fn three_digits(number: u64) -> [u8; 3] {
    [number / 100, number / 10 % 10, number % 10]
        .map(|digit| b'0' + u8::try_from(digit).unwrap_or_default())
}

/// The end of a sample line: a timestamp rendered once for one dialect, or nothing, then the line
/// feed.
///
/// The samples of one emission share their timestamp, so it is rendered once and copied.
///
/// ```
/// use prom_format::{Dialect, Escaping, Timestamp, TimestampText};
///
/// let now = Timestamp::from_millis(1_700_000_000_123);
/// let text = TimestampText::new(Dialect::Text004, now).unwrap();
/// assert_eq!(text.as_str(), " 1700000000123");
/// let open = TimestampText::new(Dialect::OpenMetrics100(Escaping::Underscores), now).unwrap();
/// assert_eq!(open.as_str(), " 1700000000.123");
/// assert_eq!(TimestampText::NONE.as_str(), "");
/// ```
#[derive(Clone, Copy)]
pub struct TimestampText {
    /// A space, the number, a line feed; or the line feed alone.
    line_end: StackText<{ Self::LONGEST }>,
    in_seconds: Option<bool>,
}

impl TimestampText {
    /// The longest end of a line, in bytes.
    pub(crate) const LONGEST: usize = 26;

    /// No timestamp: the reader takes the time at which it reads.
    pub const NONE: Self = Self { line_end: StackText::from_text("\n"), in_seconds: None };

    /// `timestamp` in the unit of `dialect`: milliseconds in the classic text formats, seconds in
    /// OpenMetrics.
    ///
    /// # Errors
    ///
    /// If `timestamp` is before 1970 in a classic text format. The format has negative timestamps,
    /// but Prometheus refuses the whole exposition for one.
    pub fn new(dialect: Dialect, timestamp: Timestamp) -> Result<Self, FormatError> {
        let mut buffer = itoa::Buffer::new();
        let millis = buffer.format(timestamp.millis());
        let in_seconds = dialect.is_open_metrics();
        if timestamp.millis() < 0 && !in_seconds {
            return Err(FormatError::new(Rule::NegativeTimestamp, millis));
        }
        let mut line_end = StackText::from_text(" ");
        if in_seconds {
            line_end.push(timestamp.seconds_text().as_bytes());
        } else {
            line_end.push(millis.as_bytes());
        }
        line_end.push(b"\n");
        Ok(Self { line_end, in_seconds: Some(in_seconds) })
    }

    /// The text with the space in front of it, without the line feed; empty for
    /// [`NONE`](Self::NONE).
    #[must_use]
    pub fn as_str(&self) -> &str {
        self.line_end.as_str().strip_suffix('\n').unwrap_or_default()
    }

    #[cfg(feature = "alloc")]
    #[inline]
    pub(crate) fn write<S: Sink>(&self, sink: &mut S) -> Result<(), S::Error> {
        self.line_end.write(sink)
    }

    pub(crate) fn line_end(&self) -> &[u8] {
        self.line_end.as_bytes()
    }

    /// Whether a line of `dialect` may end like this: it is of that dialect's unit, or it is
    /// [`NONE`](Self::NONE).
    #[must_use]
    pub fn suits(&self, dialect: Dialect) -> bool {
        self.in_seconds.is_none_or(|in_seconds| in_seconds == dialect.is_open_metrics())
    }
}

impl fmt::Debug for TimestampText {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "TimestampText({:?})", self.as_str())
    }
}

#[cfg(test)]
mod tests {
    use super::{SAFE_MILLIS, Timestamp, TimestampText};
    use crate::dialect::{Dialect, Escaping};

    const OPEN: Dialect = Dialect::OpenMetrics100(Escaping::Underscores);

    #[test]
    fn milliseconds_in_text() {
        let check = |millis, expected: &str| {
            let text =
                TimestampText::new(Dialect::Text004, Timestamp::from_millis(millis)).unwrap();
            assert_eq!(text.as_str(), expected);
        };
        check(0, " 0");
        check(1_700_000_000_000, " 1700000000000");
        check(i64::MAX, " 9223372036854775807");
        let error = TimestampText::new(Dialect::Text004, Timestamp::from_millis(-5)).unwrap_err();
        assert_eq!(error.subject(), "-5");
    }

    #[test]
    fn seconds_in_open_metrics() {
        let check = |millis, expected: &str| {
            let text = TimestampText::new(OPEN, Timestamp::from_millis(millis)).unwrap();
            assert_eq!(text.as_str(), expected);
        };
        check(0, " 0.000");
        check(1_000, " 1.000");
        check(1_001, " 1.001001");
        check(-1, " -0.001001");
        check(-1_500, " -1.500001");
        check(1_099_511_627_775, " 1099511627.775001");
        check(1_099_511_627_776, " 1099511627.776");
        check(1_700_000_000_000, " 1700000000.000");
        check(2_147_483_647_999, " 2147483647.999");
        check(2_147_483_648_001, " 2147483648.001001");
        check(i64::MAX, " 9223372036854775.807001");
        check(i64::MIN, " -9223372036854775.808001");
    }

    /// How Prometheus reads a timestamp, and how a reader that rounds does.
    fn read_back(millis: i64) -> (i64, i64) {
        let product =
            Timestamp::from_millis(millis).seconds_text().as_str().parse::<f64>().unwrap() * 1000.0;
        #[expect(clippy::cast_possible_truncation, reason = "the truncation is what is tested")]
        let read = (product as i64, (product + 0.5f64.copysign(product)) as i64);
        read
    }

    #[test]
    fn truncating_and_rounding_readers_get_the_millisecond() {
        let starts = [
            0,
            1_000_000,
            -2_000_000,
            -1_700_000_000_000,
            SAFE_MILLIS.start,
            SAFE_MILLIS.end,
            1_700_000_000_000,
            2_200_000_000_000,
            4_294_967_296_000,
            8_589_934_592_000,
            17_179_869_184_000 - 40_000,
        ];
        for start in starts {
            for millis in start - 20_000..start + 20_000 {
                assert_eq!(read_back(millis), (millis, millis));
            }
        }
    }
}
