//! Every counter of the crate itself is moved by its cause, and by nothing else.

use std::collections::BTreeMap;
use std::fs::{self, File};
use std::io::{self, BufRead as _, BufReader, Read as _, Write as _};
use std::path::Path;
use std::process::Stdio;
use std::time::{Duration, SystemTime};

use biometrics::{Collector, Counter, Emitter as _};
use biometrics_prometheus::{
    Builder, Emitter, LabelName, Reader, SlashMetrics, Watcher, flush_all, register_biometrics,
};
use nix::sys::signal::{Signal, kill};
use nix::unistd::Pid;

use crate::child::{Child, limit_files};
use crate::part;

static TICKS: Counter = Counter::new("vitals.ticks");

/// What has changed since the last look, by the names behind the prefix.
#[derive(Default)]
struct Vitals(BTreeMap<String, u64>);

impl Vitals {
    fn changes(&mut self) -> BTreeMap<String, u64> {
        let collector = Collector::new();
        register_biometrics(&collector);
        let mut page = SlashMetrics::scrape();
        collector.emit(&mut page, 0).unwrap();
        let text = page.take();
        let samples = text.lines().filter_map(|line| line.strip_prefix("biometrics_prometheus_"));
        let samples = samples.map(|line| line.split_once(' ').unwrap());
        let now: BTreeMap<String, u64> =
            samples.map(|(name, value)| (name.into(), value.parse().unwrap())).collect();
        let before = std::mem::replace(&mut self.0, now);
        let change = |(name, value): (&String, &u64)| {
            (name.clone(), value - before.get(name).copied().unwrap_or(0))
        };
        self.0.iter().map(change).filter(|(_, change)| *change > 0).collect()
    }

    /// Asserts that these counters have moved, and no other.
    #[track_caller]
    fn moved(&mut self, expected: &[(&str, u64)]) {
        let mut expected: Vec<_> =
            expected.iter().map(|(name, by)| ((*name).to_owned(), *by)).collect();
        expected.sort();
        assert_eq!(expected, self.changes().into_iter().collect::<Vec<_>>());
    }
}

fn manual(directory: &Path, base: &str) -> Builder {
    Emitter::builder().prefix(directory.join(base)).background(false)
}

/// Emits at these times; says how many emissions were refused.
fn emit(emitter: &mut Emitter, times: impl IntoIterator<Item = u64>) -> usize {
    times.into_iter().filter(|now| emitter.emit_counter(&TICKS, *now).is_err()).count()
}

#[test]
fn the_table_in_the_documentation_names_every_counter() {
    let collector = Collector::new();
    register_biometrics(&collector);
    let mut page = SlashMetrics::scrape();
    collector.emit(&mut page, 0).unwrap();
    let text = page.take();
    let names = text.lines().filter_map(|line| line.strip_prefix("# TYPE biometrics_prometheus_"));
    let names: Vec<&str> = names.map(|line| line.split(' ').next().unwrap()).collect();
    let source = include_str!("../../src/vitals.rs");
    let rows: Vec<&str> =
        source.lines().filter_map(|line| line.strip_prefix("/// | `")?.split('`').next()).collect();
    assert_eq!(rows, names);
    // And each is asserted on below.
    let this = include_str!("vitals.rs");
    for name in names {
        assert!(this.contains(&format!("\"{name}\"")), "{name} is not tried here");
    }
}

#[test]
fn segments_are_counted() {
    part::succeeds("vitals::part_with_segments");
}

#[test]
#[ignore = "a part of the test above"]
fn part_with_segments() {
    let (directory, mut vitals) = (part::directory(), Vitals::default());
    vitals.moved(&[]);
    let mut emitter = manual(&directory, "a.").build();
    assert_eq!(0, emit(&mut emitter, [1]));
    vitals.moved(&[("segments_opened", 1)]);
    emitter.close().unwrap();
    let bytes = "# TYPE vitals_ticks counter\nvitals_ticks 0 1\n".len() as u64;
    vitals.moved(&[("segments_sealed", 1), ("bytes_sealed", bytes)]);
    let mut emitter = manual(&directory, "a.").segment_size(0).keep_at_most_segments(1).build();
    assert_eq!(0, emit(&mut emitter, [2, 3, 4]));
    emitter.close().unwrap();
    vitals.moved(&[
        ("segments_opened", 3),
        ("segments_sealed", 3),
        ("bytes_sealed", 3 * bytes),
        ("segments_evicted", 2),
        ("bytes_evicted", 2 * bytes),
    ]);
    let old = SystemTime::now() - Duration::from_secs(7200);
    File::create(directory.join(".a.1.1.tmp")).unwrap().set_modified(old).unwrap();
    manual(&directory, "a.").build().tick().unwrap();
    vitals.moved(&[("orphans_swept", 1)]);
}

