//! `Pending`: accepted lines on their way to a segment. Pure.

use std::sync::Arc;

use crate::batch::{Batch, Part};
use crate::lines::{self, Header, Lines};

/// Accepted lines that are not in a file yet, and what the segment they go to already has.
///
/// The memory of headers belongs to the segment: it is emptied when the segment ends, so the first
/// lines of the next one get their headers again. Lines that a failed write left over are put
/// together anew for a fresh segment, headers included.
#[derive(Debug, Default)]
pub(crate) struct Pending {
    text: Vec<u8>,
    marks: Vec<Mark>,
    headed: Headed,
}

/// The place of one [`Lines`] in the text.
#[derive(Clone, Copy, Debug)]
struct Mark {
    header: Option<Header>,
    body: usize,
    end: usize,
}

/// The headers that the segment has. Headers count up from zero, so a vector is a set of them.
#[derive(Debug, Default)]
struct Headed(Vec<bool>);

impl Headed {
    fn has(&self, index: usize) -> bool {
        self.0.get(index).is_some_and(|headed| *headed)
    }

    fn insert(&mut self, index: usize) -> bool {
        if self.0.len() <= index {
            self.0.resize(index + 1, false);
        }
        self.0.get_mut(index).is_some_and(|headed| !std::mem::replace(headed, true))
    }
}

impl Pending {
    pub(crate) fn text(&self) -> &[u8] {
        &self.text
    }

    pub(crate) fn len(&self) -> usize {
        self.text.len()
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.text.is_empty()
    }

    /// Lines without their headers: what would be lost with them.
    pub(crate) fn lines(&self) -> u64 {
        self.marks
            .iter()
            .filter_map(|mark| self.text.get(mark.body..mark.end))
            .map(lines::count)
            .sum()
    }

    /// Adds lines, after their header where the segment has not got it yet.
    pub(crate) fn push(&mut self, lines: &Lines<'_>, headers: &[Arc<[u8]>]) {
        if lines.text.is_empty() {
            return;
        }
        if let Some(index) = lines.index()
            && self.headed.insert(index)
            && let Some(header) = headers.get(index)
        {
            self.text.extend_from_slice(header);
        }
        let body = self.text.len();
        self.text.extend_from_slice(lines.text);
        self.marks.push(Mark { header: lines.header, body, end: self.text.len() });
    }

    /// Adds the lines of all parts; in one piece, if the segment has their headers.
    pub(crate) fn push_all(&mut self, batch: &Batch<'_>, headers: &[Arc<[u8]>]) {
        let headed = |index| self.headed.has(index);
        if !batch.parts.iter().all(|part| part.index().is_none_or(headed)) {
            return batch.lines().for_each(|lines| self.push(&lines, headers));
        }
        let before = self.text.len();
        self.text.extend_from_slice(batch.text);
        let mark = |part: &Part, end| Mark { header: part.header, body: before + part.start, end };
        // In pairs, because an iterator over parts and ends asks at each step which of two it is at.
        self.marks.extend(batch.parts.windows(2).filter_map(|pair| match pair {
            [part, next] => Some(mark(part, before + next.start)),
            _ => None,
        }));
        self.marks.extend(batch.parts.last().map(|part| mark(part, self.text.len())));
    }

    /// All of it is in the segment's file.
    pub(crate) fn written(&mut self) {
        self.text.clear();
        self.marks.clear();
    }

    /// The segment ended: the next one has no headers.
    pub(crate) fn begin_segment(&mut self, headers: &[Arc<[u8]>]) {
        self.carry(0, headers);
    }

    /// The segment ended with the first `kept` bytes of the text in it; the rest goes to another.
    pub(crate) fn carry(&mut self, kept: usize, headers: &[Arc<[u8]>]) {
        let left = std::mem::take(self);
        for mark in left.marks.iter().filter(|mark| mark.end > kept) {
            let text = left.text.get(mark.body.max(kept)..mark.end).unwrap_or_default();
            self.push(&Lines { header: mark.header, text }, headers);
        }
        // The old vectors are worth keeping when nothing was left: they have their size already.
        if self.text.is_empty() {
            let Self { mut text, mut marks, mut headed } = left;
            text.clear();
            marks.clear();
            headed.0.clear();
            *self = Self { text, marks, headed };
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn headers() -> Vec<Arc<[u8]>> {
        vec![Arc::from(&b"#A\n"[..]), Arc::from(&b"#B\n"[..])]
    }

    fn filled(parts: &[(u32, &[u8])]) -> Pending {
        let mut pending = Pending::default();
        for (index, text) in parts {
            pending.push(&Lines { header: Some(Header(*index)), text }, &headers());
        }
        pending
    }

    #[test]
    fn a_header_stands_once_in_front_of_its_first_lines() {
        let pending = filled(&[(0, b"a 1\n"), (1, b"b 1\n"), (0, b"a 2\n"), (1, b"")]);
        assert_eq!(b"#A\na 1\n#B\nb 1\na 2\n", pending.text());
        assert_eq!(3, pending.lines());
    }

    #[test]
    fn headers_come_again_only_in_the_next_segment() {
        let mut pending = filled(&[(0, b"a 1\n")]);
        pending.written();
        pending.push(&Lines { header: Some(Header(0)), text: b"a 2\n" }, &headers());
        assert_eq!(b"a 2\n", pending.text());
        pending.written();
        pending.begin_segment(&headers());
        pending.push(&Lines { header: Some(Header(0)), text: b"a 3\n" }, &headers());
        assert_eq!(b"#A\na 3\n", pending.text());
    }

    #[test]
    fn what_a_failed_write_leaves_over_gets_its_headers_again() {
        let parts: &[(u32, &[u8])] = &[(0, b"a 1\na 2\n"), (1, b"b 1\n"), (0, b"a 3\n")];
        let whole = filled(parts).text().to_vec();
        assert_eq!(b"#A\na 1\na 2\n#B\nb 1\na 3\n", &whole[..]);
        let cases: &[(usize, &[u8])] = &[
            (0, b"#A\na 1\na 2\n#B\nb 1\na 3\n"),
            (3, b"#A\na 1\na 2\n#B\nb 1\na 3\n"),
            (7, b"#A\na 2\n#B\nb 1\na 3\n"),
            (11, b"#B\nb 1\n#A\na 3\n"),
            (14, b"#B\nb 1\n#A\na 3\n"),
            (18, b"#A\na 3\n"),
            (22, b""),
        ];
        for (kept, expected) in cases {
            let mut pending = filled(parts);
            pending.carry(*kept, &headers());
            assert_eq!(
                String::from_utf8_lossy(expected),
                String::from_utf8_lossy(pending.text()),
                "{kept} bytes kept"
            );
        }
    }
}
