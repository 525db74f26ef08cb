//! `Mixed`: the sensors of a service of some size.

use biometrics::{Collector, Counter, Emitter, Gauge, Histogram, Moments, Sensor as _};
use sig_fig_histogram::LockFreeHistogram;

/// Buckets of a histogram: three decades of two significant figures.
pub(crate) const BUCKETS: usize = 270;

/// When the measured collections are taken, in milliseconds since 1970.
pub(crate) const NOW: u64 = 1_700_000_000_000;

/// Sensors as a program has them: in statics, each read by its reference.
pub(crate) struct Mixed {
    pub(crate) counters: Vec<&'static Counter>,
    pub(crate) gauges: Vec<&'static Gauge>,
    pub(crate) moments: Vec<&'static Moments>,
    pub(crate) histograms: Vec<&'static Histogram>,
}

impl Mixed {
    /// 1,000 counters, 1,000 gauges, 100 moments, 20 histograms of 270 buckets.
    pub(crate) fn service() -> Self {
        Self {
            counters: (0..1_000).map(|id| counter("service", id)).collect(),
            gauges: (0..1_000).map(gauge).collect(),
            moments: (0..100).map(moments).collect(),
            histograms: (0..20).map(histogram).collect(),
        }
    }

    /// One counter.
    pub(crate) fn one() -> Self {
        let (gauges, moments, histograms) = (Vec::new(), Vec::new(), Vec::new());
        Self { counters: vec![counter("single", 0)], gauges, moments, histograms }
    }

    /// Emits every sensor. A collector does the same, and counts it in counters of its own.
    pub(crate) fn emit<E: Emitter>(&self, emitter: &mut E, now: u64) -> Result<(), E::Error> {
        self.counters.iter().try_for_each(|sensor| emitter.emit_counter(sensor, now))?;
        self.gauges.iter().try_for_each(|sensor| emitter.emit_gauge(sensor, now))?;
        self.moments.iter().try_for_each(|sensor| emitter.emit_moments(sensor, now))?;
        self.histograms.iter().try_for_each(|sensor| emitter.emit_histogram(sensor, now))
    }

    /// A collector that has them all.
    pub(crate) fn collector(&self) -> Collector {
        let collector = Collector::new();
        self.counters.iter().for_each(|sensor| collector.register_counter(sensor));
        self.gauges.iter().for_each(|sensor| collector.register_gauge(sensor));
        self.moments.iter().for_each(|sensor| collector.register_moments(sensor));
        self.histograms.iter().for_each(|sensor| collector.register_histogram(sensor));
        collector
    }

    /// Lines with a value: five of each moments; the buckets, `+Inf`, sum, count and two counters
    /// of each histogram.
    pub(crate) fn samples(&self) -> usize {
        let scalars = self.counters.len() + self.gauges.len();
        scalars + 5 * self.moments.len() + (BUCKETS + 5) * self.histograms.len()
    }
}

/// What a sensor's label is in text formats.
pub(crate) fn legal(label: &str) -> String {
    label.replace('.', "_")
}

/// The values of one moments, with the endings of their names.
pub(crate) fn shape(moments: &Moments) -> (u64, [(&'static str, f64); 4]) {
    let read = moments.read();
    let rest = [
        ("_mean", read.mean()),
        ("_variance", read.variance()),
        ("_skewness", read.skewness()),
        ("_kurtosis", read.kurtosis()),
    ];
    (read.n(), rest)
}

/// The upper bound of each bucket: half-way to the next.
pub(crate) fn bounds() -> impl Iterator<Item = f64> {
    let decades = [100.0, 10.0, 1.0].into_iter();
    decades.flat_map(|unit| (10..100).map(move |step: u32| f64::from(10 * step + 5) / unit))
}

fn label(set: &str, kind: &str, id: u32) -> &'static str {
    format!("{set}.{kind}.number.{id}").leak()
}

fn counter(set: &str, id: u32) -> &'static Counter {
    let counter = Box::leak(Box::new(Counter::new(label(set, "counter", id))));
    counter.count(u64::from(id) * 12_345);
    counter
}

fn gauge(id: u32) -> &'static Gauge {
    let gauge = Box::leak(Box::new(Gauge::new(label("service", "gauge", id))));
    gauge.set(f64::from(id) / 7.0);
    gauge
}

fn moments(id: u32) -> &'static Moments {
    let moments = Box::leak(Box::new(Moments::new(label("service", "moments", id))));
    (0..10).for_each(|value| moments.add(f64::from(value * value + id)));
    moments
}

fn histogram(id: u32) -> &'static Histogram {
    let buckets = Box::leak(Box::new(LockFreeHistogram::<BUCKETS>::new(2)));
    let histogram = Box::leak(Box::new(Histogram::new(label("service", "histogram", id), buckets)));
    (1..900).for_each(|value| histogram.observe(f64::from(value)));
    histogram
}

#[cfg(test)]
mod tests {
    use super::{BUCKETS, bounds};

    #[test]
    fn bounds_lie_half_way() {
        let bounds: Vec<f64> = bounds().collect();
        assert_eq!(BUCKETS, bounds.len());
        assert_eq!([1.05, 9.95, 10.5, 995.0], [0, 89, 90, 269].map(|at: usize| bounds[at]));
    }
}
