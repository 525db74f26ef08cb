//! `FormatError` and `EncodeError`: what the format forbids, and what can fail while encoding.

use core::error::Error;
use core::fmt;

use crate::stack_text::StackText;

/// How much of the offending text an error keeps, in bytes.
const SUBJECT: usize = 64;

/// A rule of the exposition format that was about to be broken.
///
/// Nothing was written by the call that returned it, and the encoder can be used further.
/// The message names the rule and the offending text (its first 64 bytes).
#[derive(Clone, Copy, Debug)]
pub struct FormatError {
    rule: Rule,
    subject: StackText<SUBJECT>,
}

impl FormatError {
    #[cold]
    #[inline(never)]
    pub(crate) fn new(rule: Rule, subject: &str) -> Self {
        Self { rule, subject: StackText::truncated(subject) }
    }

    /// The offending name, label or text, cut after 64 bytes.
    #[must_use]
    pub fn subject(&self) -> &str {
        self.subject.as_str()
    }

    /// Whether two families of one exposition would have shared a name: a family opened twice, two
    /// names that are written alike, or a sample name that is a family's.
    #[must_use]
    pub const fn is_name_clash(&self) -> bool {
        matches!(self.rule, Rule::NameClash)
    }
}

impl fmt::Display for FormatError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.rule.message())?;
        if self.subject().is_empty() { Ok(()) } else { write!(f, ": {:?}", self.subject()) }
    }
}

impl Error for FormatError {}

/// The rules that types alone cannot hold.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Rule {
    BucketsDescend,
    BucketCountsFall,
    CountBelowBucket,
    CounterNegative,
    CounterNan,
    DuplicateLabel,
    DuplicateState,
    EmptyName,
    ExemplarTooLong,
    HelpEndsInCarriageReturn,
    InfiniteBound,
    NameClash,
    NegativeBoundWithSum,
    NegativeTimestamp,
    OwnLabel,
    PointUnfinished,
    QuantileNegative,
    QuantileRange,
    QuantilesDescend,
    ReservedLabel,
    SinkFailed,
    StateSetColon,
    SumNegative,
    SumNan,
    Unit,
    UnitForbidden,
}

impl Rule {
    const fn message(self) -> &'static str {
        match self {
            Self::BucketsDescend => "a bucket's bound is not above the one before it",
            Self::BucketCountsFall => "a bucket's cumulative count is below the one before it",
            Self::CountBelowBucket => "the count of observations is below that of the last bucket",
            Self::CounterNegative => "a counter cannot be negative",
            Self::CounterNan => "a counter cannot be NaN",
            Self::DuplicateLabel => "two labels are written with the same name",
            Self::DuplicateState => "a state is named twice",
            Self::EmptyName => "an empty text cannot be made a name",
            Self::ExemplarTooLong => "the labels of an exemplar exceed 128 characters",
            Self::HelpEndsInCarriageReturn => "a help text cannot end in a carriage return",
            Self::InfiniteBound => "the `+Inf` bucket is written by `finish`",
            Self::NameClash => {
                "another family of the exposition takes this name or one of its sample names"
            }
            Self::NegativeBoundWithSum => {
                "a histogram with a negative bound cannot have a sum in OpenMetrics"
            }
            Self::NegativeTimestamp => "the classic text format cannot carry a negative timestamp",
            Self::OwnLabel => "the label's name belongs to the format in this family",
            Self::PointUnfinished => "a histogram point was dropped before `finish`",
            Self::QuantileNegative => "the value of a quantile cannot be negative in OpenMetrics",
            Self::QuantileRange => "a quantile is not within 0..=1",
            Self::QuantilesDescend => "a quantile is not above the one before it",
            Self::ReservedLabel => "the label is written with the reserved prefix `__`",
            Self::SinkFailed => "the sink failed before, so its last line may be torn",
            Self::StateSetColon => {
                "the name of a state set is also a label name and cannot have a colon"
            }
            Self::SumNegative => "a sum cannot be negative in OpenMetrics",
            Self::SumNan => "a sum cannot be NaN in OpenMetrics",
            Self::Unit => "the family's name does not end in `_` and its unit",
            Self::UnitForbidden => "an info or state set has no unit",
        }
    }
}

/// Why something was not, or not wholly, encoded.
#[derive(Clone, Copy, Debug)]
pub enum EncodeError<E> {
    /// A rule of the format forbids it. Nothing was written.
    Format(FormatError),
    /// The sink failed. What is after the last line feed in it is not a whole line.
    Sink(E),
}

impl<E> From<FormatError> for EncodeError<E> {
    fn from(error: FormatError) -> Self {
        Self::Format(error)
    }
}

/// A sink in memory cannot fail, so that only the format is left.
impl From<EncodeError<core::convert::Infallible>> for FormatError {
    fn from(error: EncodeError<core::convert::Infallible>) -> Self {
        match error {
            EncodeError::Format(error) => error,
            EncodeError::Sink(never) => match never {},
        }
    }
}

/// Keeps the sink's error as it is; a [`FormatError`] becomes the inner error of an `InvalidInput`.
#[cfg(feature = "std")]
impl From<EncodeError<Self>> for std::io::Error {
    fn from(error: EncodeError<Self>) -> Self {
        match error {
            EncodeError::Format(error) => Self::new(std::io::ErrorKind::InvalidInput, error),
            EncodeError::Sink(error) => error,
        }
    }
}

impl<E: fmt::Display> fmt::Display for EncodeError<E> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Format(error) => error.fmt(f),
            Self::Sink(error) => write!(f, "the sink failed: {error}"),
        }
    }
}

impl<E: Error + 'static> Error for EncodeError<E> {
    fn source(&self) -> Option<&(dyn Error + 'static)> {
        match self {
            Self::Format(error) => Some(error),
            Self::Sink(error) => Some(error),
        }
    }
}
