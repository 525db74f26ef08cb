//! A directory whose closing fails has been read all the same: neither a panic nor an error.

use std::env;
use std::fs::{self, File};
use std::process::Command;
use std::time::{Duration, SystemTime};

use prom_segment::Writer;

use crate::part;
use crate::skip::skipped;

#[test]
fn a_directory_that_cannot_be_closed_is_no_panic() {
    let probe = Command::new("strace").args(["-o", "/dev/null", "true"]).output();
    if !probe.is_ok_and(|output| output.status.success()) {
        return skipped("strace is not installed, or not allowed");
    }
    let directory = tempfile::tempdir().unwrap();
    let directory = directory.path().canonicalize().unwrap();
    let mut strace = Command::new("strace");
    strace.args([
        "-f",
        "-o",
        "/dev/null",
        "-e",
        "trace=close",
        "-e",
        "inject=close:error=EIO",
        "-P",
    ]);
    strace.arg(&directory).arg(env::current_exe().unwrap());
    part::succeeds_as(strace, "closing::part_that_reads_directories", &directory);
    let names: Vec<_> =
        fs::read_dir(&directory).unwrap().map(|entry| entry.unwrap().file_name()).collect();
    assert_eq!(["a.2.prom"], names[..]);
}

#[test]
#[ignore = "a part of the test above"]
fn part_that_reads_directories() {
    let directory = part::directory();
    let old = SystemTime::now() - Duration::from_secs(7200);
    File::create(directory.join(".a.5.5.tmp")).unwrap().set_modified(old).unwrap();
    fs::write(directory.join("a.1.prom"), "a 1\n").unwrap();
    let builder = Writer::builder(directory.join("a.")).background(false);
    let mut writer = builder.keep_at_most_segments(0).build();
    writer.append(2, b"a 1\n").unwrap();
    writer.tick().unwrap();
    writer.close().unwrap();
}
