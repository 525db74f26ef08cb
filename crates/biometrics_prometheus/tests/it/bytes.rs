//! The bytes of a segment, as they are frozen.

use std::fs::read_to_string;
use std::path::Path;
use std::time::Duration;

use biometrics::{Counter, Emitter as _, Gauge, Moments};
use biometrics_prometheus::{Emitter, LabelName, Naming, Options};

use crate::texts;

fn options(prefix: &Path) -> Options<&Path> {
    Options { segment_size: 1024, flush_interval: Duration::from_secs(1), prefix }
}

#[test]
fn a_counter_is_what_upstream_writes() {
    let directory = tempfile::tempdir().unwrap();
    let mut emitter = Emitter::new(options(&directory.path().join("tmp.foo.")));
    emitter.emit_counter(&Counter::new("foo"), 42).unwrap();
    drop(emitter);
    let text = read_to_string(directory.path().join("tmp.foo.42.prom")).unwrap();
    assert_eq!("# TYPE foo counter\nfoo 0 42\n", text);
}

#[test]
fn gauges_are_the_shortest_text_that_reads_back() {
    let cases = [
        (99.5, "99.5"),
        (0.0, "0"),
        (-0.0, "-0"),
        (1.0, "1"),
        (-13.5, "-13.5"),
        (0.1, "0.1"),
        (0.1 + 0.2, "0.30000000000000004"),
        (1e15, "1000000000000000"),
        (1e300, "1e+300"),
        (1e-300, "1e-300"),
        (f64::NAN, "NaN"),
        (f64::INFINITY, "+Inf"),
        (f64::NEG_INFINITY, "-Inf"),
    ];
    for (value, expected) in cases {
        let directory = tempfile::tempdir().unwrap();
        let gauge = Gauge::new("foo.bar");
        gauge.set(value);
        let mut emitter = Emitter::new(options(&directory.path().join("a.")));
        emitter.emit_gauge(&gauge, 99).unwrap();
        emitter.close().unwrap();
        let text = format!("# TYPE foo_bar gauge\nfoo_bar {expected} 99\n");
        assert_eq!(vec![text], texts(directory.path()));
    }
}

#[test]
fn moments_are_a_count_and_four_gauges() {
    let directory = tempfile::tempdir().unwrap();
    let moments = Moments::new("size");
    for size in [0.0, 5.0, 10.0] {
        moments.add(size);
    }
    let mut emitter = Emitter::new(options(&directory.path().join("a.")));
    emitter.emit_moments(&moments, 7).unwrap();
    emitter.emit_moments(&moments, 8).unwrap();
    emitter.close().unwrap();
    let expected = "# TYPE size_count counter\nsize_count 3 7\n\
        # TYPE size_mean gauge\nsize_mean 5 7\n\
        # TYPE size_variance gauge\nsize_variance 25 7\n\
        # TYPE size_skewness gauge\nsize_skewness 0 7\n\
        # TYPE size_kurtosis gauge\nsize_kurtosis 1.5 7\n\
        size_count 3 8\nsize_mean 5 8\nsize_variance 25 8\nsize_skewness 0 8\nsize_kurtosis 1.5 8\n";
    assert_eq!(vec![expected], texts(directory.path()));
}

#[test]
fn every_segment_says_the_type_of_its_families_once() {
    let directory = tempfile::tempdir().unwrap();
    let prefix = directory.path().join("a.");
    let mut emitter = Emitter::builder().prefix(prefix).segment_size(60).build();
    let (foo, bar) = (Counter::new("foo"), Gauge::new("bar"));
    for now in 1000..1006 {
        emitter.emit_counter(&foo, now).unwrap();
        emitter.emit_gauge(&bar, now).unwrap();
    }
    emitter.close().unwrap();
    let segment = |first: u64| {
        let second = first + 1;
        format!(
            "# TYPE foo counter\nfoo 0 {first}\n# TYPE bar gauge\nbar 0 {first}\n\
             foo 0 {second}\nbar 0 {second}\n"
        )
    };
    let singles =
        |now: u64| format!("# TYPE foo counter\nfoo 0 {now}\n# TYPE bar gauge\nbar 0 {now}\n");
    let texts = texts(directory.path());
    assert!(
        texts == [1000, 1002, 1004].map(segment)
            || texts == (1000..1006).map(singles).collect::<Vec<_>>(),
        "{texts:?}"
    );
}

#[test]
fn names_and_labels_follow_the_options() {
    let directory = tempfile::tempdir().unwrap();
    let mut emitter = Emitter::builder()
        .prefix(directory.path().join("a."))
        .naming(Naming::Total)
        .label(LabelName::new("job").unwrap(), "the \"shop\"\n\\")
        .timestamps(false)
        .build();
    emitter.emit_counter(&Counter::new("foo.bar"), 1).unwrap();
    emitter.emit_counter(&Counter::new("baz_total"), 1).unwrap();
    emitter.close().unwrap();
    let labels = r#"{job="the \"shop\"\n\\"}"#;
    let expected = format!(
        "# TYPE foo_bar_total counter\nfoo_bar_total{labels} 0\n\
         # TYPE baz_total counter\nbaz_total{labels} 0\n"
    );
    assert_eq!(vec![expected], texts(directory.path()));
}

#[test]
fn each_process_has_its_own_identity() {
    let directory = tempfile::tempdir().unwrap();
    let mut emitter = Emitter::builder()
        .prefix(directory.path().join("a."))
        .process_identity(true)
        .background(false)
        .build();
    let counter = Counter::new("foo");
    emitter.emit_counter(&counter, 1).unwrap();
    let mut inherited = Some(emitter);
    crate::child::Child::run(|| {
        let mut emitter = inherited.take().unwrap();
        emitter.emit_counter(&counter, 2).unwrap();
        emitter.close().unwrap();
    })
    .succeeds();
    inherited.unwrap().close().unwrap();
    let texts = texts(directory.path());
    let instance = |text: &String| text.split('"').nth(1).unwrap().to_owned();
    assert_eq!(2, texts.len());
    assert!(instance(&texts[0]).ends_with(&format!(":{}", std::process::id())), "{texts:?}");
    assert_ne!(instance(&texts[0]), instance(&texts[1]));
}
