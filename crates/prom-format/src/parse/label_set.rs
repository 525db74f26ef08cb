//! `LabelSet`: a label set as it is checked.

use crate::parse::bytes;
use crate::parse::cursor::Cursor;
use crate::parse::error::{Fault, ParseErrorKind};
use crate::parse::identity::{Identity, OwnLabel};
use crate::parse::label_names::LabelNames;
use crate::parse::labels::Labels;
use crate::parse::number;

/// How a label set is read.
#[derive(Clone, Copy, Debug)]
pub(super) struct LabelRules<'r> {
    /// Whether label names may be quoted.
    pub(super) quoted: bool,
    /// The label that tells the samples of one metric apart: `le`, `quantile`, the name of a
    /// state set; empty for none.
    pub(super) own: &'r str,
    /// Whether the set goes on after a quoted metric name and its comma.
    pub(super) after_comma: bool,
}

/// A label set that was checked.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct LabelSet<'a> {
    pub(super) labels: Labels<'a>,
    /// The sum of the labels' hashes (OpenMetrics only), so that their order does not matter. The
    /// own label has no part in it.
    pub(super) hash: u64,
    pub(super) own: Option<OwnLabel<'a>>,
    /// Whether the sample before has the same labels but for the own one, in the same text.
    pub(super) repeats_metric: bool,
}

impl<'a> LabelSet<'a> {
    /// Reads up to the closing brace, and over it.
    #[inline]
    pub(super) fn read<const OPENMETRICS: bool>(
        cursor: &mut Cursor<'a>,
        names: &mut LabelNames<'a>,
        rules: LabelRules<'_>,
    ) -> Result<Self, Fault> {
        names.clear();
        let start = cursor.at();
        let mut set = Self::default();
        let mut may_end = !(OPENMETRICS && rules.after_comma);
        loop {
            skip_blanks::<OPENMETRICS>(cursor);
            if may_end && cursor.peek() == b'}' {
                break;
            }
            let at = cursor.at();
            let (name, value) = read_label::<OPENMETRICS>(cursor, names, rules.quoted)?;
            set.add::<OPENMETRICS>(name, value, rules.own, (at - start, cursor.at() - start));
            skip_blanks::<OPENMETRICS>(cursor);
            if !cursor.eat(b',') {
                break;
            }
            // The classic format lets a comma stand before the brace.
            may_end = !OPENMETRICS;
        }
        set.labels = Labels::new(cursor.since(start));
        expect::<OPENMETRICS>(cursor, b'}')?;
        names.finish();
        Ok(set)
    }

    #[inline]
    fn add<const OPENMETRICS: bool>(
        &mut self,
        name: &'a str,
        value: &'a str,
        own: &str,
        span: (usize, usize),
    ) {
        if name == own {
            self.own = Some(OwnLabel { name, value, number: number::parse(value), span });
        } else if OPENMETRICS {
            self.hash = self.hash.wrapping_add(label_hash(name, value));
        }
    }

    /// The series' identity: all labels.
    pub(super) fn series(&self) -> Identity<'a> {
        let own_hash = self.own.map_or(0, |own| label_hash(own.name, own.value));
        Identity { labels: self.labels, hash: self.hash.wrapping_add(own_hash), own: None }
    }

    /// The metric's identity: all labels but its own one.
    pub(super) const fn metric(&self) -> Identity<'a> {
        Identity { labels: self.labels, hash: self.hash, own: self.own }
    }
}

/// An empty value means the same as no label.
#[inline]
fn label_hash(name: &str, value: &str) -> u64 {
    if value.is_empty() { 0 } else { bytes::hash_pair(name, value) }
}

