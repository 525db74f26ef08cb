//! Polling: everything that events bring, only later.

use std::sync::{Arc, OnceLock, mpsc};
use std::thread;
use std::time::Duration;

use prom_watch::{Mode, PollReason, Strategy, Watcher};

use crate::scene::{NEVER, PATIENCE, Scene, drain, next, silent_for, take};

const INTERVAL: Duration = Duration::from_millis(10);

fn polling(scene: &Scene) -> Watcher {
    let strategy = Strategy::Poll(INTERVAL);
    Watcher::builder(scene.directory()).strategy(strategy).rescan_interval(NEVER).build()
}

#[test]
fn segments_are_found_without_events() {
    let scene = Scene::new();
    let watcher = polling(&scene);
    for millis in 0..20 {
        let name = format!("a.{millis}.prom");
        scene.seal(&name, "text\n");
        assert_eq!(name, next(&watcher));
    }
    let mode = Mode::Polling { interval: INTERVAL, reason: PollReason::Asked };
    assert_eq!(Some(mode), watcher.mode());
}

#[test]
fn a_live_segment_is_found_when_it_is_sealed() {
    let scene = Scene::new();
    let watcher = polling(&scene);
    let live = scene.live("a.1.prom");
    scene.seal("a.2.prom", "text\n");
    assert_eq!("a.2.prom", next(&watcher));
    silent_for(&watcher, 40);
    live.seal();
    assert_eq!("a.1.prom", next(&watcher));
}

/// Whatever the interval: it is how long a waiting call may not look, and this one does not wait.
#[test]
fn a_call_that_does_not_wait_looks_for_itself() {
    let scene = Scene::new();
    let strategy = Strategy::Poll(NEVER);
    let watcher = Watcher::builder(scene.directory()).strategy(strategy).build();
    scene.seal("a.1.prom", "text\n");
    assert_eq!(["a.1.prom"].as_slice(), drain(&watcher));
    scene.seal("a.2.prom", "text\n");
    assert_eq!(Some("a.2.prom".to_owned()), take(&watcher));
}

#[test]
fn the_mode_is_told_once_when_it_is_known() {
    let scene = Scene::new();
    let (sender, told) = mpsc::channel();
    let watcher =
        Watcher::builder(scene.directory()).on_mode(move |mode| sender.send(mode.clone()).unwrap());
    let watcher = watcher.build();
    assert!(told.try_recv().is_err());
    for _ in 0..3 {
        silent_for(&watcher, 1);
    }
    assert_eq!(vec![Mode::Inotify], told.try_iter().collect::<Vec<_>>());
}

#[test]
fn the_mode_may_be_asked_for_while_it_is_told() {
    let scene = Scene::new();
    let (sender, told) = mpsc::channel();
    let itself = Arc::new(OnceLock::<Watcher>::new());
    let asked = Arc::downgrade(&itself);
    let builder = Watcher::builder(scene.directory()).on_mode(move |mode| {
        let answers = asked.upgrade().and_then(|watcher| watcher.get()?.mode());
        sender.send(answers.as_ref() == Some(mode)).unwrap();
    });
    itself.set(builder.build()).unwrap();
    // A thread that is left behind if it waits for itself.
    let watcher = Arc::clone(&itself);
    thread::spawn(move || watcher.get().unwrap().ingest_one(prom_segment::Reader::unlink).unwrap());
    assert_eq!(Ok(true), told.recv_timeout(PATIENCE));
}
