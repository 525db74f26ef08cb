//! `HistogramFamily`: observations in buckets, as counters or as a current distribution.

use crate::bound::Bound;
use crate::encoder::exposition::Exposition;
use crate::encoder::sum::broken_rule;
use crate::error::{EncodeError, FormatError, Rule};
use crate::exemplar::Exemplar;
use crate::head::{Head, Own};
use crate::header::Header;
use crate::label::{Label, check_labels};
use crate::metric_type::MetricType;
use crate::number::Value;
use crate::sink::Sink;
use crate::suffix::Suffix;
use crate::timestamp::Timestamp;

/// An open family of histograms or gauge histograms.
///
/// See [`Encoder::histogram`](crate::Encoder::histogram) and
/// [`Encoder::gauge_histogram`](crate::Encoder::gauge_histogram).
#[derive(Debug)]
pub struct HistogramFamily<'e, 'f, S> {
    exposition: &'e mut Exposition<S>,
    header: Header<'f>,
}

impl<'e, 'f, S: Sink> HistogramFamily<'e, 'f, S> {
    pub(crate) const fn new(exposition: &'e mut Exposition<S>, header: Header<'f>) -> Self {
        Self { exposition, header }
    }

    timestamp_setter!();

    /// Begins one histogram: buckets from the lowest to the highest, then the rest by `finish`.
    ///
    /// A point that is dropped before `finish` lacks its `+Inf` bucket: the encoder then refuses
    /// everything else.
    ///
    /// # Errors
    ///
    /// If two labels have one name or one is `le`.
    pub fn point<'p>(
        &'p mut self,
        labels: &'p [Label<'p>],
    ) -> Result<HistogramPoint<'p, S>, FormatError> {
        check_labels(labels, Own::Le(&Bound::INFINITY).name(), self.header.dialect)?;
        self.exposition.begin_point()?;
        let head = Head {
            stem: self.header.stem,
            suffix: "_bucket",
            labels,
            own: Own::None,
            braces: false,
        };
        Ok(HistogramPoint {
            exposition: self.exposition,
            gauge: self.header.metric_type == MetricType::GaugeHistogram,
            head,
            first: None,
            last: None,
            exemplar: None,
            created: None,
        })
    }
}

/// One histogram that is being written.
#[derive(Debug)]
#[must_use = "the `+Inf` bucket is written by `finish`"]
pub struct HistogramPoint<'p, S> {
    exposition: &'p mut Exposition<S>,
    gauge: bool,
    head: Head<'p>,
    first: Option<Bound>,
    last: Option<(Bound, u64)>,
    exemplar: Option<&'p Exemplar<'p>>,
    created: Option<Timestamp>,
}

impl<'p, S: Sink> HistogramPoint<'p, S> {
    /// Writes one bucket: `cumulative` observations were at most `bound`.
    ///
    /// # Errors
    ///
    /// If `bound` is infinite or not above the one before it, `cumulative` is below the one before
    /// it, or the sink fails.
    #[inline]
    pub fn bucket(&mut self, bound: Bound, cumulative: u64) -> Result<(), EncodeError<S::Error>> {
        self.write_bucket(bound, cumulative, None)
    }

    /// Writes one bucket with an exemplar, in OpenMetrics.
    ///
    /// # Errors
    ///
    /// As [`bucket`](Self::bucket), and if the exemplar's labels are too long or two have one name.
    pub fn bucket_with_exemplar(
        &mut self,
        bound: Bound,
        cumulative: u64,
        exemplar: &Exemplar<'_>,
    ) -> Result<(), EncodeError<S::Error>> {
        self.write_bucket(bound, cumulative, Some(exemplar))
    }

    fn write_bucket(
        &mut self,
        bound: Bound,
        cumulative: u64,
        exemplar: Option<&Exemplar<'_>>,
    ) -> Result<(), EncodeError<S::Error>> {
        self.check_bucket(bound, cumulative)?;
        self.write_line(&bound, cumulative, exemplar)?;
        self.first = self.first.or(Some(bound));
        self.last = Some((bound, cumulative));
        Ok(())
    }

    fn check_bucket(&self, bound: Bound, cumulative: u64) -> Result<(), FormatError> {
        let rule = match self.last {
            _ if bound == Bound::INFINITY => Rule::InfiniteBound,
            Some((last, _)) if bound <= last => Rule::BucketsDescend,
            Some((_, count)) if cumulative < count => Rule::BucketCountsFall,
            _ => return Ok(()),
        };
        Err(FormatError::new(rule, bound.as_str()))
    }

