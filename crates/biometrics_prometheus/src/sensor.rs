//! The mapping: which families, series and values a `biometrics` sensor is written as.

use biometrics::{Counter, Gauge, Histogram, Moments, Sensor};
use prom_format::{
    Dialect, FormatError, HistogramSeries, Label, Metadata, MetricName, MetricType, SampleTail,
    Series, Suffix, TimestampText, Value,
};

use crate::buckets;
use crate::error::Error;
use crate::page::{Families, Place};
use crate::style::Style;

/// The four kinds of sensors.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) enum Kind {
    Counter,
    Gauge,
    Moments,
    Histogram,
}

impl Kind {
    /// The families of one value that a sensor `name` is written as: `name<suffix>` and their types.
    fn scalars(self) -> &'static [(&'static str, MetricType)] {
        match self {
            Self::Counter => &[("", MetricType::Counter)],
            Self::Gauge => &[("", MetricType::Gauge)],
            Self::Moments => &[
                ("_count", MetricType::Counter),
                ("_mean", MetricType::Gauge),
                ("_variance", MetricType::Gauge),
                ("_skewness", MetricType::Gauge),
                ("_kurtosis", MetricType::Gauge),
            ],
            Self::Histogram => {
                &[("_exceeds_max", MetricType::Counter), ("_is_negative", MetricType::Counter)]
            }
        }
    }
}

