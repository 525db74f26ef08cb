//! Several threads share one watcher.

use std::collections::HashMap;
use std::io;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Barrier, Mutex};
use std::thread;
use std::time::Duration;

use prom_watch::Watcher;

use crate::scene::{PATIENCE, Scene, name};

/// Each closure waits for the other, so both must run at once.
#[test]
fn closures_of_two_threads_run_at_the_same_time() {
    let scene = Scene::new();
    scene.seal_all(&["a.1.prom", "a.2.prom"]);
    let watcher = Watcher::new(scene.directory());
    let both = Barrier::new(2);
    thread::scope(|scope| {
        for _ in 0..2 {
            scope.spawn(|| {
                let processed = watcher.ingest_next(PATIENCE, |reader| {
                    both.wait();
                    reader.unlink()
                });
                assert!(processed.unwrap());
            });
        }
    });
    assert_eq!(Vec::<String>::new(), scene.names());
}

/// The watcher may be used by its own closure: no lock of it is held.
#[test]
fn a_closure_may_use_the_watcher() {
    let scene = Scene::new();
    scene.seal_all(&["a.1.prom", "a.2.prom"]);
    let watcher = Watcher::new(scene.directory());
    let mut taken = Vec::new();
    let processed = watcher.ingest_one(|outer| {
        let inner = watcher.ingest_one(|inner| {
            taken.push(name(&inner));
            inner.unlink()
        });
        assert!(inner?);
        taken.push(name(&outer));
        outer.unlink()
    });
    assert!(processed.unwrap());
    assert_eq!(["a.2.prom", "a.1.prom"].as_slice(), taken);
    assert!(watcher.mode().is_some());
}

#[test]
fn four_threads_process_each_segment_once_though_some_fail_and_some_keep() {
    const SEGMENTS: usize = 800;
    let scene = Scene::new();
    let watcher = Watcher::builder(scene.directory()).retry_cap(Duration::from_millis(5)).build();
    let (calls, done) = (AtomicUsize::new(0), AtomicUsize::new(0));
    let counts = Mutex::new(HashMap::new());
    let consume = || {
        while done.load(Ordering::SeqCst) < SEGMENTS {
            let result = watcher.ingest_next(Duration::from_millis(20), |reader| {
                let call = calls.fetch_add(1, Ordering::SeqCst);
                if call % 20 == 7 {
                    return Err(io::Error::other("one in twenty fails"));
                }
                *counts.lock().unwrap().entry(name(&reader)).or_insert(0) += 1;
                done.fetch_add(1, Ordering::SeqCst);
                if call % 3 == 0 { Ok(()) } else { reader.unlink() }
            });
            if let Err(error) = result {
                assert_eq!("one in twenty fails", error.to_string());
            }
        }
    };
    thread::scope(|scope| {
        for _ in 0..4 {
            scope.spawn(consume);
        }
        for millis in 0..SEGMENTS {
            scene.seal(&format!("a.{millis}.prom"), "text\n");
        }
    });
    let counts = counts.into_inner().unwrap();
    assert_eq!(SEGMENTS, counts.len());
    assert!(counts.values().all(|count| *count == 1), "{counts:?}");
    assert_eq!(scene.names().len(), watcher.stats().done);
}

#[test]
fn a_watcher_can_be_sent_and_shared() {
    fn check<T: Send + Sync>() {}
    check::<Watcher>();
    check::<prom_watch::Builder>();
    check::<prom_watch::Error>();
}
