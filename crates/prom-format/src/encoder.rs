//! `Encoder`: one writer for all dialects, which keeps the order of an exposition.

/// The setter that every open family has, for those that hold several points in time.
macro_rules! timestamp_setter {
    () => {
        /// Sets the timestamp of all samples from here on, as
        /// [`Encoder::set_timestamp`](crate::Encoder::set_timestamp) does.
        ///
        /// A series' timestamps must ascend, which is not checked.
        ///
        /// # Errors
        ///
        /// If it is before 1970 in a classic text format. The timestamp is then as it was.
        pub fn set_timestamp(
            &mut self,
            timestamp: impl Into<Option<crate::timestamp::Timestamp>>,
        ) -> Result<(), crate::error::FormatError> {
            self.exposition.set_timestamp(timestamp.into())
        }
    };
}

mod claims;
pub(crate) mod counter;
mod exposition;
pub(crate) mod histogram;
pub(crate) mod info;
pub(crate) mod plain;
pub(crate) mod state_set;
mod sum;
pub(crate) mod summary;

use crate::dialect::Dialect;
use crate::encoder::counter::CounterFamily;
use crate::encoder::exposition::Exposition;
use crate::encoder::histogram::HistogramFamily;
use crate::encoder::info::InfoFamily;
use crate::encoder::plain::PlainFamily;
use crate::encoder::state_set::StateSetFamily;
use crate::encoder::summary::SummaryFamily;
use crate::error::{EncodeError, FormatError};
use crate::family::Family;
use crate::header::Header;
use crate::metric_type::MetricType;
use crate::sink::Sink;
use crate::timestamp::Timestamp;

/// Writes one exposition, family by family, into a [`Sink`].
///
/// Opening a family writes its metadata and borrows the encoder, so that only samples of that
/// family can follow until another is opened. What the types cannot hold is checked before anything
/// of it is written: after a [`FormatError`] the sink holds whole, legal lines.
///
/// The same calls serve every dialect. Exemplars, units and `_created` lines appear in OpenMetrics
/// alone, and the three types that the classic text formats lack become what [`MetricType::as_str`]
/// says.
///
/// ```
/// # #[cfg(feature = "alloc")] {
/// use prom_format::{Bound, Dialect, Encoder, Escaping, Family, MetricName};
///
/// const SIZE: Family<'_> = Family::new(MetricName::from_static("file_size_bytes")).unit("bytes");
///
/// let dialect = Dialect::OpenMetrics100(Escaping::Underscores);
/// let mut encoder = Encoder::new(dialect, String::new());
/// let mut sizes = encoder.histogram(SIZE)?;
/// let mut point = sizes.point(&[])?;
/// point.bucket(Bound::from_decimal(1024, 0), 3)?;
/// point.finish(4, 9000)?;
/// assert_eq!(encoder.finish()?, "\
/// ## TYPE file_size_bytes histogram
/// ## UNIT file_size_bytes bytes
/// file_size_bytes_bucket{le=\"1024.0\"} 3
/// file_size_bytes_bucket{le=\"+Inf\"} 4
/// file_size_bytes_sum 9000
/// file_size_bytes_count 4
/// ## EOF
/// ");
/// # }
/// # Ok::<(), prom_format::FormatError>(())
/// ```
#[derive(Debug)]
#[must_use = "an exposition is complete only after `finish`"]
pub struct Encoder<S> {
    exposition: Exposition<S>,
}

impl<S: Sink> Encoder<S> {
    /// An encoder that writes into `sink`.
    pub const fn new(dialect: Dialect, sink: S) -> Self {
        Self { exposition: Exposition::new(dialect, sink) }
    }

    /// What the encoder writes.
    #[must_use]
    pub const fn dialect(&self) -> Dialect {
        self.exposition.dialect()
    }

    /// Sets the timestamp of all samples from here on; `None`, as at the start, leaves them without
    /// one.
    ///
    /// OpenMetrics forbids samples with and without a timestamp in one family, which is not
    /// checked.
    ///
    /// # Errors
    ///
    /// If it is before 1970 in a classic text format. The timestamp is then as it was.
    pub fn set_timestamp(
        &mut self,
        timestamp: impl Into<Option<Timestamp>>,
    ) -> Result<(), FormatError> {
        self.exposition.set_timestamp(timestamp.into())
    }