#[test]
fn refusals_are_counted_by_cause() {
    part::succeeds("vitals::part_with_refusals");
}

#[test]
#[ignore = "a part of the test above"]
fn part_with_refusals() {
    let (directory, mut vitals) = (part::directory(), Vitals::default());
    let mut emitter = manual(&directory, "missing/a.").build();
    assert_eq!(2, emit(&mut emitter, [1, 2]));
    vitals.moved(&[("failures", 2), ("lines_refused_create", 2)]);
    let label = LabelName::new("job").unwrap();
    let mut emitter = manual(&directory, "a.").label(label, "a\0b").build();
    assert_eq!(1, emit(&mut emitter, [1]));
    vitals.moved(&[("lines_refused_invalid", 1)]);
    let mut emitter = manual(&directory, ".hidden").build();
    assert_eq!(1, emit(&mut emitter, [1]));
    vitals.moved(&[("lines_refused_invalid", 1)]);
    let nameless = Counter::new("");
    manual(&directory, "a.").build().emit_counter(&nameless, 1).unwrap_err();
    SlashMetrics::scrape().emit_counter(&nameless, 1).unwrap_err();
    vitals.moved(&[("sensors_refused", 2)]);
}

#[test]
fn what_a_full_disk_costs_is_counted_by_cause() {
    part::succeeds("vitals::part_with_a_full_disk");
}

#[test]
#[ignore = "a part of the test above"]
fn part_with_a_full_disk() {
    let (directory, mut vitals) = (part::directory(), Vitals::default());
    limit_files(0);
    let mut emitter = manual(&directory, "a.").build();
    assert_eq!(0, emit(&mut emitter, 0..100));
    emitter.flush().unwrap_err();
    emitter.close().unwrap_err();
    let changes = vitals.changes();
    let count = |name: &str| changes.get(name).copied().unwrap_or(0);
    assert_eq!((100, 100), (count("lines_lost"), count("lines_lost_close")), "{changes:?}");
    assert!(count("failures") >= 1 && count("lines_lost_drop") == 0, "{changes:?}");

    let mut emitter = manual(&directory, "a.").build();
    assert_eq!(0, emit(&mut emitter, 0..100));
    drop(emitter);
    let changes = vitals.changes();
    let count = |name: &str| changes.get(name).copied().unwrap_or(0);
    assert_eq!((100, 100), (count("lines_lost"), count("lines_lost_drop")), "{changes:?}");
    assert_eq!(0, count("lines_lost_close"));

    // Until the memory for lines is full; before that, some are refused by each try to write.
    let mut emitter = manual(&directory, "a.").build();
    let (mut accepted, mut refused, mut seen) = (0, 0, BTreeMap::<String, u64>::new());
    for now in (0..).step_by(1000) {
        let more = emit(&mut emitter, now..now + 1000) as u64;
        refused += more;
        accepted += 1000 - more;
        for (name, by) in vitals.changes() {
            *seen.entry(name).or_default() += by;
        }
        if ["lines_refused_limit", "lines_refused_write"]
            .iter()
            .all(|name| seen.contains_key(*name))
        {
            break;
        }
    }
    let causes = [("lines_refused_limit", 1), ("lines_refused_write", 1)];
    assert!(causes.iter().all(|(name, least)| seen[*name] >= *least));
    let told: u64 = causes.iter().map(|(name, _)| seen[*name]).sum();
    assert_eq!(refused, told, "{seen:?}");
    drop(emitter);
    assert_eq!(Some(&accepted), vitals.changes().get("lines_lost"));
}

#[test]
fn what_a_child_leaves_to_its_parent_is_counted() {
    part::succeeds("vitals::part_that_forks");
}

