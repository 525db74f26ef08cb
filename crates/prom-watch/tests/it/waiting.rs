//! `ingest_next`: waits for the next segment, for as long as it was told.

use std::io;
use std::sync::mpsc;
use std::thread;
use std::time::{Duration, Instant};

use prom_watch::Watcher;

use crate::scene::{PATIENCE, Scene, name, next, silent_for, take};

#[test]
fn a_wait_for_nothing_ends_when_its_time_is_over_and_not_before() {
    let scene = Scene::new();
    let watcher = Watcher::new(scene.directory());
    for millis in [0, 1, 80] {
        let begun = Instant::now();
        silent_for(&watcher, millis);
        assert!(begun.elapsed() >= Duration::from_millis(millis));
    }
}

#[test]
fn a_segment_that_is_there_already_is_not_waited_for() {
    let scene = Scene::new();
    scene.seal("a.1.prom", "text\n");
    let watcher = Watcher::new(scene.directory());
    assert!(watcher.ingest_next(Duration::ZERO, prom_segment::Reader::unlink).unwrap());
    assert_eq!(Vec::<String>::new(), scene.names());
}

/// No rescan is due within the test's time, so only the event can wake the waiting thread.
#[test]
fn a_waiting_thread_is_woken_by_each_segment() {
    let scene = Scene::new();
    let watcher = scene.attentive();
    assert_eq!(None, take(&watcher));
    let (sender, receiver) = mpsc::channel();
    thread::scope(|scope| {
        scope.spawn(|| {
            for _ in 0..50 {
                sender.send(next(&watcher)).unwrap();
            }
        });
        for millis in 0..50 {
            let name = format!("a.{millis}.prom");
            scene.seal(&name, "text\n");
            assert_eq!(name, receiver.recv_timeout(PATIENCE).unwrap());
        }
    });
    assert_eq!(1, watcher.stats().scans);
}

#[test]
fn a_wait_without_end_is_possible() {
    let scene = Scene::new();
    let watcher = scene.attentive();
    thread::scope(|scope| {
        let waiting = scope.spawn(|| {
            let mut taken = None;
            let processed = watcher.ingest_next(Duration::MAX, |reader| {
                taken = Some(name(&reader));
                io::Result::Ok(())
            });
            assert!(processed.unwrap());
            taken
        });
        scene.seal("a.1.prom", "text\n");
        assert_eq!(Some("a.1.prom".into()), waiting.join().unwrap());
    });
}

/// One thread parks a failed segment while another waits: the other must hear of the new moment.
#[test]
fn what_one_thread_parks_wakes_another_in_time() {
    let scene = Scene::new();
    let watcher = scene.attentive();
    thread::scope(|scope| {
        let waiting = scope.spawn(|| next(&watcher));
        scene.seal("a.1.prom", "text\n");
        // Whichever thread is first, the waiting one gets it, at the latest by its retry.
        drop(watcher.ingest_one(|_| Err(io::Error::other("not mine"))));
        assert_eq!("a.1.prom", waiting.join().unwrap());
    });
}