/// `name="value"`; the parts as they are written, without quotes.
#[inline]
fn read_label<'a, const OPENMETRICS: bool>(
    cursor: &mut Cursor<'a>,
    names: &mut LabelNames<'a>,
    quoted: bool,
) -> Result<(&'a str, &'a str), Fault> {
    if let Some(name) = names.expect(cursor) {
        return Ok((name, cursor.quoted(OPENMETRICS)?));
    }
    let at = cursor.at();
    let name = match cursor.peek() {
        b'"' if quoted => {
            names.all_bare = false;
            cursor.quoted(false)?
        }
        b'"' => return Err(ParseErrorKind::QuotedName.at(at)),
        _ => {
            let len = bytes::label_name_len(cursor.rest());
            cursor.advance(len);
            cursor.since(at)
        }
    };
    if name.is_empty() {
        return Err(unexpected::<OPENMETRICS>(cursor, ParseErrorKind::LabelName));
    }
    // `__name__` is the metric name itself; the other names with this prefix are reserved for
    // the use of servers, and only OpenMetrics forbids them.
    if name.starts_with("__") && (OPENMETRICS || name == "__name__") {
        return Err(ParseErrorKind::ReservedLabel.at(at));
    }
    skip_blanks::<OPENMETRICS>(cursor);
    expect::<OPENMETRICS>(cursor, b'=')?;
    skip_blanks::<OPENMETRICS>(cursor);
    if cursor.peek() != b'"' {
        return Err(unexpected::<OPENMETRICS>(cursor, ParseErrorKind::LabelSyntax));
    }
    let value = cursor.quoted(OPENMETRICS)?;
    names.insert(name).map_err(|kind| kind.at(at))?;
    Ok((name, value))
}

#[inline]
fn skip_blanks<const OPENMETRICS: bool>(cursor: &mut Cursor<'_>) {
    if !OPENMETRICS {
        cursor.skip_blanks();
    }
}

#[inline]
fn expect<const OPENMETRICS: bool>(cursor: &mut Cursor<'_>, byte: u8) -> Result<(), Fault> {
    if cursor.eat(byte) {
        return Ok(());
    }
    Err(unexpected::<OPENMETRICS>(cursor, ParseErrorKind::LabelSyntax))
}

#[cold]
fn unexpected<const OPENMETRICS: bool>(cursor: &Cursor<'_>, kind: ParseErrorKind) -> Fault {
    let blank = OPENMETRICS && matches!(cursor.peek(), b' ' | b'\t');
    if blank { ParseErrorKind::UnexpectedBlank } else { kind }.at(cursor.at())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read<'a>(text: &'a str, own: &str) -> Option<LabelSet<'a>> {
        let rules = LabelRules { quoted: true, own, after_comma: false };
        LabelSet::read::<true>(&mut Cursor::new(text), &mut LabelNames::new(), rules).ok()
    }

    fn same_metric(a: &str, b: &str) -> bool {
        match (read(a, "le"), read(b, "le")) {
            (Some(a), Some(b)) => a.metric().is_same(&b.metric()),
            _ => panic!("both must parse"),
        }
    }

    #[test]
    fn a_metric_is_its_labels_without_le_in_any_order() {
        for (a, b) in [
            (r#"}"#, r#"le="1"}"#),
            (r#"a="1"}"#, r#"a="1",le="1"}"#),
            (r#"a="1"}"#, r#"le="2",a="1"}"#),
            (r#"a="1",le="1",b="2"}"#, r#"b="2",a="1"}"#),
            (r#"a="1",le="1",b="2"}"#, r#"a="1",le="2",b="2"}"#),
            (r#"a="1",b=""}"#, r#"a="1"}"#),
            (r#""a"="1"}"#, r#"a="1"}"#),
            (r#"a="1,"}"#, r#"le="",a="1,"}"#),
        ] {
            assert!(same_metric(a, b) && same_metric(b, a), "{a} {b}");
        }
        for (a, b) in [
            (r#"a="1"}"#, r#"a="2"}"#),
            (r#"a="1"}"#, r#"}"#),
            (r#"a="1",b="2"}"#, r#"a="2",b="1"}"#),
            (r#"a="1,"}"#, r#"a="1"}"#),
            (r#"a="1",b="1"}"#, r#"a="1",c="1"}"#),
        ] {
            assert!(!same_metric(a, b) && !same_metric(b, a), "{a} {b}");
        }
    }

    #[test]
    fn equal_hashes_are_compared_label_by_label() {
        let (Some(a), Some(b)) = (read(r#"a="1"}"#, ""), read(r#"a="2"}"#, "")) else {
            panic!("both must parse")
        };
        let forged = Identity { hash: a.series().hash, ..b.series() };
        assert!(!a.series().is_same(&forged));
        assert!(a.series().is_same(&a.series()));
    }
}
