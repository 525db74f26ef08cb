//! What an emission costs, in memory and into a file.
#![expect(clippy::unwrap_used, reason = "a bench is no library")]

use std::hint::black_box;

use biometrics::{Collector, Counter, Gauge, Histogram, Moments};
use biometrics_prometheus::{Emitter, SlashMetrics};
use criterion::{Criterion, Throughput, criterion_group, criterion_main};
use sig_fig_histogram::LockFreeHistogram;

/// A service of some size: 1,000 counters, 1,000 gauges, 100 moments, 20 histograms of 270 buckets.
fn sensors() -> Collector {
    let collector = Collector::new();
    let name = |kind: &str, id: usize| -> &'static str {
        Box::leak(format!("service.{kind}.number.{id}").into_boxed_str())
    };
    for id in 0..1000 {
        let counter = Box::leak(Box::new(Counter::new(name("counter", id))));
        counter.count(id as u64 * 12_345);
        collector.register_counter(counter);
        let gauge = Box::leak(Box::new(Gauge::new(name("gauge", id))));
        gauge.set(id as f64 / 7.0);
        collector.register_gauge(gauge);
    }
    for id in 0..100 {
        let moments = Box::leak(Box::new(Moments::new(name("moments", id))));
        (0..10).for_each(|value| moments.add(f64::from(value)));
        collector.register_moments(moments);
    }
    for id in 0..20 {
        let buckets = Box::leak(Box::new(LockFreeHistogram::<270>::new(2)));
        let histogram = Box::leak(Box::new(Histogram::new(name("histogram", id), buckets)));
        (1..900).for_each(|value| histogram.observe(f64::from(value)));
        collector.register_histogram(histogram);
    }
    collector
}

/// Lines with a value: the buckets, `+Inf`, sum, count and two counters of each histogram, five of
/// each moments, and the collector's own ten counters.
const SAMPLES: u64 = 2_000 + 500 + 20 * 275 + 10;

fn emit(criterion: &mut Criterion) {
    let collector = sensors();
    let mut group = criterion.benchmark_group("mixed collection");
    group.throughput(Throughput::Elements(SAMPLES));
    group.bench_function("fresh SlashMetrics", |bencher| {
        bencher.iter(|| {
            let mut page = SlashMetrics::new();
            collector.emit(&mut page, 1_700_000_000_000).unwrap();
            black_box(page.take())
        });
    });
    group.bench_function("the same SlashMetrics again", |bencher| {
        let (mut metrics, mut page) = (SlashMetrics::new(), Vec::new());
        bencher.iter(|| {
            collector.emit(&mut metrics, 1_700_000_000_000).unwrap();
            metrics.swap(&mut page);
            black_box(page.len())
        });
    });
    group.bench_function("Emitter with a flush", |bencher| {
        let directory = tempfile::tempdir().unwrap();
        let mut emitter = Emitter::builder().prefix(directory.path().join("a.")).build();
        let mut now = 1_700_000_000_000;
        bencher.iter(|| {
            now += 1;
            emitter.emit_all(&collector, now).unwrap();
            emitter.flush().unwrap();
        });
    });
    group.finish();
}

criterion_group!(benches, emit);
criterion_main!(benches);
