//! `Series`: the pre-rendered head of a series that is written again and again.

use alloc::boxed::Box;
use alloc::vec::Vec;
use core::fmt;

use crate::dialect::Dialect;
use crate::error::FormatError;
use crate::head::{Head, Own};
use crate::label::{Label, check_labels};
use crate::metadata::Metadata;
use crate::name::MetricName;
use crate::number::Value;
use crate::sink::Sink;
use crate::stem::Stem;
use crate::suffix::Suffix;
use crate::timestamp::TimestampText;

/// The text `name_suffix{labels} ` of one series in one dialect, checked and escaped once.
///
/// Writing a sample copies it, then the value and the end of the line, and allocates nothing.
/// Metadata and the order of lines are the caller's: see [`Metadata`](crate::Metadata),
/// [`FamilySet`](crate::FamilySet) and, for a writer that looks after them,
/// [`Encoder`](crate::Encoder).
///
/// ```
/// use prom_format::{Dialect, MetricName, Series, Suffix, Timestamp, TimestampText};
///
/// let dialect = Dialect::Text004;
/// let name = MetricName::new("jobs_done").unwrap();
/// let series = Series::new(dialect, name, Suffix::Total, &[]).unwrap();
/// let now = TimestampText::new(dialect, Timestamp::from_millis(1_700_000_000_000)).unwrap();
///
/// let mut log = String::new();
/// series.write(&mut log, 42_u64, &now).unwrap();
/// series.write(&mut log, 43_u64, &TimestampText::NONE).unwrap();
/// assert_eq!(log, "jobs_done_total 42 1700000000000\njobs_done_total 43\n");
/// ```
#[derive(Clone, PartialEq, Eq, Hash)]
pub struct Series {
    /// Metadata lines, if there are any, and the head.
    text: Box<[u8]>,
    /// Where the head begins.
    head: usize,
    dialect: Dialect,
}

impl Series {
    /// Renders the head of a series of the family `name`.
    ///
    /// # Errors
    ///
    /// If two labels are written with the same name, one is the label of `suffix` (`le`,
    /// `quantile`), or an escaping scheme makes one begin with the reserved `__`.
    pub fn new(
        dialect: Dialect,
        name: MetricName<'_>,
        suffix: Suffix,
        labels: &[Label<'_>],
    ) -> Result<Self, FormatError> {
        let own = own_label(&suffix);
        check_labels(labels, own.name(), dialect)?;
        let head = Head {
            stem: stem(name, suffix, dialect),
            suffix: suffix.as_str(dialect),
            labels,
            own,
            braces: false,
        };
        let mut text = Vec::new();
        let Ok(()) = head.write(dialect, &mut text);
        Ok(Self { text: text.into(), head: 0, dialect })
    }

    /// Writes one sample line.
    ///
    /// `timestamp` must be of the dialect of this series; a debug build asserts that it is.
    ///
    /// # Errors
    ///
    /// If the sink fails. The line may then be torn.
    #[inline]
    pub fn write<S: Sink>(
        &self,
        sink: &mut S,
        value: impl Into<Value>,
        timestamp: &TimestampText,
    ) -> Result<(), S::Error> {
        self.write_from(self.head, sink, value.into(), timestamp)
    }

    /// The same series, with the metadata lines of its family at hand for
    /// [`write_first`](Self::write_first).
    ///
    /// # Errors
    ///
    /// As [`Metadata::write`].
    pub fn with_metadata(self, metadata: &Metadata<'_>) -> Result<Self, FormatError> {
        let mut text = Vec::new();
        metadata.write(self.dialect, &mut text)?;
        let head = text.len();
        text.extend_from_slice(self.head());
        Ok(Self { text: text.into(), head, ..self })
    }

    /// Writes the metadata lines, if the series has them, and one sample line: how a family begins.
    ///
    /// # Errors
    ///
    /// As [`write`](Self::write).
    #[inline]
    pub fn write_first<S: Sink>(
        &self,
        sink: &mut S,
        value: impl Into<Value>,
        timestamp: &TimestampText,
    ) -> Result<(), S::Error> {
        self.write_from(0, sink, value.into(), timestamp)
    }

    #[inline]
    fn write_from<S: Sink>(
        &self,
        begin: usize,
        sink: &mut S,
        value: Value,
        timestamp: &TimestampText,
    ) -> Result<(), S::Error> {
        debug_assert!(self.takes(timestamp), "the timestamp is of another dialect");
        sink.write(self.text.get(begin..).unwrap_or_default())?;
        value.write(sink)?;
        timestamp.write(sink)
    }

    /// The head, with the space that ends it.
    #[must_use]
    pub fn as_str(&self) -> &str {
        core::str::from_utf8(self.head()).unwrap_or_default()
    }

    pub(crate) fn takes(&self, timestamp: &TimestampText) -> bool {
        timestamp.suits(self.dialect)
    }

    fn head(&self) -> &[u8] {
        self.text.get(self.head..).unwrap_or_default()
    }
}

fn stem(name: MetricName<'_>, suffix: Suffix, dialect: Dialect) -> Stem<'_> {
    match suffix {
        Suffix::Total => Stem::owning(name, "_total", dialect),
        Suffix::Info => Stem::owning(name, "_info", dialect),
        Suffix::Created => {
            Stem::stripped(name, "_total", dialect).unwrap_or(Stem::plain(name, dialect))
        }
        _ => Stem::plain(name, dialect),
    }
}

const fn own_label(suffix: &Suffix) -> Own<'_> {
    match suffix {
        Suffix::Bucket(bound) => Own::Le(bound),
        Suffix::Quantile(bound) => Own::Quantile(bound),
        _ => Own::None,
    }
}

impl fmt::Debug for Series {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Series({:?}, {:?})", self.dialect, self.as_str())
    }
}
