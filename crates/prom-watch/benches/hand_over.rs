//! How long a finished segment takes to its consumer, what a drain takes, and what idleness costs.
//!
//! Latencies are distributions, so this prints percentiles of its own. `--test` runs each part
//! once with small numbers.

#![expect(clippy::expect_used, reason = "a measurement that fails is no measurement")]

use std::fs::{self, File};
use std::io::{self, Write as _};
use std::path::Path;
use std::sync::mpsc;
use std::thread;
use std::time::{Duration, Instant};

use nix::fcntl::{Flock, FlockArg};
use prom_segment::Reader;
use prom_watch::Watcher;

const LINES: &[u8] = b"# TYPE requests counter\nrequests 1 1700000000000\n";

struct Scale {
    segments: usize,
    live: usize,
    drained: [usize; 2],
    idle: Duration,
}

fn main() {
    let test = std::env::args().any(|argument| argument == "--test");
    let scale = if test {
        let idle = Duration::from_millis(100);
        Scale { segments: 20, live: 20, drained: [20, 40], idle }
    } else {
        let idle = Duration::from_secs(20);
        Scale { segments: 2_000, live: 1_000, drained: [1_000, 10_000], idle }
    };
    println!("hand-over of a finished segment, unlock to closure (microseconds)");
    for live in [0, scale.live] {
        hand_over(live, scale.segments);
    }
    println!("drain of segments that are there already, each claimed and removed");
    for count in scale.drained {
        drain(count);
    }
    println!("idle, one waiting thread");
    for live in [0, scale.live] {
        idle(live, scale.idle);
    }
}

fn segment(directory: &Path, name: &str) -> Flock<File> {
    let hidden = directory.join(format!(".{name}"));
    let file = File::create_new(&hidden).expect("created");
    let locked = Flock::lock(file, FlockArg::LockExclusiveNonblock);
    let mut locked = locked.map_err(|(_, error)| error).expect("locked");
    fs::rename(hidden, directory.join(name)).expect("renamed");
    locked.write_all(LINES).expect("written");
    locked
}

fn live_segments(directory: &Path, count: usize) -> Vec<Flock<File>> {
    (0..count).map(|millis| segment(directory, &format!("live.{millis}.prom"))).collect()
}

/// One segment every two milliseconds or so, long enough to meet the slow rescan and the retries
/// of the live ones.
fn hand_over(live: usize, segments: usize) {
    let directory = tempfile::tempdir().expect("a temporary directory");
    let held = live_segments(directory.path(), live);
    let watcher = Watcher::new(directory.path());
    let (sender, receiver) = mpsc::channel();
    let mut latencies = Vec::new();
    thread::scope(|scope| {
        scope.spawn(|| {
            for _ in 0..segments {
                let taken = watcher.ingest_next(Duration::from_secs(60), |reader| {
                    sender.send(Instant::now()).map_err(io::Error::other)?;
                    reader.unlink()
                });
                assert!(taken.expect("no error"), "a segment did not come");
            }
        });
        for millis in 0..segments {
            let open = segment(directory.path(), &format!("a.{}.prom", 1_000_000 + millis));
            let _ = receiver.recv_timeout(Duration::from_millis(2));
            let begun = Instant::now();
            drop(open.unlock().expect("unlocked"));
            let came = receiver.recv().expect("the consumer lives");
            latencies.push(came.saturating_duration_since(begun));
        }
    });
    drop(held);
    latencies.sort();
    let at = |percent: usize| {
        let index = (latencies.len() * percent / 100).min(latencies.len() - 1);
        latencies.get(index).expect("some").as_micros()
    };
    let stats = watcher.stats();
    println!(
        "  {live:>5} live: p50 {:>5}  p99 {:>5}  max {:>5}   ({segments} segments, {} tries, {} scans)",
        at(50),
        at(99),
        at(100),
        stats.tries,
        stats.scans
    );
}

fn drain(count: usize) {
    let directory = tempfile::tempdir().expect("a temporary directory");
    for millis in 0..count {
        let path = directory.path().join(format!("a.{millis}.prom"));
        fs::write(path, LINES).expect("written");
    }
    let watcher = Watcher::new(directory.path());
    let begun = Instant::now();
    let mut drained = 0;
    while watcher.ingest_one(Reader::unlink).expect("no error") {
        drained += 1;
    }
    let took = begun.elapsed();
    assert_eq!(count, drained);
    let each = took.as_secs_f64() * 1e6 / count as f64;
    println!("  {count:>5} segments: {took:>9.2?}  ({each:.1} microseconds each)");
}

/// Begins after the short pauses of live segments, which add up to half a second.
fn idle(live: usize, time: Duration) {
    let directory = tempfile::tempdir().expect("a temporary directory");
    let held = live_segments(directory.path(), live);
    let watcher = Watcher::new(directory.path());
    let wait = |time| {
        let came = watcher.ingest_next(time, Reader::unlink);
        assert!(!came.expect("no error"), "nothing is finished");
    };
    wait(Duration::from_secs(1).min(time));
    let (before, tries) = (cpu_time(), watcher.stats().tries);
    wait(time);
    let percent = (cpu_time() - before).as_secs_f64() / time.as_secs_f64() * 100.0;
    let tries = watcher.stats().tries - tries;
    println!("  {live:>5} live: {percent:.3} % of one CPU  ({tries} tries in {time:?})");
    drop(held);
}

/// What all threads of this process have used, from `/proc/self/task/*/schedstat`.
fn cpu_time() -> Duration {
    let tasks = fs::read_dir("/proc/self/task").expect("mounted");
    let used = tasks.filter_map(|task| {
        let text = fs::read_to_string(task.ok()?.path().join("schedstat")).ok()?;
        text.split(' ').next()?.parse().ok().map(Duration::from_nanos)
    });
    used.sum()
}
