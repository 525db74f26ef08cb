//! What a sample line costs: the first time, and again and again through a `Series`.

#![expect(clippy::unwrap_used, reason = "what is refused must stop the bench")]

use std::hint::black_box;

use criterion::measurement::WallTime;
use criterion::{BenchmarkGroup, Criterion, Throughput, criterion_group, criterion_main};

use prom_format::{
    Bound, Dialect, Encoder, Escaping, Family, FormatError, HistogramSeries, Label, LabelName,
    MetricName, Series, Suffix, Timestamp, TimestampText, Value,
};

const DIALECTS: [(&str, Dialect); 2] =
    [("text", Dialect::Text004), ("openmetrics", Dialect::OpenMetrics100(Escaping::Underscores))];

const NOW: Timestamp = Timestamp::from_millis(1_700_000_000_123);

/// How many families or series each benchmark writes.
const FAMILIES: usize = 1000;

const HISTOGRAMS: usize = 200;

const LABELS: [Label<'static>; 3] = [
    Label::new(LabelName::from_static("method"), "GET"),
    Label::new(LabelName::from_static("path"), "/api/v1/query_range"),
    Label::new(LabelName::from_static("code"), "200"),
];

fn names(count: usize) -> Vec<String> {
    (0..count).map(|i| format!("component_{i}_operations")).collect()
}

fn value(i: usize) -> f64 {
    i as f64 * 1.37 + 0.125
}

/// Registers a benchmark that writes into a buffer it reuses; time is per `elements`.
fn bench(
    group: &mut BenchmarkGroup<'_, WallTime>,
    name: &str,
    elements: usize,
    mut write: impl FnMut(&mut Vec<u8>),
) {
    let mut buffer = Vec::new();
    group.throughput(Throughput::Elements(elements as u64));
    group.bench_function(name, |bencher| {
        bencher.iter(|| {
            buffer.clear();
            write(&mut buffer);
            black_box(buffer.len())
        });
    });
}

/// Name checked, HELP, TYPE and one sample for each of 1000 families.
fn first_time(criterion: &mut Criterion) {
    let (names, few) = (names(FAMILIES), names(HISTOGRAMS));
    for (dialect_name, dialect) in DIALECTS {
        let mut group = criterion.benchmark_group(format!("first-time/{dialect_name}"));
        bench(&mut group, "counters", FAMILIES, |buffer| {
            encode_each(&names, dialect, buffer, |encoder, family, i| {
                encoder.counter(family)?.sample(&[], i as u64)?;
                Ok(())
            });
        });
        bench(&mut group, "gauges", FAMILIES, |buffer| {
            encode_each(&names, dialect, buffer, |encoder, family, i| {
                encoder.gauge(family)?.sample(&[], value(i))?;
                Ok(())
            });
        });
        bench(&mut group, "labels", FAMILIES, |buffer| {
            let mut encoder = Encoder::new(dialect, buffer);
            let mut counter = encoder.counter(MetricName::from_static("http_requests")).unwrap();
            for i in 0..FAMILIES {
                counter.sample(&LABELS, i as u64).unwrap();
            }
        });
        let bounds: Vec<_> = (1..=20).map(|i| Bound::from_decimal(5 * i, -3)).collect();
        bench(&mut group, "histograms", HISTOGRAMS * 23, |buffer| {
            encode_each(&few, dialect, buffer, |encoder, family, i| {
                let mut histogram = encoder.histogram(family)?;
                let mut point = histogram.point(&[])?;
                for (bound, count) in bounds.iter().zip(i as u64..) {
                    point.bucket(*bound, count)?;
                }
                point.finish(i as u64 + 20, value(i))?;
                Ok(())
            });
        });
        group.finish();
    }
}

fn encode_each(
    names: &[String],
    dialect: Dialect,
    buffer: &mut Vec<u8>,
    mut each: impl FnMut(&mut Encoder<&mut Vec<u8>>, Family<'_>, usize) -> Result<(), FormatError>,
) {
    let mut encoder = Encoder::new(dialect, buffer);
    for (i, name) in names.iter().enumerate() {
        let name = MetricName::new(name).unwrap();
        each(&mut encoder, Family::new(name).help("Operations of one component."), i).unwrap();
    }
    encoder.finish().unwrap();
}

/// One sample of each of 1000 series whose heads are rendered already.
fn repeated(criterion: &mut Criterion) {
    let names = names(FAMILIES);
    for (dialect_name, dialect) in DIALECTS {
        let series: Vec<_> = names
            .iter()
            .map(|name| {
                Series::new(dialect, MetricName::new(name).unwrap(), Suffix::Total, &LABELS)
                    .unwrap()
            })
            .collect();
        let now = TimestampText::new(dialect, NOW).unwrap();
        let mut group = criterion.benchmark_group(format!("repeated/{dialect_name}"));
        bench(&mut group, "counters", FAMILIES, |buffer| {
            for (i, series) in series.iter().enumerate() {
                let Ok(()) = series.write(buffer, i as u64, &now);
            }
        });
        bench(&mut group, "gauges", FAMILIES, |buffer| {
            for (i, series) in series.iter().enumerate() {
                let Ok(()) = series.write(buffer, value(i), &now);
            }
        });
        let histogram =
            HistogramSeries::new(dialect, MetricName::from_static("latency"), &[]).unwrap();
        let bounds: Vec<_> = (1..=1000).map(|i| Bound::from_decimal(5 * i, -3)).collect();
        bench(&mut group, "histogram", 1003, |buffer| {
            for (bound, count) in bounds.iter().zip(0..) {
                let Ok(()) = histogram.write_bucket(buffer, bound, count, &now);
            }
            let Ok(()) = histogram.write_end(buffer, 1.5, 1000, &now);
        });
        group.finish();
    }
}

/// The text of numbers, bounds, timestamps and escapes alone.
fn text(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("text");
    let fractions: Vec<_> = (0..FAMILIES).map(|i| Value::from(value(i))).collect();
    let integral: Vec<_> = (0..FAMILIES).map(|i| Value::from((i * i) as f64)).collect();
    let label = |value| Label::new(LabelName::from_static("path"), value);
    for (name, values) in [("fractions", &fractions), ("integral-floats", &integral)] {
        let series =
            Series::new(Dialect::Text004, MetricName::from_static("m"), Suffix::None, &[]).unwrap();
        bench(&mut group, name, FAMILIES, |buffer| {
            for value in values {
                let Ok(()) = series.write(buffer, *value, &TimestampText::NONE);
            }
        });
    }
    for (name, value) in [
        ("label-clean", "/api/v1/query_range/some/long/path"),
        ("label-escaped", "C:\\dir\\\"quoted\"\n"),
    ] {
        bench(&mut group, name, FAMILIES, |buffer| {
            let mut encoder = Encoder::new(Dialect::Text004, buffer);
            let mut gauge = encoder.gauge(MetricName::from_static("m")).unwrap();
            for _ in 0..FAMILIES {
                gauge.sample(&[label(black_box(value))], 1).unwrap();
            }
        });
    }
    group.throughput(Throughput::Elements(1));
    group.bench_function("bound", |b| b.iter(|| Bound::new(black_box(0.025))));
    group.bench_function("bound-from-decimal", |b| {
        b.iter(|| Bound::from_decimal(black_box(25), -3));
    });
    group.bench_function("timestamp", |b| {
        b.iter(|| TimestampText::new(DIALECTS[1].1, black_box(NOW)));
    });
    group.finish();
}

criterion_group!(benches, first_time, repeated, text);
criterion_main!(benches);
