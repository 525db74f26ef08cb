//! `StackText`: a short ASCII or UTF-8 text in a fixed array, so that the core needs no allocator.

use core::fmt;

#[cfg(feature = "alloc")]
use crate::sink::Sink;

/// Up to `N` bytes of text. What does not fit is left out, so `N` must be the longest possible
/// text.
#[derive(Clone, Copy)]
pub(crate) struct StackText<const N: usize> {
    bytes: [u8; N],
    len: usize,
}

impl<const N: usize> StackText<N> {
    pub(crate) const CAPACITY: usize = N;

    pub(crate) const fn new() -> Self {
        Self { bytes: [0; N], len: 0 }
    }

    pub(crate) const fn from_text(text: &str) -> Self {
        let mut new = Self::new();
        new.push(text.as_bytes());
        new
    }

    /// As much of `text` as fits, cut at a character border.
    pub(crate) fn truncated(text: &str) -> Self {
        let mut end = text.len().min(N);
        while !text.is_char_boundary(end) {
            end -= 1;
        }
        Self::from_text(text.get(..end).unwrap_or_default())
    }

    pub(crate) const fn push(&mut self, text: &[u8]) {
        if let Some((_, free)) = self.bytes.split_at_mut_checked(self.len)
            && let Some((slot, _)) = free.split_at_mut_checked(text.len())
        {
            slot.copy_from_slice(text);
            self.len += text.len();
        } else {
            debug_assert!(false, "the capacity is the longest possible text");
        }
    }

    #[cfg(feature = "alloc")]
    #[inline]
    pub(crate) fn write<S: Sink>(&self, sink: &mut S) -> Result<(), S::Error> {
        sink.write_front(&self.bytes, self.len)
    }

    #[inline]
    pub(crate) fn as_bytes(&self) -> &[u8] {
        self.bytes.get(..self.len).unwrap_or_default()
    }

    pub(crate) fn as_str(&self) -> &str {
        core::str::from_utf8(self.as_bytes()).unwrap_or_default()
    }

    /// The characters of an ASCII text, by value.
    pub(crate) fn into_ascii_chars(self) -> impl Iterator<Item = char> {
        self.bytes.into_iter().take(self.len).map(char::from)
    }
}

impl<const N: usize> fmt::Debug for StackText<N> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(self.as_str(), f)
    }
}

#[cfg(test)]
mod tests {
    use super::StackText;

    #[test]
    fn truncation_keeps_whole_characters() {
        assert_eq!(StackText::<4>::truncated("ab\u{e9}\u{e9}").as_str(), "ab\u{e9}");
        assert_eq!(StackText::<3>::truncated("ab\u{e9}").as_str(), "ab");
        assert_eq!(StackText::<3>::truncated("abc").as_str(), "abc");
        assert_eq!(StackText::<3>::truncated("").as_str(), "");
    }
}
