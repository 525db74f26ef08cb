//! Prometheus and OpenMetrics text exposition: a `no_std` encoder and a strict zero-copy parser.
//!
//! ```
//! # #[cfg(feature = "alloc")] {
//! use prom_format::{Bound, Dialect, Encoder, Family, Label, LabelName, MetricName};
//!
//! const REQUESTS: Family<'_> =
//!     Family::new(MetricName::from_static("http_requests")).help("Requests served.");
//! const LATENCY: Family<'_> =
//!     Family::new(MetricName::from_static("http_latency_seconds")).unit("seconds");
//! const CODE: LabelName<'_> = LabelName::from_static("code");
//!
//! let dialect = Dialect::negotiate("text/plain;version=0.0.4;q=0.5,*/*;q=0.1");
//! let mut encoder = Encoder::new(dialect, String::new());
//! encoder.counter(REQUESTS)?.sample(&[Label::new(CODE, "200")], 1027)?;
//!
//! let mut latency = encoder.histogram(LATENCY)?;
//! let mut point = latency.point(&[])?;
//! point.bucket(Bound::from_decimal(1, -2), 990)?;
//! point.bucket(Bound::from_decimal(1, 0), 1020)?;
//! point.finish(1027, 38.5)?;
//!
//! assert_eq!(dialect.content_type(), "text/plain; version=0.0.4; charset=utf-8");
//! assert_eq!(encoder.finish()?, "\
//! ## HELP http_requests_total Requests served.
//! ## TYPE http_requests_total counter
//! http_requests_total{code=\"200\"} 1027
//! ## TYPE http_latency_seconds histogram
//! http_latency_seconds_bucket{le=\"0.01\"} 990
//! http_latency_seconds_bucket{le=\"1.0\"} 1020
//! http_latency_seconds_bucket{le=\"+Inf\"} 1027
//! http_latency_seconds_sum 38.5
//! http_latency_seconds_count 1027
//! ");
//! # }
//! # Ok::<(), prom_format::FormatError>(())
//! ```
//!
//! # From the top
//!
//! * [`Encoder`] writes one exposition in any [`Dialect`], family by family, into a [`Sink`].
//! * [`Series`] is the ready text of a series that is written again and again;
//!   [`HistogramSeries`] is that of a whole histogram. [`Metadata`] writes the lines before them.
//! * [`MetricName`] and [`LabelName`] are names that were checked once, at compile time for
//!   constants.
//! * [`Parser`] reads an exposition line by line, borrowed from its text, and `validate` judges a
//!   whole one.
//!
//! # Guarantees
//!
//! * Nothing a caller passes ends or forges a line. Names are checked by their types; label values
//!   and help texts are escaped by the dialect's own rule.
//! * What the types cannot hold is checked before it is written. After a [`FormatError`] the sink
//!   holds whole, legal lines. After an error of the sink the encoder refuses to continue what may
//!   be a torn line.
//! * The `+Inf` bucket of a histogram is there and equals its count; bounds ascend, counts do not
//!   fall.
//! * Integers are written exactly, floats with the fewest digits that read back as the same value.
//!   `le` and `quantile` have the canonical text of OpenMetrics in every dialect, frozen by tests
//!   ([`Bound`]).
//! * Timestamps are in the dialect's unit, exact to the millisecond for readers that truncate and
//!   that round.
//! * Writing a sample allocates nothing, neither through [`Series`] nor through an open family.
//! * The crate does no I/O, holds no `unsafe`, and depends on `itoa` and `zmij` alone.
//!
//! # Features
//!
//! | feature | adds |
//! |---|---|
//! | none | the encoder into any [`Sink`], the parser, everything else here |
//! | `alloc` | `Vec<u8>` and `String` as sinks, [`Series`], [`FamilySet`], sanitised names as `Cow`, `validate` |
//! | `std` (default) | `alloc`, [`IoSink`] for `std::io::Write`, `From<EncodeError<io::Error>> for io::Error` |
//!
//! Without `alloc` the encoder compares the names of a family with those of the one before it only;
//! with it, with all of them.
//!
//! # Known problems
//!
//! * The classic text formats have no exemplars, units, `_created` lines, infos, state sets and
//!   gauge histograms. The first three are left out there, the others written as gauges and
//!   histograms.
//! * OpenMetrics has no counter without `_total`: [`Encoder::counter_as_named`] declares it
//!   `unknown` there. A histogram with negative bounds has no sum there, and so no count.
//! * Not checked, because it takes memory of every series: that a series is written once, that the
//!   series of a family keep together, that timestamps ascend. `validate` checks a finished text.
//! * No dialect has an escape for a carriage return. Inside quotes and help texts it is written as
//!   it is, as both grammars allow; a help text that ends in one is refused, because its line would
//!   end in CRLF. A reader that takes a lone carriage return for the end of a line, as Python's
//!   `open` does by default, breaks such lines.
//! * The readers of the classic text formats drop blanks at the start of a help text.
//! * A label with an empty value is no label to every reader; it is written as given.
//! * The scheme `dots` changes legacy names too, as its specification says; the Go client leaves
//!   them as they are. No scheme but `values` is injective, and names that become equal are refused
//!   where they meet.
//! * Timestamps of OpenMetrics are exact until the year 2514; an `f64` of seconds ends there.
//! * OpenMetrics 2.0 and native histograms are not written.
#![no_std]
#![forbid(unsafe_code)]

