//! Errors are clear, nothing is half-written, and the next emission works.

use std::fs;
use std::io::ErrorKind;
use std::path::Path;

use biometrics::{Collector, Counter, Emitter as _, Gauge};
use biometrics_prometheus::{Emitter, Error, Options, register_biometrics, segment};

use crate::texts;

fn emitter(directory: &Path) -> Emitter {
    Emitter::new(Options { prefix: directory.join("a."), ..Options::default() })
}

#[test]
fn two_sensors_of_one_name_are_told_and_the_first_goes_on() {
    let directory = tempfile::tempdir().unwrap();
    let mut emitter = emitter(directory.path());
    let (dotted, dashed) = (Counter::new("a.b"), Gauge::new("a-b"));
    for now in [1, 2] {
        emitter.emit_counter(&dotted, now).unwrap();
        let error = emitter.emit_gauge(&dashed, now).unwrap_err();
        assert_eq!(ErrorKind::InvalidInput, error.kind());
        let error = error.get_ref().unwrap().downcast_ref::<Error>().unwrap();
        assert_eq!(("a-b", Some("a.b")), (error.sensor(), error.collides_with()));
    }
    emitter.close().unwrap();
    assert_eq!(vec!["# TYPE a_b counter\na_b 0 1\na_b 0 2\n"], texts(directory.path()));
}

#[test]
fn a_sensor_without_a_name_is_told_and_leaves_no_file() {
    let directory = tempfile::tempdir().unwrap();
    let mut emitter = emitter(directory.path());
    let error = emitter.emit_counter(&Counter::new(""), 1).unwrap_err();
    assert_eq!(r#"cannot emit sensor "": the metric name is empty"#, error.to_string());
    emitter.close().unwrap();
    assert!(texts(directory.path()).is_empty());
}

#[test]
fn no_label_can_forge_a_line() {
    let directory = tempfile::tempdir().unwrap();
    let mut emitter = emitter(directory.path());
    let evil = Counter::new("a\nforged 1 1\n# HELP a{x=\"y\"}");
    emitter.emit_counter(&evil, 1).unwrap();
    emitter.close().unwrap();
    let texts = texts(directory.path());
    assert_eq!(2, texts[0].lines().count(), "{texts:?}");
    assert!(!texts[0].contains("\nforged"), "{texts:?}");
}

#[test]
fn a_missing_directory_is_named_and_the_next_emission_works() {
    let directory = tempfile::tempdir().unwrap();
    let missing = directory.path().join("missing");
    let mut emitter = emitter(&missing);
    let error = emitter.emit_counter(&Counter::new("foo"), 1).unwrap_err();
    assert_eq!(ErrorKind::NotFound, error.kind());
    assert!(error.to_string().contains(&missing.display().to_string()), "{error}");
    let error = error.get_ref().unwrap().downcast_ref::<segment::Error>().unwrap();
    assert_eq!(missing.join("a.1.prom"), error.path());
    fs::create_dir(&missing).unwrap();
    emitter.emit_counter(&Counter::new("foo"), 2).unwrap();
    emitter.close().unwrap();
    assert_eq!(vec!["# TYPE foo counter\nfoo 0 2\n"], texts(&missing));
}

#[test]
fn a_label_with_a_nul_is_refused_because_readers_cut_there() {
    let directory = tempfile::tempdir().unwrap();
    let mut emitter = Emitter::builder()
        .prefix(directory.path().join("a."))
        .label(biometrics_prometheus::LabelName::new("job").unwrap(), "a\0b")
        .build();
    let error = emitter.emit_counter(&Counter::new("foo"), 1).unwrap_err();
    assert_eq!(ErrorKind::InvalidInput, error.kind());
    emitter.close().unwrap();
    assert!(texts(directory.path()).is_empty());
}

#[test]
fn a_sensor_that_was_never_written_has_no_name_to_lose() {
    let directory = tempfile::tempdir().unwrap();
    let missing = directory.path().join("missing");
    let mut emitter = emitter(&missing);
    emitter.emit_counter(&Counter::new("a.b"), 1).unwrap_err();
    fs::create_dir(&missing).unwrap();
    emitter.emit_gauge(&Gauge::new("a-b"), 2).unwrap();
    let error = emitter.emit_counter(&Counter::new("a.b"), 3).unwrap_err();
    let error = error.get_ref().unwrap().downcast_ref::<Error>().unwrap();
    assert_eq!(Some("a-b"), error.collides_with());
    emitter.close().unwrap();
    assert_eq!(vec!["# TYPE a_b gauge\na_b 0 2\n"], texts(&missing));
}

/// In a process of its own, since the limit is the whole process's.
#[test]
fn a_full_disk_is_told_with_the_path_and_cuts_no_line() {
    crate::part::succeeds("trouble::part_with_a_full_disk");
}

#[test]
#[ignore = "a part of the test above"]
fn part_with_a_full_disk() {
    // The limit on the length of files stands for the full disk: the system refuses in the
    // middle of a write, with the part before it written.
    let directory = crate::part::directory();
    crate::child::limit_files(50);
    let mut emitter = Emitter::builder().prefix(directory.join("a.")).background(false).build();
    let counter = Counter::new("some.counter");
    for now in 0..20 {
        emitter.emit_counter(&counter, now).unwrap();
    }
    let error = emitter.flush().unwrap_err();
    assert_eq!(ErrorKind::FileTooLarge, error.kind());
    let error = error.get_ref().unwrap().downcast_ref::<segment::Error>().unwrap();
    assert_eq!(directory.join("a.0.prom"), error.path());
    emitter.close().unwrap_err();
    let texts = texts(&directory);
    assert!(!texts.is_empty());
    for text in texts {
        assert!(text.starts_with("# TYPE some_counter counter\nsome_counter 0 "), "{text:?}");
        assert!(text.ends_with('\n'), "{text:?}");
    }
}

#[test]
fn the_crate_reports_its_own_vitals() {
    let directory = tempfile::tempdir().unwrap();
    let collector = Collector::new();
    register_biometrics(&collector);
    let mut emitter = emitter(directory.path());
    collector.emit(&mut emitter, 1).unwrap();
    emitter.rotate().unwrap();
    collector.emit(&mut emitter, 2).unwrap();
    emitter.close().unwrap();
    let sealed = "biometrics_prometheus_segments_sealed ";
    let text = texts(directory.path()).concat();
    let lines: Vec<_> = text.lines().filter_map(|line| line.strip_prefix(sealed)).collect();
    let counts: Vec<u64> =
        lines.iter().map(|line| line.split(' ').next().unwrap().parse().unwrap()).collect();
    assert_eq!(2, counts.len());
    assert!(counts[1] > counts[0], "{counts:?}");
}
