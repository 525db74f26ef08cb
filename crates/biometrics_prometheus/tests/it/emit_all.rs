//! A whole collection at once: in less time the same bytes, the same errors, and nothing twice.

use std::fs;
use std::io::ErrorKind;
use std::panic::{self, AssertUnwindSafe};
use std::path::Path;

use biometrics::{Collector, Counter, Emitter as _, Gauge, Histogram, Moments};
use biometrics_prometheus::{Emitter, Error, Options, segment};
use sig_fig_histogram::LockFreeHistogram;

use crate::texts;

fn emitter(directory: &Path) -> Emitter {
    Emitter::new(Options { prefix: directory.join("a."), ..Options::default() })
}

/// A sensor that lives as long as the program, as a collector wants it.
fn leaked<T>(sensor: T) -> &'static T {
    Box::leak(Box::new(sensor))
}

/// Sensors of every kind, whose lines fill what is gathered at one time more than once.
fn collector() -> Collector {
    let collector = Collector::new();
    for id in 0..1_000 {
        let label = leaked(format!("a.counter.with.a.name.of.some.length.{id}"));
        collector.register_counter(leaked(Counter::new(label)));
    }
    let gauge = leaked(Gauge::new("a.gauge"));
    gauge.set(0.1);
    collector.register_gauge(gauge);
    let moments = leaked(Moments::new("some.moments"));
    [1.0, 2.0, 4.0].into_iter().for_each(|value| moments.add(value));
    collector.register_moments(moments);
    let histogram = Histogram::new("a.histogram", leaked(LockFreeHistogram::<900>::new(2)));
    histogram.observe(7.25);
    collector.register_histogram(leaked(histogram));
    collector
}

/// The collector's own counters move with each emission, whoever it goes to.
fn without_the_collector(text: &str) -> Vec<&str> {
    text.lines().filter(|line| !line.contains("biometrics_collector_")).collect()
}

#[test]
fn a_collection_has_the_bytes_of_its_sensors_one_by_one() {
    let (together, alone) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    let collector = collector();
    let (mut at_once, mut one_by_one) = (emitter(together.path()), emitter(alone.path()));
    for now in [42, 43, 43, 44].map(|millis| 1_700_000_000_000 + millis) {
        at_once.emit_all(&collector, now).unwrap();
        collector.emit(&mut one_by_one, now).unwrap();
    }
    at_once.close().unwrap();
    one_by_one.close().unwrap();
    let (together, alone) = (texts(together.path()), texts(alone.path()));
    assert_eq!((1, 1), (together.len(), alone.len()), "one segment each");
    assert!(together[0].len() / 4 > 64 * 1024, "a collection is gathered in parts");
    assert_eq!(without_the_collector(&alone[0]), without_the_collector(&together[0]));
}

#[test]
fn nothing_stays_behind_when_it_returns() {
    let directory = tempfile::tempdir().unwrap();
    let collector = Collector::new();
    collector.register_counter(leaked(Counter::new("the.last")));
    let mut emitter = emitter(directory.path());
    emitter.emit_all(&collector, 42).unwrap();
    // The background thread would find it, too: the writer has it.
    emitter.flush().unwrap();
    let texts = texts(directory.path());
    assert!(texts[0].ends_with("# TYPE the_last counter\nthe_last 0 42\n"), "{texts:?}");
}

#[test]
fn a_refused_sensor_is_told_and_the_others_are_written() {
    let directory = tempfile::tempdir().unwrap();
    let collector = Collector::new();
    for label in ["a.b", "a-b", "c"] {
        collector.register_counter(leaked(Counter::new(label)));
    }
    let mut emitter = emitter(directory.path());
    for now in [1, 2] {
        let error = emitter.emit_all(&collector, now).unwrap_err();
        let error = error.get_ref().unwrap().downcast_ref::<Error>().unwrap();
        assert_eq!(("a-b", Some("a.b")), (error.sensor(), error.collides_with()));
    }
    emitter.close().unwrap();
    let text = texts(directory.path()).concat();
    for line in ["a_b 0 1\n", "c 0 1\n", "a_b 0 2\n", "c 0 2\n"] {
        assert_eq!(1, text.matches(line).count(), "{line:?} in {text}");
    }
    assert_eq!(1, text.matches("# TYPE a_b counter\n").count(), "{text}");
}

#[test]
fn what_a_missing_directory_refuses_is_told_and_leaves_no_trace() {
    let directory = tempfile::tempdir().unwrap();
    let missing = directory.path().join("missing");
    let (refused, accepted) = (Collector::new(), Collector::new());
    refused.register_counter(leaked(Counter::new("a.b")));
    accepted.register_counter(leaked(Counter::new("a-b")));
    let mut emitter = emitter(&missing);
    let error = emitter.emit_all(&refused, 1).unwrap_err();
    assert_eq!(ErrorKind::NotFound, error.kind());
    let error = error.get_ref().unwrap().downcast_ref::<segment::Error>().unwrap();
    assert_eq!(missing.join("a.1.prom"), error.path());
    fs::create_dir(&missing).unwrap();
    emitter.emit_all(&accepted, 2).unwrap();
    emitter.close().unwrap();
    let text = texts(&missing).concat();
    assert!(text.ends_with("# TYPE a_b counter\na_b 0 2\n"), "the name was free: {text}");
    assert!(!text.contains(" 1\n"), "nothing of the refused collection: {text}");
}

#[test]
fn times_that_change_within_an_emission_are_collections_of_their_own() {
    let directory = tempfile::tempdir().unwrap();
    let (first, second) = (Counter::new("first"), Counter::new("second"));
    let mut emitter = emitter(directory.path());
    let emitted = emitter.emit_together(|emission| {
        emission.emit_counter(&first, 1)?;
        emission.emit_counter(&second, 1)?;
        emission.emit_counter(&first, 2)
    });
    emitted.unwrap();
    emitter.close().unwrap();
    let expected =
        "# TYPE first counter\nfirst 0 1\n# TYPE second counter\nsecond 0 1\nfirst 0 2\n";
    assert_eq!([expected], texts(directory.path())[..]);
}

#[test]
fn what_was_emitted_before_an_error_or_a_panic_is_written() {
    let directory = tempfile::tempdir().unwrap();
    let counter = Counter::new("a.b");
    let mut emitter = emitter(directory.path());
    let given_up = emitter.emit_together(|emission| {
        emission.emit_counter(&counter, 1)?;
        Err(ErrorKind::Interrupted.into())
    });
    assert_eq!(ErrorKind::Interrupted, given_up.unwrap_err().kind());
    let panicked = panic::catch_unwind(AssertUnwindSafe(|| {
        emitter.emit_together(|emission| {
            emission.emit_counter(&counter, 2).unwrap();
            panic!("this is meant to end the emission")
        })
    }));
    assert!(panicked.is_err());
    emitter.emit_counter(&counter, 3).unwrap();
    emitter.close().unwrap();
    let expected = "# TYPE a_b counter\na_b 0 1\na_b 0 2\na_b 0 3\n";
    assert_eq!([expected], texts(directory.path())[..]);
}
