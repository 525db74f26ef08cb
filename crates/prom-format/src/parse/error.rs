//! `ParseError`: what is wrong with an exposition, and where.

use core::fmt;

/// The bytes of text that an error carries with it.
const SNIPPET_LEN: usize = 40;

/// Why an exposition was refused.
///
/// The line and the column stand in the [`ParseError`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum ParseErrorKind {
    /// Bytes that are not UTF-8.
    InvalidUtf8,
    /// The last line does not end in a line feed.
    MissingLineFeed,
    /// A blank line (OpenMetrics).
    BlankLine,
    /// A blank or tab where none may stand, or more than one (OpenMetrics).
    UnexpectedBlank,
    /// A line that starts with `#` and is neither metadata nor `# EOF` (OpenMetrics).
    CommentNotAllowed,
    /// Text after a line's last token.
    TrailingText,
    /// No metric name, or one outside the charset.
    MetricName,
    /// A quoted name in a dialect whose escaping is not `AllowUtf8`.
    QuotedName,
    /// No label name, or one outside the charset.
    LabelName,
    /// A label name that a label of this sample may not have: `__name__`, any `__` prefix in
    /// OpenMetrics, `le` or `quantile` where it cannot be told from the metric's own.
    ReservedLabel,
    /// The same label name twice in one set.
    DuplicateLabel,
    /// More than 128 labels in one set.
    TooManyLabels,
    /// Something other than `=`, a quoted value, `,` or `}` at its place in a label set.
    LabelSyntax,
    /// A quoted text that does not end in its line.
    UnterminatedQuote,
    /// A backslash before a character that has no escape sequence.
    InvalidEscape,
    /// A double quote without a backslash in a HELP text (OpenMetrics).
    UnescapedQuote,
    /// A value that is no number of the dialect, or no finite one in its decimal digits.
    Value,
    /// A timestamp that is no number of the dialect, or out of range.
    Timestamp,
    /// An exemplar in the classic text format, or on a sample that cannot have one.
    ExemplarNotAllowed,
    /// An exemplar that is not ` # {labels} value [timestamp]`.
    ExemplarSyntax,
    /// An exemplar with more than 128 characters in its label names and values.
    ExemplarTooLong,
    /// A metadata line that ends after the family's name (OpenMetrics).
    MetadataSyntax,
    /// A type that the dialect does not know.
    MetricType,
    /// A unit with characters that a metric name cannot have.
    Unit,
    /// A unit that is not the last part of the family's name.
    UnitMismatch,
    /// A unit of an info or state set family.
    UnitNotAllowed,
    /// A second TYPE for a family.
    DuplicateType,
    /// A second HELP for a family.
    DuplicateHelp,
    /// A second UNIT for a family.
    DuplicateUnit,
    /// Metadata after the first sample of its family.
    MetadataAfterSample,
    /// A family whose name, or the name of one of its samples, belongs to another family.
    FamilyClash,
    /// A family that goes on after another family began (OpenMetrics).
    FamilyInterleaved,
    /// A sample name that the family's type does not have.
    SampleName,
    /// A bucket without `le`, a quantile without `quantile`, a state without its label.
    MissingLabel,
    /// An `le` or `quantile` that is no number, or not one in its range.
    Bound,
    /// A total, sum, count or bucket below zero or NaN.
    CounterValue,
    /// A count or bucket that is no integer.
    NotInteger,
    /// A quantile's value below zero.
    QuantileValue,
    /// An info sample whose value is not 1.
    InfoValue,
    /// A state whose value is neither 0 nor 1.
    StateValue,
    /// A bucket whose bound is not above the bound before it.
    BucketOrder,
    /// A bucket that counts less than the bucket before it.
    BucketNotCumulative,
    /// A histogram whose last bucket is not `+Inf`.
    MissingInfBucket,
    /// A count that differs from the `+Inf` bucket.
    CountMismatch,
    /// A histogram with a sum and no count, or the reverse.
    SumWithoutCount,
    /// A histogram with a sum and a negative bound, or a gauge histogram with a negative sum and
    /// no negative bound.
    SumNotAllowed,
    /// A metric that goes on after another metric of its family began (OpenMetrics).
    MetricInterleaved,
    /// A timestamp below the one before it in the same metric (OpenMetrics).
    TimestampOrder,
    /// A metric with samples both with and without timestamps (OpenMetrics).
    TimestampMix,
    /// The same series twice without a timestamp (OpenMetrics).
    DuplicateSample,
    /// No `# EOF` at the end (OpenMetrics).
    MissingEof,
    /// Text after `# EOF` (OpenMetrics).
    TextAfterEof,
}

