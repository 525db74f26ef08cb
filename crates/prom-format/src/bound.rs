//! `Bound`: the upper bound of a bucket or a quantile, in its one canonical text.

use core::cmp::Ordering;
use core::fmt;

use crate::number::{NumberText, special};
use crate::stack_text::StackText;

/// Decimals of up to this many digits survive the way through an `f64` and back.
const EXACT_DIGITS: usize = 15;

/// The value of an `le` or `quantile` label.
///
/// The text is the canonical one of OpenMetrics 1.0 in every dialect, because readers that do not
/// normalise (Prometheus 2, VictoriaMetrics) take the text for the identity of the series: the
/// fewest digits that read back as the same `f64`, with an exponent below `1e-4` and from `1e+06`
/// on, and `.0` when there is neither point nor exponent. These texts are frozen: another text
/// would be another series.
///
/// | | |
/// |---|---|
/// | 1 | `1.0` |
/// | 0.001 | `0.001` |
/// | 0.00001 | `1e-05` |
/// | 100000 | `100000.0` |
/// | 1000000 | `1e+06` |
/// | 123456.789 | `123456.789` |
/// | 1234567.8 | `1.2345678e+06` |
///
/// ```
/// use prom_format::Bound;
///
/// let bound = Bound::new(0.25).unwrap();
/// assert_eq!(bound.as_str(), "0.25");
/// assert_eq!(bound, Bound::from_decimal(25, -2));
/// assert!(bound < Bound::INFINITY);
/// ```
#[derive(Clone, Copy)]
pub struct Bound {
    value: f64,
    text: BoundText,
}

/// The number, then what ends the head of a line whose last label it is.
type BoundText = StackText<{ NumberText::CAPACITY + CLOSING.len() }>;

pub(crate) const CLOSING: &str = "\"} ";

const fn closed(number: &str) -> BoundText {
    let mut text = BoundText::from_text(number);
    text.push(CLOSING.as_bytes());
    text
}

impl Bound {
    /// The bound of the bucket that holds everything: `+Inf`.
    pub const INFINITY: Self = Self { value: f64::INFINITY, text: closed("+Inf") };

    /// The bound at `value`, or `None` for NaN, which bounds nothing. Negative zero becomes zero.
    #[must_use]
    pub fn new(value: f64) -> Option<Self> {
        (!value.is_nan()).then(|| Self::of(value))
    }

    /// The bound at exactly `mantissa * 10^exponent`, its text made from the integers.
    ///
    /// With more than 15 digits it is the nearest `f64`, as readers see it: beyond its range zero
    /// or infinity.
    #[must_use]
    pub fn from_decimal(mantissa: u64, exponent: i32) -> Self {
        let mut buffer = itoa::Buffer::new();
        let all = buffer.format(mantissa);
        let digits = all.trim_end_matches('0');
        let value = nearest(all, exponent);
        if digits.len() > EXACT_DIGITS || !value.is_normal() {
            return Self::of(value);
        }
        // The range of normal values keeps this sum far from the ends of an i32.
        let scale = i32::try_from(all.len()).unwrap_or_default() - 1 + exponent;
        Self { value, text: closed(lay_out("", digits.as_bytes(), scale).as_str()) }
    }

    /// The number.
    #[must_use]
    pub const fn value(self) -> f64 {
        self.value
    }

    /// The canonical text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        self.text.as_str().strip_suffix(CLOSING).unwrap_or_default()
    }

    /// The text and the end of the head.
    #[cfg(feature = "alloc")]
    #[inline]
    pub(crate) fn closed(&self) -> &BoundText {
        &self.text
    }

    pub(crate) fn as_bytes(&self) -> &[u8] {
        self.as_str().as_bytes()
    }

    fn of(value: f64) -> Self {
        if value == 0.0 {
            return Self { value: 0.0, text: closed("0.0") };
        }
        let text = if value.is_finite() {
            closed(canonical(value).as_str())
        } else {
            closed(special(value))
        };
        Self { value, text }
    }
}

/// The `f64` nearest to the decimal.
fn nearest(digits: &str, exponent: i32) -> f64 {
    let mut text = StackText::<40>::new();
    text.push(digits.as_bytes());
    text.push(b"e");
    text.push(itoa::Buffer::new().format(exponent).as_bytes());
    text.as_str().parse().unwrap_or(f64::INFINITY)
}

/// The canonical text of a finite `value` that is not zero.
fn canonical(value: f64) -> NumberText {
    let mut buffer = zmij::Buffer::new();
    let text = buffer.format_finite(value.abs());
    let (mantissa, exponent) = text.split_once('e').unwrap_or((text, "0"));
    let (whole, fraction) = mantissa.split_once('.').unwrap_or((mantissa, ""));
    let mut digits = NumberText::new();
    digits.push(whole.as_bytes());
    digits.push(fraction.as_bytes());
    let all = digits.as_str();
    let significant = all.trim_start_matches('0');
    let point = length(whole) - length(all) + length(significant);
    let scale = exponent.parse::<i32>().unwrap_or_default() + point - 1;
    lay_out(if value < 0.0 { "-" } else { "" }, significant.trim_end_matches('0').as_bytes(), scale)
}

fn length(text: &str) -> i32 {
    i32::try_from(text.len()).unwrap_or(i32::MAX)
}

