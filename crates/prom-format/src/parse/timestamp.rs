//! `SampleTimestamp`: the time of a sample, exact to the nanosecond.

use crate::parse::decimal;
use crate::parse::number;

const NANOS_PER_MILLI: i128 = 1_000_000;
const NANOS_PER_SECOND: i128 = 1_000_000_000;

/// The time that a sample's line gives for it.
///
/// Text 0.0.4 and 1.0.0 write whole milliseconds, OpenMetrics seconds with a fraction. The
/// fraction is kept to the nanosecond; digits after it are cut off.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct SampleTimestamp {
    // The order of the fields is the order of the timestamps.
    millis: i64,
    sub_milli_nanos: i32,
}

impl SampleTimestamp {
    /// Milliseconds since the epoch, rounded towards zero, as Prometheus does.
    #[must_use]
    pub const fn millis(self) -> i64 {
        self.millis
    }

    /// The nanoseconds that [`millis`](Self::millis) leaves out: below 1,000,000, negative before
    /// the epoch, 0 in the classic format.
    #[must_use]
    pub const fn sub_milli_nanos(self) -> i32 {
        self.sub_milli_nanos
    }

    /// Nanoseconds since the epoch.
    #[must_use]
    pub const fn nanos(self) -> i128 {
        self.millis as i128 * NANOS_PER_MILLI + self.sub_milli_nanos as i128
    }

    fn from_nanos(nanos: i128) -> Option<Self> {
        Some(Self {
            millis: i64::try_from(nanos / NANOS_PER_MILLI).ok()?,
            sub_milli_nanos: i32::try_from(nanos % NANOS_PER_MILLI).ok()?,
        })
    }

    /// An integer of milliseconds: `[+-]digits`, within `i64`.
    pub(super) fn from_milliseconds(token: &str) -> Option<Self> {
        let bytes = token.as_bytes();
        let (millis, end) = decimal::digits(bytes, 0, 0);
        let millis = match end {
            // Eighteen digits fit.
            1..=18 if end == bytes.len() => i64::try_from(millis).ok()?,
            _ => token.parse().ok()?,
        };
        Some(Self { millis, sub_milli_nanos: 0 })
    }

    /// A decimal number of seconds, exact where a double would round; its milliseconds must fit
    /// in `i64`.
    pub(super) fn from_seconds(token: &str) -> Option<Self> {
        let bytes = token.as_bytes();
        if let Some(timestamp) = Self::from_plain_seconds(bytes) {
            return Some(timestamp);
        }
        if !number::is_real(bytes) {
            return None;
        }
        let negative = token.starts_with('-');
        let unsigned = token.strip_prefix(['+', '-']).unwrap_or(token);
        let nanos = shift_to_nanos(unsigned)?;
        Self::from_nanos(if negative { -nanos } else { nanos })
    }

    /// The usual `digits[.digits]`, with at most twelve and nine digits.
    fn from_plain_seconds(bytes: &[u8]) -> Option<Self> {
        let (seconds, point) = decimal::digits(bytes, 0, 0);
        let (mut fraction, mut end) = (0, point);
        if bytes.get(point) == Some(&b'.') {
            (fraction, end) = decimal::digits(bytes, point + 1, 0);
        }
        let places = end.saturating_sub(point + 1);
        if point == 0 || point > 12 || places > 9 || end != bytes.len() {
            return None;
        }
        let nanos = fraction * 10_u64.pow(9 - u32::try_from(places).ok()?);
        Some(Self {
            millis: i64::try_from(seconds * 1_000 + nanos / 1_000_000).ok()?,
            sub_milli_nanos: i32::try_from(nanos % 1_000_000).ok()?,
        })
    }
}

