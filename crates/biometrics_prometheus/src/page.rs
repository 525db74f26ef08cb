//! `Families`: where the lines of one sensor go, family by family; `Page` and `Headed` are such places.

use std::slice;

/// Takes the lines of one sensor.
pub(crate) trait Families {
    /// Where the lines of the next family are written to.
    fn begin(&mut self) -> &mut Vec<u8>;
}

/// Writes a family's metadata in front of its lines.
pub(crate) struct Headed<'a> {
    text: &'a mut Vec<u8>,
    metadata: slice::Iter<'a, Vec<u8>>,
}

impl<'a> Headed<'a> {
    /// With the metadata of each family, or none.
    pub(crate) fn new(text: &'a mut Vec<u8>, metadata: &'a [Vec<u8>]) -> Self {
        Self { text, metadata: metadata.iter() }
    }
}

impl Families for Headed<'_> {
    #[inline]
    fn begin(&mut self) -> &mut Vec<u8> {
        if let Some(lines) = self.metadata.next() {
            self.text.extend_from_slice(lines);
        }
        self.text
    }
}

/// A reused buffer, marked where a family begins.
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
    fn begin(&mut self) -> &mut Vec<u8> {
        self.starts.push(self.text.len());
        &mut self.text
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
            out.begin().extend_from_slice(b"a 1\n");
            out.begin();
            out.begin().extend_from_slice(b"c 1\nc 2\n");
            let families: Vec<&[u8]> = page.families().collect();
            let expected: [&[u8]; 3] = [b"a 1\n", b"", b"c 1\nc 2\n"];
            assert_eq!(expected, families[..], "round {round}");
        }
    }

    #[test]
    fn metadata_stands_before_the_family_it_is_of() {
        let (mut text, metadata) = (Vec::new(), [b"#A\n".to_vec(), b"#B\n".to_vec()]);
        for metadata in [&metadata[..], &[]] {
            let mut out = Headed::new(&mut text, metadata);
            out.begin().extend_from_slice(b"a 1\n");
            out.begin().extend_from_slice(b"b 1\nb 2\n");
        }
        assert_eq!(b"#A\na 1\n#B\nb 1\nb 2\na 1\nb 1\nb 2\n", &text[..]);
    }
}
