//! `Families`: where the lines of one sensor go, family by family; `Page` is such a place.

use std::slice;

use prom_segment::{Batch, Header, Part};

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
    parts: Vec<Part>,
}

impl Page {
    pub(crate) fn clear(&mut self) {
        self.text.clear();
        self.parts.clear();
    }

    /// Bytes of lines.
    pub(crate) fn len(&self) -> usize {
        self.text.len()
    }

    pub(crate) fn batch(&self) -> Batch<'_> {
        Batch { text: &self.text, parts: &self.parts }
    }

    /// Takes the families that have these headers, in their order.
    #[inline]
    pub(crate) fn under<'a>(&'a mut self, headers: &'a [Header]) -> Under<'a> {
        Under { page: self, headers: headers.iter() }
    }
}

/// A page, and the headers of the families that come.
pub(crate) struct Under<'a> {
    page: &'a mut Page,
    headers: slice::Iter<'a, Header>,
}

impl Families for Under<'_> {
    #[inline]
    fn begin(&mut self) -> Place<'_> {
        let Page { text, parts } = &mut *self.page;
        parts.push(Part { header: self.headers.next().copied(), start: text.len() });
        Place { text, is_first: false }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use prom_segment::Writer;

    #[test]
    fn each_family_is_marked_with_its_header() {
        let mut writer = Writer::new("");
        let headers = [b"# A\n", b"# B\n"].map(|text| writer.header(text).unwrap());
        let mut page = Page::default();
        for round in 0..2 {
            page.clear();
            assert!(page.batch().parts.is_empty());
            let mut out = page.under(&headers);
            out.begin().text.extend_from_slice(b"a 1\n");
            assert!(!out.begin().is_first);
            page.under(&headers[..1]).begin().text.extend_from_slice(b"a 2\na 3\n");
            let Batch { text, parts } = page.batch();
            assert_eq!((&b"a 1\na 2\na 3\n"[..], page.len()), (text, 12), "round {round}");
            let expected = [(headers[0], 0), (headers[1], 4), (headers[0], 4)];
            assert_eq!(expected.map(|(header, start)| Part { header: Some(header), start }), parts);
        }
    }
}
