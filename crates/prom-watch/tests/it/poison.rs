//! A directory full of things that only look like segments, or are damaged ones.

use std::ffi::OsStr;
use std::fs::{self, File};
use std::io;
use std::os::unix::ffi::OsStrExt as _;
use std::os::unix::fs::symlink;
use std::os::unix::net::UnixListener;
use std::sync::mpsc;
use std::thread;
use std::time::Duration;

use nix::sys::stat::Mode as FileMode;
use nix::unistd::{Pid, gettid, mkfifo};
use prom_watch::{Strategy, Watcher};

use crate::scene::{NEVER, PATIENCE, Scene, eventually, name, next, silent_for, text};

const SECRET: &str = "the secret\n";

/// Fills the directory; returns the listener that keeps a socket in it.
fn poison(scene: &Scene) -> UnixListener {
    mkfifo(&scene.path("a.10.prom"), FileMode::S_IRWXU).unwrap();
    fs::create_dir(scene.path("a.11.prom")).unwrap();
    symlink(scene.path("nowhere"), scene.path("a.12.prom")).unwrap();
    fs::write(scene.path("secret"), SECRET).unwrap();
    symlink(scene.path("secret"), scene.path("a.13.prom")).unwrap();
    symlink("a.14.prom", scene.path("a.14.prom")).unwrap();
    fs::write(scene.path("a.15.prom.gz"), "foreign").unwrap();
    fs::write(scene.path(".a.16.prom"), "hidden").unwrap();
    UnixListener::bind(scene.path("a.17.prom")).unwrap()
}

fn watchers(scene: &Scene) -> [Watcher; 2] {
    let poll = Strategy::Poll(Duration::from_millis(5));
    [
        Watcher::builder(scene.directory()).rescan_interval(Duration::from_millis(5)).build(),
        Watcher::builder(scene.directory()).strategy(poll).build(),
    ]
}

#[test]
fn good_segments_pass_between_all_that_is_none() {
    for index in 0..2 {
        let scene = Scene::new();
        let _listener = poison(&scene);
        scene.seal_all(&["a.9.prom", "a.13.5.prom", "a.99.prom"]);
        let before = scene.names();
        let watcher = &watchers(&scene)[index];
        let taken = [next(watcher), next(watcher), next(watcher)];
        assert_eq!(["a.13.5.prom", "a.9.prom", "a.99.prom"], taken);
        for round in 0..5 {
            silent_for(watcher, 10);
            scene.seal(&format!("b.{round}.prom"), "text\n");
            assert_eq!(format!("b.{round}.prom"), next(watcher));
        }
        let left: Vec<String> = before.into_iter().filter(|name| !taken.contains(name)).collect();
        assert_eq!(left, scene.names(), "the rest stays");
        assert_eq!(SECRET, fs::read_to_string(scene.path("secret")).unwrap());
        // A scan and an event may each name a good one; nothing else was tried.
        let tries = watcher.stats().tries;
        assert!((8..=2 * 8).contains(&tries), "{tries}");
    }
}

/// Opening a FIFO for reading, even without waiting, would set its writer free.
#[test]
fn a_fifo_is_not_opened_even_when_an_event_names_it() {
    let scene = Scene::new();
    let (path, fifo) = (scene.path("a.1.prom"), scene.path("fifo"));
    mkfifo(&fifo, FileMode::S_IRWXU).unwrap();
    let watcher = Watcher::builder(scene.directory()).rescan_interval(NEVER).build();
    silent_for(&watcher, 0);
    let (sender, opened) = mpsc::channel();
    let (at_work, worker) = mpsc::channel();
    thread::scope(|scope| {
        scope.spawn(|| {
            at_work.send(gettid()).unwrap();
            sender.send(File::options().write(true).open(&fifo).map(drop)).unwrap();
        });
        let worker = worker.recv().unwrap();
        eventually(|| sleeps(worker));
        fs::rename(&fifo, &path).unwrap();
        eventually(|| {
            silent_for(&watcher, 5);
            watcher.stats().tries > 0
        });
        silent_for(&watcher, 50);
        assert!(opened.try_recv().is_err(), "the writer still waits for a reader");
        let reader = File::open(&path).unwrap();
        opened.recv_timeout(PATIENCE).unwrap().unwrap();
        drop(reader);
    });
}

/// Whether a thread of this process waits in the kernel.
fn sleeps(thread: Pid) -> bool {
    let stat = fs::read_to_string(format!("/proc/self/task/{thread}/stat")).unwrap();
    stat.rsplit_once(") ").unwrap().1.starts_with('S')
}