/// The number `d.ddd * 10^scale` as C's `%g` would lay it out with a precision of six and all its
/// digits.
fn lay_out(sign: &str, digits: &[u8], scale: i32) -> NumberText {
    let mut text = NumberText::from_text(sign);
    let before_point = usize::try_from(scale + 1).unwrap_or(0);
    match scale {
        -4..0 => {
            text.push(b"0.");
            (scale + 1..0).for_each(|_| text.push(b"0"));
            text.push(digits);
        }
        0..6 => match digits.split_at_checked(before_point) {
            Some((whole, fraction)) => {
                text.push(whole);
                text.push(b".");
                text.push(if fraction.is_empty() { b"0" } else { fraction });
            }
            None => {
                text.push(digits);
                (digits.len()..before_point).for_each(|_| text.push(b"0"));
                text.push(b".0");
            }
        },
        _ => push_scientific(&mut text, digits, scale),
    }
    text
}

fn push_scientific(text: &mut NumberText, digits: &[u8], scale: i32) {
    let (first, fraction) = digits.split_at_checked(1).unwrap_or_default();
    text.push(first);
    if !fraction.is_empty() {
        text.push(b".");
        text.push(fraction);
    }
    text.push(if scale < 0 { b"e-" } else { b"e+" });
    if scale.unsigned_abs() < 10 {
        text.push(b"0");
    }
    text.push(itoa::Buffer::new().format(scale.unsigned_abs()).as_bytes());
}

impl PartialEq for Bound {
    fn eq(&self, other: &Self) -> bool {
        self.cmp(other).is_eq()
    }
}

impl Eq for Bound {}

impl PartialOrd for Bound {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

/// By value; a bound is never NaN or negative zero, so this order is total.
impl Ord for Bound {
    fn cmp(&self, other: &Self) -> Ordering {
        self.value.total_cmp(&other.value)
    }
}

impl fmt::Display for Bound {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}

impl fmt::Debug for Bound {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Bound({})", self.as_str())
    }
}

#[cfg(test)]
mod tests {
    use super::Bound;

    /// Frozen: another text for any of these would end the series of every user and begin new ones.
    const GOLDEN: &[(f64, &str)] = &[
        (0.0, "0.0"),
        (-0.0, "0.0"),
        (1.0, "1.0"),
        (-1.0, "-1.0"),
        (10.0, "10.0"),
        (0.5, "0.5"),
        (0.99, "0.99"),
        (0.001, "0.001"),
        (0.005, "0.005"),
        (2.5, "2.5"),
        (0.0001, "0.0001"),
        (0.000_123_456, "0.000123456"),
        (0.000_099, "9.9e-05"),
        (1e-5, "1e-05"),
        (-1e-5, "-1e-05"),
        (1.5e-10, "1.5e-10"),
        (99_999.0, "99999.0"),
        (100_000.0, "100000.0"),
        (100_000.5, "100000.5"),
        (123_456.789, "123456.789"),
        (999_999.0, "999999.0"),
        (999_999.999_999, "999999.999999"),
        (1e6, "1e+06"),
        (1.05e6, "1.05e+06"),
        (1_234_567.8, "1.2345678e+06"),
        (-1_234_567.8, "-1.2345678e+06"),
        (1e16, "1e+16"),
        (1e21, "1e+21"),
        (1e100, "1e+100"),
        (9_007_199_254_740_993.0, "9.007199254740992e+15"),
        (0.1 + 0.2, "0.30000000000000004"),
        (14.999_999_999_999_998, "14.999999999999998"),
        (f64::MAX, "1.7976931348623157e+308"),
        (f64::MIN_POSITIVE, "2.2250738585072014e-308"),
        (5e-324, "5e-324"),
        (f64::INFINITY, "+Inf"),
        (f64::NEG_INFINITY, "-Inf"),
    ];

    #[test]
    fn golden() {
        for &(value, text) in GOLDEN {
            assert_eq!(Bound::new(value).unwrap().as_str(), text);
        }
        assert!(Bound::new(f64::NAN).is_none());
    }

    #[test]
    fn decimals_are_exact() {
        for (mantissa, exponent, text) in [
            (0, 0, "0.0"),
            (1, 0, "1.0"),
            (1000, -3, "1.0"),
            (105, -2, "1.05"),
            (12, -1, "1.2"),
            (15, 5, "1.5e+06"),
            (105, 8, "1.05e+10"),
            (1, -5, "1e-05"),
            (123_456_789_012_345, 0, "1.23456789012345e+14"),
            (9_007_199_254_740_993, 0, "9.007199254740992e+15"),
            (u64::MAX, 0, "1.8446744073709552e+19"),
            (10_000_000_000_000_000_000, -19, "1.0"),
            (1, 308, "1e+308"),
            (1, 309, "+Inf"),
            (1, i32::MAX, "+Inf"),
            (1, -400, "0.0"),
            (u64::MAX, i32::MIN, "0.0"),
            (5, -324, "5e-324"),
            (3, -324, "5e-324"),
            (1, -308, "1e-308"),
        ] {
            assert_eq!(
                Bound::from_decimal(mantissa, exponent).as_str(),
                text,
                "{mantissa}e{exponent}"
            );
        }
    }

    #[test]
    fn the_order_is_the_value_s() {
        assert!(Bound::new(-1.0) < Bound::new(-0.0));
        assert_eq!(Bound::new(-0.0), Bound::new(0.0));
        assert_eq!(Bound::from_decimal(20, -1), Bound::from_decimal(2, 0));
        assert!(Bound::new(f64::MAX).unwrap() < Bound::INFINITY);
        assert_eq!(Bound::new(f64::INFINITY), Some(Bound::INFINITY));
    }
}