    fn write_line(
        &mut self,
        bound: &Bound,
        cumulative: u64,
        exemplar: Option<&Exemplar<'_>>,
    ) -> Result<(), EncodeError<S::Error>> {
        let dialect = self.exposition.dialect();
        if let Some(exemplar) = exemplar {
            exemplar.check(dialect)?;
        }
        let head = Head { own: Own::Le(bound), ..self.head };
        self.exposition.line(
            &head,
            cumulative.into(),
            exemplar.filter(|_| dialect.is_open_metrics()),
        )
    }

    /// Adds an exemplar to the `+Inf` bucket, in OpenMetrics.
    pub const fn exemplar(mut self, exemplar: &'p Exemplar<'p>) -> Self {
        self.exemplar = Some(exemplar);
        self
    }

    /// Adds a `_created` line with the time when the count was zero, in OpenMetrics.
    ///
    /// A gauge histogram has none.
    pub const fn created(mut self, created: Timestamp) -> Self {
        self.created = Some(created);
        self
    }

    /// Writes the `+Inf` bucket, the sum, and the count, which is that of the bucket.
    ///
    /// # Errors
    ///
    /// If `count` is below that of the last bucket, or the sink fails. In OpenMetrics also if the
    /// sum is NaN; if it is negative without a negative bound; or, but for a gauge histogram, if
    /// there is a negative bound at all, as the sum is then no counter.
    ///
    /// After an error the point stays unfinished, and the encoder refuses everything else.
    pub fn finish(
        mut self,
        count: u64,
        sum: impl Into<Value>,
    ) -> Result<(), EncodeError<S::Error>> {
        let sum = sum.into();
        if let Some(rule) = self.broken_sum_rule(sum) {
            return Err(FormatError::new(rule, self.head.stem.name().raw()).into());
        }
        self.write_infinity(count)?;
        let (sum_suffix, count_suffix) = self.suffixes();
        self.line(sum_suffix, sum)?;
        self.line(count_suffix, count.into())?;
        self.end()
    }

    /// Writes the `+Inf` bucket alone; in the classic text formats also the count, which they
    /// cannot do without.
    ///
    /// OpenMetrics has a count only beside a sum.
    ///
    /// # Errors
    ///
    /// If `count` is below that of the last bucket, or the sink fails.
    /// The point then stays unfinished, and the encoder refuses everything else.
    pub fn finish_without_sum(mut self, count: u64) -> Result<(), EncodeError<S::Error>> {
        self.write_infinity(count)?;
        if !self.exposition.dialect().is_open_metrics() {
            self.line(self.suffixes().1, count.into())?;
        }
        self.end()
    }

    fn broken_sum_rule(&self, sum: Value) -> Option<Rule> {
        let negative_bound = self.first.is_some_and(|first| first.value() < 0.0);
        match broken_rule(sum, self.exposition.dialect()) {
            Some(Rule::SumNegative) if self.gauge && negative_bound => None,
            Some(rule) => Some(rule),
            None if self.gauge || !negative_bound => None,
            None => {
                self.exposition.dialect().is_open_metrics().then_some(Rule::NegativeBoundWithSum)
            }
        }
    }

    fn write_infinity(&mut self, count: u64) -> Result<(), EncodeError<S::Error>> {
        if self.last.is_some_and(|(_, last)| count < last) {
            return Err(
                FormatError::new(Rule::CountBelowBucket, self.head.stem.name().raw()).into()
            );
        }
        self.write_line(&Bound::INFINITY, count, self.exemplar)
    }

    const fn suffixes(&self) -> (&'static str, &'static str) {
        let dialect = self.exposition.dialect();
        match self.gauge {
            true => (Suffix::GaugeSum.as_str(dialect), Suffix::GaugeCount.as_str(dialect)),
            false => (Suffix::Sum.as_str(dialect), Suffix::Count.as_str(dialect)),
        }
    }

    fn line(&mut self, suffix: &'static str, value: Value) -> Result<(), EncodeError<S::Error>> {
        self.exposition.line(&Head { suffix, ..self.head }, value, None)
    }

    fn end(self) -> Result<(), EncodeError<S::Error>> {
        let wanted = !self.gauge && self.exposition.dialect().is_open_metrics();
        if let Some(created) = self.created.filter(|_| wanted) {
            self.exposition.seconds_line(&Head { suffix: "_created", ..self.head }, created)?;
        }
        self.exposition.end_point();
        Ok(())
    }
}
