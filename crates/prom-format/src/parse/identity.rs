//! `Identity`: what makes two label sets the same.

use crate::parse::labels::{LabelPair, Labels};

/// The label that tells the samples of one metric apart: `le`, `quantile` or a state.
#[derive(Clone, Copy, Debug)]
pub(super) struct OwnLabel<'a> {
    pub(super) name: &'a str,
    pub(super) value: &'a str,
    /// What the value says if it is a number.
    pub(super) number: Option<f64>,
    /// Where the label starts and ends in the raw labels.
    pub(super) span: (usize, usize),
}

/// What makes two label sets the same: names and values, whatever their order.
///
/// Values are compared as they are written.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Identity<'a> {
    pub(super) labels: Labels<'a>,
    /// The sum of the hashes of the labels that count, so that their order does not matter.
    pub(super) hash: u64,
    pub(super) own: Option<OwnLabel<'a>>,
}

impl<'a> Identity<'a> {
    pub(super) fn is_same(&self, other: &Self) -> bool {
        if self.hash != other.hash {
            return false;
        }
        let ((before, after), (other_before, other_after)) = (self.parts(), other.parts());
        let is_same_text = is_equal(before, other_before) && is_equal(after, other_after);
        is_same_text || self.has_same_labels(other)
    }

    /// The raw labels before and after the own one. Equal parts are equal sets.
    fn parts(&self) -> (&'a str, &'a str) {
        let raw = self.labels.raw();
        let Some((start, end)) = self.own.map(|own| own.span) else { return (raw, "") };
        let before = raw.get(..start).unwrap_or_default();
        let after = raw.get(end..).unwrap_or_default();
        let after = after.strip_prefix(',').unwrap_or(after);
        match before.strip_suffix(',') {
            Some(before) => (before, after),
            None => (after, ""),
        }
    }

    fn has_same_labels(&self, other: &Self) -> bool {
        self.pairs().count() == other.pairs().count()
            && self.pairs().all(|label| other.pairs().any(|candidate| candidate == label))
    }

    /// The labels that count: neither the own one nor an empty one.
    pub(super) fn pairs(&self) -> impl Iterator<Item = LabelPair<'a>> + use<'a> {
        let own = self.own.map_or("", |own| own.name);
        let counts = move |l: &LabelPair<'_>| l.name.raw() != own && !l.value.raw().is_empty();
        self.labels.into_iter().filter(counts)
    }
}

/// Compares texts that are often empty. Comparing two empty ones by the C library can cost more
/// than a hundred nanoseconds: a masked load from an address that is not mapped.
#[inline]
fn is_equal(a: &str, b: &str) -> bool {
    a.len() == b.len() && (a.is_empty() || a == b)
}
