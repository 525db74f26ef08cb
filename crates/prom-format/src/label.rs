//! `Label`: a name and a value, and what a set of them must hold.

use crate::dialect::Dialect;
use crate::error::{FormatError, Rule};
use crate::escape::write_quoted;
use crate::name::LabelName;
use crate::sink::Sink;
use crate::written::WrittenName;

/// A label of a series: a checked name and any text.
///
/// A label with an empty value is the same as no label to every reader.
///
/// ```
/// use prom_format::{Label, LabelName};
///
/// const METHOD: LabelName<'_> = LabelName::from_static("method");
/// let label = Label::new(METHOD, "get");
/// assert_eq!(label.value, "get");
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Label<'a> {
    /// The name.
    pub name: LabelName<'a>,
    /// The value: any text, escaped where it is written.
    pub value: &'a str,
}

impl<'a> Label<'a> {
    /// The label `name="value"`.
    #[must_use]
    pub const fn new(name: LabelName<'a>, value: &'a str) -> Self {
        Self { name, value }
    }
}

/// Checks that the labels differ as they are written, that none is reserved, and that none is the
/// format's `own`.
pub(crate) fn check_labels(
    labels: &[Label<'_>],
    own: Option<WrittenName<'_>>,
    dialect: Dialect,
) -> Result<(), FormatError> {
    let mut rest = labels;
    while let [label, tail @ ..] = rest {
        let name = WrittenName::label(label.name, dialect);
        let same = |other: &Label<'_>| name.is_same(WrittenName::label(other.name, dialect));
        if own.is_some_and(|own| own.is_same(name)) {
            return Err(FormatError::new(Rule::OwnLabel, name.raw()));
        }
        if name.is_reserved() {
            return Err(FormatError::new(Rule::ReservedLabel, name.raw()));
        }
        if tail.iter().any(same) {
            return Err(FormatError::new(Rule::DuplicateLabel, name.raw()));
        }
        rest = tail;
    }
    Ok(())
}

/// What stands between two labels: the quote that ends one, and a comma.
///
/// Each label leaves its closing quote to what follows it, which saves a write for every label.
pub(crate) const NEXT: &[u8] = b"\",";

/// Writes `a="b","c"="d`, each label after `separator`, which is then [`NEXT`].
pub(crate) fn write_labels<S: Sink>(
    labels: &[Label<'_>],
    dialect: Dialect,
    separator: &mut &'static [u8],
    sink: &mut S,
) -> Result<(), S::Error> {
    for label in labels {
        write_label(WrittenName::label(label.name, dialect), label.value, separator, sink)?;
    }
    Ok(())
}

#[inline]
pub(crate) fn write_label<S: Sink>(
    name: WrittenName<'_>,
    value: &str,
    separator: &mut &'static [u8],
    sink: &mut S,
) -> Result<(), S::Error> {
    sink.write(separator)?;
    *separator = NEXT;
    if name.is_quoted() {
        sink.write(b"\"")?;
        name.write(sink)?;
        sink.write(b"\"=\"")?;
    } else {
        name.write(sink)?;
        sink.write(b"=\"")?;
    }
    write_quoted(value, sink)
}