#[test]
fn a_link_that_takes_a_segments_place_is_not_followed() {
    let scene = Scene::new();
    fs::write(scene.path("secret"), SECRET).unwrap();
    symlink(scene.path("secret"), scene.path("link")).unwrap();
    let watcher = Watcher::builder(scene.directory()).rescan_interval(NEVER).build();
    silent_for(&watcher, 0);
    for _ in 0..100 {
        scene.seal("a.1.prom", "text\n");
        fs::rename(scene.path("a.1.prom"), scene.path("aside")).unwrap();
        symlink(scene.path("secret"), scene.path("a.1.prom")).unwrap();
        let processed = watcher.ingest_next(Duration::from_millis(1), |mut reader| {
            assert_ne!(SECRET, text(&mut reader));
            io::Result::Ok(())
        });
        processed.unwrap();
        fs::remove_file(scene.path("a.1.prom")).unwrap();
    }
    assert_eq!(SECRET, fs::read_to_string(scene.path("secret")).unwrap());
}

#[test]
fn damaged_segments_are_handed_over_cut_to_their_whole_lines() {
    let scene = Scene::new();
    let damaged: [(&str, &[u8], &str); 5] = [
        ("a.1.prom", b"whole 1 1\ntorn 2", "whole 1 1\n"),
        ("a.2.prom", b"torn", ""),
        ("a.3.prom", &[0; 5000], ""),
        ("a.4.prom", b"whole 1 1\n\0\0\0\n\0", "whole 1 1\n"),
        ("a.5.prom", b"whole 1 1\n", "whole 1 1\n"),
    ];
    for (name, bytes, _) in damaged {
        fs::write(scene.path(name), bytes).unwrap();
    }
    let watcher = Watcher::new(scene.directory());
    for (expected, _, whole) in damaged {
        let processed = watcher.ingest_one(|mut reader| {
            assert_eq!((expected, whole), (name(&reader).as_str(), text(&mut reader).as_str()));
            reader.unlink()
        });
        assert!(processed.unwrap());
    }
}

#[test]
fn a_name_of_any_bytes_and_any_length_is_taken() {
    let scene = Scene::new();
    let long = [vec![b'x'; 248], b"1.prom".to_vec()].concat();
    let names: [&[u8]; 4] = [b"\xff\xfe 1.prom", b"a\nb.2.prom", b"-rf 3.prom", &long];
    for name in names {
        let path = scene.directory().join(OsStr::from_bytes(name));
        fs::write(path, "text\n").unwrap();
    }
    let watcher = Watcher::new(scene.directory());
    let mut taken = 0;
    while watcher.ingest_one(prom_segment::Reader::unlink).unwrap() {
        taken += 1;
    }
    assert_eq!((4, 0), (taken, scene.names().len()));
}

#[test]
fn an_empty_segment_is_left_alone_while_it_is_young_and_then_handed_over() {
    let scene = Scene::new();
    let grace = Duration::from_millis(150);
    let watcher = Watcher::builder(scene.directory()).empty_grace(grace).build();
    scene.seal("a.2.prom", "text\n");
    fs::write(scene.path("a.1.prom"), "").unwrap();
    let born = fs::metadata(scene.path("a.1.prom")).unwrap().modified().unwrap();
    assert_eq!("a.2.prom", next(&watcher));
    let processed = watcher.ingest_next(PATIENCE, |reader| {
        assert_eq!(("a.1.prom", 0), (name(&reader).as_str(), reader.len()));
        reader.unlink()
    });
    assert!(processed.unwrap());
    assert!(born.elapsed().unwrap() >= grace);
}

/// A clock that was set back must not keep an empty segment young for ever.
#[test]
fn an_empty_segment_from_the_future_is_handed_over_after_the_grace() {
    let scene = Scene::new();
    let file = File::create(scene.path("a.1.prom")).unwrap();
    file.set_modified(std::time::SystemTime::now() + NEVER).unwrap();
    drop(file);
    let grace = Duration::from_millis(50);
    let watcher = Watcher::builder(scene.directory()).empty_grace(grace).build();
    assert_eq!("a.1.prom", next(&watcher));
}

#[test]
fn a_writer_that_locks_late_is_not_robbed_of_its_empty_file() {
    let scene = Scene::new();
    let watcher = Watcher::builder(scene.directory()).empty_grace(NEVER).build();
    let file = File::create_new(scene.path("a.1.prom")).unwrap();
    silent_for(&watcher, 20);
    let mut locked = crate::scene::lock(file);
    io::Write::write_all(&mut *locked, b"text\n").unwrap();
    silent_for(&watcher, 20);
    drop(locked.unlock().unwrap());
    assert_eq!("a.1.prom", next(&watcher));
}
