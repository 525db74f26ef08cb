//! `Batch`: the lines of many families that are appended together, as one text.

use std::iter;

use crate::lines::{self, Header, Lines};

/// Whole lines of many families as one text, without the header lines, for
/// [`Writer::append_batch`](crate::Writer::append_batch).
#[derive(Clone, Copy, Debug)]
pub struct Batch<'a> {
    /// Empty, or ends in `\n`; holds no NUL.
    pub text: &'a [u8],
    /// In the order of the text, all of which they cover.
    pub parts: &'a [Part],
}

/// Where the lines of one family begin in the text of a [`Batch`]. They end where the next part begins.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Part {
    /// Written in front of the first lines that name it, once in every segment.
    pub header: Option<Header>,
    /// The index of the first byte.
    pub start: usize,
}

impl Part {
    pub(crate) fn index(&self) -> Option<usize> {
        self.header.map(Header::index)
    }
}

impl<'a> Batch<'a> {
    /// Where the lines of each part begin and end.
    pub(crate) fn spans(&self) -> impl Iterator<Item = (&'a Part, usize)> + use<'a> {
        let ends = self.parts.iter().skip(1).map(|part| part.start);
        self.parts.iter().zip(ends.chain(iter::once(self.text.len())))
    }

    /// The lines of each part.
    pub(crate) fn lines(&self) -> impl Iterator<Item = Lines<'a>> + use<'a> {
        let text = self.text;
        self.spans().map(move |(part, end)| Lines {
            header: part.header,
            text: text.get(part.start..end).unwrap_or_default(),
        })
    }

    /// How many lines these are; one that is not ended is one, too.
    pub(crate) fn count(&self) -> u64 {
        Lines { header: None, text: self.text }.count()
    }

    /// Why these lines cannot be written so that a reader gives them back.
    pub(crate) fn problem(&self) -> Option<&'static str> {
        lines::problem(self.text).or_else(|| self.disorder())
    }

    fn disorder(&self) -> Option<&'static str> {
        let mut last = 0;
        for Part { start, .. } in self.parts {
            let begins_a_line =
                start.checked_sub(1).is_none_or(|before| self.text.get(before) == Some(&b'\n'));
            if *start < last || !begins_a_line {
                return Some("a part does not begin with a line, after the part before it");
            }
            last = *start;
        }
        let covers = self.parts.first().map_or(self.text.is_empty(), |part| part.start == 0);
        (!covers).then_some("the text begins before the first part")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parts(starts: &[usize]) -> Vec<Part> {
        starts.iter().map(|start| Part { header: None, start: *start }).collect()
    }

    #[test]
    fn parts_begin_with_lines_and_in_their_order() {
        let text = b"a 1\nb 1\nb 2\n";
        let problem = |starts: &[usize]| Batch { text, parts: &parts(starts) }.problem();
        for good in [&[0][..], &[0, 4], &[0, 4, 8], &[0, 0, 4, 4, 12, 12]] {
            assert_eq!(None, problem(good), "{good:?}");
        }
        for bad in [&[][..], &[4], &[0, 3], &[0, 8, 4], &[0, 13], &[0, usize::MAX]] {
            assert!(problem(bad).is_some(), "{bad:?}");
        }
        assert_eq!(None, Batch { text: b"", parts: &[] }.problem());
    }

    #[test]
    fn the_lines_of_all_parts_are_the_text() {
        let text = b"a 1\nb 1\nb 2\n";
        let batch = Batch { text, parts: &parts(&[0, 4, 4]) };
        let lines: Vec<&[u8]> = batch.lines().map(|lines| lines.text).collect();
        assert_eq!([&b"a 1\n"[..], b"", b"b 1\nb 2\n"], lines[..]);
        assert_eq!(3, batch.count());
    }
}
