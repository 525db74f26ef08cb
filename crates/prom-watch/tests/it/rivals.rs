//! Several watchers, of several processes too, compete for the segments of one directory.

use std::collections::HashMap;
use std::io;
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;
use std::time::Duration;

use nix::sys::signal::Signal;
use prom_segment::Writer;
use prom_watch::Watcher;

use crate::child::{self, Child};
use crate::scene::{PATIENCE, Scene, name, next, silent_for, text};

/// Runs watchers and writers until all is processed; one call in fifty fails.
fn compete(watchers: usize, writers: usize, segments: usize) {
    let scene = Scene::new();
    let expected = writers * segments;
    let (calls, done) = (AtomicUsize::new(0), AtomicUsize::new(0));
    let lines = Mutex::new(HashMap::new());
    let consume = || {
        let watcher = Watcher::new(scene.directory());
        while done.load(Ordering::SeqCst) < expected {
            let result = watcher.ingest_next(Duration::from_millis(20), |mut reader| {
                if calls.fetch_add(1, Ordering::SeqCst) % 50 == 13 {
                    return Err(io::Error::other("one in fifty fails"));
                }
                *lines.lock().unwrap().entry(text(&mut reader)).or_insert(0) += 1;
                done.fetch_add(1, Ordering::SeqCst);
                reader.unlink()
            });
            if let Err(error) = result {
                assert_eq!("one in fifty fails", error.to_string());
            }
        }
    };
    let write = |writer: usize| {
        let prefix = scene.path(&format!("w{writer}."));
        let mut writer = Writer::builder(prefix.clone()).background(false).build();
        for number in 0..segments {
            let line = format!("{} {number}\n", prefix.display());
            writer.append(number as u64, line.as_bytes()).unwrap();
            writer.rotate().unwrap();
        }
    };
    thread::scope(|scope| {
        for _ in 0..watchers {
            scope.spawn(consume);
        }
        for writer in 0..writers {
            scope.spawn(move || write(writer));
        }
    });
    let lines = lines.into_inner().unwrap();
    assert_eq!(expected, lines.len(), "none is missing");
    assert!(lines.values().all(|count| *count == 1), "none came twice");
    assert!(lines.keys().all(|line| line.ends_with('\n')), "all are whole");
    assert_eq!(Vec::<String>::new(), scene.names(), "none is left");
}

#[test]
fn two_watchers_share_the_segments_of_two_writers() {
    compete(2, 2, 500);
}

#[test]
fn three_watchers_share_the_segments_of_four_writers() {
    compete(3, 4, 300);
}

#[test]
fn a_segment_in_the_hands_of_a_consumer_that_is_killed_comes_to_another() {
    let scene = Scene::new();
    scene.seal("a.1.prom", "text\n");
    let mut rival = Child::start("rivals::child_that_holds_one", scene.directory(), None);
    assert_eq!(Some("a.1.prom".into()), rival.hears());
    let watcher = Watcher::new(scene.directory());
    silent_for(&watcher, 30);
    scene.seal("a.2.prom", "text\n");
    assert_eq!("a.2.prom", next(&watcher));
    rival.signal(Signal::SIGKILL);
    assert_eq!("a.1.prom", next(&watcher));
}

#[test]
#[ignore = "a part of the test above"]
fn child_that_holds_one() {
    let watcher = Watcher::new(child::directory());
    let processed = watcher.ingest_next(PATIENCE, |reader| {
        child::say(&name(&reader));
        child::wait_for_parent();
        reader.unlink()
    });
    processed.unwrap();
}
