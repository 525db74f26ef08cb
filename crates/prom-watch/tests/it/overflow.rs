//! More events than the kernel keeps: what they would have told is found by a scan.

use std::collections::BTreeSet;
use std::fs;

use nix::sys::signal::Signal;
use prom_watch::Watcher;

use crate::child::{self, Child};
use crate::scene::{NEVER, PATIENCE, Scene, name};

const SEGMENTS: usize = 8000;

/// The whole process stands still, so its kernel queue of 16,384 events overflows for certain:
/// each of these segments makes at least four.
#[test]
fn nothing_is_lost_behind_a_consumer_that_stood_still() {
    let scene = Scene::new();
    let mut child = Child::start("overflow::child_that_stands_still", scene.directory(), None);
    assert_eq!(Some("watching".into()), child.hears());
    child.signal(Signal::SIGSTOP);
    for millis in 0..SEGMENTS {
        fs::write(scene.path(&format!("a.{millis}.prom")), "text\n").unwrap();
    }
    child.signal(Signal::SIGCONT);
    child.go_on();
    assert_eq!(Some("all of them".into()), child.hears());
    child.succeed();
    assert_eq!(Vec::<String>::new(), scene.names());
}

#[test]
#[ignore = "a part of the test above"]
fn child_that_stands_still() {
    let watcher = Watcher::builder(child::directory()).rescan_interval(NEVER).build();
    assert!(!watcher.ingest_one(prom_segment::Reader::unlink).unwrap());
    child::say("watching");
    child::wait_for_parent();
    let mut taken = BTreeSet::new();
    while taken.len() < SEGMENTS {
        let processed = watcher.ingest_next(PATIENCE, |reader| {
            assert!(taken.insert(name(&reader)), "{} came twice", reader.path().display());
            reader.unlink()
        });
        assert!(processed.unwrap(), "only {} came", taken.len());
    }
    let stats = watcher.stats();
    assert!(stats.overflows >= 1, "{stats:?}");
    // The first one, and for each overflow at most one for the events and one for the new watch.
    assert!((2..=1 + 2 * stats.overflows).contains(&stats.scans), "{stats:?}");
    child::say("all of them");
}
