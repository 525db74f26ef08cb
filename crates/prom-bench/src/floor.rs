//! `Floor`: the least that it takes to write these bytes, by hand, so that anybody can doubt it.

use biometrics::{Counter, Gauge, Histogram, Moments, Sensor as _};

use crate::mixed::{Mixed, bounds, legal};

/// The lines of every sensor, ready but for values and time.
pub(crate) struct Floor {
    counters: Vec<(Head, &'static Counter)>,
    gauges: Vec<(Head, &'static Gauge)>,
    moments: Vec<([Head; 5], &'static Moments)>,
    histograms: Vec<(HistogramHeads, &'static Histogram)>,
    bounds: Vec<String>,
}

/// A line `# TYPE`, if the family begins here, then `name` and a space; where the second line begins.
struct Head(String, usize);

/// The beginning of the first line, that of the other buckets, and what comes after them.
struct HistogramHeads {
    metadata: String,
    bucket: String,
    after: [Head; 5],
}

impl Floor {
    pub(crate) fn new(sensors: &Mixed) -> Self {
        let counter =
            |sensor: &&'static Counter| (Head::new(sensor.label(), "", "counter"), *sensor);
        let gauge = |sensor: &&'static Gauge| (Head::new(sensor.label(), "", "gauge"), *sensor);
        let moments = |sensor: &&'static Moments| (moments(sensor.label()), *sensor);
        let histogram = |sensor: &&'static Histogram| (histogram(sensor.label()), *sensor);
        Self {
            counters: sensors.counters.iter().map(counter).collect(),
            gauges: sensors.gauges.iter().map(gauge).collect(),
            moments: sensors.moments.iter().map(moments).collect(),
            histograms: sensors.histograms.iter().map(histogram).collect(),
            bounds: bounds().map(|bound| format!("{bound:?}\"}} ")).collect(),
        }
    }

    /// Appends one collection, with the lines `# TYPE` or without them.
    pub(crate) fn write(&self, text: &mut Vec<u8>, now: u64, types: bool) {
        let (end, length) = line_end(now);
        let end = end.get(..length).unwrap_or_default();
        for (head, counter) in &self.counters {
            integer(text, head.text(types), counter.read(), end);
        }
        for (head, gauge) in &self.gauges {
            float(text, head.text(types), gauge.read(), end);
        }
        for ([count, mean, variance, skewness, kurtosis], moments) in &self.moments {
            let read = moments.read();
            integer(text, count.text(types), read.n(), end);
            float(text, mean.text(types), read.mean(), end);
            float(text, variance.text(types), read.variance(), end);
            float(text, skewness.text(types), read.skewness(), end);
            float(text, kurtosis.text(types), read.kurtosis(), end);
        }
        for (HistogramHeads { metadata, bucket, after }, histogram) in &self.histograms {
            let [infinity, sum, count, exceeds_max, is_negative] = after;
            let beyond = histogram.exceeds_max().read();
            let (mut total, mut estimate) = (0, 0.0);
            text.extend_from_slice(if types { metadata.as_bytes() } else { b"" });
            for ((value, observed), bound) in histogram.read().iter().zip(&self.bounds) {
                total += observed;
                estimate += value * observed as f64;
                text.extend_from_slice(bucket.as_bytes());
                integer(text, bound.as_bytes(), total, end);
            }
            integer(text, infinity.text(types), total + beyond, end);
            float(text, sum.text(types), estimate, end);
            integer(text, count.text(types), total + beyond, end);
            integer(text, exceeds_max.text(types), beyond, end);
            integer(text, is_negative.text(types), histogram.is_negative().read(), end);
        }
    }
}

impl Head {
    fn new(label: &str, suffix: &str, kind: &str) -> Self {
        let name = legal(label) + suffix;
        let metadata = format!("# TYPE {name} {kind}\n");
        Self(format!("{metadata}{name} "), metadata.len())
    }

    fn text(&self, types: bool) -> &[u8] {
        self.0.as_bytes().get(if types { 0 } else { self.1 }..).unwrap_or_default()
    }
}

fn moments(label: &str) -> [Head; 5] {
    let gauge = |suffix| Head::new(label, suffix, "gauge");
    let [mean, variance] = ["_mean", "_variance"].map(gauge);
    let [skewness, kurtosis] = ["_skewness", "_kurtosis"].map(gauge);
    [Head::new(label, "_count", "counter"), mean, variance, skewness, kurtosis]
}

fn histogram(label: &str) -> HistogramHeads {
    let name = legal(label);
    let inner = ["_bucket{le=\"+Inf\"}", "_sum", "_count"];
    let [infinity, sum, count] = inner.map(|suffix| Head(format!("{name}{suffix} "), 0));
    let [exceeds_max, is_negative] =
        ["_exceeds_max", "_is_negative"].map(|suffix| Head::new(label, suffix, "counter"));
    HistogramHeads {
        metadata: format!("# TYPE {name} histogram\n"),
        bucket: format!("{name}_bucket{{le=\""),
        after: [infinity, sum, count, exceeds_max, is_negative],
    }
}

/// A blank, the time of twenty digits at most, and a line end; how long that is.
fn line_end(now: u64) -> ([u8; 22], usize) {
    let (mut end, mut buffer) = ([b' '; 22], itoa::Buffer::new());
    let now = buffer.format(now).as_bytes();
    end.iter_mut().skip(1).zip(now.iter().chain(b"\n")).for_each(|(to, from)| *to = *from);
    (end, now.len() + 2)
}

fn integer(text: &mut Vec<u8>, head: &[u8], value: u64, end: &[u8]) {
    text.extend_from_slice(head);
    text.extend_from_slice(itoa::Buffer::new().format(value).as_bytes());
    text.extend_from_slice(end);
}

/// Only for values as they occur here: finite, and not so small that they have an exponent.
fn float(text: &mut Vec<u8>, head: &[u8], value: f64, end: &[u8]) {
    let mut buffer = zmij::Buffer::new();
    let number = buffer.format_finite(value);
    text.extend_from_slice(head);
    text.extend_from_slice(number.strip_suffix(".0").unwrap_or(number).as_bytes());
    text.extend_from_slice(end);
}
