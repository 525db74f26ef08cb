//! A directory that is missing, goes away, comes back, or is exchanged for another.

use std::fs;
use std::io;
use std::os::unix::fs::symlink;
use std::path::Path;
use std::thread;
use std::time::{Duration, Instant};

use prom_watch::{Strategy, Watcher};

use crate::scene::{NEVER, PATIENCE, Scene, next, silent_for};

/// Two ways to learn of it; the slow rescan is of no help.
fn watchers(directory: &Path) -> [Watcher; 2] {
    let builder = || Watcher::builder(directory).rescan_interval(NEVER);
    [builder().build(), builder().strategy(Strategy::Poll(Duration::from_millis(20))).build()]
}

/// Waits out the errors of a directory that is not there yet.
fn next_in_time(watcher: &Watcher) -> String {
    let begun = Instant::now();
    loop {
        let mut taken = None;
        let processed = watcher.ingest_next(PATIENCE, |reader| {
            taken = Some(crate::scene::name(&reader));
            reader.unlink()
        });
        if let Some(taken) = taken {
            return taken;
        }
        assert!(processed.is_err(), "a call that waits so long has failed");
        assert!(begun.elapsed() < PATIENCE);
    }
}

fn seal(directory: &Path, name: &str) {
    fs::write(directory.join(name), "text\n").unwrap();
}

#[test]
fn a_directory_that_is_missing_at_first_is_named_and_then_found() {
    let scene = Scene::new();
    let directory = scene.path("later");
    for watcher in watchers(&directory) {
        for _ in 0..3 {
            let error = watcher.ingest_one(prom_segment::Reader::unlink).unwrap_err();
            assert_eq!(io::ErrorKind::NotFound, error.kind());
            let inner = error.get_ref().unwrap().downcast_ref::<prom_watch::Error>().unwrap();
            assert_eq!(directory, inner.path());
            assert!(!inner.is_segment());
            assert_eq!(None, watcher.mode());
        }
        fs::create_dir(&directory).unwrap();
        seal(&directory, "a.1.prom");
        assert!(watcher.ingest_one(prom_segment::Reader::unlink).unwrap(), "at once");
        seal(&directory, "a.2.prom");
        assert_eq!("a.2.prom", next(&watcher), "it is watched now");
        fs::remove_dir(&directory).unwrap();
    }
}

#[test]
fn a_loop_that_waits_for_a_missing_directory_does_not_spin() {
    let scene = Scene::new();
    let watcher = Watcher::new(scene.path("never"));
    let begun = Instant::now();
    for reports in 1..=5 {
        let error = watcher.ingest_next(PATIENCE, prom_segment::Reader::unlink).unwrap_err();
        assert_eq!(io::ErrorKind::NotFound, error.kind());
        // At once, and then after 50, 100, 200 and 400 ms.
        let pauses = [0, 50, 150, 350, 750][reports - 1];
        assert!(begun.elapsed() >= Duration::from_millis(pauses), "report {reports}");
    }
    let begun = Instant::now();
    let error = watcher.ingest_next(Duration::from_millis(10), prom_segment::Reader::unlink);
    assert!(error.is_err(), "a call whose time is over says why");
    assert!(begun.elapsed() >= Duration::from_millis(10));
}

#[test]
fn a_directory_that_is_no_directory_is_an_error_too() {
    let scene = Scene::new();
    scene.seal("a.1.prom", "text\n");
    let watcher = Watcher::new(scene.path("a.1.prom"));
    let error = watcher.ingest_one(prom_segment::Reader::unlink).unwrap_err();
    assert_eq!(io::ErrorKind::NotADirectory, error.kind());
    assert!(error.to_string().contains("a.1.prom"), "{error}");
}

#[test]
fn a_directory_that_was_removed_and_made_again_is_watched_again() {
    let scene = Scene::new();
    let directory = scene.path("d");
    for watcher in watchers(&directory) {
        fs::create_dir(&directory).unwrap();
        for round in 0..5 {
            seal(&directory, "a.1.prom");
            assert_eq!("a.1.prom", next_in_time(&watcher), "round {round}");
            fs::remove_dir(&directory).unwrap();
            fs::create_dir(&directory).unwrap();
        }
        fs::remove_dir(&directory).unwrap();
    }
}

