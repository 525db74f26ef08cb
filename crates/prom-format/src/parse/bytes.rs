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

#[inline]
fn name_len(bytes: &[u8], first: u8, rest: u8) -> usize {
    match bytes.first() {
        Some(&byte) if is(byte, first) => {}
        _ => return 0,
    }
    bytes.iter().position(|&byte| !is(byte, rest)).unwrap_or(bytes.len())
}

/// The length of the metric name that `bytes` starts with, 0 for none.
#[inline]
pub(super) fn metric_name_len(bytes: &[u8]) -> usize {
    name_len(bytes, LETTER | COLON, LETTER | DIGIT | COLON)
}

/// The length of the label name that `bytes` starts with, 0 for none.
#[inline]
pub(super) fn label_name_len(bytes: &[u8]) -> usize {
    name_len(bytes, LETTER, LETTER | DIGIT)
}

/// Whether each byte may stand in a metric name.
pub(super) fn all_metric_name(bytes: &[u8]) -> bool {
    bytes.iter().all(|&byte| is(byte, LETTER | DIGIT | COLON))
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

#[inline]
fn word_at(bytes: &[u8], at: usize) -> Option<u64> {
    Some(u64::from_le_bytes(*bytes.get(at..)?.first_chunk()?))
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

#[inline]
const fn mix(hash: u64, word: u64) -> u64 {
    let product = (hash ^ word).wrapping_mul(PRIME);
    product ^ (product >> 29)
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
    let tail = bytes.get(at..).unwrap_or_default();
    let tail = tail.iter().fold(0, |word, &byte| word << 8 | u64::from(byte));
    mix(hash, tail)
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
