//! The cost of parsing, in nanoseconds per sample: the `time` of each line divided by the number
//! in its name.

#![expect(clippy::unwrap_used, reason = "a text that does not parse must stop the bench")]

use std::fmt::Write;
use std::hint::black_box;

use criterion::{Criterion, criterion_group, criterion_main};
use prom_format::{Dialect, Entry, Escaping, Parser, validate};

const OPENMETRICS: Dialect = Dialect::OpenMetrics100(Escaping::Underscores);

/// One family of each kind that a process of many sensors has: 7,940 samples, as a text of the
/// given dialect.
fn mixed(dialect: Dialect) -> String {
    let is_openmetrics = dialect == OPENMETRICS;
    let timestamp = if is_openmetrics { "1700000000.123" } else { "1700000000123" };
    let mut text = String::new();
    for n in 0..1_000 {
        let family = format!("requests_of_service_{n}");
        let typed = if is_openmetrics { family.clone() } else { format!("{family}_total") };
        let value = n * 7_919;
        writeln!(text, "# TYPE {typed} counter\n{family}_total {value} {timestamp}").unwrap();
    }
    for n in 0..1_000 {
        let value = f64::from(n) * 1.618_033_988;
        writeln!(text, "# TYPE load_{n} gauge\nload_{n} {value} {timestamp}").unwrap();
    }
    for n in 0..100 {
        for moment in ["count", "mean", "variance", "skewness", "kurtosis"] {
            let value = f64::from(n).sqrt();
            let name = format!("moments_{n}_of_{moment}");
            writeln!(text, "# TYPE {name} gauge\n{name} {value} {timestamp}").unwrap();
        }
    }
    for n in 0..20 {
        histogram(&mut text, &format!("latency_{n}_milliseconds"), timestamp);
    }
    text.push_str(if is_openmetrics { "# EOF\n" } else { "" });
    text
}

fn histogram(text: &mut String, name: &str, timestamp: &str) {
    writeln!(text, "# TYPE {name} histogram").unwrap();
    for bucket in 1_u32..270 {
        let (digits, scale) = (10 + bucket % 90, bucket / 90);
        let bound = f64::from(digits * 10_u32.pow(scale)) + 0.5;
        writeln!(text, "{name}_bucket{{le=\"{bound}\"}} {} {timestamp}", bucket * 31).unwrap();
    }
    writeln!(text, "{name}_bucket{{le=\"+Inf\"}} 9000 {timestamp}").unwrap();
    writeln!(text, "{name}_sum 123456.75 {timestamp}").unwrap();
    writeln!(text, "{name}_count 9000 {timestamp}").unwrap();
}

/// 5,000 series of one family, told apart by three labels.
fn labelled(dialect: Dialect) -> String {
    let is_openmetrics = dialect == OPENMETRICS;
    let mut text = String::from("# HELP queue_length Jobs waiting.\n# TYPE queue_length gauge\n");
    for n in 0..5_000 {
        let (host, queue) = (n / 50, n % 50);
        writeln!(
            text,
            "queue_length{{host=\"node-{host}.example.org\",queue=\"q{queue}\",tier=\"gold\"}} {n}",
        )
        .unwrap();
    }
    text.push_str(if is_openmetrics { "# EOF\n" } else { "" });
    text
}

/// As a segment has it: 100 families in turn, 50 times, each time with a new timestamp.
fn log() -> String {
    let mut text = String::new();
    for n in 0..100 {
        writeln!(text, "# TYPE sensor_number_{n} gauge").unwrap();
    }
    for round in 0..50 {
        for n in 0..100 {
            writeln!(text, "sensor_number_{n} {}.25 {}", n * round, 1_700_000_000 + round).unwrap();
        }
    }
    text
}

fn parse(dialect: Dialect, text: &str) -> f64 {
    let mut sum = 0.0;
    for entry in Parser::new(dialect, text) {
        if let Entry::Sample(sample) = entry.unwrap() {
            sum += sample.value();
        }
    }
    sum
}

fn parse_labels(dialect: Dialect, text: &str) -> usize {
    let mut bytes = 0;
    for entry in Parser::new(dialect, text) {
        if let Entry::Sample(sample) = entry.unwrap() {
            bytes += sample.labels().into_iter().map(|l| l.value.raw().len()).sum::<usize>();
        }
    }
    bytes
}

fn benches(c: &mut Criterion) {
    let texts = [
        ("mixed", Dialect::Text004, mixed(Dialect::Text004)),
        ("mixed-openmetrics", OPENMETRICS, mixed(OPENMETRICS)),
        ("labelled", Dialect::Text004, labelled(Dialect::Text004)),
        ("labelled-openmetrics", OPENMETRICS, labelled(OPENMETRICS)),
        ("log", Dialect::Text004, log()),
    ];
    for (name, dialect, text) in &texts {
        let samples = validate(*dialect, text.as_bytes()).unwrap().samples;
        let id = |what| format!("{name}/{what}/{samples}-samples");
        c.bench_function(&id("parse"), |b| b.iter(|| parse(*dialect, black_box(text))));
        c.bench_function(&id("labels"), |b| b.iter(|| parse_labels(*dialect, black_box(text))));
        c.bench_function(&id("validate"), |b| {
            b.iter(|| validate(*dialect, black_box(text.as_bytes())).unwrap());
        });
        // What a pass over the bytes that does nothing else costs.
        c.bench_function(&id("count-lines"), |b| {
            b.iter(|| black_box(text.as_bytes()).iter().filter(|&&byte| byte == b'\n').count());
        });
    }
}

criterion_group!(all, benches);
criterion_main!(all);
