//! What a watcher does for nobody: as good as nothing.

use std::fs;

use prom_watch::{Mode, Watcher};

use crate::scene::{NEVER, Scene, keep, next, silent_for};

/// Each open, removal and directory read of ours is an event to ourselves.
#[test]
fn our_own_opens_and_removals_cause_neither_scans_nor_tries() {
    let scene = Scene::new();
    let watcher = Watcher::builder(scene.directory()).rescan_interval(NEVER).build();
    for millis in 0..200 {
        scene.seal(&format!("a.{millis}.prom"), "text\n");
    }
    for millis in 0..200 {
        assert_eq!(format!("a.{millis}.prom"), next(&watcher));
    }
    silent_for(&watcher, 100);
    let stats = watcher.stats();
    assert_eq!(Some(Mode::Inotify), watcher.mode());
    assert_eq!((1, 1, 0), (stats.scans, stats.watches, stats.overflows));
    assert_eq!((200, 200), (stats.taken, stats.tries));
}

#[test]
fn what_was_kept_is_not_tried_while_nothing_happens() {
    let scene = Scene::new();
    scene.seal_all(&["a.1.prom", "a.2.prom"]);
    let watcher = Watcher::builder(scene.directory()).rescan_interval(NEVER).build();
    keep(&watcher);
    keep(&watcher);
    let before = watcher.stats();
    for _ in 0..20 {
        fs::read(scene.path("a.1.prom")).unwrap();
        silent_for(&watcher, 5);
    }
    assert_eq!(before, watcher.stats());
}

#[test]
fn foreign_files_cause_nothing() {
    let scene = Scene::new();
    let watcher = Watcher::builder(scene.directory()).rescan_interval(NEVER).build();
    silent_for(&watcher, 0);
    let before = watcher.stats();
    for number in 0..200 {
        fs::write(scene.path(&format!("log.{number}.txt")), "text\n").unwrap();
        fs::write(scene.path(".hidden.1.prom"), "text\n").unwrap();
        fs::remove_file(scene.path(".hidden.1.prom")).unwrap();
    }
    silent_for(&watcher, 50);
    assert_eq!(before, watcher.stats());
}
