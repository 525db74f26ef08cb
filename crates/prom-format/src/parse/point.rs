//! `MetricPoint`: the samples of one metric at one time, and the rules between them.

use crate::metric_type::MetricType;
use crate::parse::error::{Fault, ParseErrorKind};
use crate::parse::family::SampleKind;
use crate::parse::identity::{Identity, OwnLabel};
use crate::parse::label_set::LabelSet;
use crate::parse::number;
use crate::parse::timestamp::SampleTimestamp;

/// A sample of the current OpenMetrics family, as far as the rules look at it.
#[derive(Clone, Copy, Debug)]
pub(super) struct PointSample<'s, 'a> {
    pub(super) kind: SampleKind,
    pub(super) labels: &'s LabelSet<'a>,
    pub(super) value: f64,
    pub(super) timestamp: Option<SampleTimestamp>,
    /// Where its line starts.
    pub(super) at: usize,
}

/// Whether a sample began a metric or went on with one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Admitted {
    /// The first sample of a metric.
    NewMetric,
    /// Another sample of the same metric.
    SameMetric,
}

/// The metric point that the last lines belong to.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct MetricPoint<'a> {
    metric: Option<Identity<'a>>,
    timestamp: Option<SampleTimestamp>,
    /// The kinds of its samples so far, as [`SampleKind::bit`]s.
    seen: u16,
    buckets: Buckets,
    /// Where its last line starts.
    at: usize,
}

#[derive(Clone, Copy, Debug, Default)]
struct Buckets {
    last: Option<(f64, f64)>,
    has_negative_bound: bool,
    count: Option<f64>,
    has_negative_sum: bool,
}

impl<'a> MetricPoint<'a> {
    /// Takes the next sample of the family, and checks it against those before it.
    pub(super) fn admit(
        &mut self,
        metric_type: Option<MetricType>,
        sample: &PointSample<'_, 'a>,
    ) -> Result<Admitted, Fault> {
        // All info samples count as one metric: which of their labels are the metric's own
        // cannot be told from the text.
        let is_info = metric_type == Some(MetricType::Info);
        let is_same = self.metric.as_ref().is_some_and(|current| {
            is_info || sample.labels.repeats_metric || current.is_same(&sample.labels.metric())
        });
        if !is_same {
            self.close(metric_type)?;
            self.metric = Some(sample.labels.metric());
            self.restart(sample.timestamp);
        } else if sample.timestamp.is_some() != self.timestamp.is_some() {
            return Err(ParseErrorKind::TimestampMix.at(sample.at));
        } else if sample.timestamp != self.timestamp {
            if sample.timestamp < self.timestamp && !is_info {
                return Err(ParseErrorKind::TimestampOrder.at(sample.at));
            }
            self.close(metric_type)?;
            self.restart(sample.timestamp);
        } else if self.repeats(metric_type, sample) {
            return Err(ParseErrorKind::DuplicateSample.at(sample.at));
        }
        self.at = sample.at;
        self.seen |= sample.kind.bit();
        self.add_to_histogram(sample).map_err(|kind| kind.at(sample.at))?;
        Ok(if is_same { Admitted::SameMetric } else { Admitted::NewMetric })
    }

    /// Goes on to a point of the metric that has no samples yet.
    fn restart(&mut self, timestamp: Option<SampleTimestamp>) {
        self.timestamp = timestamp;
        self.seen = 0;
        self.buckets = Buckets::default();
    }

    /// Whether the point has this sample already. With a timestamp that is tolerated: two times
    /// may have become one when they were cut to fewer digits.
    fn repeats(&self, metric_type: Option<MetricType>, sample: &PointSample<'_, '_>) -> bool {
        let is_one_of_many = match sample.kind {
            SampleKind::Bucket | SampleKind::Info => true,
            SampleKind::Bare => {
                matches!(metric_type, Some(MetricType::Summary | MetricType::StateSet))
            }
            _ => false,
        };
        sample.timestamp.is_none() && !is_one_of_many && self.seen & sample.kind.bit() != 0
    }

    fn add_to_histogram(&mut self, sample: &PointSample<'_, '_>) -> Result<(), ParseErrorKind> {
        let buckets = &mut self.buckets;
        match sample.kind {
            SampleKind::Bucket => {
                let bound = sample.labels.own.as_ref().ok_or(ParseErrorKind::MissingLabel)?;
                buckets.push(histogram_bound(bound)?, sample.value)?;
            }
            SampleKind::Count | SampleKind::GaugeCount => buckets.count = Some(sample.value),
            SampleKind::GaugeSum => buckets.has_negative_sum = sample.value < 0.0,
            _ => {}
        }
        Ok(())
    }

    /// Checks what can only be seen when the point is complete.
    pub(super) fn close(&self, metric_type: Option<MetricType>) -> Result<(), Fault> {
        let is_histogram =
            matches!(metric_type, Some(MetricType::Histogram | MetricType::GaugeHistogram));
        if self.metric.is_none() || !is_histogram {
            return Ok(());
        }
        self.buckets.close(self.seen).map_err(|kind| kind.at(self.at))
    }
}