impl ParseErrorKind {
    /// What is wrong, as a lower-case fragment.
    const fn message(self) -> &'static str {
        match self {
            Self::InvalidUtf8 => "not UTF-8",
            Self::MissingLineFeed => "the last line does not end in a line feed",
            Self::BlankLine => "blank line",
            Self::UnexpectedBlank => "blank where none may stand",
            Self::CommentNotAllowed => "neither metadata nor end of the exposition",
            Self::TrailingText => "text after the end of the line's last token",
            Self::MetricName => "invalid metric name",
            Self::QuotedName => "quoted name where the escaping allows none",
            Self::LabelName => "invalid label name",
            Self::ReservedLabel => "reserved label name",
            Self::DuplicateLabel => "label name given twice",
            Self::TooManyLabels => "more than 128 labels",
            Self::LabelSyntax => "malformed label set",
            Self::UnterminatedQuote => "quoted text without an end",
            Self::InvalidEscape => "invalid escape sequence",
            Self::UnescapedQuote => "double quote that is not escaped",
            Self::Value => "invalid value",
            Self::Timestamp => "invalid timestamp",
            Self::ExemplarNotAllowed => "exemplar where none may stand",
            Self::ExemplarSyntax => "malformed exemplar",
            Self::ExemplarTooLong => "exemplar labels longer than 128 characters",
            Self::MetadataSyntax => "metadata line without its text",
            Self::MetricType => "unknown metric type",
            Self::Unit => "invalid unit",
            Self::UnitMismatch => "unit is not the suffix of the family's name",
            Self::UnitNotAllowed => "unit of a type that has none",
            Self::DuplicateType => "second TYPE of the family",
            Self::DuplicateHelp => "second HELP of the family",
            Self::DuplicateUnit => "second UNIT of the family",
            Self::MetadataAfterSample => "metadata after the family's first sample",
            Self::FamilyClash => "name belongs to another family",
            Self::FamilyInterleaved => "family goes on after another one began",
            Self::SampleName => "sample name that the family's type does not have",
            Self::MissingLabel => "sample without the label its type needs",
            Self::Bound => "invalid le or quantile",
            Self::CounterValue => "counter that is negative or NaN",
            Self::NotInteger => "count that is no integer",
            Self::QuantileValue => "negative quantile value",
            Self::InfoValue => "info value other than 1",
            Self::StateValue => "state value other than 0 and 1",
            Self::BucketOrder => "buckets out of order",
            Self::BucketNotCumulative => "bucket counts less than the one before it",
            Self::MissingInfBucket => "histogram without a last +Inf bucket",
            Self::CountMismatch => "count differs from the +Inf bucket",
            Self::SumWithoutCount => "sum without count, or count without sum",
            Self::SumNotAllowed => "sum that its bounds do not allow",
            Self::MetricInterleaved => "metric goes on after another one began",
            Self::TimestampOrder => "timestamp goes backwards",
            Self::TimestampMix => "samples with and without timestamps in one metric",
            Self::DuplicateSample => "series given twice without a timestamp",
            Self::MissingEof => "no # EOF at the end",
            Self::TextAfterEof => "text after # EOF",
        }
    }
}

/// An exposition that was refused: the kind, the place and the first bytes of the offending text.
#[derive(Clone, PartialEq, Eq)]
pub struct ParseError {
    kind: ParseErrorKind,
    offset: usize,
    line: usize,
    column: usize,
    snippet: [u8; SNIPPET_LEN],
    snippet_len: usize,
}

impl ParseError {
    /// Counts lines and copies the snippet; one pass over the text before the fault.
    pub(super) fn new(text: &str, fault: Fault) -> Self {
        let offset = floor_char_boundary(text, fault.at);
        let (before, after) = text.split_at_checked(offset).unwrap_or((text, ""));
        let line_start = before.rfind('\n').map_or(0, |at| at + 1);
        let rest_of_line = after.split('\n').next().unwrap_or_default();
        let snippet_len = floor_char_boundary(rest_of_line, SNIPPET_LEN);
        let mut snippet = [0; SNIPPET_LEN];
        for (to, from) in snippet.iter_mut().zip(rest_of_line.bytes().take(snippet_len)) {
            *to = from;
        }
        Self {
            kind: fault.kind,
            offset,
            line: before.bytes().filter(|&b| b == b'\n').count() + 1,
            column: offset - line_start + 1,
            snippet,
            snippet_len,
        }
    }

    /// Why the exposition was refused.
    #[must_use]
    pub const fn kind(&self) -> ParseErrorKind {
        self.kind
    }

    /// The line, counted from 1.
    #[must_use]
    pub const fn line(&self) -> usize {
        self.line
    }

    /// The column in bytes, counted from 1.
    #[must_use]
    pub const fn column(&self) -> usize {
        self.column
    }

    /// The bytes of the text before the offending place; at most the length of the text.
    #[must_use]
    pub const fn offset(&self) -> usize {
        self.offset
    }

    /// The offending text: from the place of the error to the end of its line, at most 40 bytes.
    ///
    /// It is empty where the text or its valid UTF-8 ends.
    #[must_use]
    pub fn snippet(&self) -> &str {
        let bytes = self.snippet.get(..self.snippet_len).unwrap_or_default();
        core::str::from_utf8(bytes).unwrap_or_default()
    }
}

fn floor_char_boundary(text: &str, at: usize) -> usize {
    let mut at = at.min(text.len());
    while !text.is_char_boundary(at) {
        at -= 1;
    }
    at
}

impl fmt::Debug for ParseError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ParseError")
            .field("kind", &self.kind)
            .field("line", &self.line)
            .field("column", &self.column)
            .field("snippet", &self.snippet())
            .finish_non_exhaustive()
    }
}

impl fmt::Display for ParseError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "line {}, column {}: {}", self.line, self.column, self.kind.message())?;
        match self.snippet() {
            "" => Ok(()),
            snippet => write!(f, ": {snippet:?}"),
        }
    }
}

impl core::error::Error for ParseError {}

/// A kind and a byte offset: what an error is before its line and column are counted.
#[derive(Clone, Copy, Debug)]
pub(super) struct Fault {
    pub(super) at: usize,
    pub(super) kind: ParseErrorKind,
}

impl ParseErrorKind {
    /// The error at a byte offset of the text.
    pub(super) const fn at(self, at: usize) -> Fault {
        Fault { at, kind: self }
    }
}
