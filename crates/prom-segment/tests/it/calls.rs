//! The life of a segment as the kernel sees it: which system calls, in which order.

use std::env;
use std::fs;
use std::path::Path;
use std::process::Command;

use prom_segment::{Durability, Writer};

use crate::skip::skipped;

const DIRECTORY: &str = "PROM_SEGMENT_CALLS_DIRECTORY";
const DURABILITY: &str = "PROM_SEGMENT_CALLS_DURABILITY";

/// Whether a program may be traced here.
fn may_trace() -> bool {
    let traced = Command::new("strace").args(["-o", "/dev/null", "true"]).output();
    traced.is_ok_and(|output| output.status.success())
}

/// The calls of a writer that writes one segment, with a flush in the middle.
fn calls(durability: &str) -> Vec<&'static str> {
    let home = tempfile::tempdir().unwrap();
    let directory = home.path().join("segments");
    fs::create_dir(&directory).unwrap();
    let log = home.path().join("log");
    let kinds = "trace=openat,flock,renameat2,link,linkat,write,fsync,fdatasync,close";
    let traced = Command::new("strace")
        .args(["-f", "-y", "-s", "16", "-e", kinds, "-o"])
        .arg(&log)
        .arg(env::current_exe().unwrap())
        .args(["--exact", "calls::part_that_writes_one_segment", "--ignored"])
        .env(DIRECTORY, &directory)
        .env(DURABILITY, durability)
        .output()
        .unwrap();
    assert!(traced.status.success(), "{traced:?}");
    let directory = directory.canonicalize().unwrap();
    let log = fs::read(log).unwrap();
    let log = String::from_utf8_lossy(&log);
    log.lines().filter_map(|line| step(line, &directory)).collect()
}

/// What a line such as `1234 flock(3</d/a.1.prom>, LOCK_UN) = 0` is in the life of the segment.
fn step(line: &str, directory: &Path) -> Option<&'static str> {
    let (_, call) = line.split_once(char::is_whitespace)?;
    let (name, rest) = call.trim_start().split_once('(')?;
    let directory = directory.to_str().unwrap();
    let on_file = rest.contains(&format!("<{directory}/"));
    let on_directory = rest.contains(&format!("<{directory}>"));
    match name {
        "openat" if rest.contains("O_CREAT") && rest.contains("/.a.") => {
            let all = ["O_EXCL", "O_NOFOLLOW", "O_CLOEXEC", "0640"];
            Some(if all.iter().all(|flag| rest.contains(flag)) { "create" } else { "create badly" })
        }
        "flock" if on_file && rest.contains("LOCK_EX") => Some("lock"),
        "flock" if on_file && rest.contains("LOCK_UN") => Some("unlock"),
        "renameat2" if rest.contains("RENAME_NOREPLACE") => Some("name"),
        "rename" | "renameat" | "renameat2" | "link" | "linkat" => Some("name badly"),
        "write" if on_file => Some("write"),
        "fsync" if on_directory => Some("sync directory"),
        "fsync" if on_file => Some("sync"),
        "fdatasync" if on_file => Some("sync data"),
        "close" if on_file => Some("close"),
        _ => None,
    }
}

#[track_caller]
fn check(durability: &str, between: &[&str]) {
    if !may_trace() {
        skipped("strace is not installed, or not allowed");
        return;
    }
    let life = [&["create", "lock", "name"][..], between, &["unlock", "close"]].concat();
    assert_eq!(life, calls(durability), "{durability}");
}

#[test]
fn nothing_is_synced_unless_it_is_asked_for() {
    check("none", &["write", "write"]);
}

#[test]
fn a_segment_is_synced_when_it_is_complete_and_before_anybody_may_remove_it() {
    check("seal", &["write", "write", "sync data"]);
}

#[test]
fn a_flush_brings_the_lines_and_the_name_to_the_disk() {
    check("flush", &["write", "sync", "sync directory", "write", "sync"]);
}

#[test]
#[ignore = "a part of the tests above"]
fn part_that_writes_one_segment() {
    let durability = match env::var(DURABILITY).unwrap().as_str() {
        "none" => Durability::None,
        "seal" => Durability::Seal,
        _ => Durability::Flush,
    };
    let prefix = Path::new(&env::var_os(DIRECTORY).unwrap()).join("a.");
    let mut writer = Writer::builder(prefix).durability(durability).background(false).build();
    writer.append(1, b"a 1 1\n").unwrap();
    writer.flush().unwrap();
    writer.append(2, b"a 1 2\n").unwrap();
    writer.close().unwrap();
}