impl Buckets {
    fn push(&mut self, bound: f64, value: f64) -> Result<(), ParseErrorKind> {
        if let Some((last_bound, last_value)) = self.last {
            if bound <= last_bound {
                return Err(ParseErrorKind::BucketOrder);
            }
            if value < last_value {
                return Err(ParseErrorKind::BucketNotCumulative);
            }
        }
        self.has_negative_bound |= bound < 0.0;
        self.last = Some((bound, value));
        Ok(())
    }

    fn close(&self, seen: u16) -> Result<(), ParseErrorKind> {
        let Some((f64::INFINITY, total)) = self.last else {
            return Err(ParseErrorKind::MissingInfBucket);
        };
        if self.count.is_some_and(|count| count != total) {
            return Err(ParseErrorKind::CountMismatch);
        }
        let has_sum = seen & SampleKind::Sum.bit() != 0;
        let has_gauge_sum = seen & SampleKind::GaugeSum.bit() != 0;
        if (has_sum || has_gauge_sum) != self.count.is_some() {
            return Err(ParseErrorKind::SumWithoutCount);
        }
        // With bounds below zero a sum may fall, which a counter must not; without them a sum
        // below zero cannot be true.
        let wrong_sum = match self.has_negative_bound {
            true => has_sum,
            false => self.has_negative_sum,
        };
        if wrong_sum { Err(ParseErrorKind::SumNotAllowed) } else { Ok(()) }
    }
}

/// A bucket's upper bound: any number, but positive infinity only as `+Inf` ("Canonical Numbers"
/// in OpenMetrics 1.0).
fn histogram_bound(le: &OwnLabel<'_>) -> Result<f64, ParseErrorKind> {
    match le.number {
        Some(bound) if bound.is_nan() || (bound == f64::INFINITY && le.value != "+Inf") => {
            Err(ParseErrorKind::Bound)
        }
        bound => bound.ok_or(ParseErrorKind::Bound),
    }
}

/// What a sample of an OpenMetrics family must be by itself.
pub(super) fn check_sample(
    metric_type: Option<MetricType>,
    sample: &PointSample<'_, '_>,
) -> Result<(), ParseErrorKind> {
    let value = sample.value;
    check_own_label(metric_type, sample.kind, sample.labels.own.as_ref())?;
    match sample.kind {
        SampleKind::Bucket | SampleKind::Count | SampleKind::GaugeCount => {
            check_counter(value)?;
            if !number::is_integer(value) {
                return Err(ParseErrorKind::NotInteger);
            }
        }
        SampleKind::Total | SampleKind::Sum => check_counter(value)?,
        SampleKind::GaugeSum if value.is_nan() => return Err(ParseErrorKind::CounterValue),
        SampleKind::Info if value != 1.0 => return Err(ParseErrorKind::InfoValue),
        SampleKind::Bare => match metric_type {
            Some(MetricType::StateSet) if value != 0.0 && value != 1.0 => {
                return Err(ParseErrorKind::StateValue);
            }
            Some(MetricType::Summary) if value < 0.0 => return Err(ParseErrorKind::QuantileValue),
            _ => {}
        },
        _ => {}
    }
    Ok(())
}

fn check_counter(value: f64) -> Result<(), ParseErrorKind> {
    let is_counter = value >= 0.0;
    if is_counter { Ok(()) } else { Err(ParseErrorKind::CounterValue) }
}

fn check_own_label(
    metric_type: Option<MetricType>,
    kind: SampleKind,
    own: Option<&OwnLabel<'_>>,
) -> Result<(), ParseErrorKind> {
    let is_needed = match kind {
        SampleKind::Bucket => true,
        SampleKind::Bare => matches!(metric_type, Some(MetricType::Summary | MetricType::StateSet)),
        _ => false,
    };
    match own {
        None if is_needed => Err(ParseErrorKind::MissingLabel),
        Some(_) if !is_needed => Err(ParseErrorKind::ReservedLabel),
        Some(quantile) if metric_type == Some(MetricType::Summary) => {
            let quantile = quantile.number.ok_or(ParseErrorKind::Bound)?;
            if (0.0..=1.0).contains(&quantile) { Ok(()) } else { Err(ParseErrorKind::Bound) }
        }
        _ => Ok(()),
    }
}

/// What a sample of a classic histogram or summary must be by itself: the labels that its type
/// lives by are there and are numbers.
pub(super) fn check_classic_sample(
    metric_type: Option<MetricType>,
    kind: SampleKind,
    own: Option<&OwnLabel<'_>>,
) -> Result<(), ParseErrorKind> {
    match own {
        Some(own) if own.number.is_none() => Err(ParseErrorKind::Bound),
        None if kind == SampleKind::Bucket => Err(ParseErrorKind::MissingLabel),
        None if kind == SampleKind::Bare && metric_type == Some(MetricType::Summary) => {
            Err(ParseErrorKind::MissingLabel)
        }
        _ => Ok(()),
    }
}
