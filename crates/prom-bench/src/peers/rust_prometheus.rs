//! `prometheus`: the sensors in its registry.

use biometrics::Sensor as _;
use prometheus::core::Collector;
use prometheus::{Gauge, Histogram, HistogramOpts, IntCounter, Registry};

use crate::mixed::{Mixed, bounds, legal, shape};
use crate::outcome::Outcome;

/// Every family needs a help text here.
const HELP: &str = "A sensor";

pub(crate) fn registry(sensors: &Mixed) -> Outcome<Registry> {
    let registry = Registry::new();
    for sensor in &sensors.counters {
        counter(&registry, legal(sensor.label()), sensor.read())?;
    }
    for sensor in &sensors.gauges {
        gauge(&registry, legal(sensor.label()), sensor.read())?;
    }
    for sensor in &sensors.moments {
        let name = legal(sensor.label());
        let (n, rest) = shape(sensor);
        counter(&registry, format!("{name}_count"), n)?;
        for (suffix, value) in rest {
            gauge(&registry, format!("{name}{suffix}"), value)?;
        }
    }
    for sensor in &sensors.histograms {
        let name = legal(sensor.label());
        let options = HistogramOpts::new(name.clone(), HELP).buckets(bounds().collect());
        let histogram = Histogram::with_opts(options)?;
        for (value, count) in sensor.read().iter() {
            (0..count).for_each(|_| histogram.observe(value));
        }
        add(&registry, histogram)?;
        counter(&registry, format!("{name}_exceeds_max"), sensor.exceeds_max().read())?;
        counter(&registry, format!("{name}_is_negative"), sensor.is_negative().read())?;
    }
    Ok(registry)
}

fn counter(registry: &Registry, name: String, value: u64) -> Outcome {
    let counter = IntCounter::new(name, HELP)?;
    counter.inc_by(value);
    add(registry, counter)
}

fn gauge(registry: &Registry, name: String, value: f64) -> Outcome {
    let gauge = Gauge::new(name, HELP)?;
    gauge.set(value);
    add(registry, gauge)
}

fn add(registry: &Registry, collector: impl Collector + 'static) -> Outcome {
    Ok(registry.register(Box::new(collector))?)
}
