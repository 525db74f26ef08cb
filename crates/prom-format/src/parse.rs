//! `Parser`: an exposition as an iterator of its lines.

mod bytes;
mod classic;
mod cursor;
mod decimal;
mod engine;
mod error;
mod escaped;
mod family;
mod identity;
mod label_names;
mod label_set;
mod labels;
mod memory;
#[cfg(feature = "alloc")]
mod name_index;
mod number;
mod openmetrics;
mod point;
#[cfg(feature = "alloc")]
mod registry;
mod sample;
mod sample_head;
mod series;
#[cfg(all(test, feature = "alloc"))]
mod shortcuts;
mod timestamp;
#[cfg(feature = "alloc")]
mod unique;
#[cfg(feature = "alloc")]
mod validator;

use core::fmt;
use core::iter::FusedIterator;

use crate::dialect::Dialect;

pub use error::{ParseError, ParseErrorKind};
pub use escaped::Escaped;
pub use labels::{LabelIter, LabelPair, Labels};
pub use sample::{Entry, Sample, SampleExemplar};
pub use timestamp::SampleTimestamp;
#[cfg(feature = "alloc")]
pub use validator::{Validated, Validator, validate};

use engine::Engine;
use memory::Forgetful;

/// A strict parser: an iterator of the lines of an exposition, borrowed from its text.
///
/// After an error the iterator ends. The parser allocates nothing, its size is fixed, and its
/// time is linear in the text, whatever the text is. It never panics.
///
/// ```
/// use prom_format::{Dialect, Entry, Parser};
///
/// let text = "# TYPE rpc_total counter\nrpc_total{code=\"200\",path=\"C:\\\\\"} 1027 1700000000000\n";
/// for entry in Parser::new(Dialect::Text004, text) {
///     let Entry::Sample(sample) = entry? else { continue };
///     assert_eq!(sample.name(), "rpc_total");
///     assert_eq!(sample.labels().get("path").unwrap(), "C:\\");
///     assert_eq!(sample.value_u64(), Some(1027));
///     assert_eq!(sample.timestamp().unwrap().millis(), 1_700_000_000_000);
/// }
///
/// let error = Parser::new(Dialect::Text004, "up 1\nup one\n").find_map(Result::err).unwrap();
/// assert_eq!(error.to_string(), r#"line 2, column 4: invalid value: "one""#);
/// # Ok::<(), prom_format::ParseError>(())
/// ```
///
/// # What is checked where
///
/// The parser knows the current line and the current family, the one that the lines before were
/// about. What needs a memory of all families is left to the [`Validator`], which has the same
/// entries and never accepts what the parser refuses.
///
/// | rule | dialect | found by |
/// |---|---|---|
/// | the grammar of each line | all | parser |
/// | second TYPE or HELP, TYPE after a sample, in one run of a family's lines | all | parser |
/// | the same after lines of other families | classic | validator |
/// | metadata for a name that is a sample of the current family (`x_sum` of a histogram `x`) | all | parser |
/// | the same for any family, in either order | all | validator |
/// | sample names by type; `le` and `quantile` present and numbers | all | parser (classic: of the current family) |
/// | metadata after a sample, units, exemplars and their length | OpenMetrics | parser |
/// | values by type: counters, counts, info, states, quantiles | OpenMetrics | parser |
/// | histograms: bounds ascend, counts cumulate, `+Inf` is last and equals the count, sum and count come together, no sum with negative bounds | OpenMetrics | parser |
/// | timestamps ascend in a metric, and all or none of its samples have one | OpenMetrics | parser |
/// | a series twice in a row without timestamps | OpenMetrics | parser |
/// | a family or a metric that goes on after another one began | OpenMetrics | validator |
/// | a quantile, state or info twice without timestamps | OpenMetrics | validator |
/// | `# EOF` at the end, nothing after it | OpenMetrics | parser |
///
/// Not checked, since no other reader does: that counters rise from point to point, that an
/// exemplar lies in its bucket, that a state set has all of its states.
///
/// # The classic format
///
/// The parser is as strict as `expfmt`, the parser of `promtool check metrics`, the Pushgateway
/// and the textfile collector, and so stricter than a Prometheus server. It takes a log of
/// samples: series may repeat with any timestamps, and families may take turns, as long as each
/// has one TYPE, before its first sample. It differs from `expfmt` in that it refuses
///
/// * samples that `expfmt` drops without a word: a histogram's without suffix, a bucket without
///   `le`, a summary's without suffix and `quantile`; and `le` twice in one bucket;
/// * HELP for the name of a histogram's or summary's sample, and TYPE of a histogram or summary
///   after a family with the name of one of its samples;
/// * types in upper case, which Prometheus refuses;
/// * bytes that are not UTF-8, in HELP and comments too;
/// * more than 128 labels in one set.
///
/// Blanks before a HELP text are no part of it. A carriage return is text in HELP, comments and
/// label values, and an error anywhere else.
///
/// In text 1.0.0 a quoted metric name must stand first in the braces, and `\"` is no escape
/// sequence of HELP.
///
/// # OpenMetrics
///
/// The parser follows the ABNF of OpenMetrics 1.0 and the rules of its text. It differs from the
/// parser of Python's `prometheus_client`, the strictest other one, in that it refuses
///
/// * blanks beyond the one of the ABNF, a raw `"` or a single backslash at the end of a HELP,
///   quoted names unless the escaping allows them, label names with `:`, signed `NaN`, decimals
///   beyond the doubles, timestamps beyond `i64` milliseconds;
/// * the same series twice without a timestamp, where an empty label is the same as none, and
///   values are compared as they are written;
/// * `quantile` on the sum or count of a summary, and a bucket given twice;
/// * more than 128 labels in one set;
///
/// and in that it accepts
///
/// * histograms with several points, after the second of which the other parser misses the
///   buckets; timestamps with an exponent; escaped quotes in exemplar labels.
///
/// Names with a leading underscore or colons are reserved, but read.
pub struct Parser<'a> {
    engine: Engine<'a>,
}

impl<'a> Parser<'a> {
    /// A parser of the text.
    #[must_use]
    pub fn new(dialect: Dialect, text: &'a str) -> Self {
        Self { engine: Engine::new(dialect, text, false) }
    }

    /// A parser of bytes. It reads the lines before the first byte that is not UTF-8, and then
    /// reports [`ParseErrorKind::InvalidUtf8`] there.
    #[must_use]
    pub fn from_bytes(dialect: Dialect, bytes: &'a [u8]) -> Self {
        let (text, has_invalid_tail) = Engine::valid_utf8(bytes);
        Self { engine: Engine::new(dialect, text, has_invalid_tail) }
    }
}

impl<'a> Iterator for Parser<'a> {
    type Item = Result<Entry<'a>, ParseError>;

    #[inline]
    fn next(&mut self) -> Option<Self::Item> {
        self.engine.next(&mut Forgetful)
    }
}

impl FusedIterator for Parser<'_> {}

impl fmt::Debug for Parser<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Parser").finish_non_exhaustive()
    }
}