/// An unsigned decimal of seconds, perhaps with an exponent, as whole nanoseconds.
fn shift_to_nanos(unsigned: &str) -> Option<i128> {
    let (mantissa, exponent) = unsigned.split_once(['e', 'E']).unwrap_or((unsigned, "0"));
    let (whole, fraction) = mantissa.split_once('.').unwrap_or((mantissa, ""));
    let exponent = saturating_exponent(exponent);
    // How many of the digits, counted from the first, make whole nanoseconds.
    let wanted = i64::try_from(whole.len()).ok()?.saturating_add(exponent).saturating_add(9);
    let mut digits = whole.bytes().chain(fraction.bytes());
    let mut nanos: i128 = 0;
    let mut taken = 0;
    while taken < wanted {
        match digits.next() {
            Some(digit) => nanos = nanos * 10 + i128::from(digit.wrapping_sub(b'0')),
            None if nanos == 0 => break,
            None => nanos *= 10,
        }
        // The bound also ends the loop early: what is not zero grows tenfold.
        if nanos / NANOS_PER_SECOND > i128::from(i64::MAX) / 1_000 + 1 {
            return None;
        }
        taken += 1;
    }
    Some(nanos)
}

fn saturating_exponent(text: &str) -> i64 {
    let (negative, digits) = match text.strip_prefix('-') {
        Some(digits) => (true, digits),
        None => (false, text.strip_prefix('+').unwrap_or(text)),
    };
    let magnitude = digits.bytes().fold(0_i64, |magnitude, digit| {
        magnitude.saturating_mul(10).saturating_add(i64::from(digit.wrapping_sub(b'0')))
    });
    if negative { -magnitude } else { magnitude }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn seconds_are_exact() {
        for (token, nanos) in [
            ("0", 0),
            ("1.001", 1_001_000_000),
            ("1700000000.123456789", 1_700_000_000_123_456_789),
            ("1604676851.1234567899", 1_604_676_851_123_456_789),
            ("-1.5", -1_500_000_000),
            ("+2.", 2_000_000_000),
            (".5", 500_000_000),
            ("1.7e9", 1_700_000_000_000_000_000),
            ("1.795204324278e+09", 1_795_204_324_278_000_000),
            ("15e-1", 1_500_000_000),
            ("1e-9", 1),
            ("1e-10", 0),
            ("0e999999999999999999999", 0),
            ("1e-999999999999999999999", 0),
            ("0000000000000000000000001", 1_000_000_000),
        ] {
            let timestamp = SampleTimestamp::from_seconds(token);
            assert_eq!(timestamp.map(SampleTimestamp::nanos), Some(nanos), "{token}");
        }
        let parts =
            |token| SampleTimestamp::from_seconds(token).map(|t| (t.millis, t.sub_milli_nanos));
        assert_eq!(parts("-0.0010005"), Some((-1, -500)));
        assert!(parts("-0.0010005") < parts("-0.001") && parts("-0.001") < parts("-0.0009"));
    }

    #[test]
    fn the_range_is_that_of_i64_milliseconds() {
        for (token, millis) in [
            ("9223372036854775.807", Some(i64::MAX)),
            ("9223372036854775.808", None),
            ("-9223372036854775.808", Some(i64::MIN)),
            ("-9223372036854775.809", None),
            ("1e15", Some(1_000_000_000_000_000_000)),
            ("1e16", None),
            ("1e400", None),
            ("1e999999999999999999999", None),
            ("nan", None),
            ("inf", None),
            ("", None),
            ("1.2.3", None),
            ("1_0", None),
        ] {
            let timestamp = SampleTimestamp::from_seconds(token);
            assert_eq!(timestamp.map(SampleTimestamp::millis), millis, "{token}");
        }
    }

    #[test]
    fn milliseconds_are_integers() {
        for (token, millis) in [
            ("0", Some(0)),
            ("1700000000000", Some(1_700_000_000_000)),
            ("-5", Some(-5)),
            ("+5", Some(5)),
            ("9223372036854775807", Some(i64::MAX)),
            ("9223372036854775808", None),
            ("-9223372036854775808", Some(i64::MIN)),
            ("0000000000000000000000007", Some(7)),
            ("1.0", None),
            ("1e3", None),
            ("", None),
            ("-", None),
            ("5 ", None),
        ] {
            let timestamp = SampleTimestamp::from_milliseconds(token);
            assert_eq!(timestamp.map(SampleTimestamp::millis), millis, "{token}");
        }
    }
}
