//! While a backlog is taken the watcher does not listen, and nothing is missed for that.

use std::fs;
use std::os::unix::fs::PermissionsExt as _;
use std::sync::mpsc::{self, Receiver};
use std::time::Duration;

use prom_watch::{Builder, Mode, Watcher};

use crate::scene::{NEVER, Scene, drain, keep, name, next, silent_for};

/// More than the watcher takes in its stride.
const MANY: u64 = 400;

fn backlog() -> Scene {
    let scene = Scene::new();
    for millis in 1..=MANY {
        scene.seal(&format!("a.{millis}.prom"), "text\n");
    }
    scene
}

/// Keeps what the watcher says of its mode.
fn told(builder: Builder) -> (Watcher, Receiver<Mode>) {
    let (says, told) = mpsc::channel();
    (builder.on_mode(move |mode| says.send(mode.clone()).unwrap()).build(), told)
}

fn attentive(scene: &Scene) -> (Watcher, Receiver<Mode>) {
    told(Watcher::builder(scene.directory()).rescan_interval(NEVER))
}

const CATCHING_UP: Mode = Mode::CatchingUp { interval: NEVER };

#[test]
fn after_a_backlog_the_directory_is_watched_again() {
    let scene = backlog();
    let (watcher, told) = attentive(&scene);
    for millis in 1..=MANY {
        assert_eq!(format!("a.{millis}.prom"), next(&watcher));
    }
    assert_eq!(Some(CATCHING_UP), watcher.mode());
    silent_for(&watcher, 1);
    assert_eq!(vec![CATCHING_UP, Mode::Inotify], told.try_iter().collect::<Vec<_>>());
    let before = watcher.stats();
    assert_eq!((2, 2), (before.scans, before.watches));
    // The next one comes by its event: no scan is due for an hour.
    scene.seal("a.5000.prom", "text\n");
    assert_eq!("a.5000.prom", next(&watcher));
    assert_eq!(2, watcher.stats().scans);
}

#[test]
fn what_is_finished_meanwhile_comes_after_the_backlog_in_its_order() {
    let scene = backlog();
    let mut older = scene.live("b.0.prom");
    older.write("text\n");
    let (watcher, _told) = attentive(&scene);
    assert_eq!("a.1.prom", next(&watcher), "the other one is being written");
    assert_eq!(Some(CATCHING_UP), watcher.mode());
    older.seal();
    scene.seal("b.5000.prom", "text\n");
    let rest: Vec<String> = (1..=MANY + 1).map(|_| next(&watcher)).collect();
    assert_eq!(Some("b.5000.prom"), rest.last().map(String::as_str));
    let at = rest.iter().position(|name| name == "b.0.prom").unwrap();
    assert!(at < rest.len() / 2, "{at}");
    silent_for(&watcher, 1);
    assert_eq!(Some(Mode::Inotify), watcher.mode());
}

#[test]
fn a_call_that_does_not_wait_finds_what_came_during_the_backlog() {
    let scene = backlog();
    let (watcher, _told) = attentive(&scene);
    assert_eq!("a.1.prom", next(&watcher));
    scene.seal("a.5000.prom", "text\n");
    let rest = drain(&watcher);
    assert_eq!((MANY, Some("a.5000.prom")), (rest.len() as u64, rest.last().map(String::as_str)));
}

/// What was kept, and what is being written, is found by every scan; it is not new.
#[test]
fn many_known_segments_are_no_backlog() {
    let scene = backlog();
    let live: Vec<_> = (0..200).map(|millis| scene.live(&format!("b.{millis}.prom"))).collect();
    let often = Duration::from_millis(5);
    let (watcher, told) = told(Watcher::builder(scene.directory()).rescan_interval(often));
    for _ in 1..=MANY {
        keep(&watcher);
    }
    let scans = watcher.stats().scans;
    while watcher.stats().scans < scans + 20 {
        silent_for(&watcher, 20);
    }
    let modes: Vec<Mode> = told.try_iter().collect();
    assert_eq!(vec![Mode::CatchingUp { interval: often }, Mode::Inotify], modes);
    assert_eq!(2, watcher.stats().watches, "it rested once");
    drop(live);
}

#[test]
fn threads_that_share_a_backlog_miss_nothing() {
    let scene = backlog();
    let (watcher, _told) = attentive(&scene);
    let taken = std::thread::scope(|scope| {
        let threads: Vec<_> = (0..4)
            .map(|_| scope.spawn(|| (0..MANY / 4).map(|_| next(&watcher)).collect::<Vec<_>>()))
            .collect();
        threads.into_iter().flat_map(|thread| thread.join().unwrap()).count()
    });
    assert_eq!(MANY, taken as u64);
    scene.seal("a.5000.prom", "text\n");
    assert_eq!("a.5000.prom", next(&watcher));
    assert_eq!(Some(Mode::Inotify), watcher.mode());
}

/// What has a second name in a directory where anybody may write is somebody else's, and is never taken.
#[test]
fn names_that_cannot_be_taken_are_no_backlog_again_and_again() {
    let scene = Scene::new();
    fs::set_permissions(scene.directory(), fs::Permissions::from_mode(0o777)).unwrap();
    let elsewhere = tempfile::tempdir().unwrap();
    let file = elsewhere.path().join("theirs");
    fs::write(&file, "text\n").unwrap();
    for millis in 1..=MANY {
        fs::hard_link(&file, scene.path(&format!("a.{millis}.prom"))).unwrap();
    }
    let (watcher, told) = attentive(&scene);
    silent_for(&watcher, 200);
    let stats = watcher.stats();
    assert_eq!((2, 2, 2 * MANY), (stats.scans, stats.watches, stats.tries));
    assert_eq!(vec![CATCHING_UP, Mode::Inotify], told.try_iter().collect::<Vec<_>>());
}

#[test]
fn what_was_kept_is_not_looked_at_during_the_backlog() {
    let scene = backlog();
    let often = Duration::from_millis(1);
    let watcher = Watcher::builder(scene.directory()).rescan_interval(often).build();
    for _ in 1..=MANY {
        keep(&watcher);
    }
    assert_eq!(MANY, watcher.stats().tries);
}

#[test]
fn a_call_without_time_finds_what_came_during_the_backlog() {
    let scene = backlog();
    let (watcher, _told) = attentive(&scene);
    assert_eq!("a.1.prom", next(&watcher));
    scene.seal("a.5000.prom", "text\n");
    let mut last = None;
    while watcher
        .ingest_next(Duration::ZERO, |reader| {
            last = Some(name(&reader));
            reader.unlink()
        })
        .unwrap()
    {}
    assert_eq!(Some("a.5000.prom"), last.as_deref());
}
