//! How long a finished segment takes to its consumer beside a bare reader of inotify, and what
//! idleness costs.
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
use nix::sys::inotify::{AddWatchFlags, InitFlags, Inotify};
use prom_segment::Reader;
use prom_watch::Watcher;
use tempfile::TempDir;

const LINES: &[u8] = b"# TYPE requests counter\nrequests 1 1700000000000\n";

struct Scale {
    segments: usize,
    live: [usize; 3],
    idle: Duration,
}

fn main() {
    let test = std::env::args().any(|argument| argument == "--test");
    let scale = if test {
        let idle = Duration::from_millis(100);
        Scale { segments: 20, live: [0, 10, 20], idle }
    } else {
        let idle = Duration::from_secs(20);
        Scale { segments: 2_000, live: [0, 1_000, 10_000], idle }
    };
    println!("hand-over of a finished segment, unlock to closure (microseconds)");
    for live in scale.live {
        hand_over(live, scale.segments);
    }
    println!("idle, one waiting thread");
    for live in scale.live {
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
/// of the live ones. The bare reader and the watcher take turns, in a directory of its own each.
fn hand_over(live: usize, segments: usize) {
    // What else is in its directory is nothing to a reader of events.
    let (floor, ours) = (Place::new(0), Place::new(live));
    let watcher = Watcher::new(ours.path());
    let inotify = Inotify::init(InitFlags::IN_CLOEXEC).expect("an inotify instance");
    let watched = inotify.add_watch(floor.path(), AddWatchFlags::IN_CLOSE_WRITE);
    watched.expect("watched");
    let (bare, told) = mpsc::channel();
    let (sender, receiver) = mpsc::channel();
    let (mut least, mut latencies) = (Vec::new(), Vec::new());
    thread::scope(|scope| {
        scope.spawn(|| {
            for _ in 0..segments {
                inotify.read_events().expect("an event");
                bare.send(Instant::now()).expect("the writer lives");
            }
        });
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
            least.push(floor.finish(millis, &told));
            latencies.push(ours.finish(millis, &receiver));
        }
    });
    let stats = watcher.stats();
    let (floor, ours) = ([50, 99, 100].map(at(&mut least)), [50, 99, 100].map(at(&mut latencies)));
    println!(
        "  {live:>5} live: floor p50 {:>4} p99 {:>4} max {:>5}, ours p50 {:>4} p99 {:>4} max {:>5}, \
         p99 ratio {:.2}   ({segments} segments, {} tries, {} scans)",
        floor[0],
        floor[1],
        floor[2],
        ours[0],
        ours[1],
        ours[2],
        ours[1] as f64 / floor[1] as f64,
        stats.tries,
        stats.scans
    );
}

/// A directory in which segments are being written.
struct Place {
    directory: TempDir,
    _held: Vec<Flock<File>>,
}

impl Place {
    fn new(live: usize) -> Self {
        let directory = tempfile::tempdir().expect("a temporary directory");
        let held = live_segments(directory.path(), live);
        Self { directory, _held: held }
    }

    fn path(&self) -> &Path {
        self.directory.path()
    }

    /// How long after the unlock of another segment somebody has heard of it.
    fn finish(&self, millis: usize, heard: &mpsc::Receiver<Instant>) -> Duration {
        let open = segment(self.path(), &format!("a.{}.prom", 1_000_000 + millis));
        let _ = heard.recv_timeout(Duration::from_millis(2));
        let begun = Instant::now();
        drop(open.unlock().expect("unlocked"));
        let came = heard.recv().expect("the consumer lives");
        came.saturating_duration_since(begun)
    }
}

fn at(latencies: &mut [Duration]) -> impl Fn(usize) -> u128 {
    latencies.sort();
    |percent: usize| {
        let index = (latencies.len() * percent / 100).min(latencies.len() - 1);
        latencies.get(index).expect("some").as_micros()
    }
}

/// Begins after the short pauses of live segments: half a second each, but there are thousands of them.
fn idle(live: usize, time: Duration) {
    let directory = tempfile::tempdir().expect("a temporary directory");
    let held = live_segments(directory.path(), live);
    let watcher = Watcher::new(directory.path());
    let wait = |time| {
        let came = watcher.ingest_next(time, Reader::unlink);
        assert!(!came.expect("no error"), "nothing is finished");
    };
    wait(time / 2);
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
