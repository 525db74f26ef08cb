//! What a scan asks the kernel for: names, and nothing of any file.

use std::fs;
use std::path::Path;
use std::process::Command;

use prom_watch::Watcher;

use crate::child::{self, Child};
use crate::scene::{NEVER, Scene};
use crate::skip::skipped;

const SEGMENTS: usize = 50;
const SCANS: u64 = 20;

/// Whether a program may be traced here.
fn may_trace() -> bool {
    let traced = Command::new("strace").args(["-o", "/dev/null", "true"]).output();
    traced.is_ok_and(|output| output.status.success())
}

/// The calls of a watcher that name its directory or a file in it, as strace(1) saw them.
fn calls(scene: &Scene) -> Vec<String> {
    let log = tempfile::NamedTempFile::new().unwrap();
    let mut strace = Command::new("strace");
    strace.args(["-f", "-e", "trace=%file", "-o"]).arg(log.path());
    Child::start_under(strace, "calls::child_that_scans", scene.directory()).succeed();
    let log = fs::read(log.path()).unwrap();
    let log = String::from_utf8_lossy(&log);
    let ours = log.lines().filter(|line| line.contains(scene.directory().to_str().unwrap()));
    ours.map(str::to_owned).collect()
}

/// Each of these segments is left in place: the first try opens it, and later scans must not ask about it.
#[test]
fn a_scan_opens_and_asks_about_no_file_and_nothing_is_inherited() {
    let scene = Scene::new();
    (0..SEGMENTS).for_each(|millis| scene.seal(&format!("a.{millis}.prom"), "text\n"));
    if !may_trace() {
        skipped("strace is not installed, or not allowed");
        return;
    }
    let calls = calls(&scene);
    // A look and an open and a look at the path for each that was taken.
    let on_segments = calls.iter().filter(|call| call.contains(".prom\"")).count();
    assert!((SEGMENTS..=4 * SEGMENTS).contains(&on_segments), "{on_segments} calls");
    let opened: Vec<_> = calls.iter().filter(|call| call.contains("openat(")).collect();
    let scans = opened.iter().filter(|call| call.contains("O_DIRECTORY")).count();
    assert!(scans as u64 >= SCANS, "{scans} scans");
    for call in opened {
        assert!(call.contains("O_CLOEXEC"), "{call}");
    }
}

#[test]
#[ignore = "a part of the test above"]
fn child_that_scans() {
    let directory = child::directory();
    let watcher = Watcher::builder(&directory).rescan_interval(NEVER).build();
    scan(&watcher, &directory);
}

/// A call that finds nothing has scanned the directory.
fn scan(watcher: &Watcher, directory: &Path) {
    while watcher.ingest_one(|_| std::io::Result::Ok(())).unwrap() {}
    let before = watcher.stats().scans;
    for _ in 0..SCANS {
        assert!(!watcher.ingest_one(|_| std::io::Result::Ok(())).unwrap());
    }
    assert!(watcher.stats().scans >= before + SCANS, "{}", directory.display());
}
