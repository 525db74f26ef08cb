//! `metrics-exporter-prometheus`: the sensors in a recorder of its own.

use biometrics::Sensor as _;
use metrics::{Key, Level, Metadata, Recorder as _};
use metrics_exporter_prometheus::{PrometheusBuilder, PrometheusRecorder};

use crate::mixed::{Mixed, bounds, legal, shape};
use crate::outcome::Outcome;

static METADATA: Metadata<'static> = Metadata::new("bench", Level::INFO, None);

pub(crate) fn recorder(sensors: &Mixed) -> Outcome<PrometheusRecorder> {
    let bounds: Vec<f64> = bounds().collect();
    let recorder = PrometheusBuilder::new().set_buckets(&bounds)?.build_recorder();
    let counter = |name: String, value| {
        recorder.register_counter(&Key::from_name(name), &METADATA).absolute(value);
    };
    let gauge = |name: String, value| {
        recorder.register_gauge(&Key::from_name(name), &METADATA).set(value);
    };
    sensors.counters.iter().for_each(|sensor| counter(legal(sensor.label()), sensor.read()));
    sensors.gauges.iter().for_each(|sensor| gauge(legal(sensor.label()), sensor.read()));
    for sensor in &sensors.moments {
        let name = legal(sensor.label());
        let (n, rest) = shape(sensor);
        counter(format!("{name}_count"), n);
        rest.iter().for_each(|(suffix, value)| gauge(format!("{name}{suffix}"), *value));
    }
    for sensor in &sensors.histograms {
        let name = legal(sensor.label());
        let histogram = recorder.register_histogram(&Key::from_name(name.clone()), &METADATA);
        for (value, count) in sensor.read().iter() {
            (0..count).for_each(|_| histogram.record(value));
        }
        counter(format!("{name}_exceeds_max"), sensor.exceeds_max().read());
        counter(format!("{name}_is_negative"), sensor.is_negative().read());
    }
    Ok(recorder)
}
