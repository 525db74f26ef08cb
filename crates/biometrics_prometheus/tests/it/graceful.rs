//! The example that ends by signals: what it acknowledged is readable, and after SIGKILL it is not.

use std::io::{BufRead as _, BufReader, Read as _};
use std::os::unix::process::ExitStatusExt as _;
use std::path::Path;
use std::process::{ExitStatus, Stdio};

use biometrics_prometheus::{Reader, Watcher};
use nix::sys::signal::{Signal, kill};
use nix::unistd::Pid;

use crate::part;

/// Rounds before the signal: less than what an emitter keeps in memory.
const ROUNDS: u64 = 3;

#[path = "../../examples/graceful.rs"]
#[expect(dead_code, reason = "the part below is its `main`")]
mod program;

#[test]
#[ignore = "a part of the tests below"]
fn part_that_emits() {
    program::run(Some(&part::directory())).unwrap();
}

/// Sends the signal after some rounds; tells how many the program acknowledged in all.
fn end_by(signal: Signal, directory: &Path) -> (u64, ExitStatus) {
    let mut command = part::command("graceful::part_that_emits", directory);
    let mut child = command.stdout(Stdio::piped()).spawn().unwrap();
    let mut acknowledged = 0;
    for line in BufReader::new(child.stdout.take().unwrap()).lines() {
        let line = line.unwrap();
        // The test harness begins the first line.
        let Some((_, round)) = line.rsplit_once("emitted ") else { continue };
        acknowledged = round.parse().unwrap();
        if acknowledged == ROUNDS {
            kill(Pid::from_raw(i32::try_from(child.id()).unwrap()), signal).unwrap();
        }
    }
    (acknowledged, child.wait().unwrap())
}

/// The rounds that a consumer finds in the directory, in order.
fn rounds(directory: &Path) -> Vec<u64> {
    let watcher = Watcher::builder(directory).empty_grace(std::time::Duration::ZERO).build();
    let mut text = String::new();
    let mut take = |mut reader: Reader| {
        reader.read_to_string(&mut text)?;
        reader.unlink()
    };
    while watcher.ingest_one(&mut take).unwrap() {}
    let samples = text.lines().filter_map(|line| line.strip_prefix("graceful_rounds "));
    samples.map(|sample| sample.split(' ').next().unwrap().parse().unwrap()).collect()
}

#[test]
fn what_was_acknowledged_before_a_sigterm_is_readable() {
    for signal in [Signal::SIGTERM, Signal::SIGINT] {
        let directory = tempfile::tempdir().unwrap();
        let (acknowledged, status) = end_by(signal, directory.path());
        assert!(status.success(), "{status}");
        assert!(acknowledged >= ROUNDS);
        let expected: Vec<u64> = (1..=acknowledged).collect();
        assert_eq!(expected, rounds(directory.path()), "{signal}");
    }
}

#[test]
fn what_was_not_flushed_before_a_sigkill_is_gone() {
    let directory = tempfile::tempdir().unwrap();
    let (acknowledged, status) = end_by(Signal::SIGKILL, directory.path());
    assert_eq!(Some(Signal::SIGKILL as i32), status.signal());
    let found = rounds(directory.path());
    assert!((found.len() as u64) < acknowledged, "{found:?} of {acknowledged}");
    let expected: Vec<u64> = (1..).take(found.len()).collect();
    assert_eq!(expected, found, "what is there is whole and in order");
}
