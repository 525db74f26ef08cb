//! Where inotify cannot be had: the watcher polls, and says so.

use std::process::{self, Command};
use std::sync::mpsc;
use std::time::Duration;

use notify::{Config, INotifyWatcher, Watcher as _};
use prom_watch::{Mode, PollReason, Strategy, Watcher};

use crate::child::{self, Child, is_root};
use crate::scene::{PATIENCE, Scene, eventually, next};
use crate::skip::skipped;

/// The limits are per user, and what a process used is given back only a while after its end: so
/// these users are played by no other test and no other run.
fn user_of_this_run(number: u32) -> Option<u32> {
    Some(1_000_000 + 2 * process::id() + number)
}

/// Runs what is added to it where inotify has few instances. A user namespace has a limit of its own,
/// and needs no rights where the system lets anybody make one.
fn with_few_instances() -> Command {
    let lowered = "echo 8 > /proc/sys/user/max_inotify_instances && exec \"$0\" \"$@\"";
    let mut command = Command::new("unshare");
    command.args(["--user", "--map-root-user", "sh", "-c", lowered]);
    command
}

#[test]
fn exhausted_inotify_instances_are_named_and_polling_takes_over() {
    let scene = Scene::new();
    let part = "limits::child_that_has_too_many";
    let confined = with_few_instances().arg("true").status().is_ok_and(|status| status.success());
    if confined {
        Child::start_under(with_few_instances(), part, scene.directory()).succeed();
    } else if is_root() {
        Child::start(part, scene.directory(), user_of_this_run(0)).succeed();
    } else {
        skipped("there are no user namespaces, and this user's instances are for others");
        return;
    }
    assert_eq!(Vec::<String>::new(), scene.names());
}

/// `notify` panics when its thread cannot be started, and again when it is dropped.
#[test]
fn a_program_that_may_start_no_thread_polls() {
    let scene = Scene::new();
    Child::start("limits::child_that_is_alone", scene.directory(), user_of_this_run(1)).succeed();
    assert_eq!(Vec::<String>::new(), scene.names());
}

#[test]
#[ignore = "a part of the test above"]
fn child_that_is_alone() {
    child::limit_self("--nproc=1:1");
    let directory = child::directory();
    let watcher = Watcher::new(&directory);
    std::fs::write(directory.join("a.1.prom"), "text\n").unwrap();
    assert_eq!("a.1.prom", next(&watcher));
    let Some(Mode::Polling { reason: PollReason::InotifyFailed(why), .. }) = watcher.mode() else {
        panic!("{:?}", watcher.mode());
    };
    assert!(why.contains("RLIMIT_NPROC"), "{why}");
    polls_in_peace(&watcher);
}

/// The directory is polled once a second, inotify is asked for again after a minute, and nothing
/// is left behind by what did not work.
fn polls_in_peace(watcher: &Watcher) {
    let before = (watcher.stats(), descriptors());
    let found = watcher.ingest_next(Duration::from_millis(2_500), prom_segment::Reader::unlink);
    assert!(!found.unwrap());
    let scans = watcher.stats().scans - before.0.scans;
    assert!(scans <= 10, "{scans} scans in two and a half seconds");
    assert_eq!(before.0.watches, watcher.stats().watches);
    assert_eq!(before.1, descriptors());
}

fn descriptors() -> usize {
    std::fs::read_dir("/proc/self/fd").unwrap().count()
}

#[test]
#[ignore = "a part of the test above"]
fn child_that_has_too_many() {
    let watch = || INotifyWatcher::new(|_| {}, Config::default());
    let mut others = Vec::new();
    while let Ok(other) = watch() {
        others.push(other);
        assert!(others.len() < 10_000, "no limit in sight");
    }
    let directory = child::directory();
    let (sender, told) = mpsc::channel();
    let watcher = Watcher::builder(&directory)
        .on_mode(move |mode| sender.send(mode.clone()).unwrap())
        .build();
    assert!(!watcher.ingest_one(prom_segment::Reader::unlink).unwrap());
    let Some(Mode::Polling { interval, reason: PollReason::InotifyFailed(why) }) = watcher.mode()
    else {
        panic!("{:?}", watcher.mode());
    };
    assert_eq!(Duration::from_secs(1), interval);
    assert!(why.contains("fs.inotify.max_user_instances"), "{why}");
    std::fs::write(directory.join("a.1.prom"), "text\n").unwrap();
    assert_eq!("a.1.prom", next(&watcher));
    assert_eq!(watcher.mode(), told.try_recv().ok());
    assert!(told.try_recv().is_err(), "once is enough");

    polls_in_peace(&watcher);

    let stubborn = Watcher::builder(&directory).strategy(Strategy::Inotify).build();
    let error = stubborn.ingest_one(prom_segment::Reader::unlink).unwrap_err();
    assert!(error.to_string().contains("fs.inotify.max_user_instances"), "{error}");
    std::fs::write(directory.join("a.2.prom"), "text\n").unwrap();
    let found = stubborn.ingest_one(prom_segment::Reader::unlink);
    assert!(found.unwrap(), "the scan finds it all the same");
    drop(others);
    // Each of them is ended by a thread of its own, sooner or later.
    eventually(|| {
        std::fs::write(directory.join("a.3.prom"), "text\n").unwrap();
        drop(stubborn.ingest_next(PATIENCE, prom_segment::Reader::unlink));
        stubborn.mode() == Some(Mode::Inotify)
    });
}
