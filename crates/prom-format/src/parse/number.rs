//! Numbers as both dialects write them: decimal floats, `NaN` and the infinities.

use crate::parse::decimal::{EXACT, digits, plain_decimal};

/// A whole token as a number; `None` if it is none, or a decimal beyond the finite doubles.
///
/// Both dialects accept `[+-]digits[.digits][e[+-]digits]` with digits on one side of the point
/// at least, and `nan`, `[+-]inf`, `[+-]infinity` in any case. No underscores, no hexadecimals.
pub(super) fn parse(token: &str) -> Option<f64> {
    if let Some((value, end)) = plain_decimal(token.as_bytes(), 0)
        && end == token.len()
    {
        return Some(value);
    }
    if is_real(token.as_bytes()) {
        return token.parse().ok().filter(|value: &f64| value.is_finite());
    }
    let unsigned = token.strip_prefix(['+', '-']).unwrap_or(token);
    let infinite = ["inf", "infinity"].iter().any(|name| unsigned.eq_ignore_ascii_case(name));
    if infinite {
        let negative = token.starts_with('-');
        return Some(if negative { f64::NEG_INFINITY } else { f64::INFINITY });
    }
    token.eq_ignore_ascii_case("nan").then_some(f64::NAN)
}

/// Whether the token is a decimal number (`realnumber` of the OpenMetrics ABNF).
pub(super) fn is_real(token: &[u8]) -> bool {
    let start = usize::from(matches!(token.first(), Some(b'+' | b'-')));
    let (_, mut end) = digits(token, start, 0);
    let mut count = end - start;
    if token.get(end) == Some(&b'.') {
        let (_, after) = digits(token, end + 1, 0);
        count += after - end - 1;
        end = after;
    }
    if count > 0 && matches!(token.get(end), Some(b'e' | b'E')) {
        let sign = usize::from(matches!(token.get(end + 1), Some(b'+' | b'-')));
        let exponent = end + 1 + sign;
        (_, end) = digits(token, exponent, 0);
        count = end - exponent;
    }
    count > 0 && end == token.len()
}

/// Whether the value is a finite integer.
pub(super) fn is_integer(value: f64) -> bool {
    #[expect(clippy::cast_possible_truncation, reason = "compared with the value it came from")]
    let whole = value as i64 as f64;
    // From 2^53 on every finite double is an integer.
    value.is_finite() && (value.abs() >= EXACT as f64 || whole == value)
}

#[cfg(test)]
mod tests {
    extern crate std;

    use super::*;

    #[test]
    fn tokens_outside_the_grammar_are_no_numbers() {
        for token in [
            "", "-", "+", ".", "e5", "1e", "1e+", "0x10", "1_000", "+nan", "-nan", "in", "infi",
            "1.2.3", "--1", "1 ", "\u{661}", "1e400", "-1e400", "nanx", "1f", "++inf",
        ] {
            assert_eq!(parse(token), None, "{token}");
        }
    }

    #[test]
    fn special_values_in_any_case() {
        for token in ["NaN", "nan", "NAN"] {
            assert!(parse(token).is_some_and(f64::is_nan), "{token}");
        }
        for token in ["+Inf", "inf", "Infinity", "+INFINITY"] {
            assert_eq!(parse(token), Some(f64::INFINITY), "{token}");
        }
        assert_eq!(parse("-inf"), Some(f64::NEG_INFINITY));
        assert_eq!(parse("1E5"), Some(1e5));
        assert_eq!(parse("1e-400"), Some(0.0));
    }

    #[test]
    fn integers() {
        for value in [0.0, -0.0, 1.0, -3.0, 1e15, 9_007_199_254_740_993.0, 1e300] {
            assert!(is_integer(value), "{value}");
        }
        for value in [0.5, -0.1, f64::NAN, f64::INFINITY, 1e-300, 2_251_799_813_685_248.5] {
            assert!(!is_integer(value), "{value}");
        }
    }
}
