//! From a sensor to a consumer, in one process.

use std::io::{self, Read as _};
use std::time::Duration;

use biometrics::{Collector, Counter};
use biometrics_prometheus::{Builder, Emitter, Options, Reader, Watcher};

#[test]
fn every_collection_arrives_once_and_in_order() {
    static TICKS: Counter = Counter::new("pipeline.ticks");
    let directory = tempfile::tempdir().unwrap();
    let collector = Collector::new();
    collector.register_counter(&TICKS);
    let mut emitter = Emitter::new(Options {
        segment_size: 0,
        flush_interval: Duration::from_secs(3600),
        prefix: directory.path().join("a."),
    });
    let watcher = Watcher::new(directory.path());
    let mut arrived = Vec::new();
    let mut take = |watcher: &Watcher| {
        watcher.ingest_one(|mut reader: Reader| {
            let mut text = String::new();
            reader.read_to_string(&mut text)?;
            let lines = text.lines().filter_map(|line| line.strip_prefix("pipeline_ticks "));
            arrived.extend(lines.map(str::to_owned));
            reader.unlink()
        })
    };
    for now in 0..50 {
        TICKS.click();
        collector.emit(&mut emitter, now).unwrap();
        // The open segment is never handed out, to this process either.
        while take(&watcher).unwrap() {}
    }
    emitter.close().unwrap();
    while take(&watcher).unwrap() {}
    let expected: Vec<String> = (0..50).map(|now| format!("{} {now}", now + 1)).collect();
    assert_eq!(expected, arrived);
    assert_eq!(0, std::fs::read_dir(directory.path()).unwrap().count());
}

#[test]
fn a_consumer_that_waits_gets_what_an_idle_program_left() {
    static TICKS: Counter = Counter::new("idle.ticks");
    let directory = tempfile::tempdir().unwrap();
    let mut emitter = Emitter::new(Options {
        segment_size: 1 << 20,
        flush_interval: Duration::from_millis(20),
        prefix: directory.path().join("a."),
    });
    biometrics::Emitter::emit_counter(&mut emitter, &TICKS, 1).unwrap();
    let watcher = Watcher::new(directory.path());
    let mut text = String::new();
    let processed = watcher.ingest_next(Duration::from_secs(60), |mut reader| {
        reader.read_to_string(&mut text)?;
        Ok::<(), io::Error>(())
    });
    assert!(processed.unwrap());
    assert_eq!("# TYPE idle_ticks counter\nidle_ticks 0 1\n", text);
}

#[test]
fn an_emitter_keeps_what_it_may() {
    type Limit = fn(Builder) -> Builder;
    // Each segment has 50 bytes or a few more.
    let limits: [(Limit, u64); 4] = [
        (|emitter| emitter, 10),
        (|emitter| emitter.keep_at_most_bytes(110), 3),
        (|emitter| emitter.keep_at_most_segments(1), 2),
        (|emitter| emitter.keep_at_most_age(Duration::from_millis(4)), 5),
    ];
    let counter = Counter::new("retention.ticks");
    for (limit, kept) in limits {
        let directory = tempfile::tempdir().unwrap();
        let emitter = Emitter::builder().prefix(directory.path().join("a.")).segment_size(0);
        let mut emitter = limit(emitter.background(false)).build();
        for now in 0..10 {
            biometrics::Emitter::emit_counter(&mut emitter, &counter, now).unwrap();
        }
        emitter.close().unwrap();
        let names = (0..10).map(|now| directory.path().join(format!("a.{now}.prom")));
        let there: Vec<bool> = names.map(|path| path.exists()).collect();
        let expected: Vec<bool> = (0..10).map(|now| now >= 10 - kept).collect();
        assert_eq!(expected, there);
    }
}

#[test]
fn emitters_and_watchers_go_to_any_thread() {
    fn is_send_and_sync<T: Send + Sync>() {}
    is_send_and_sync::<Emitter>();
    is_send_and_sync::<Watcher>();
    is_send_and_sync::<Reader>();
    is_send_and_sync::<biometrics_prometheus::SlashMetrics>();
}
