//! `Lines`: what is appended at one time; `Header`: the lines that must stand before them once in every segment.

/// Names a header that was registered with [`Writer::header`](crate::Writer::header).
///
/// It belongs to the writer that made it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Header(pub(crate) u32);

impl Header {
    pub(crate) fn index(self) -> usize {
        // A writer has not more headers than its vector has places.
        usize::try_from(self.0).unwrap_or(usize::MAX)
    }
}

/// Whole lines, with the header they need.
#[derive(Clone, Copy, Debug)]
pub struct Lines<'a> {
    /// Written in front of the first lines that name it, once in every segment.
    pub header: Option<Header>,
    /// Empty, or ends in `\n`; holds no NUL.
    pub text: &'a [u8],
}

impl Lines<'_> {
    pub(crate) fn index(&self) -> Option<usize> {
        self.header.map(Header::index)
    }

    pub(crate) fn problem(&self) -> Option<&'static str> {
        problem(self.text)
    }

    /// How many lines these are; one that is not ended is one, too.
    pub(crate) fn count(&self) -> u64 {
        count(self.text) + u64::from(self.text.last().is_some_and(|byte| *byte != b'\n'))
    }
}

/// Why a reader could not give these bytes back as they are.
pub(crate) fn problem(text: &[u8]) -> Option<&'static str> {
    match text.last() {
        None => None,
        Some(b'\n') if !has_nul(text) => None,
        Some(b'\n') => Some("the text holds a NUL, at which a reader would cut"),
        Some(_) => Some("the text does not end in a line break"),
    }
}

/// In blocks, the last of which overlaps the one before, so that nothing is looked at byte by byte.
fn has_nul(text: &[u8]) -> bool {
    let Some(last) = text.last_chunk::<BLOCK>() else { return text.contains(&0) };
    let mut smallest = *last;
    for block in text.as_chunks::<BLOCK>().0 {
        for (smallest, byte) in smallest.iter_mut().zip(block) {
            *smallest = (*smallest).min(*byte);
        }
    }
    // A byte that is zero borrows from its highest bit when one is taken away, and no other one does unless
    // a lower byte was zero.
    let (smallest, ones) = (u128::from_ne_bytes(smallest), u128::from_ne_bytes([0x01; BLOCK]));
    smallest.wrapping_sub(ones) & !smallest & (ones << 7) != 0
}

/// The bytes that a processor compares at once.
const BLOCK: usize = 16;

/// How many lines these bytes are.
pub(crate) fn count(text: &[u8]) -> u64 {
    text.iter().map(|byte| u64::from(*byte == b'\n')).sum()
}

/// The length of the longest beginning that is whole lines.
pub(crate) fn whole(text: &[u8]) -> usize {
    text.iter().rposition(|byte| *byte == b'\n').map_or(0, |at| at + 1)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_whole_lines_without_nul_are_fit_to_write() {
        for good in [&b""[..], b"\n", b"a 1\n", b"a\n\xff\n"] {
            assert_eq!(None, problem(good), "{good:?}");
        }
        for bad in [&b"a"[..], b"a\nb", b"a\0\n", b"\0"] {
            assert!(problem(bad).is_some(), "{bad:?}");
        }
    }

    #[test]
    fn a_nul_is_found_wherever_it_is() {
        for len in 1..100 {
            let mut text = vec![b'a'; len];
            assert!(!has_nul(&text), "{len}");
            for at in 0..len {
                text[at] = 0;
                assert!(has_nul(&text), "at {at} of {len}");
                text[at] = 0xff;
            }
        }
    }

    #[test]
    fn whole_lines_are_counted_and_cut() {
        assert_eq!((0, 0), (whole(b"abc"), whole(b"")));
        assert_eq!(2, whole(b"a\nbc"));
        assert_eq!(4, whole(b"a\nb\n"));
        assert_eq!(2, count(b"a\nb\nc"));
        let lines = |text| Lines { header: None, text }.count();
        assert_eq!((0, 2, 3), (lines(b""), lines(b"a\nb\n"), lines(b"a\nb\nc")));
    }
}
