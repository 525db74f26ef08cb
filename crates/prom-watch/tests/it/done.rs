//! Segments that the consumer leaves in place, and names that are given again.

use std::fs::{self, File};
use std::io::{self, Write as _};
use std::time::Duration;

use prom_segment::Reader;
use prom_watch::{Strategy, Watcher};

use crate::scene::{PATIENCE, Scene, drain, eventually, keep, name, next, silent_for};

const SHORT: Duration = Duration::from_millis(5);

/// A watcher with events and a slow rescan, one with events that scans all the time, and one
/// without events.
fn watchers(scene: &Scene) -> [Watcher; 3] {
    let builder = || Watcher::builder(scene.directory());
    [
        scene.attentive(),
        builder().rescan_interval(SHORT).build(),
        builder().strategy(Strategy::Poll(SHORT)).rescan_interval(SHORT).build(),
    ]
}

#[test]
fn what_was_kept_is_not_handed_out_again() {
    let scene = Scene::new();
    scene.seal_all(&["a.1.prom", "a.2.prom"]);
    for watcher in watchers(&scene) {
        assert_eq!(["a.1.prom", "a.2.prom"], [keep(&watcher), keep(&watcher)]);
        silent_for(&watcher, 50);
        assert_eq!(2, watcher.stats().done);
    }
    assert_eq!(["a.1.prom", "a.2.prom"].as_slice(), scene.names());
}

#[test]
fn what_was_kept_and_then_removed_is_forgotten() {
    for index in 0..3 {
        let scene = Scene::new();
        scene.seal("a.1.prom", "one\n");
        let watcher = &watchers(&scene)[index];
        keep(watcher);
        fs::remove_file(scene.path("a.1.prom")).unwrap();
        scene.seal("a.2.prom", "two\n");
        next(watcher);
        eventually(|| {
            silent_for(watcher, 1);
            watcher.stats().done == 0
        });
        let stats = watcher.stats();
        assert_eq!((0, 0, 0), (stats.ready, stats.parked, stats.done));
    }
}

/// A file system may give the inode number of the removed file to the new one.
#[test]
fn a_kept_name_that_is_given_again_is_handed_out_again() {
    for index in 0..3 {
        let scene = Scene::new();
        let watcher = &watchers(&scene)[index];
        for round in 0..20 {
            let path = scene.path("a.1.prom");
            scene.seal("a.1.prom", "text\n");
            let file = File::options().append(true).open(&path).unwrap();
            file.set_modified(std::time::UNIX_EPOCH + Duration::from_secs(round)).unwrap();
            drop(file);
            assert_eq!("a.1.prom", keep(watcher), "watcher {index}, round {round}");
            fs::remove_file(path).unwrap();
        }
    }
}

#[test]
fn a_removed_name_that_is_given_again_is_handed_out_again() {
    for index in 0..3 {
        let scene = Scene::new();
        let watcher = &watchers(&scene)[index];
        for _ in 0..20 {
            scene.seal("a.1.prom", "text\n");
            assert_eq!("a.1.prom", next(watcher));
        }
        assert_eq!(0, watcher.stats().done);
    }
}

#[test]
fn a_kept_segment_that_grows_is_handed_out_again() {
    let scene = Scene::new();
    scene.seal("a.1.prom", "one\n");
    let watcher = scene.attentive();
    keep(&watcher);
    let mut file = File::options().append(true).open(scene.path("a.1.prom")).unwrap();
    file.write_all(b"two\n").unwrap();
    drop(file);
    assert_eq!("a.1.prom", keep(&watcher));
    silent_for(&watcher, 20);
}

#[test]
fn a_segment_may_be_removed_by_path_or_moved_away_by_the_consumer() {
    let scene = Scene::new();
    let archive = scene.path("archive");
    fs::create_dir(&archive).unwrap();
    scene.seal_all(&["a.1.prom", "a.2.prom"]);
    let watcher = scene.attentive();
    let removed = watcher.ingest_one(|reader| fs::remove_file(reader.path()));
    assert!(removed.unwrap());
    assert_eq!(0, watcher.stats().done);
    let moved = watcher.ingest_one(|reader| fs::rename(reader.path(), archive.join(name(&reader))));
    assert!(moved.unwrap());
    silent_for(&watcher, 20);
    eventually(|| {
        silent_for(&watcher, 1);
        watcher.stats().done == 0
    });
    assert!(archive.join("a.2.prom").exists());
}

/// The consumer may take the reader out of the closure and remove the segment later.
#[test]
fn a_reader_may_outlive_the_closure_and_holds_its_segment_for_so_long() {
    let scene = Scene::new();
    scene.seal("a.1.prom", "one\n");
    let watcher = scene.attentive();
    let rival = scene.attentive();
    let mut held: Option<Reader> = None;
    let processed = watcher.ingest_one(|reader| {
        held = Some(reader);
        io::Result::Ok(())
    });
    assert!(processed.unwrap());
    silent_for(&rival, 20);
    silent_for(&watcher, 20);
    held.take().unwrap().unlink().unwrap();
    scene.seal("a.1.prom", "another\n");
    assert_eq!("a.1.prom", next(&watcher));
}

#[test]
fn each_watcher_gets_what_another_has_kept() {
    let scene = Scene::new();
    scene.seal("a.1.prom", "one\n");
    let [one, two] = [scene.attentive(), scene.attentive()];
    assert_eq!("a.1.prom", keep(&one));
    assert_eq!("a.1.prom", keep(&two));
    silent_for(&one, 20);
}

/// Half of the segments are removed by somebody else while they are scanned and taken.
#[test]
fn a_segment_that_vanishes_is_no_error() {
    let scene = Scene::new();
    let names: Vec<String> = (0..2000).map(|millis| format!("a.{millis:04}.prom")).collect();
    for name in &names {
        fs::write(scene.path(name), "text\n").unwrap();
    }
    let watcher = Watcher::new(scene.directory());
    std::thread::scope(|scope| {
        scope.spawn(|| {
            for name in names.iter().rev().step_by(2) {
                // The watcher may have been faster.
                drop(fs::remove_file(scene.path(name)));
            }
        });
        let mut taken = drain(&watcher);
        let count = taken.len();
        taken.sort();
        taken.dedup();
        assert_eq!(count, taken.len(), "none came twice");
        assert!(count >= 1000, "{count}");
    });
    while watcher.ingest_next(PATIENCE.min(SHORT), Reader::unlink).unwrap() {}
    assert_eq!(Vec::<String>::new(), scene.names());
}
