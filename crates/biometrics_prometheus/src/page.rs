//! `Families`: where the lines of one sensor go, family by family; `Page` is such a place.

/// Takes the lines of one sensor.
pub(crate) trait Families {
    /// Where the lines of the next family are written to.
    fn begin(&mut self) -> Place<'_>;
}

/// Where lines are written to.
pub(crate) struct Place<'a> {
    pub(crate) text: &'a mut Vec<u8>,
    /// Whether the family's metadata is to be written before them.
    pub(crate) is_first: bool,
}

/// All families go to one text.
impl Families for Place<'_> {
    #[inline]
    fn begin(&mut self) -> Place<'_> {
        Place { text: self.text, is_first: self.is_first }
    }
}

/// A reused buffer, marked where a family begins. The metadata is somebody else's affair.
#[derive(Debug, Default)]
pub(crate) struct Page {
    text: Vec<u8>,
    starts: Vec<usize>,
}

impl Page {
    pub(crate) fn clear(&mut self) {
        self.text.clear();
        self.starts.clear();
    }

    /// Bytes of lines.
    pub(crate) fn len(&self) -> usize {
        self.text.len()
    }

    /// The lines of each family, in order.
    pub(crate) fn families(&self) -> impl Iterator<Item = &[u8]> {
        let ends = self.starts.iter().skip(1).copied().chain([self.text.len()]);
        let families = self.starts.iter().zip(ends);
        families.map(|(start, end)| self.text.get(*start..end).unwrap_or_default())
    }
}

impl Families for &mut Page {
    #[inline]
    fn begin(&mut self) -> Place<'_> {
        self.starts.push(self.text.len());
        Place { text: &mut self.text, is_first: false }
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
            assert_eq!(0, page.families().count());
            let mut out = &mut page;
            out.begin().text.extend_from_slice(b"a 1\n");
            assert!(!out.begin().is_first);
            out.begin().text.extend_from_slice(b"c 1\nc 2\n");
            let families: Vec<&[u8]> = page.families().collect();
            let expected: [&[u8]; 3] = [b"a 1\n", b"", b"c 1\nc 2\n"];
            assert_eq!(expected, families[..], "round {round}");
        }
    }
}
