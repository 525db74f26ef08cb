//! `Value`: a sample's value and its text.

use core::fmt;

use crate::sink::Sink;
use crate::stack_text::StackText;

/// The longest text: a sign, 17 digits, a point and `e-308`; or 20 digits.
pub(crate) type NumberText = StackText<24>;

/// Integers below this are exact in an `f64`, so they may be written as integers: 2^53.
const EXACT: f64 = 9_007_199_254_740_992.0;

/// The value of a sample.
///
/// Integers are written exactly, although every known reader rounds them to an `f64`. Floats are
/// written with the fewest digits that read back as the same value: integral ones below 2^53 in
/// magnitude without a point, the others with an exponent outside `1e-5..1e16`. The specials are
/// `NaN`, `+Inf` and `-Inf`.
///
/// ```
/// use prom_format::Value;
///
/// assert_eq!(Value::from(u64::MAX).to_string(), "18446744073709551615");
/// assert_eq!(Value::from(1e6).to_string(), "1000000");
/// assert_eq!(Value::from(0.1 + 0.2).to_string(), "0.30000000000000004");
/// assert_eq!(Value::from(1.5e-7).to_string(), "1.5e-07");
/// assert_eq!(Value::from(f64::NEG_INFINITY).to_string(), "-Inf");
/// ```
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Value {
    /// An integer that is not negative.
    Unsigned(u64),
    /// An integer.
    Signed(i64),
    /// Any number, infinity or NaN.
    Float(f64),
}

macro_rules! value_from {
    ($variant:ident($wide:ty): $($narrow:ty),*) => {
        $(impl From<$narrow> for Value {
            #[inline]
            fn from(value: $narrow) -> Self {
                Self::$variant(value.into())
            }
        })*
    };
}

value_from!(Unsigned(u64): u8, u16, u32, u64);
value_from!(Signed(i64): i8, i16, i32, i64);
value_from!(Float(f64): f32, f64);

impl From<usize> for Value {
    fn from(value: usize) -> Self {
        // No platform has a `usize` wider than 64 bits.
        Self::Unsigned(u64::try_from(value).unwrap_or(u64::MAX))
    }
}

impl Value {
    pub(crate) const fn is_nan(self) -> bool {
        matches!(self, Self::Float(value) if value.is_nan())
    }

    pub(crate) const fn is_negative(self) -> bool {
        match self {
            Self::Unsigned(_) => false,
            Self::Signed(value) => value < 0,
            Self::Float(value) => value < 0.0,
        }
    }

    #[inline]
    pub(crate) fn write<S: Sink>(self, sink: &mut S) -> Result<(), S::Error> {
        match self {
            Self::Unsigned(value) => sink.write(itoa::Buffer::new().format(value).as_bytes()),
            Self::Signed(value) => sink.write(itoa::Buffer::new().format(value).as_bytes()),
            Self::Float(value) => write_float(value, sink),
        }
    }
}

impl fmt::Display for Value {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.write(&mut crate::sink::FmtSink(f))
    }
}

fn write_float<S: Sink>(value: f64, sink: &mut S) -> Result<(), S::Error> {
    if let Some(integer) = exact_integer(value) {
        sink.write(itoa::Buffer::new().format(integer).as_bytes())
    } else if value.is_finite() {
        write_shortest(value, sink)
    } else {
        sink.write(special(value).as_bytes())
    }
}

/// `value` as an integer, if it is one that is exact; not for `-0.0`, which has a sign to keep.
#[inline]
fn exact_integer(value: f64) -> Option<i64> {
    #[expect(
        clippy::cast_possible_truncation,
        reason = "the cast saturates, and what it loses is compared"
    )]
    let integer = value as i64;
    #[expect(clippy::cast_precision_loss, reason = "only integers below 2^53 are kept")]
    let back = integer as f64;
    (back.to_bits() == value.to_bits() && value.abs() < EXACT).then_some(integer)
}

pub(crate) const fn special(value: f64) -> &'static str {
    if value.is_nan() {
        "NaN"
    } else if value > 0.0 {
        "+Inf"
    } else {
        "-Inf"
    }
}

/// The shortest digits, re-laid from `1.0` to `1` and from `1e-7` to `1e-07`.
fn write_shortest<S: Sink>(value: f64, sink: &mut S) -> Result<(), S::Error> {
    let mut buffer = zmij::Buffer::new();
    let text = buffer.format_finite(value);
    if let [head @ .., b'e', b'-', digit] = text.as_bytes() {
        let mut padded = NumberText::new();
        padded.push(head);
        padded.push(b"e-0");
        padded.push(&[*digit]);
        return sink.write(padded.as_bytes());
    }
    sink.write(text.strip_suffix(".0").unwrap_or(text).as_bytes())
}

#[cfg(test)]
mod tests {
    use super::Value;
    use crate::sink::SliceSink;

    fn check(value: impl Into<Value>, expected: &str) {
        let mut buffer = [0; 32];
        let mut sink = SliceSink::new(&mut buffer);
        value.into().write(&mut sink).unwrap();
        assert_eq!(core::str::from_utf8(sink.written()).unwrap(), expected);
    }

    #[test]
    fn integers_are_exact() {
        check(0_u8, "0");
        check(u64::MAX, "18446744073709551615");
        check(i64::MIN, "-9223372036854775808");
        check(usize::MAX, "18446744073709551615");
    }

    #[test]
    fn integral_floats_have_no_point() {
        check(0.0, "0");
        check(-0.0, "-0");
        check(-1.0, "-1");
        check(1e6, "1000000");
        check(9_007_199_254_740_991.0, "9007199254740991");
        check(-9_007_199_254_740_991.0, "-9007199254740991");
        check(9_007_199_254_740_992.0, "9007199254740992");
        check(9_007_199_254_740_994.0, "9007199254740994");
        check(9_356_881_777_493_374.0, "9356881777493374");
        check(9_999_999_999_999_998.0, "9999999999999998");
        check(1e16, "1e+16");
    }

    #[test]
    fn fractions_are_shortest() {
        check(0.1, "0.1");
        check(0.1 + 0.2, "0.30000000000000004");
        check(123_456.789, "123456.789");
        check(1e-5, "0.00001");
        check(1e-6, "1e-06");
        check(-1.5e-7, "-1.5e-07");
        check(5e-324, "5e-324");
        check(1e-10, "1e-10");
    }

    #[test]
    fn large_floats_have_a_signed_exponent() {
        check(1e15, "1000000000000000");
        check(1e16, "1e+16");
        check(1.5e16, "1.5e+16");
        check(1e300, "1e+300");
        check(f64::MAX, "1.7976931348623157e+308");
        check(-f64::MAX, "-1.7976931348623157e+308");
    }

    #[test]
    fn specials() {
        check(f64::NAN, "NaN");
        check(-f64::NAN, "NaN");
        check(f64::INFINITY, "+Inf");
        check(f64::NEG_INFINITY, "-Inf");
        check(f32::INFINITY, "+Inf");
    }
}
