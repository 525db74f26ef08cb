//! `Labels`: the label set of a sample, read as it is iterated.

use core::fmt;

use crate::parse::bytes;
use crate::parse::cursor::Cursor;
use crate::parse::escaped::Escaped;

/// One label of a parsed sample.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct LabelPair<'a> {
    /// The label's name; escape sequences occur in quoted names only.
    pub name: Escaped<'a>,
    /// The label's value. The empty value means the same as no such label.
    pub value: Escaped<'a>,
}

/// The label set of a sample or an exemplar, in the order of the text.
///
/// It borrows the text, and reads a label when the iteration comes to it. The parser has checked
/// the text before, so that no error can come up here.
#[derive(Clone, Copy, Default)]
pub struct Labels<'a> {
    raw: &'a str,
}

impl<'a> Labels<'a> {
    pub(super) const fn new(raw: &'a str) -> Self {
        Self { raw }
    }

    /// The text between the braces, without a metric name that is quoted there.
    #[must_use]
    pub const fn raw(self) -> &'a str {
        self.raw
    }

    /// The value of the label with this name, if the set has it.
    #[must_use]
    pub fn get(self, name: &str) -> Option<Escaped<'a>> {
        self.into_iter().find(|label| label.name == *name).map(|label| label.value)
    }

    /// Whether the set has no label.
    #[must_use]
    pub fn is_empty(self) -> bool {
        self.into_iter().next().is_none()
    }
}

impl<'a> IntoIterator for Labels<'a> {
    type Item = LabelPair<'a>;
    type IntoIter = LabelIter<'a>;

    fn into_iter(self) -> LabelIter<'a> {
        LabelIter { cursor: Cursor::new(self.raw) }
    }
}

impl fmt::Debug for Labels<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_map().entries(self.into_iter().map(|l| (l.name.raw(), l.value.raw()))).finish()
    }
}

/// The iterator over [`Labels`].
#[derive(Clone, Debug)]
pub struct LabelIter<'a> {
    cursor: Cursor<'a>,
}

impl<'a> Iterator for LabelIter<'a> {
    type Item = LabelPair<'a>;

    fn next(&mut self) -> Option<LabelPair<'a>> {
        let cursor = &mut self.cursor;
        while matches!(cursor.peek(), b' ' | b'\t' | b',') {
            cursor.advance(1);
        }
        let name = match cursor.peek() {
            b'"' => cursor.quoted(true).ok()?,
            _ => {
                let start = cursor.at();
                cursor.advance(bytes::label_name_len(cursor.rest()));
                cursor.since(start)
            }
        };
        cursor.seek([b'"']);
        let value = cursor.quoted(true).ok()?;
        Some(LabelPair { name: Escaped::new(name), value: Escaped::new(value) })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn labels_in_every_layout() {
        for (raw, expected) in [
            ("", &[][..]),
            (" \t", &[]),
            (r#"a="1",b="2""#, &[("a", "1"), ("b", "2")]),
            (r#" a = "1" , b="" , "#, &[("a", "1"), ("b", "")]),
            (r#"a="x=\",}{\\""#, &[("a", r#"x=\",}{\\"#)]),
            (r#""my.label"="1","q\"="="2""#, &[("my.label", "1"), (r#"q\"="#, "2")]),
        ] {
            let labels = Labels::new(raw);
            assert!(
                labels
                    .into_iter()
                    .map(|l| (l.name.raw(), l.value.raw()))
                    .eq(expected.iter().copied()),
                "{raw}"
            );
            assert_eq!(labels.is_empty(), expected.is_empty());
        }
        assert!(Labels::new(r#"a="1",b="2""#).get("b").is_some_and(|value| value == "2"));
        assert!(Labels::new(r#"a="b""#).get("b").is_none());
    }

    #[test]
    fn unchecked_text_ends_the_iteration() {
        for raw in ["a", "=", "a=", "\"", "a=\"", "a=\"\\", "\"a", ",,,", "}", "\n"] {
            assert_eq!(Labels::new(raw).into_iter().count(), 0, "{raw:?}");
        }
    }
}
