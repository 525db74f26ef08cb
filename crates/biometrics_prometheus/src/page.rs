//! `Page`: the lines of one sensor, family by family, before they go anywhere.

/// A reused buffer of sample lines, marked with the families they belong to.
#[derive(Debug)]
pub(crate) struct Page<F> {
    text: Vec<u8>,
    /// Each family with the place where its lines end.
    marks: Vec<(F, usize)>,
}

impl<F> Default for Page<F> {
    fn default() -> Self {
        Self { text: Vec::new(), marks: Vec::new() }
    }
}

impl<F: Copy> Page<F> {
    pub(crate) fn clear(&mut self) {
        self.text.clear();
        self.marks.clear();
    }

    /// Where the next lines are written to; [`end`](Self::end) says whose they were.
    pub(crate) fn text(&mut self) -> &mut Vec<u8> {
        &mut self.text
    }

    pub(crate) fn end(&mut self, family: F) {
        self.marks.push((family, self.text.len()));
    }

    /// The families with their lines, in order.
    pub(crate) fn families(&self) -> impl Iterator<Item = (F, &[u8])> {
        let mut start = 0;
        self.marks.iter().map(move |(family, end)| {
            let lines = self.text.get(start..*end).unwrap_or_default();
            start = *end;
            (*family, lines)
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_come_back_with_their_families() {
        let mut page = Page::default();
        for round in 0..2 {
            page.clear();
            page.text().extend_from_slice(b"a 1\n");
            page.end('a');
            page.end('b');
            page.text().extend_from_slice(b"c 1\nc 2\n");
            page.end('c');
            let families: Vec<(char, &[u8])> = page.families().collect();
            let expected: [(char, &[u8]); 3] = [('a', b"a 1\n"), ('b', b""), ('c', b"c 1\nc 2\n")];
            assert_eq!(expected, families[..], "round {round}");
        }
    }
}