#[cfg(feature = "alloc")]
extern crate alloc;
#[cfg(any(feature = "std", test))]
extern crate std;

mod bound;
mod dialect;
mod encoder;
mod error;
mod escape;
mod exemplar;
mod family;
#[cfg(feature = "alloc")]
mod family_set;
mod head;
mod header;
#[cfg(feature = "alloc")]
mod histogram_series;
mod label;
mod metadata;
mod metric_type;
mod name;
mod name_error;
#[cfg(feature = "alloc")]
mod name_table;
mod negotiate;
mod number;
mod parse;
#[cfg(feature = "alloc")]
mod sample_tail;
mod sanitize;
#[cfg(feature = "alloc")]
mod sanitized_names;
#[cfg(feature = "alloc")]
mod series;
mod sink;
mod stack_text;
mod stem;
mod suffix;
mod timestamp;
mod written;

pub use bound::Bound;
pub use dialect::{Dialect, Escaping};
pub use encoder::Encoder;
pub use encoder::counter::{CounterFamily, CounterPoint};
pub use encoder::histogram::{HistogramFamily, HistogramPoint};
pub use encoder::info::InfoFamily;
pub use encoder::plain::PlainFamily;
pub use encoder::state_set::StateSetFamily;
pub use encoder::summary::{SummaryFamily, SummaryPoint};
pub use error::{EncodeError, FormatError};
pub use exemplar::Exemplar;
pub use family::Family;
#[cfg(feature = "alloc")]
pub use family_set::FamilySet;
#[cfg(feature = "alloc")]
pub use histogram_series::HistogramSeries;
pub use label::Label;
pub use metadata::Metadata;
pub use metric_type::MetricType;
pub use name::{LabelName, MetricName};
pub use name_error::NameError;
pub use number::Value;
pub use parse::{
    Entry, Escaped, LabelIter, LabelPair, Labels, ParseError, ParseErrorKind, Parser, Sample,
    SampleExemplar, SampleTimestamp,
};
#[cfg(feature = "alloc")]
pub use parse::{Validated, Validator, validate};
#[cfg(feature = "alloc")]
pub use sample_tail::SampleTail;
#[cfg(feature = "alloc")]
pub use sanitize::{sanitize_label_name, sanitize_metric_name};
pub use sanitize::{write_sanitized_label_name, write_sanitized_metric_name};
#[cfg(feature = "alloc")]
pub use sanitized_names::{Collision, SanitizedNames};
#[cfg(feature = "alloc")]
pub use series::Series;
#[cfg(feature = "std")]
pub use sink::IoSink;
pub use sink::{FmtSink, Overflow, Sink, SliceSink};
pub use suffix::Suffix;
pub use timestamp::{Timestamp, TimestampText};

/// Runs the example of the README.
#[cfg(all(doctest, feature = "alloc"))]
#[doc = include_str!("../README.md")]
struct Readme;
