//! Plain decimals: digits with a point among them, read eight at a time.

use crate::parse::bytes;

/// Powers of ten that a double holds exactly.
const POWERS: [f64; 20] = [
    1e0, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11, 1e12, 1e13, 1e14, 1e15, 1e16,
    1e17, 1e18, 1e19,
];

/// Ten to the number of digits that a word can have.
const TENS: [u64; 9] = [1, 10, 100, 1_000, 10_000, 100_000, 1_000_000, 10_000_000, 100_000_000];

/// Integers up to here are exact as doubles, and so is their quotient by an exact power of ten
/// correctly rounded (Clinger's fast path).
pub(super) const EXACT: u64 = 1 << 53;

/// The bytes of a word less those of `0`, and the high bit of each that is no digit. A byte that is
/// none may be wrong about those after it if it is not ASCII.
#[inline]
const fn digit_bytes(word: u64) -> (u64, u64) {
    const LOW: u64 = 0x0101_0101_0101_0101;
    let digits = word ^ (LOW * 0x30);
    (digits, (digits.wrapping_add(LOW * 0x76) | digits) & (LOW * 0x80))
}

/// The number that the first `count` of eight digits make.
#[inline]
const fn join(digits: u64, count: u32) -> i64 {
    let aligned = match digits.checked_shl(64 - 8 * count) {
        Some(aligned) => aligned,
        None => 0,
    };
    // Digits become pairs, pairs fours, and fours the number, each step in one multiplication.
    let pairs = aligned.wrapping_mul(10).wrapping_add(aligned >> 8);
    let high = (pairs & 0xff_0000_00ff).wrapping_mul(0x000f_4240_0000_0064);
    let low = ((pairs >> 16) & 0xff_0000_00ff).wrapping_mul(0x2710_0000_0001);
    // Below 10^8. As a signed integer it becomes a double in one instruction.
    (high.wrapping_add(low) >> 32) as i64
}

/// The digits at `at`, added to `number`; the place after them.
#[inline]
pub(super) fn digits(bytes: &[u8], mut at: usize, mut number: u64) -> (u64, usize) {
    while let Some(word) = bytes::word_at(bytes, at) {
        let (digits, foreign) = digit_bytes(word);
        let count = foreign.trailing_zeros() / 8;
        let ten = TENS.get(count as usize).copied().unwrap_or_default();
        number = number.wrapping_mul(ten).wrapping_add(join(digits, count).cast_unsigned());
        at += count as usize;
        if count < 8 {
            return (number, at);
        }
    }
    while let Some(digit) = bytes.get(at).map(|byte| byte.wrapping_sub(b'0')).filter(|&d| d < 10) {
        number = number.wrapping_mul(10).wrapping_add(u64::from(digit));
        at += 1;
    }
    (number, at)
}

/// The decimal `[-]digits[.digits]` at `at`, and the place after it, which the caller has to look
/// at. It is `None` for those of more than nineteen digits.
#[inline]
pub(super) fn plain_decimal(bytes: &[u8], at: usize) -> Option<(f64, usize)> {
    match bytes::word_at(bytes, at).and_then(decimal_in_word) {
        Some((value, len)) => Some((value, at + len)),
        None => long_decimal(bytes, at),
    }
}

/// The decimal `digits[.digits]` at the start of a word, if it ends there, and its length.
#[inline]
fn decimal_in_word(word: u64) -> Option<(f64, usize)> {
    let (digits, foreign) = digit_bytes(word);
    let whole = foreign.trailing_zeros() / 8;
    if whole == 0 || whole == 8 {
        return None;
    }
    if (word >> (8 * whole)) & 0xff != u64::from(b'.') {
        return Some((join(digits, whole) as f64, whole as usize));
    }
    // The point is ASCII, so that the next byte that is no digit is one.
    let end = (foreign & (foreign - 1)).trailing_zeros() / 8;
    if end == 8 {
        return None;
    }
    let before = digits & ((1 << (8 * whole)) - 1);
    let after = (digits >> 8) & (u64::MAX << (8 * whole));
    let power = POWERS.get((end - whole - 1) as usize)?;
    Some((join(before | after, end - 1) as f64 / power, end as usize))
}

fn long_decimal(bytes: &[u8], at: usize) -> Option<(f64, usize)> {
    let negative = bytes.get(at) == Some(&b'-');
    let start = at + usize::from(negative);
    let (mut mantissa, mut end) = digits(bytes, start, 0);
    let mut count = end - start;
    let mut fraction = 0;
    if bytes.get(end) == Some(&b'.') {
        let dot = end;
        (mantissa, end) = digits(bytes, dot + 1, mantissa);
        fraction = end - dot - 1;
        count += fraction;
    }
    // Nineteen digits cannot have wrapped around.
    if count == 0 || count > 19 {
        return None;
    }
    let value = match fraction {
        0 => mantissa as f64,
        _ if mantissa <= EXACT => mantissa as f64 / POWERS.get(fraction)?,
        _ => quotient(mantissa, 10_u64.checked_pow(u32::try_from(fraction).ok()?)?),
    };
    Some((if negative { -value } else { value }, end))
}

