//! `Truth`: what the sensors said at one moment, taken from the sensors and from the observations themselves, never
//! from a text.

use std::collections::BTreeMap;

use biometrics::Sensor;

use crate::compat::failure::{Failure, Verdict, ensure};
use crate::compat::samples::{Fidelity, Samples, Series};
use crate::compat::workload::{BUCKETS, Sensors, observations};

/// Samples of the histogram: its buckets, `+Inf`, `_sum` and `_count`.
const OF_HISTOGRAM: usize = BUCKETS + 3;

/// The families that the sensors are written as.
const FAMILIES: &[(&str, &str)] = &[
    ("storm_requests", "counter"),
    ("storm_bytes", "counter"),
    ("storm_load", "gauge"),
    ("storm_ratio", "gauge"),
    ("storm_unknown", "gauge"),
    ("storm_limit", "gauge"),
    ("storm_wait_count", "counter"),
    ("storm_wait_mean", "gauge"),
    ("storm_wait_variance", "gauge"),
    ("storm_wait_skewness", "gauge"),
    ("storm_wait_kurtosis", "gauge"),
    ("storm_sizes", "histogram"),
    ("storm_sizes_exceeds_max", "counter"),
    ("storm_sizes_is_negative", "counter"),
];

/// The type and the number of samples of each family.
pub(crate) type Families = BTreeMap<String, (String, usize)>;

/// What the sensors said after some rounds of work.
#[derive(Clone, Debug)]
pub(crate) struct Truth {
    /// When the emission took place, in milliseconds.
    pub(crate) at: u64,
    /// Every sample but the buckets.
    plain: Vec<(String, f64)>,
    /// All that the histogram can hold, in order of size.
    observed: Vec<f64>,
}

impl Truth {
    /// Reads the sensors after the rounds from zero up to `rounds`.
    pub(crate) fn of(sensors: &Sensors, rounds: u64, at: u64) -> Self {
        let mut observed: Vec<f64> = (0..rounds).flat_map(observations).collect();
        observed.sort_by(f64::total_cmp);
        let mut plain = scalars(sensors);
        let reading = sensors.sizes.read();
        let sum = reading.iter().fold(0.0, |sum, (size, count)| sum + size * float(count));
        plain.push(("storm_sizes_sum".into(), sum));
        plain.push(("storm_sizes_count".into(), float(observed.len() as u64)));
        Self { at, plain, observed }
    }

    /// The families of a text, with their types and numbers of samples.
    pub(crate) fn families() -> Families {
        let one = |kind: &str| (kind.to_owned(), 1);
        FAMILIES
            .iter()
            .map(|&(name, kind)| {
                (
                    name.to_owned(),
                    if kind == "histogram" { (kind.to_owned(), OF_HISTOGRAM) } else { one(kind) },
                )
            })
            .collect()
    }

    /// How many samples there are.
    pub(crate) fn len(&self) -> usize {
        self.plain.len() - 2 + OF_HISTOGRAM
    }

    /// The true quantile of the observations, by the nearest rank.
    pub(crate) fn quantile(&self, quantile: f64) -> Verdict<f64> {
        let total = float(self.observed.len() as u64);
        let reaches = |rank: &usize| float(*rank as u64) >= quantile * total;
        let rank = (1..=self.observed.len()).find(reaches).unwrap_or(self.observed.len());
        let value = rank.checked_sub(1).and_then(|index| self.observed.get(index));
        value.copied().ok_or_else(|| Failure::new("nothing was observed"))
    }

    /// Fails unless a judge of this fidelity has found, at this moment, exactly what the sensors said.
    pub(crate) fn expect(
        &self,
        found: &Samples,
        stamp: Option<i64>,
        fidelity: Fidelity,
    ) -> Verdict {
        let kept = self.plain.iter().filter(|(_, value)| fidelity.keeps(*value));
        let mut seen = 0;
        for (name, value) in kept.clone() {
            let there = found.get(&(Series::new(name, []), stamp));
            let there = there.ok_or_else(|| Failure::new(format!("{name} is missing")))?;
            ensure(fidelity.same(*there, *value), || {
                format!("{name} is {there:e}, the sensor says {value:e}")
            })?;
            seen += 1;
        }
        for ((series, _), count) in found.iter().filter(|((_, at), _)| *at == stamp) {
            if let Some(bound) = bound(series)? {
                let below = self.observed.partition_point(|size| *size < bound);
                ensure(*count == float(below as u64), || {
                    format!("{} is {count}, but {below} observations are below", series.as_str())
                })?;
                seen += 1;
            }
        }
        let expected = kept.count() + OF_HISTOGRAM - 2;
        let there = found.keys().filter(|(_, at)| *at == stamp).count();
        ensure(seen == expected && there == expected, || {
            format!("{there} samples, {seen} of them the sensors', expected {expected}")
        })
    }
}

/// Every sensor but the histogram's distribution.
fn scalars(sensors: &Sensors) -> Vec<(String, f64)> {
    let wait = sensors.wait.read();
    [
        ("storm_requests", float(sensors.requests.read())),
        ("storm_bytes", float(sensors.bytes.read())),
        ("storm_load", sensors.load.read()),
        ("storm_ratio", sensors.ratio.read()),
        ("storm_unknown", sensors.unknown.read()),
        ("storm_limit", sensors.limit.read()),
        ("storm_wait_count", float(wait.n())),
        ("storm_wait_mean", wait.mean()),
        ("storm_wait_variance", wait.variance()),
        ("storm_wait_skewness", wait.skewness()),
        ("storm_wait_kurtosis", wait.kurtosis()),
        ("storm_sizes_exceeds_max", float(sensors.sizes.exceeds_max().read())),
        ("storm_sizes_is_negative", float(sensors.sizes.is_negative().read())),
    ]
    .map(|(name, value)| (name.to_owned(), value))
    .into()
}

/// The bound of a bucket; none for any other series.
fn bound(series: &Series) -> Verdict<Option<f64>> {
    let Some(rest) = series.as_str().strip_prefix("storm_sizes_bucket{le=\"") else {
        return Ok(None);
    };
    let bound = rest.strip_suffix("\"}").and_then(|bound| bound.parse().ok());
    bound.map(Some).ok_or_else(|| Failure::new(format!("{} has no bound", series.as_str())))
}

/// What every judge makes of a counter: the nearest double.
#[expect(clippy::cast_precision_loss, reason = "Prometheus holds every value as a double")]
fn float(count: u64) -> f64 {
    count as f64
}
