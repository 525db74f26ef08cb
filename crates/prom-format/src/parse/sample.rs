//! `Sample` and `Entry`: what the lines of an exposition say.

use crate::metric_type::MetricType;
use crate::parse::cursor::Cursor;
use crate::parse::escaped::Escaped;
use crate::parse::labels::Labels;
use crate::parse::timestamp::SampleTimestamp;

/// One line of an exposition. Blank lines of the classic format have no entry.
#[derive(Clone, Copy, Debug)]
pub enum Entry<'a> {
    /// `# HELP family text`
    Help {
        /// The family's name.
        family: Escaped<'a>,
        /// The text, perhaps empty.
        text: Escaped<'a>,
    },
    /// `# TYPE family type`
    Type {
        /// The family's name.
        family: Escaped<'a>,
        /// The family's type.
        metric_type: MetricType,
    },
    /// `# UNIT family unit` (OpenMetrics)
    Unit {
        /// The family's name.
        family: Escaped<'a>,
        /// The unit, perhaps empty.
        unit: &'a str,
    },
    /// Any other line that starts with `#`; the text after it (classic format).
    Comment(&'a str),
    /// A sample.
    Sample(Sample<'a>),
    /// `# EOF` (OpenMetrics), always the last entry.
    Eof,
}

/// A sample of a series: name, labels and value, perhaps a timestamp and an exemplar.
#[derive(Clone, Copy, Debug)]
pub struct Sample<'a> {
    pub(super) name: &'a str,
    pub(super) labels: Labels<'a>,
    pub(super) value: f64,
    pub(super) value_text: &'a str,
    pub(super) timestamp: Option<SampleTimestamp>,
    pub(super) timestamp_text: &'a str,
    pub(super) exemplar: Option<ExemplarText<'a>>,
}

impl<'a> Sample<'a> {
    /// The name of the sample: the family's, with the suffix of its type if it has one.
    #[must_use]
    pub const fn name(&self) -> Escaped<'a> {
        Escaped::new(self.name)
    }

    /// The labels, `le` and `quantile` included.
    #[must_use]
    pub const fn labels(&self) -> Labels<'a> {
        self.labels
    }

    /// The value. Integers above 2^53 are rounded; see [`value_u64`](Self::value_u64).
    #[must_use]
    pub const fn value(&self) -> f64 {
        self.value
    }

    /// The value as it is written.
    #[must_use]
    pub const fn value_text(&self) -> &'a str {
        self.value_text
    }

    /// The exact value, if it is written as an unsigned integer that fits.
    #[must_use]
    pub fn value_u64(&self) -> Option<u64> {
        self.value_text.parse().ok()
    }

    /// The timestamp, if the line has one.
    #[must_use]
    pub const fn timestamp(&self) -> Option<SampleTimestamp> {
        self.timestamp
    }

    /// The timestamp as it is written: milliseconds in the classic format, seconds in
    /// OpenMetrics; empty if the line has none.
    #[must_use]
    pub const fn timestamp_text(&self) -> &'a str {
        self.timestamp_text
    }

    /// The exemplar, if the line has one (OpenMetrics).
    #[must_use]
    pub fn exemplar(&self) -> Option<SampleExemplar<'a>> {
        self.exemplar.and_then(ExemplarText::read)
    }
}

/// The exemplar of a parsed sample.
#[derive(Clone, Copy, Debug)]
pub struct SampleExemplar<'a> {
    /// The labels, perhaps none.
    pub labels: Labels<'a>,
    /// The value.
    pub value: f64,
    /// The value as it is written.
    pub value_text: &'a str,
    /// The timestamp, if the exemplar has one.
    pub timestamp: Option<SampleTimestamp>,
}

/// The text of an exemplar that was checked. Most readers never look at it, so that it is read
/// when it is asked for.
#[derive(Clone, Copy, Debug)]
pub(super) struct ExemplarText<'a> {
    pub(super) labels: Labels<'a>,
    /// `value` or `value timestamp`.
    pub(super) numbers: &'a str,
}

impl<'a> ExemplarText<'a> {
    fn read(self) -> Option<SampleExemplar<'a>> {
        let mut cursor = Cursor::new(self.numbers);
        let (value, value_text) = cursor.value().ok()?;
        let timestamp = cursor.eat(b' ').then(|| SampleTimestamp::from_seconds(cursor.token()));
        Some(SampleExemplar {
            labels: self.labels,
            value,
            value_text,
            timestamp: timestamp.flatten(),
        })
    }
}