/// The double nearest to the quotient of two integers that are not zero.
fn quotient(dividend: u64, divisor: u64) -> f64 {
    let (shift, divisor_shift) = (dividend.leading_zeros(), divisor.leading_zeros());
    let (dividend, divisor) = (dividend << shift, divisor << divisor_shift);
    // Both have their highest bit, so that the quotient has 62 or 63: nine more than a double. A
    // remainder counts as one more bit, which rounds as all of its bits would.
    let wide = u128::from(dividend) << 62;
    let quotient = u64::try_from(wide / u128::from(divisor)).unwrap_or_default();
    let has_remainder = u128::from(quotient) * u128::from(divisor) != wide;
    let exponent = 1023 - 62 + u64::from(divisor_shift) - u64::from(shift);
    (quotient | u64::from(has_remainder)) as f64 * f64::from_bits(exponent << 52)
}

#[cfg(test)]
mod tests {
    extern crate std;

    use super::*;
    use crate::parse::number::parse;

    #[test]
    fn the_short_path_agrees_with_the_long_one() {
        for token in [
            "0",
            "-0",
            "1",
            "-1",
            "42",
            "0.5",
            ".5",
            "1.",
            "-1.25",
            "0.1",
            "0.30000000000000004",
            "9007199254740992",
            "9007199254740991",
            "1700000000000",
            "123456.789",
            "0000000001",
            "0.0000000000000000001",
            "99999999999999999999",
            "0.001",
            "4.35",
            "1e3",
        ] {
            let long = token.parse::<f64>().unwrap().to_bits();
            assert_eq!(parse(token).map(f64::to_bits), Some(long), "{token}");
            for end in ["", " ", "\n", "\"} 1 1700000000000\n"] {
                let line = std::format!("{token}{end}");
                if let Some((short, len)) = plain_decimal(line.as_bytes(), 0)
                    && len == token.len()
                {
                    assert_eq!(short.to_bits(), long, "{token}");
                }
            }
        }
    }

    #[test]
    fn digits_end_at_any_other_byte() {
        for byte in (0..=u8::MAX).filter(|byte| !byte.is_ascii_digit()) {
            for len in 0..=17 {
                let mut line = *b"12345678901234567890123456";
                line[len] = byte;
                let number = line[..len].iter().fold(0, |n, b| n * 10 + u64::from(b - b'0'));
                assert_eq!(digits(&line, 0, 0), (number, len), "{byte}");
                assert_eq!(digits(&line[..=len], 0, 0), (number, len), "{byte}");
                assert_eq!(digits(&line[..len], 0, 0), (number, len));
            }
        }
    }

    proptest::proptest! {
        /// Digits with a point anywhere: every number of digits, on both sides of 2^53.
        #[test]
        fn plain_decimals_are_rounded_as_the_standard_library_rounds(
            mantissa: u64,
            shift in 0_u32..64,
            point in 0_usize..20,
        ) {
            let digits = std::format!("{:020}", mantissa >> shift);
            let (whole, fraction) = digits.split_at(point);
            for token in [
                std::format!("{whole}.{fraction}"),
                std::format!("{}.{fraction}", whole.trim_start_matches('0')),
                std::format!("-{}.{fraction}", whole.trim_start_matches('0')),
                std::format!("{}", mantissa >> shift),
            ] {
                let long = token.parse::<f64>().unwrap();
                proptest::prop_assert_eq!(parse(&token).map(f64::to_bits), Some(long.to_bits()));
            }
        }

        /// The halfway points between neighbouring doubles, and their neighbours.
        #[test]
        fn ties_go_to_even(
            mantissa in 1_u64 << 52..1 << 53,
            places in 1_u32..8,
            off in -1_i64..=1,
        ) {
            // The double of an odd number of 54 bits lies in the middle of two, at any power of two.
            let odd = u128::from(2 * mantissa + 1) * 5_u128.pow(places);
            let Ok(scaled) = u64::try_from(odd) else { return Ok(()) };
            let digits = std::format!("{:020}", scaled.wrapping_add_signed(off));
            let (whole, fraction) = digits.split_at(20 - places as usize);
            let token = std::format!("{}.{fraction}", whole.trim_start_matches('0'));
            let long = token.parse::<f64>().unwrap();
            proptest::prop_assert_eq!(parse(&token).map(f64::to_bits), Some(long.to_bits()));
        }
    }
}
