//! `SampleHead`: what comes before the value of a sample.

use crate::parse::bytes;
use crate::parse::cursor::Cursor;
use crate::parse::decimal;
use crate::parse::family::SampleKind;
use crate::parse::label_set::LabelSet;
use crate::parse::labels::Labels;

/// The name and the labels of a sample, which the next one is compared with.
///
/// The lines of a histogram differ, before the number, in the value of `le` alone. A line of the
/// same family that has the same text before and after that value has the same name and labels,
/// whatever the rules are by which they were found.
#[derive(Clone, Copy, Debug)]
pub(super) struct SampleHead<'a> {
    pub(super) name: &'a str,
    /// What the sample is to its family.
    pub(super) kind: SampleKind,
    pub(super) labels: LabelSet<'a>,
    /// Whether the name stands without quotes, in the current family.
    is_bare: bool,
    /// The text up to the value of the own label; empty if there is none in the current family.
    before: &'a str,
    /// What follows that value, up to the closing brace.
    after: &'a str,
    /// From the start of the labels to that value.
    own_at: usize,
}

impl Default for SampleHead<'_> {
    fn default() -> Self {
        Self {
            name: "",
            kind: SampleKind::Bare,
            labels: LabelSet::default(),
            is_bare: false,
            before: "",
            after: "",
            own_at: 0,
        }
    }
}

impl<'a> SampleHead<'a> {
    /// Another family begins.
    pub(super) const fn forget(&mut self) {
        self.is_bare = false;
        self.before = "";
    }

    /// The sample has another name than the one before.
    #[inline]
    pub(super) const fn rename(&mut self, name: &'a str, kind: SampleKind, is_bare: bool) {
        (self.name, self.kind, self.is_bare) = (name, kind, is_bare);
    }

    /// The sample, which began at `start`, has these labels.
    #[inline]
    pub(super) fn relabel(&mut self, cursor: &Cursor<'a>, start: usize, labels: LabelSet<'a>) {
        self.labels = labels;
        self.before = "";
        if let Some(own) = &self.labels.own {
            let labels_at = cursor.at() - 1 - self.labels.labels.raw().len();
            // The span of the label ends with the closing quote.
            let value_end = labels_at + own.span.1 - 1;
            let value_at = value_end - own.value.len();
            self.own_at = value_at - labels_at;
            self.before = cursor.text().get(start..value_at).unwrap_or_default();
            self.after = cursor.text().get(value_end..cursor.at()).unwrap_or_default();
        }
    }

    /// Moves over the name of the sample before, if this one has it too.
    #[inline]
    pub(super) fn eat_name(&self, cursor: &mut Cursor<'a>) -> bool {
        let (bytes, at) = (cursor.text().as_bytes(), cursor.at());
        let len = self.name.len();
        let is_repeated = self.is_bare
            && matches!(bytes.get(at + len), Some(b' ' | b'{'))
            && bytes::is_at(bytes, at, self.name.as_bytes());
        cursor.advance(if is_repeated { len } else { 0 });
        is_repeated
    }

    /// Moves over the name and the labels, if they differ from those of the sample before in the
    /// value of the own label alone; that value must be a number.
    #[inline]
    pub(super) fn eat_next(&mut self, cursor: &mut Cursor<'a>) -> bool {
        let (bytes, at) = (cursor.text().as_bytes(), cursor.at());
        if self.before.is_empty() || !bytes::is_at(bytes, at, self.before.as_bytes()) {
            return false;
        }
        let Some(own) = &mut self.labels.own else { return false };
        let value_at = at + self.before.len();
        let Some((number, value_end)) = decimal::plain_decimal(bytes, value_at) else {
            return false;
        };
        if !bytes::is_at(bytes, value_end, self.after.as_bytes()) {
            return false;
        }
        cursor.advance(value_end - at);
        own.value = cursor.since(value_at);
        own.number = Some(number);
        own.span.1 = self.own_at + own.value.len() + 1;
        // The closing brace is no part of the labels.
        cursor.advance(self.after.len() - 1);
        self.labels.labels = Labels::new(cursor.since(value_at - self.own_at));
        self.labels.repeats_metric = true;
        cursor.advance(1);
        true
    }
}
