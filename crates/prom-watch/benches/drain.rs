//! What a drain of finished segments costs beside the least that any program would have to do.
//!
//! The two loops take turns on directories of the same contents, so that what else the machine does
//! meets both. `--test` runs each part once with small numbers; `--ours N`, `--floor N` and
//! `--keep N` run one part once, for `strace -c -f` and `valgrind --tool=callgrind`.

#![expect(clippy::expect_used, reason = "a measurement that fails is no measurement")]

use std::fs::{self, File};
use std::io::{self, Read as _};
use std::os::fd::AsRawFd as _;
use std::path::Path;
use std::time::{Duration, Instant};

use nix::fcntl::FlockArg;
use prom_segment::Reader;
use prom_watch::Watcher;
use tempfile::TempDir;

const LINES: &[u8] = b"# TYPE requests counter\nrequests 1 1700000000000\n";

fn main() {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let number = || arguments.get(1).and_then(|text| text.parse().ok()).expect("a number");
    match arguments.first().map(String::as_str) {
        Some("--ours") => println!("{:.2?}", time(number(), ours)),
        Some("--floor") => println!("{:.2?}", time(number(), floor)),
        Some("--keep") => keep(number()),
        _ if arguments.iter().any(|argument| argument == "--test") => {
            compare(20, 1);
            keep(40);
        }
        _ => {
            println!("drain of finished segments, microseconds each");
            for (count, repetitions) in [(1_000, 31), (10_000, 15), (100_000, 3)] {
                compare(count, repetitions);
            }
            keep(100_000);
        }
    }
}

fn filled(count: usize) -> TempDir {
    let directory = tempfile::tempdir().expect("a temporary directory");
    for millis in 0..count {
        let path = directory.path().join(format!("shop.{}.prom", 1_700_000_000_000 + millis));
        fs::write(path, LINES).expect("written");
    }
    directory
}

fn time(count: usize, drain: fn(&Path) -> usize) -> Duration {
    let directory = filled(count);
    let begun = Instant::now();
    assert_eq!(count, drain(directory.path()), "each is drained");
    begun.elapsed()
}

fn ours(directory: &Path) -> usize {
    let watcher = Watcher::new(directory);
    let (mut drained, mut text) = (0, Vec::new());
    let mut consume = |mut reader: Reader| -> io::Result<()> {
        text.clear();
        reader.read_to_end(&mut text)?;
        assert_eq!(LINES, text, "all of it");
        reader.unlink()
    };
    while watcher.ingest_one(&mut consume).expect("no error") {
        drained += 1;
    }
    drained
}

/// One pass over the names, then open, lock, read and unlink, in the order of the directory and with
/// no look at anything else.
fn floor(directory: &Path) -> usize {
    let entries = fs::read_dir(directory).expect("readable");
    let names: Vec<_> = entries.map(|entry| entry.expect("an entry").file_name()).collect();
    let mut buffer = vec![0; 8 * 1024];
    for name in &names {
        let path = directory.join(name);
        let file = File::open(&path).expect("opened");
        lock(&file);
        let read = (&file).read(&mut buffer).expect("read");
        assert_eq!(Some(LINES), buffer.get(..read), "all of it");
        fs::remove_file(&path).expect("removed");
    }
    names.len()
}

#[expect(deprecated, reason = "the successor unlocks before it closes, which is a call more")]
fn lock(file: &File) {
    nix::fcntl::flock(file.as_raw_fd(), FlockArg::LockExclusiveNonblock).expect("locked");
}

fn compare(count: usize, repetitions: usize) {
    let mut times = (Vec::new(), Vec::new());
    for _ in 0..repetitions {
        times.0.push(time(count, floor));
        times.1.push(time(count, ours));
    }
    let mut ratios: Vec<f64> =
        times.0.iter().zip(&times.1).map(|(floor, ours)| ours.div_duration_f64(*floor)).collect();
    let each = |times: &mut Vec<Duration>| median(times).as_secs_f64() * 1e6 / count as f64;
    let (floor, ours) = (each(&mut times.0), each(&mut times.1));
    ratios.sort_by(f64::total_cmp);
    let ratio = ratios.get(ratios.len() / 2).expect("some");
    println!("  {count:>7} segments: floor {floor:>6.2}  ours {ours:>6.2}  ratio {ratio:.2}");
}

fn median(times: &mut [Duration]) -> Duration {
    times.sort();
    *times.get(times.len() / 2).expect("some")
}

/// Each segment is processed and left in place, and remembered as done.
fn keep(count: usize) {
    let directory = filled(count);
    let watcher = Watcher::new(directory.path());
    let before = resident();
    while watcher.ingest_one(|_| io::Result::Ok(())).expect("no error") {}
    assert_eq!(count, watcher.stats().done);
    let grown = resident().saturating_sub(before);
    println!("  {count:>7} left in place: {} bytes each", grown / count);
}

/// Resident bytes of this process.
fn resident() -> usize {
    let text = fs::read_to_string("/proc/self/status").expect("mounted");
    let line = text.lines().find_map(|line| line.strip_prefix("VmRSS:")).expect("told");
    let kilobytes: usize = line.trim().trim_end_matches(" kB").parse().expect("a number");
    kilobytes * 1024
}