#[test]
#[ignore = "a part of the test above"]
fn part_that_forks() {
    let (directory, mut vitals) = (part::directory(), Vitals::default());
    let mut emitter = manual(&directory, "a.").build();
    assert_eq!(0, emit(&mut emitter, [1, 2, 3]));
    vitals.changes();
    let mut emitter = Some(emitter);
    Child::run(|| {
        emitter.take().unwrap().flush().unwrap();
        vitals.moved(&[("lines_left_fork", 3)]);
    })
    .succeeds();
    assert_eq!(1, flush_all(Duration::ZERO).flushed);
    vitals.moved(&[]);
}

#[test]
fn what_readers_and_watchers_meet_is_counted() {
    part::succeeds("vitals::part_that_reads");
}

#[test]
#[ignore = "a part of the test above"]
fn part_that_reads() {
    let (directory, mut vitals) = (part::directory(), Vitals::default());
    fs::write(directory.join("a.1.prom"), "a 1\na 2").unwrap();
    let watcher = Watcher::builder(&directory).rescan_interval(Duration::from_secs(3600)).build();
    let take = |mut reader: Reader| {
        io::copy(&mut reader, &mut io::sink())?;
        reader.unlink()
    };
    assert!(watcher.ingest_one(take).unwrap());
    vitals.moved(&[
        ("torn_tails", 1),
        ("torn_bytes", 3),
        ("watcher_scans", 1),
        ("watcher_rewatches", 1),
        ("segments_taken", 1),
        ("segments_removed", 1),
    ]);
    fs::write(directory.join(".a"), "a 1\n").unwrap();
    fs::rename(directory.join(".a"), directory.join("a.2.prom")).unwrap();
    let failed = watcher.ingest_next(Duration::from_secs(60), |_| Err(io::Error::other("not now")));
    assert_eq!("not now", failed.unwrap_err().to_string());
    let changes = vitals.changes();
    for expected in [("segments_taken", 1), ("segments_parked", 1), ("segments_failed", 1)] {
        assert_eq!(Some(&expected.1), changes.get(expected.0), "{changes:?}");
    }
    assert_eq!(None, changes.get("segments_removed"));
    // One that is left in place; then the failed one has been taken, too.
    assert!(watcher.ingest_next(Duration::from_secs(60), |_| io::Result::Ok(())).unwrap());
    assert_eq!(Some(&1), vitals.changes().get("segments_taken"));
    let mut emitter = manual(&directory, "live.").build();
    assert_eq!(0, emit(&mut emitter, [1]));
    assert!(!watcher.ingest_one(take).unwrap());
    let changes = vitals.changes();
    assert!(changes["segments_parked"] >= 1 && !changes.contains_key("segments_failed"));
}

/// The whole process stands still, so the kernel's queue of 16,384 events overflows for certain.
#[test]
fn dropped_events_are_counted() {
    let directory = tempfile::tempdir().unwrap();
    let mut command = part::command("vitals::part_that_stands_still", directory.path());
    let mut child = command.stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().unwrap();
    let mut lines = BufReader::new(child.stdout.take().unwrap()).lines();
    assert!(lines.any(|line| line.unwrap().ends_with("watching")));
    let pid = Pid::from_raw(i32::try_from(child.id()).unwrap());
    kill(pid, Signal::SIGSTOP).unwrap();
    for millis in 0..8000 {
        fs::write(directory.path().join(format!("a.{millis}.prom")), "text\n").unwrap();
    }
    kill(pid, Signal::SIGCONT).unwrap();
    child.stdin.take().unwrap().write_all(b"go on\n").unwrap();
    assert!(lines.any(|line| line.unwrap().ends_with("counted")));
    assert!(child.wait().unwrap().success());
}

#[test]
#[ignore = "a part of the test above"]
fn part_that_stands_still() {
    let (directory, mut vitals) = (part::directory(), Vitals::default());
    let watcher = Watcher::builder(&directory).rescan_interval(Duration::from_secs(3600)).build();
    assert!(!watcher.ingest_one(Reader::unlink).unwrap());
    println!("watching");
    io::stdin().read_exact(&mut [0; 6]).unwrap();
    for _ in 0..8000 {
        assert!(watcher.ingest_next(Duration::from_secs(60), Reader::unlink).unwrap());
    }
    let changes = vitals.changes();
    for (name, least) in
        [("watcher_overflows", 1), ("watcher_scans", 2), ("segments_removed", 8000)]
    {
        assert!(changes[name] >= least, "{changes:?}");
    }
    println!("counted");
}
