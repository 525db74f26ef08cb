//! What it costs to append a collection, to flush it, and to begin and seal a segment.
#![expect(clippy::unwrap_used, reason = "a bench is no library")]

use std::hint::black_box;

use criterion::{Criterion, Throughput, criterion_group, criterion_main};
use prom_segment::{Lines, Writer};

/// About as many lines as a service with a few histograms has.
const SAMPLES: u64 = 8_000;

fn collection(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("collection");
    group.throughput(Throughput::Elements(SAMPLES));
    let line = b"http_requests_seconds_bucket{le=\"0.25\"} 12345 1700000000000\n";
    for (name, per_append) in [("line by line", 1), ("family by family", 100)] {
        let text = line.repeat(per_append);
        group.bench_function(name, |bencher| {
            let directory = tempfile::tempdir().unwrap();
            let mut writer = Writer::new(directory.path().join("a."));
            let header = writer.header(b"# TYPE http_requests_seconds histogram\n").unwrap();
            let mut now = 1_700_000_000_000;
            bencher.iter(|| {
                now += 1;
                for _ in 0..SAMPLES / u64::try_from(per_append).unwrap() {
                    // One header would come round again with every append.
                    let lines = Lines { header: (per_append > 1).then_some(header), text: &text };
                    writer.append_all(now, black_box(&[lines])).unwrap();
                }
                writer.flush().unwrap();
            });
        });
    }
    group.finish();
}

fn segment(criterion: &mut Criterion) {
    criterion.bench_function("begin, write and seal a segment", |bencher| {
        let directory = tempfile::tempdir().unwrap();
        let mut writer = Writer::new(directory.path().join("a."));
        let mut now = 1_700_000_000_000;
        bencher.iter(|| {
            now += 1;
            writer.append(now, black_box(b"a 1 1\n")).unwrap();
            let path = writer.path().unwrap();
            writer.rotate().unwrap();
            std::fs::remove_file(path).unwrap();
        });
    });
}

criterion_group!(benches, collection, segment);
criterion_main!(benches);
