//! `Exemplar`: one observation beside a count, mostly the trace that caused it.

use crate::dialect::Dialect;
use crate::error::{FormatError, Rule};
use crate::label::{Label, check_labels, write_labels};
use crate::number::Value;
use crate::sink::Sink;
use crate::timestamp::Timestamp;
use crate::written::WrittenName;

/// How many characters the names and values of an exemplar's labels may have together (OpenMetrics
/// 1.0, exemplars).
const MAX_CHARS: usize = 128;

/// A reference to data outside the metrics, attached to a counter or a bucket.
///
/// Only OpenMetrics has exemplars; the classic text formats leave them out.
///
/// ```
/// use prom_format::{Exemplar, Label, LabelName, Timestamp};
///
/// let trace = [Label::new(LabelName::from_static("trace_id"), "f00d")];
/// let exemplar = Exemplar::new(&trace, 0.054).at(Timestamp::from_millis(1_700_000_000_000));
/// ```
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Exemplar<'a> {
    labels: &'a [Label<'a>],
    value: Value,
    timestamp: Option<Timestamp>,
}

impl<'a> Exemplar<'a> {
    /// An observation of `value`. The labels' names and values may have 128 characters together.
    #[must_use]
    pub fn new(labels: &'a [Label<'a>], value: impl Into<Value>) -> Self {
        Self { labels, value: value.into(), timestamp: None }
    }

    /// When it was observed.
    #[must_use]
    pub fn at(self, timestamp: Timestamp) -> Self {
        Self { timestamp: Some(timestamp), ..self }
    }

    /// Checks the labels; by the same rules in dialects that leave exemplars out.
    pub(crate) fn check(&self, dialect: Dialect) -> Result<(), FormatError> {
        check_labels(self.labels, None, dialect)?;
        let chars = |label: &Label<'_>| {
            WrittenName::label(label.name, dialect).chars().count() + label.value.chars().count()
        };
        if self.labels.iter().map(chars).sum::<usize>() > MAX_CHARS {
            let longest = self.labels.iter().max_by_key(|label| chars(label));
            return Err(FormatError::new(
                Rule::ExemplarTooLong,
                longest.map_or("", |label| label.name.as_str()),
            ));
        }
        Ok(())
    }

    /// Writes ` # {labels} value` and the timestamp, if there is one.
    pub(crate) fn write<S: Sink>(&self, dialect: Dialect, sink: &mut S) -> Result<(), S::Error> {
        sink.write(b" # {")?;
        write_labels(self.labels, dialect, &mut b"".as_slice(), sink)?;
        sink.write(if self.labels.is_empty() { b"} " } else { b"\"} " })?;
        self.value.write(sink)?;
        let Some(timestamp) = self.timestamp else { return Ok(()) };
        sink.write(b" ")?;
        sink.write(timestamp.seconds_text().as_bytes())
    }
}
