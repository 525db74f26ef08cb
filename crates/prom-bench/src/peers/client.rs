//! `prometheus-client`: the sensors in its registry.

use std::sync::atomic::AtomicU64;

use biometrics::Sensor as _;
use prometheus_client::metrics::counter::Counter;
use prometheus_client::metrics::gauge::Gauge;
use prometheus_client::metrics::histogram::Histogram;
use prometheus_client::registry::Registry;

use crate::mixed::{Mixed, bounds, legal, shape};

/// Every family needs a help text here.
const HELP: &str = "A sensor";

pub(crate) fn registry(sensors: &Mixed) -> Registry {
    let mut registry = Registry::default();
    for sensor in &sensors.counters {
        counter(&mut registry, legal(sensor.label()), sensor.read());
    }
    for sensor in &sensors.gauges {
        gauge(&mut registry, legal(sensor.label()), sensor.read());
    }
    for sensor in &sensors.moments {
        let name = legal(sensor.label());
        let (n, rest) = shape(sensor);
        counter(&mut registry, format!("{name}_n"), n);
        for (suffix, value) in rest {
            gauge(&mut registry, format!("{name}{suffix}"), value);
        }
    }
    for sensor in &sensors.histograms {
        let name = legal(sensor.label());
        let histogram = Histogram::new(bounds());
        for (value, count) in sensor.read().iter() {
            (0..count).for_each(|_| histogram.observe(value));
        }
        registry.register(name.clone(), HELP, histogram);
        counter(&mut registry, format!("{name}_exceeds_max"), sensor.exceeds_max().read());
        counter(&mut registry, format!("{name}_is_negative"), sensor.is_negative().read());
    }
    registry
}

fn counter(registry: &mut Registry, name: String, value: u64) {
    let counter: Counter = Counter::default();
    counter.inc_by(value);
    registry.register(name, HELP, counter);
}

fn gauge(registry: &mut Registry, name: String, value: f64) {
    let gauge = Gauge::<f64, AtomicU64>::default();
    gauge.set(value);
    registry.register(name, HELP, gauge);
}
