//! Segments that are being written: never waited for, never handed out, never in the way.

use std::fs::{self, File};

use prom_segment::Writer;
use prom_watch::Watcher;

use crate::child::{self, Child};
use crate::scene::{NEVER, Scene, drain, lock, next, silent_for, take};

/// The lock is held by this very thread, so a watcher that waited for it would never return.
#[test]
fn no_call_waits_for_a_lock_that_is_held_for_the_whole_test() {
    let scene = Scene::new();
    let live = [1, 3, 5].map(|millis| scene.live(&format!("a.{millis}.prom")));
    scene.seal_all(&["a.2.prom", "a.4.prom"]);
    let watcher = Watcher::new(scene.directory());
    assert_eq!(["a.2.prom", "a.4.prom"].as_slice(), drain(&watcher));
    scene.seal("a.6.prom", "late\n");
    assert_eq!("a.6.prom", next(&watcher));
    silent_for(&watcher, 50);
    assert_eq!(3, watcher.stats().parked);
    for segment in live {
        segment.seal();
    }
    let sealed = [next(&watcher), next(&watcher), next(&watcher)];
    for name in ["a.1.prom", "a.3.prom", "a.5.prom"] {
        assert!(sealed.contains(&name.into()), "{sealed:?}");
    }
}

#[test]
fn a_segment_is_handed_out_when_its_writer_of_this_process_closes_it() {
    let scene = Scene::new();
    let watcher = scene.attentive();
    let mut writer = Writer::builder(scene.path("app.")).background(false).build();
    writer.append(7, b"a 1 7\n").unwrap();
    writer.flush().unwrap();
    silent_for(&watcher, 20);
    writer.close().unwrap();
    assert_eq!("app.7.prom", next(&watcher));
}

/// Neither the retry nor the rescan is due within the test's time: the event alone frees it.
#[test]
fn the_end_of_the_writing_frees_a_parked_segment_at_once() {
    let scene = Scene::new();
    let watcher =
        Watcher::builder(scene.directory()).rescan_interval(NEVER).busy_cap(NEVER).build();
    let mut live = scene.live("a.1.prom");
    live.write("half");
    // The short pauses add up to half a second.
    silent_for(&watcher, 700);
    live.write(" and half\n");
    live.seal();
    assert_eq!("a.1.prom", next(&watcher));
}

/// A consumer that gives up causes no event, for it has only read.
#[test]
fn a_segment_that_another_consumer_gave_up_is_found_without_an_event() {
    let scene = Scene::new();
    scene.seal("a.1.prom", "text\n");
    let watcher = scene.attentive();
    let other = lock(File::open(scene.path("a.1.prom")).unwrap());
    assert_eq!(None, take(&watcher));
    drop(other);
    assert_eq!("a.1.prom", next(&watcher));
}

#[test]
fn the_segment_of_a_writer_that_was_killed_is_handed_out() {
    let scene = Scene::new();
    let watcher = Watcher::new(scene.directory());
    let mut writer = Child::start("live::child_that_writes", scene.directory(), None);
    assert_eq!(Some("written".into()), writer.hears());
    silent_for(&watcher, 20);
    drop(writer);
    assert_eq!("a.1.prom", next(&watcher));
}

#[test]
#[ignore = "a part of the test above"]
fn child_that_writes() {
    let mut writer = Writer::builder(child::directory().join("a.")).background(false).build();
    writer.append(1, b"a 1 1\n").unwrap();
    writer.flush().unwrap();
    child::say("written");
    child::wait_for_parent();
}

#[test]
fn many_live_segments_are_not_tried_again_and_again() {
    let scene = Scene::new();
    let live: Vec<_> = (0..200).map(|millis| scene.live(&format!("a.{millis}.prom"))).collect();
    let watcher = Watcher::builder(scene.directory()).rescan_interval(NEVER).build();
    for millis in 1000..1100 {
        scene.seal(&format!("b.{millis}.prom"), "text\n");
        next(&watcher);
    }
    silent_for(&watcher, 700);
    // Nine pauses that double, and one period that does not end within the test.
    let stats = watcher.stats();
    assert!(stats.tries <= 100 + 10 * 200, "{stats:?}");
    assert_eq!((100, 200), (stats.taken, stats.parked));
    drop(live);
    assert_eq!(200, fs::read_dir(scene.directory()).unwrap().count());
}

/// The events of a segment come a moment after its writer has let go of it, by way of another thread.
/// A call that does not wait must not depend on them.
#[test]
fn what_is_sealed_before_the_call_is_found_by_it() {
    let scene = Scene::new();
    let watcher = Watcher::new(scene.directory());
    for millis in 0..200 {
        let mut live = scene.live(&format!("a.{millis}.prom"));
        live.write("text\n");
        assert_eq!(None, take(&watcher), "it is live");
        live.seal();
        assert_eq!(Some(format!("a.{millis}.prom")), take(&watcher));
        scene.seal(&format!("b.{millis}.prom"), "text\n");
        assert_eq!(Some(format!("b.{millis}.prom")), take(&watcher));
    }
}
