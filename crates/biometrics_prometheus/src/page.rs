//! `Page`: the lines of one sensor, family by family, before they go anywhere.

/// A reused buffer of sample lines, marked where a family ends.
#[derive(Debug, Default)]
pub(crate) struct Page {
    text: Vec<u8>,
    ends: Vec<usize>,
}

impl Page {
    pub(crate) fn clear(&mut self) {
        self.text.clear();
        self.ends.clear();
    }

    /// Where the next lines are written to; [`end`](Self::end) says that the family is over.
    pub(crate) fn text(&mut self) -> &mut Vec<u8> {
        &mut self.text
    }

    pub(crate) fn end(&mut self) {
        self.ends.push(self.text.len());
    }

    /// The lines of each family, in order.
    pub(crate) fn families(&self) -> impl Iterator<Item = &[u8]> {
        let mut start = 0;
        self.ends.iter().map(move |end| {
            let lines = self.text.get(start..*end).unwrap_or_default();
            start = *end;
            lines
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_come_back_family_by_family() {
        let mut page = Page::default();
        for round in 0..2 {
            page.clear();
            page.text().extend_from_slice(b"a 1\n");
            page.end();
            page.end();
            page.text().extend_from_slice(b"c 1\nc 2\n");
            page.end();
            let families: Vec<&[u8]> = page.families().collect();
            let expected: [&[u8]; 3] = [b"a 1\n", b"", b"c 1\nc 2\n"];
            assert_eq!(expected, families[..], "round {round}");
        }
    }
}
