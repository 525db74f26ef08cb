//! Bytes of the text: their classes, searches eight at a time, and a hash.

const LETTER: u8 = 1;
const DIGIT: u8 = 2;
const COLON: u8 = 4;

static CLASSES: [u8; 256] = classes();

#[expect(clippy::indexing_slicing, reason = "a bad index would fail at compile time")]
const fn classes() -> [u8; 256] {
    let mut table = [0; 256];
    let mut byte = 0_u8;
    while byte.is_ascii() {
        table[byte as usize] = match byte {
            b'a'..=b'z' | b'A'..=b'Z' | b'_' => LETTER,
            b'0'..=b'9' => DIGIT,
            b':' => COLON,
            _ => 0,
        };
        byte += 1;
    }
    table
}

#[inline]
fn is(byte: u8, classes: u8) -> bool {
    CLASSES.get(usize::from(byte)).is_some_and(|class| class & classes != 0)
}

/// The length of the metric name that `bytes` starts with, 0 for none.
#[inline]
pub(super) fn metric_name_len(bytes: &[u8]) -> usize {
    match bytes.first() {
        Some(&byte) if is(byte, LETTER | COLON) => name_end::<b':'>(bytes, 1),
        _ => 0,
    }
}

/// The length of the label name that `bytes` starts with, 0 for none.
#[inline]
pub(super) fn label_name_len(bytes: &[u8]) -> usize {
    match bytes.first() {
        Some(&byte) if is(byte, LETTER) => name_end::<b'9'>(bytes, 1),
        _ => 0,
    }
}

/// The first place at or after `from` that holds no byte of a metric name; the length if none
/// does.
#[inline]
pub(super) fn metric_name_end(bytes: &[u8], from: usize) -> usize {
    // What follows the name of a family is most often no suffix.
    match bytes.get(from) {
        Some(b' ' | b'{') => from,
        _ => name_end::<b':'>(bytes, from),
    }
}

/// The end of the name that goes on at `at`. `LAST_DIGIT` is `9`, or the colon that follows it.
#[inline]
fn name_end<const LAST_DIGIT: u8>(bytes: &[u8], at: usize) -> usize {
    position(bytes, at, |byte| {
        let is_letter = (byte | 0x20).wrapping_sub(b'a') < 26;
        let is_digit = byte.wrapping_sub(b'0') <= LAST_DIGIT - b'0';
        !(is_letter | is_digit | (byte == b'_'))
    })
}

/// Whether each byte may stand in a metric name.
pub(super) fn all_metric_name(bytes: &[u8]) -> bool {
    bytes.iter().all(|&byte| is(byte, LETTER | DIGIT | COLON))
}

/// Eight bytes, the first of them the lowest.
#[inline]
pub(super) fn word_at(bytes: &[u8], at: usize) -> Option<u64> {
    Some(u64::from_le_bytes(*bytes.get(at..)?.first_chunk()?))
}

/// Whether `bytes` has `expected` at `at`. For the few words that names and timestamps are, this
/// is quicker than a call of the C library.
#[inline]
pub(super) fn is_at(bytes: &[u8], at: usize, expected: &[u8]) -> bool {
    let Some(found) = bytes.get(at..).and_then(|rest| rest.get(..expected.len())) else {
        return false;
    };
    let (Some(last), Some(expected_last)) = (found.last_chunk::<8>(), expected.last_chunk::<8>())
    else {
        return found.iter().zip(expected).all(|(a, b)| a == b);
    };
    // The last word overlaps the one before it, so that no bytes are left over.
    let (words, _) = found.as_chunks::<8>();
    let (expected_words, _) = expected.as_chunks::<8>();
    words.iter().zip(expected_words).all(|(a, b)| a == b) && last == expected_last
}

const BLOCK: usize = 16;

/// The first place at or after `at` whose byte is wanted; the length if none is.
///
/// `is_wanted` must have no branches. It is then asked about all bytes of a block at once, by what
/// vector instructions the target has.
#[inline]
fn position(bytes: &[u8], mut at: usize, is_wanted: impl Fn(u8) -> bool) -> usize {
    while let Some(block) = bytes.get(at..).and_then(<[u8]>::first_chunk::<BLOCK>) {
        let mut hits = [0; BLOCK];
        for (hit, &byte) in hits.iter_mut().zip(block) {
            *hit = if is_wanted(byte) { u8::MAX } else { 0 };
        }
        let hits = u128::from_le_bytes(hits);
        if hits != 0 {
            return at + (hits.trailing_zeros() / 8) as usize;
        }
        at += BLOCK;
    }
    while bytes.get(at).is_some_and(|&byte| !is_wanted(byte)) {
        at += 1;
    }
    at
}

const LOW: u64 = 0x0101_0101_0101_0101;
const HIGH: u64 = LOW << 7;

#[inline]
const fn repeat(byte: u8) -> u64 {
    LOW * byte as u64
}

/// The high bit of each zero byte. Bits above the lowest one set may be wrong, so that only the
/// first hit counts.
#[inline]
const fn zero_bytes(word: u64) -> u64 {
    word.wrapping_sub(LOW) & !word & HIGH
}