/// A sensor that is to be read.
pub(crate) enum Reading<'a> {
    Counter(&'a Counter),
    Gauge(&'a Gauge),
    Moments(&'a Moments),
    Histogram(&'a Histogram),
}

impl Reading<'_> {
    pub(crate) fn kind(&self) -> Kind {
        match self {
            Self::Counter(_) => Kind::Counter,
            Self::Gauge(_) => Kind::Gauge,
            Self::Moments(_) => Kind::Moments,
            Self::Histogram(_) => Kind::Histogram,
        }
    }

    pub(crate) fn label(&self) -> &'static str {
        match self {
            Self::Counter(counter) => counter.label(),
            Self::Gauge(gauge) => gauge.label(),
            Self::Moments(moments) => moments.label(),
            Self::Histogram(histogram) => histogram.label(),
        }
    }
}

/// A family that a sensor is written as.
pub(crate) struct Draft {
    name: String,
    metric_type: MetricType,
}

impl Draft {
    /// The families of a sensor whose sanitised name this is, in the order they are written.
    pub(crate) fn all(kind: Kind, name: &str, style: &Style) -> Vec<Self> {
        let histogram = (kind == Kind::Histogram)
            .then(|| Self { name: name.to_owned(), metric_type: MetricType::Histogram });
        let scalars = kind.scalars().iter().map(|(suffix, metric_type)| {
            let mut name = format!("{name}{suffix}");
            let total = *metric_type == MetricType::Counter && style.counters_are_total();
            if total && !name.ends_with("_total") {
                name.push_str("_total");
            }
            Self { name, metric_type: *metric_type }
        });
        histogram.into_iter().chain(scalars).collect()
    }

    /// Every name that the family has for itself: its own, and those that its samples have or, in
    /// OpenMetrics, might have.
    pub(crate) fn names(&self, style: &Style) -> Vec<String> {
        let open = matches!(style.dialect, Dialect::OpenMetrics100(_));
        let stem = self.name.strip_suffix("_total").filter(|_| open);
        let (stem, suffixes): (&str, &[&str]) = match (self.metric_type, stem) {
            (MetricType::Counter, Some(stem)) => (stem, &["", "_total", "_created"]),
            (MetricType::Histogram, _) if open => {
                (&self.name, &["", "_bucket", "_sum", "_count", "_created"])
            }
            (MetricType::Histogram, _) => (&self.name, &["", "_bucket", "_sum", "_count"]),
            _ => (&self.name, &[""]),
        };
        suffixes.iter().map(|suffix| format!("{stem}{suffix}")).collect()
    }

    /// The lines that stand before the family's samples.
    pub(crate) fn metadata(&self, label: &str, style: &Style) -> Result<Vec<u8>, Error> {
        let metadata = Metadata::new(self.checked(label)?, self.metric_type);
        let mut text = Vec::new();
        let written = metadata.write(style.dialect, &mut text).map_err(FormatError::from);
        written.map_err(|error| Error::format(label, error)).map(|()| text)
    }

    /// The series of a family of one value.
    fn scalar(&self, label: &str, style: &Style, constant: &[Label<'_>]) -> Result<Series, Error> {
        let name = self.checked(label)?;
        let series = Series::new(style.dialect, name, Suffix::None, constant);
        let metadata = Metadata::new(name, self.metric_type);
        let series = series.and_then(|series| series.with_metadata(&metadata));
        series.map_err(|error| Error::format(label, error))
    }

    fn checked(&self, label: &str) -> Result<MetricName<'_>, Error> {
        MetricName::new(&self.name).map_err(|error| Error::name(label, error))
    }
}

/// A sensor's series, ready but for values and time.
#[derive(Debug)]
pub(crate) struct SensorText {
    histogram: Option<HistogramText>,
    scalars: Vec<Series>,
}

#[derive(Debug)]
struct HistogramText {
    metadata: Vec<u8>,
    series: HistogramSeries,
}

impl SensorText {
    /// Renders the series of the drafts.
    pub(crate) fn new(
        label: &str,
        style: &Style,
        constant: &[Label<'_>],
        drafts: &[Draft],
    ) -> Result<Self, Error> {
        let mut text = Self { histogram: None, scalars: Vec::new() };
        for draft in drafts {
            if draft.metric_type == MetricType::Histogram {
                let name = draft.checked(label)?;
                let series = HistogramSeries::new(style.dialect, name, constant);
                let series = series.map_err(|error| Error::format(label, error))?;
                let metadata = draft.metadata(label, style)?;
                text.histogram = Some(HistogramText { metadata, series });
            } else {
                text.scalars.push(draft.scalar(label, style, constant)?);
            }
        }
        Ok(text)
    }

    /// Reads the sensor and writes its samples, family by family in the order of the drafts.
    #[inline(always)]
    pub(crate) fn write<F: Families>(&self, reading: &Reading<'_>, out: F, time: &TimestampText) {
        match reading {
            Reading::Counter(counter) => self.values([counter.read().into()], out, time),
            Reading::Gauge(gauge) => self.values([gauge.read().into()], out, time),
            Reading::Moments(moments) => self.moments(moments, out, time),
            Reading::Histogram(histogram) => self.histogram(histogram, out, time),
        }
    }

    fn moments<F: Families>(&self, moments: &Moments, out: F, time: &TimestampText) {
        let reading = moments.read();
        let shape = [reading.mean(), reading.variance(), reading.skewness(), reading.kurtosis()];
        let [mean, variance, skewness, kurtosis] = shape.map(Value::from);
        self.values([reading.n().into(), mean, variance, skewness, kurtosis], out, time);
    }

    /// Observations beyond the last bucket are in `+Inf` and `_count` but add nothing to `_sum`:
    /// how large they were is not known. Negative ones and NaN, which the sensor does not tell
    /// apart, are in neither: a negative one would have to be in every bucket.
    fn histogram<F: Families>(&self, histogram: &Histogram, mut out: F, time: &TimestampText) {
        let reading = histogram.read();
        let exceeds_max = histogram.exceeds_max().read();
        let is_negative = histogram.is_negative().read();
        if let Some(HistogramText { metadata, series }) = &self.histogram {
            // To count would compute every representative twice.
            let (_, most) = reading.iter().size_hint();
            let most = most.unwrap_or_else(|| reading.iter().count());
            let bounds = buckets::bounds(reading.sig_figs(), most);
            let (mut count, mut sum, mut tail) = (0_u64, 0.0, None);
            let Place { text, is_first } = out.begin();
            text.extend_from_slice(if is_first { metadata } else { &[] });
            for ((representative, observed), bound) in reading.iter().zip(bounds.iter()) {
                // Most buckets of most histograms are empty, and have the count of the one before.
                if observed == 0 {
                    let tail = tail.get_or_insert_with(|| SampleTail::new(count, time));
                    let Ok(()) = series.write_bucket_tail(text, bound, tail);
                    continue;
                }
                tail = None;
                count = count.wrapping_add(observed);
                #[expect(clippy::cast_precision_loss, reason = "the sum is an estimate anyway")]
                let weight = observed as f64;
                sum += representative * weight;
                let Ok(()) = series.write_bucket(text, bound, count, time);
            }
            let count = count.wrapping_add(exceeds_max);
            let Ok(()) = series.write_end(text, sum, count, time);
        }
        self.values([exceeds_max.into(), is_negative.into()], out, time);
    }

    #[inline]
    fn values<F: Families, const N: usize>(
        &self,
        values: [Value; N],
        mut out: F,
        time: &TimestampText,
    ) {
        for (series, value) in self.scalars.iter().zip(values) {
            let Place { text, is_first } = out.begin();
            let Ok(()) = match is_first {
                true => series.write_first(text, value, time),
                false => series.write(text, value, time),
            };
        }
    }
}