    /// Opens a family of counters. Its samples are named `name_total`; a name that ends so is kept.
    ///
    /// The family is named `name_total` in the classic text formats and `name` in OpenMetrics.
    ///
    /// # Errors
    ///
    /// As for every family: if an earlier one takes one of its names (without the `alloc` feature
    /// only the last one is compared), its help ends in a carriage return, its name does not end in
    /// its unit, a histogram point was left unfinished, or the sink fails or failed before.
    pub fn counter<'f>(
        &mut self,
        family: impl Into<Family<'f>>,
    ) -> Result<CounterFamily<'_, 'f, S>, EncodeError<S::Error>> {
        let header = self.open(family.into(), MetricType::Counter)?;
        Ok(CounterFamily::new(&mut self.exposition, header, "_total"))
    }

    /// Opens a family of counters whose samples are named exactly as given.
    ///
    /// In OpenMetrics the family is `unknown` unless its name ends in `_total`, as `counter` would
    /// be illegal.
    ///
    /// # Errors
    ///
    /// As [`counter`](Self::counter).
    pub fn counter_as_named<'f>(
        &mut self,
        family: impl Into<Family<'f>>,
    ) -> Result<CounterFamily<'_, 'f, S>, EncodeError<S::Error>> {
        let family = family.into();
        let header = Header::as_named(self.dialect(), family.name(), MetricType::Counter);
        let header = self.open_header(header, family)?;
        let suffix = if header.stem.name().raw() == family.name().as_str() { "" } else { "_total" };
        Ok(CounterFamily::new(&mut self.exposition, header, suffix))
    }

    /// Opens a family of gauges.
    ///
    /// # Errors
    ///
    /// As [`counter`](Self::counter).
    pub fn gauge<'f>(
        &mut self,
        family: impl Into<Family<'f>>,
    ) -> Result<PlainFamily<'_, 'f, S>, EncodeError<S::Error>> {
        let header = self.open(family.into(), MetricType::Gauge)?;
        Ok(PlainFamily::new(&mut self.exposition, header))
    }

    /// Opens a family of which no type is known: `unknown`, in the classic text formats `untyped`.
    ///
    /// # Errors
    ///
    /// As [`counter`](Self::counter).
    pub fn unknown<'f>(
        &mut self,
        family: impl Into<Family<'f>>,
    ) -> Result<PlainFamily<'_, 'f, S>, EncodeError<S::Error>> {
        let header = self.open(family.into(), MetricType::Unknown)?;
        Ok(PlainFamily::new(&mut self.exposition, header))
    }

    /// Opens a family of histograms.
    ///
    /// # Errors
    ///
    /// As [`counter`](Self::counter).
    pub fn histogram<'f>(
        &mut self,
        family: impl Into<Family<'f>>,
    ) -> Result<HistogramFamily<'_, 'f, S>, EncodeError<S::Error>> {
        let header = self.open(family.into(), MetricType::Histogram)?;
        Ok(HistogramFamily::new(&mut self.exposition, header))
    }

    /// Opens a family of gauge histograms; in the classic text formats they are histograms.
    ///
    /// # Errors
    ///
    /// As [`counter`](Self::counter).
    pub fn gauge_histogram<'f>(
        &mut self,
        family: impl Into<Family<'f>>,
    ) -> Result<HistogramFamily<'_, 'f, S>, EncodeError<S::Error>> {
        let header = self.open(family.into(), MetricType::GaugeHistogram)?;
        Ok(HistogramFamily::new(&mut self.exposition, header))
    }

    /// Opens a family of summaries.
    ///
    /// # Errors
    ///
    /// As [`counter`](Self::counter).
    pub fn summary<'f>(
        &mut self,
        family: impl Into<Family<'f>>,
    ) -> Result<SummaryFamily<'_, 'f, S>, EncodeError<S::Error>> {
        let header = self.open(family.into(), MetricType::Summary)?;
        Ok(SummaryFamily::new(&mut self.exposition, header))
    }

    /// Opens a family of infos. Its samples are named `name_info`; a name that ends so is kept.
    ///
    /// # Errors
    ///
    /// As [`counter`](Self::counter), and if the family has a unit.
    pub fn info<'f>(
        &mut self,
        family: impl Into<Family<'f>>,
    ) -> Result<InfoFamily<'_, 'f, S>, EncodeError<S::Error>> {
        let header = self.open(family.into(), MetricType::Info)?;
        Ok(InfoFamily::new(&mut self.exposition, header))
    }

    /// Opens a family of state sets. Its name is also the name of the label that names the state.
    ///
    /// # Errors
    ///
    /// As [`counter`](Self::counter), if the family has a unit, if its name cannot be that of a
    /// label because it begins with `__`, or because it has a colon and is not quoted.
    pub fn state_set<'f>(
        &mut self,
        family: impl Into<Family<'f>>,
    ) -> Result<StateSetFamily<'_, 'f, S>, EncodeError<S::Error>> {
        let family = family.into();
        let header = Header::of(self.dialect(), family.name(), MetricType::StateSet);
        state_set::check_name(&header)?;
        let header = self.open_header(header, family)?;
        Ok(StateSetFamily::new(&mut self.exposition, header))
    }

    /// Ends the exposition, in OpenMetrics with `# EOF`, and gives the sink back.
    ///
    /// # Errors
    ///
    /// If a histogram point was left unfinished, or the sink fails or failed before.
    pub fn finish(self) -> Result<S, EncodeError<S::Error>> {
        self.exposition.finish()
    }

    fn open<'f>(
        &mut self,
        family: Family<'f>,
        metric_type: MetricType,
    ) -> Result<Header<'f>, EncodeError<S::Error>> {
        self.open_header(Header::of(self.dialect(), family.name(), metric_type), family)
    }

    fn open_header<'f>(
        &mut self,
        header: Header<'f>,
        family: Family<'f>,
    ) -> Result<Header<'f>, EncodeError<S::Error>> {
        let header = header.describe(family.help_text(), family.unit_text());
        self.exposition.open(&header)?;
        Ok(header)
    }
}