/// The first place at or after `from` that holds one of the bytes; the length if none does.
#[inline]
pub(super) fn find<const N: usize>(bytes: &[u8], from: usize, wanted: [u8; N]) -> usize {
    let mut at = from;
    while let Some(word) = word_at(bytes, at) {
        let hits = wanted.iter().fold(0, |hits, &byte| hits | zero_bytes(word ^ repeat(byte)));
        if hits != 0 {
            return at + (hits.trailing_zeros() / 8) as usize;
        }
        at += 8;
    }
    while bytes.get(at).is_some_and(|byte| !wanted.contains(byte)) {
        at += 1;
    }
    at
}

const PRIME: u64 = 0x9E37_79B9_7F4A_7C15;

/// Both halves of the product, so that every bit of the word comes to bear on every bit of the
/// hash.
#[inline]
#[expect(clippy::cast_possible_truncation, reason = "the other half is added to it")]
const fn mix(hash: u64, word: u64) -> u64 {
    let product = (hash ^ word) as u128 * PRIME as u128;
    product as u64 ^ (product >> 64) as u64
}

/// A hash of the bytes. It is fast and not secret: whoever writes the text can make collisions,
/// so that its users must stay correct, and linear, with all hashes equal.
#[inline]
pub(super) fn hash(bytes: &[u8]) -> u64 {
    let mut hash = mix(PRIME, bytes.len() as u64);
    let mut at = 0;
    while let Some(word) = word_at(bytes, at) {
        hash = mix(hash, word);
        at += 8;
    }
    match bytes.last_chunk() {
        // The last word overlaps the one before it.
        Some(last) => mix(hash, u64::from_le_bytes(*last)),
        None => mix(hash, bytes.iter().fold(0, |word, &byte| word << 8 | u64::from(byte))),
    }
}

/// A hash of the two texts, in this order.
#[inline]
pub(super) fn hash_pair(first: &str, second: &str) -> u64 {
    mix(hash(first.as_bytes()), hash(second.as_bytes()))
}

#[cfg(test)]
mod tests {
    extern crate std;

    use super::*;

    #[test]
    fn names_end_at_the_first_foreign_byte() {
        assert_eq!(metric_name_len(b"a:b_9 1"), 5);
        assert_eq!(metric_name_len(b":a"), 2);
        assert_eq!(metric_name_len(b"9a"), 0);
        assert_eq!(metric_name_len(b""), 0);
        assert_eq!(label_name_len(b"a_9:b"), 3);
        assert_eq!(label_name_len(b":a"), 0);
        assert_eq!(label_name_len(b"a\xc3\xa9"), 1);
    }

    #[test]
    fn each_byte_is_judged_alike_at_every_place() {
        for byte in 0..=u8::MAX {
            let label = byte.is_ascii_alphanumeric() || byte == b'_';
            for place in 1..20 {
                let mut text = [b'a'; 24];
                text[place] = byte;
                let end = |belongs| if belongs { text.len() } else { place };
                assert_eq!(label_name_len(&text), end(label), "{byte} at {place}");
                assert_eq!(metric_name_len(&text), end(label || byte == b':'));
                assert_eq!(metric_name_end(&text, place), end(label || byte == b':'));
            }
        }
    }

    #[test]
    fn is_at_compares_every_byte() {
        let text = b"0123456789abcdefghijklmnopqrstuvwxyz";
        for from in 0..text.len() {
            for to in from..=text.len() {
                assert!(is_at(text, from, &text[from..to]));
                for place in from..to {
                    let mut other = *text;
                    other[place] ^= 1;
                    assert!(!is_at(text, from, &other[from..to]), "{from}..{to} at {place}");
                }
            }
            assert!(!is_at(&text[..text.len() - 1], from, &text[from..]));
        }
        assert!(!is_at(text, usize::MAX, b"") && !is_at(text, usize::MAX, b"0"));
    }

    #[test]
    fn find_agrees_with_a_plain_search_at_every_place() {
        let text = b"ab\"c\\d\ne\x22\x23\x21\x80\xff\x01\x00 \\\\\"\"\n0123456789abcdef";
        for from in 0..=text.len() {
            let plain = (from..text.len())
                .find(|&at| matches!(text[at], b'"' | b'\\' | b'\n'))
                .unwrap_or(text.len());
            assert_eq!(find(text, from, *b"\"\\\n"), plain, "from {from}");
        }
        assert_eq!(find(b"abc", 7, *b"x"), 7);
    }

    #[test]
    fn hashes_differ_by_each_byte_and_by_length() {
        let text = b"0123456789abcdefghi\0\0";
        let mut seen: std::vec::Vec<u64> = (0..=text.len()).map(|n| hash(&text[..n])).collect();
        for at in 0..text.len() {
            let mut changed = *text;
            changed[at] ^= 1;
            seen.push(hash(&changed));
        }
        let total = seen.len();
        seen.sort_unstable();
        seen.dedup();
        assert_eq!(seen.len(), total);
    }
}
