//! The workload `hand_over`: how long a finished segment takes to its consumer, beside live ones.

use std::fs::{self, File};
use std::io;
use std::os::fd::AsFd as _;
use std::path::Path;
use std::sync::mpsc::{self, Receiver, Sender};
use std::thread;
use std::time::{Duration, Instant};

use biometrics_prometheus::Watcher;
use nix::fcntl::{Flock, FlockArg};
use nix::poll::{PollFd, PollFlags, PollTimeout, poll};
use nix::sys::inotify::{AddWatchFlags, InitFlags, Inotify};
use nix::sys::resource::{Resource, getrlimit, setrlimit};

use crate::outcome::{Outcome, ensure};
use crate::place::directory;
use crate::report::Report;
use crate::scale::Scale;
use crate::segments::{all_live, live};
use crate::spread::{Spread, quantile, sorted};

pub(crate) const NAME: &str = "hand_over";

/// Files that this program needs beside the live segments.
const OTHER_FILES: usize = 200;

/// A segment that did not come by then does not come.
const PATIENCE: Duration = Duration::from_secs(60);

pub(crate) fn run(scale: &Scale, report: &mut Report) -> Outcome {
    for count in scale.live {
        if let Err(why) = may_open(count + OTHER_FILES) {
            report.skip(NAME, format!("{count} live"), why.to_string());
            continue;
        }
        let (mut ours, mut floors) = (Vec::new(), Vec::new());
        for _ in 0..scale.hand_over_rounds {
            let (our, floor) = round(count, scale.handed_over_before, scale.handed_over)?;
            ours.push(sorted(our));
            floors.push(sorted(floor));
        }
        for (unit, share) in [("us p50", 0.5), ("us p99", 0.99)] {
            for (name, rounds) in [("floor, inotify", &floors), ("ours", &ours)] {
                let quantiles = rounds.iter().map(|round| quantile(round, share) * 1e6);
                report.add(NAME, format!("{name}, {count} live"), unit, Spread::of(quantiles));
            }
        }
        let pairs = ours.iter().zip(&floors);
        let ratios = pairs.map(|(our, floor)| quantile(our, 0.99) / quantile(floor, 0.99));
        report.add(NAME, format!("ours, {count} live"), "p99 of floor", Spread::of(ratios));
    }
    Ok(())
}

/// Raises the limit of open files, if it has to be and may be.
fn may_open(files: usize) -> Outcome {
    let (soft, hard) = getrlimit(Resource::RLIMIT_NOFILE)?;
    let files = u64::try_from(files)?;
    ensure(hard >= files, || format!("only {hard} open files are allowed (ulimit -n)"))?;
    if soft < files {
        setrlimit(Resource::RLIMIT_NOFILE, hard, hard)?;
    }
    Ok(())
}

/// Seconds of each hand-over, ours and those of a bare inotify reader, in turns. Before them come `warm` that do
/// not count: in its first half second a watcher tries each live segment nine times, and then leaves it alone.
fn round(count: usize, warm: usize, segments: usize) -> Outcome<(Vec<f64>, Vec<f64>)> {
    let (watched, bare) = (directory()?, directory()?);
    let _held = all_live(watched.path(), count)?;
    let inotify = Inotify::init(InitFlags::IN_CLOEXEC)?;
    inotify.add_watch(bare.path(), AddWatchFlags::IN_CLOSE_WRITE)?;
    let (watcher, all) = (Watcher::new(watched.path()), warm + segments);
    let ((tell_ours, ours), (tell_floor, floor)) = (mpsc::channel(), mpsc::channel());
    thread::scope(|scope| {
        let consumer = scope.spawn(|| consume(&watcher, all, &tell_ours));
        let reader = scope.spawn(|| read(&inotify, bare.path(), all, &tell_floor));
        let (mut our_times, mut floor_times) = (Vec::new(), Vec::new());
        for millis in 0..all {
            our_times.push(one(watched.path(), millis, &ours)?);
            floor_times.push(one(bare.path(), millis, &floor)?);
        }
        our_times.drain(..warm);
        floor_times.drain(..warm);
        consumer.join().map_err(|_| "the consumer panicked")?.map_err(|why| why.to_string())?;
        reader.join().map_err(|_| "the reader panicked")?.map_err(|why| why.to_string())?;
        Ok((our_times, floor_times))
    })
}

/// Finishes one segment, two milliseconds after it was begun, and waits until somebody has it.
fn one(directory: &Path, millis: usize, came: &Receiver<Instant>) -> Outcome<f64> {
    let open: Flock<File> = live(directory, &format!("a.{}.prom", 1_000_000 + millis))?;
    // Nobody sends before the unlock: this is the time in which the consumer falls asleep.
    ensure(came.recv_timeout(Duration::from_millis(2)).is_err(), || "a live segment came".into())?;
    let begun = Instant::now();
    drop(open.unlock().map_err(|(_, error)| error)?);
    Ok(came.recv_timeout(PATIENCE)?.saturating_duration_since(begun).as_secs_f64())
}

fn consume(watcher: &Watcher, segments: usize, came: &Sender<Instant>) -> io::Result<()> {
    for _ in 0..segments {
        let taken = watcher.ingest_next(PATIENCE, |reader| {
            came.send(Instant::now()).map_err(io::Error::other)?;
            reader.unlink()
        })?;
        if !taken {
            return Err(io::ErrorKind::TimedOut.into());
        }
    }
    Ok(())
}

/// The floor: the kernel's word that a file was closed, and of what a consumer does only its lock and its removal.
fn read(
    inotify: &Inotify,
    directory: &Path,
    segments: usize,
    came: &Sender<Instant>,
) -> io::Result<()> {
    let patience = PollTimeout::try_from(PATIENCE).map_err(io::Error::other)?;
    let mut left = segments;
    while left > 0 {
        let mut waits = [PollFd::new(inotify.as_fd(), PollFlags::POLLIN)];
        if poll(&mut waits, patience)? == 0 {
            return Err(io::ErrorKind::TimedOut.into());
        }
        for event in inotify.read_events()? {
            let path = directory.join(event.name.unwrap_or_default());
            let file = Flock::lock(File::open(&path)?, FlockArg::LockExclusiveNonblock);
            let _locked = file.map_err(|(_, error)| error)?;
            came.send(Instant::now()).map_err(io::Error::other)?;
            fs::remove_file(path)?;
            left = left.saturating_sub(1);
        }
    }
    Ok(())
}