#[test]
fn a_directory_that_was_moved_away_is_left_alone_and_its_successor_is_watched() {
    let scene = Scene::new();
    let (directory, away) = (scene.path("d"), scene.path("away"));
    for watcher in watchers(&directory) {
        fs::create_dir(&directory).unwrap();
        seal(&directory, "a.1.prom");
        assert_eq!("a.1.prom", next(&watcher));
        fs::rename(&directory, &away).unwrap();
        fs::create_dir(&directory).unwrap();
        seal(&away, "a.2.prom");
        seal(&directory, "a.3.prom");
        assert_eq!("a.3.prom", next_in_time(&watcher));
        seal(&directory, "a.4.prom");
        assert_eq!("a.4.prom", next_in_time(&watcher));
        assert!(away.join("a.2.prom").exists(), "it is no longer ours");
        fs::remove_dir_all(&away).unwrap();
        fs::remove_dir(&directory).unwrap();
    }
}

/// No event tells of this: only the look that is made once a second.
#[test]
fn a_link_to_a_directory_is_followed_to_where_it_leads_now() {
    let scene = Scene::new();
    let (link, new) = (scene.path("link"), scene.path("new"));
    for index in 0..2 {
        let [one, two] = ["one", "two"].map(|name| scene.path(&format!("{name}{index}")));
        for directory in [&one, &two] {
            fs::create_dir(directory).unwrap();
        }
        symlink(&one, &new).unwrap();
        fs::rename(&new, &link).unwrap();
        let watcher = &watchers(&link)[index];
        seal(&one, "a.1.prom");
        assert_eq!("a.1.prom", next(watcher));
        seal(&two, "a.2.prom");
        symlink(&two, &new).unwrap();
        fs::rename(&new, &link).unwrap();
        assert_eq!("a.2.prom", next(watcher));
        seal(&two, "a.3.prom");
        assert_eq!("a.3.prom", next(watcher));
    }
}

#[test]
fn what_was_kept_in_a_directory_is_not_what_is_in_its_successor() {
    let scene = Scene::new();
    let directory = scene.path("d");
    fs::create_dir(&directory).unwrap();
    seal(&directory, "a.1.prom");
    let [watcher, _] = watchers(&directory);
    assert_eq!("a.1.prom", crate::scene::keep(&watcher));
    fs::remove_dir_all(&directory).unwrap();
    fs::create_dir(&directory).unwrap();
    seal(&directory, "a.1.prom");
    assert_eq!("a.1.prom", next_in_time(&watcher));
    silent_for(&watcher, 10);
}

#[test]
fn making_a_watcher_touches_nothing() {
    let scene = Scene::new();
    let directory = scene.path("d");
    let watcher = Watcher::new(&directory);
    assert_eq!(directory, watcher.directory());
    assert_eq!((None, prom_watch::Stats::default()), (watcher.mode(), watcher.stats()));
    assert!(!directory.exists());
}

/// Each failing look would wake the others, who would look, and so on.
#[test]
fn threads_that_wait_for_a_missing_directory_do_not_wake_each_other() {
    let scene = Scene::new();
    let watcher = Watcher::builder(scene.path("missing")).rescan_interval(NEVER).build();
    let over = Instant::now() + Duration::from_millis(500);
    thread::scope(|scope| {
        for _ in 0..3 {
            scope.spawn(|| {
                while Instant::now() < over {
                    let wait = over.saturating_duration_since(Instant::now());
                    // No, or an error: whoever is told of it.
                    let found = watcher.ingest_next(wait, prom_segment::Reader::unlink);
                    assert!(!found.unwrap_or(false));
                }
            });
        }
    });
    let scans = watcher.stats().scans;
    assert!(scans < 200, "{scans} scans");
}
