//! `LabelNames`: the label names of one sample.

use crate::parse::bytes;
use crate::parse::cursor::Cursor;
use crate::parse::error::ParseErrorKind;

/// Bounds the time and the memory that one line can cost.
const MAX_LABELS: usize = 128;

/// The names of one label set, to find those given twice, and those of the set before, which is
/// what the next set most often has.
pub(super) struct LabelNames<'a> {
    /// One bit for each name seen, by a cheap hash: most names are seen to be new by it alone.
    /// It leaves out those that were expected.
    filter: u64,
    len: usize,
    names: [&'a str; MAX_LABELS],
    /// How many of the names from the first on, all different and without quotes, are those of
    /// the set before. The ones up to `len` are those of this set too.
    expected: usize,
    pub(super) all_bare: bool,
}

impl<'a> LabelNames<'a> {
    pub(super) const fn new() -> Self {
        Self { filter: 0, len: 0, names: [""; MAX_LABELS], expected: 0, all_bare: true }
    }

    /// Begins the next set. Only a set that was read to its end is expected again.
    #[inline]
    pub(super) const fn clear(&mut self) {
        self.filter = 0;
        self.len = 0;
        self.all_bare = true;
    }

    /// Forgets the set before.
    #[cfg(all(test, feature = "alloc"))]
    pub(super) const fn forget(&mut self) {
        self.expected = 0;
    }

    /// The set is complete.
    #[inline]
    pub(super) fn finish(&mut self) {
        self.expected = match self.all_bare {
            true => self.expected.max(self.len),
            false => 0,
        };
    }

    /// The next name of the set before, if the text goes on with it.
    #[inline]
    pub(super) fn expect(&mut self, cursor: &mut Cursor<'a>) -> Option<&'a str> {
        if self.len >= self.expected {
            return None;
        }
        let name = *self.names.get(self.len)?;
        let bytes = cursor.text().as_bytes();
        let end = cursor.at() + name.len();
        let is_expected =
            bytes::is_at(bytes, end, b"=\"") && bytes::is_at(bytes, cursor.at(), name.as_bytes());
        if !is_expected {
            self.deviate();
            return None;
        }
        cursor.advance(name.len() + 1);
        self.len += 1;
        Some(name)
    }

    /// From here on this set differs from the one before.
    fn deviate(&mut self) {
        self.expected = 0;
        let seen = self.names.get(..self.len).unwrap_or_default();
        self.filter = seen.iter().fold(0, |filter, name| filter | filter_bit(name));
    }

    #[inline]
    pub(super) fn insert(&mut self, name: &'a str) -> Result<(), ParseErrorKind> {
        if self.expected > 0 {
            self.deviate();
        }
        let bit = filter_bit(name);
        let seen = self.names.get(..self.len).unwrap_or_default();
        if self.filter & bit != 0 && seen.contains(&name) {
            return Err(ParseErrorKind::DuplicateLabel);
        }
        let place = self.names.get_mut(self.len).ok_or(ParseErrorKind::TooManyLabels)?;
        *place = name;
        self.filter |= bit;
        self.len += 1;
        Ok(())
    }
}

#[inline]
fn filter_bit(name: &str) -> u64 {
    let bytes = name.as_bytes();
    let byte = |byte: Option<&u8>| byte.copied().map_or(0, usize::from);
    let hash = bytes.len() * 31 + byte(bytes.first()) * 7 + byte(bytes.last());
    1 << (hash & 63)
}
