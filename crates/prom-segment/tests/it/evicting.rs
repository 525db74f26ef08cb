//! With a retention, old finished segments of the prefix go, and nothing else does.

use std::fs::{self, File};
use std::os::unix::fs::symlink;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use nix::fcntl::{Flock, FlockArg};
use nix::sys::resource::{Resource, setrlimit};
use prom_segment::{Builder, Writer};

use crate::causes::Notes;
use crate::part;
use crate::segments;

fn builder(directory: &Path, notes: &Arc<Notes>) -> Builder {
    let observer = Arc::<Notes>::clone(notes);
    let builder = Writer::builder(directory.join("a.")).background(false).observer(observer);
    builder.segment_size(1)
}

fn names(directory: &Path) -> Vec<String> {
    segments(directory).into_iter().map(|(name, _)| name).collect()
}

#[test]
fn without_a_consumer_a_directory_keeps_what_it_may_and_one_open_segment() {
    let directory = tempfile::tempdir().unwrap();
    let notes = Arc::new(Notes::default());
    let mut writer = builder(directory.path(), &notes).keep_at_most_bytes(1000).build();
    let line = format!("a {}\n", "1".repeat(97));
    for now in 0..500 {
        writer.append(now, line.as_bytes()).unwrap();
        let kept = segments(directory.path());
        let bytes: usize = kept.iter().map(|(_, text)| text.len()).sum();
        assert!(bytes <= 1000, "{bytes} bytes at {now}");
        assert_eq!(format!("a.{now}.prom"), kept.last().unwrap().0);
    }
    writer.close().unwrap();
    // Ten of a hundred bytes, and the last one, which was open.
    let kept: Vec<String> = (489..500).map(|now| format!("a.{now}.prom")).collect();
    assert_eq!(kept, names(directory.path()));
    let gone = (0..489).map(|now| (directory.path().join(format!("a.{now}.prom")), 100));
    assert_eq!(gone.collect::<Vec<_>>(), *notes.evicted.lock().unwrap());
    assert!(notes.failed.lock().unwrap().is_empty());
}

#[test]
fn a_number_of_segments_and_an_age_are_limits_too() {
    for (segments, age, kept) in [
        (Some(2), None, &["a.30.prom", "a.40.prom", "a.50.prom"][..]),
        (None, Some(30), &["a.20.prom", "a.30.prom", "a.40.prom", "a.50.prom"]),
        (Some(3), Some(10), &["a.40.prom", "a.50.prom"]),
        (Some(0), None, &["a.50.prom"]),
    ] {
        let directory = tempfile::tempdir().unwrap();
        let mut builder = builder(directory.path(), &Arc::default());
        if let Some(segments) = segments {
            builder = builder.keep_at_most_segments(segments);
        }
        if let Some(age) = age {
            builder = builder.keep_at_most_age(Duration::from_millis(age));
        }
        let mut writer = builder.build();
        for now in [10, 20, 30, 40, 50] {
            writer.append(now, b"a 1\n").unwrap();
        }
        writer.close().unwrap();
        assert_eq!(kept, names(directory.path()), "{segments:?} {age:?}");
    }
}

#[test]
fn a_segment_that_is_being_read_stays_until_it_is_free() {
    let directory = tempfile::tempdir().unwrap();
    let notes = Arc::new(Notes::default());
    let mut writer = builder(directory.path(), &notes).keep_at_most_segments(1).build();
    writer.append(0, b"a 1\n").unwrap();
    writer.rotate().unwrap();
    let path = directory.path().join("a.0.prom");
    // Unlocked by hand, and not by the close: a child that another test forks has a copy.
    let file = File::open(&path).unwrap();
    let reader = Flock::lock(file, FlockArg::LockSharedNonblock).map_err(|(_, error)| error);
    let reader = reader.unwrap();
    for now in 1..5 {
        writer.append(now, b"a 1\n").unwrap();
        assert!(path.exists());
    }
    assert_eq!(vec!["a.0.prom", "a.4.prom"], names(directory.path()), "it counts");
    reader.unlock().map_err(|(_, error)| error).unwrap();
    writer.append(5, b"a 1\n").unwrap();
    assert_eq!(vec!["a.4.prom", "a.5.prom"], names(directory.path()));
    assert!(notes.failed.lock().unwrap().is_empty(), "that it is held is no failure");
}

#[test]
fn writers_of_one_prefix_share_the_limit_and_none_loses_what_is_open() {
    let directory = tempfile::tempdir().unwrap();
    let notes = Arc::new(Notes::default());
    let make = || builder(directory.path(), &notes).keep_at_most_segments(4).build();
    let (mut idle, mut quick, mut other) = (make(), make(), make());
    idle.append(0, b"idle 1\n").unwrap();
    for now in 1..100 {
        quick.append(now, b"quick 1\n").unwrap();
        other.append(now, b"other 1\n").unwrap();
        // Four, the one that was opened, and at most one that was open at that moment.
        assert!(names(directory.path()).len() <= 6);
    }
    let open = [&idle, &quick, &other].map(|writer| writer.path().unwrap());
    assert!(open.iter().all(|path| path.exists()), "{:?}", names(directory.path()));
    idle.close().unwrap();
    assert_eq!("idle 1\n", fs::read_to_string(&open[0]).unwrap());
    quick.append(1000, b"quick 1\n").unwrap();
    assert!(!open[0].exists(), "it was the oldest");
}

#[test]
fn what_is_not_of_the_prefix_or_no_file_is_left_alone() {
    let directory = tempfile::tempdir().unwrap();
    let at = |name: &str| directory.path().join(name);
    let foreign = [
        "b.1.prom",
        "aa.1.prom",
        "a.b.1.prom",
        "a.1.prom.gz",
        "a.x1.prom.",
        "a..prom",
        "notes.txt",
        ".a.1.prom",
        ".a.5.6.tmp",
        "1.prom",
        "A.1.prom",
    ];
    foreign.iter().for_each(|name| fs::write(at(name), "text").unwrap());
    fs::create_dir(at("a.1.prom")).unwrap();
    symlink(at("notes.txt"), at("a.2.prom")).unwrap();
    let notes = Arc::new(Notes::default());
    for now in [10, 20] {
        let builder = builder(directory.path(), &notes).keep_at_most_segments(0);
        let mut writer = builder.keep_at_most_bytes(0).build();
        writer.append(now, b"a 1\n").unwrap();
        writer.close().unwrap();
    }
    for name in foreign.iter().chain(&["a.1.prom", "a.2.prom", "a.20.prom"]) {
        assert!(at(name).symlink_metadata().is_ok(), "{name}");
    }
    assert_eq!(vec![(at("a.10.prom"), 4)], *notes.evicted.lock().unwrap());
}

#[test]
fn the_directory_is_looked_at_when_a_segment_is_opened_and_not_before() {
    let directory = tempfile::tempdir().unwrap();
    let old = directory.path().join("a.1.prom");
    let notes = Arc::new(Notes::default());
    let mut writer =
        builder(directory.path(), &notes).segment_size(1 << 20).keep_at_most_segments(0).build();
    writer.append(10, b"a 1\n").unwrap();
    fs::write(&old, "old\n").unwrap();
    for now in 11..200 {
        writer.append(now, b"a 1\n").unwrap();
        writer.flush().unwrap();
    }
    assert!(old.exists());
    writer.rotate().unwrap();
    assert!(old.exists());
    writer.append(200, b"a 1\n").unwrap();
    assert!(!old.exists());
}

#[test]
fn a_prefix_whose_segments_cannot_be_told_apart_is_refused() {
    let directory = tempfile::tempdir().unwrap();
    let other = directory.path().join("a12.prom");
    fs::write(&other, "text\n").unwrap();
    let prefix = directory.path().join("a1");
    let mut writer = Writer::builder(&prefix).background(false).keep_at_most_segments(0).build();
    let error = writer.append(10, b"a 1\n").unwrap_err();
    assert_eq!(std::io::ErrorKind::InvalidInput, error.kind());
    assert_eq!(prefix, error.path());
    assert_eq!(vec!["a12.prom"], names(directory.path()));
}

#[test]
fn a_directory_that_cannot_be_read_hinders_no_lines() {
    let directory = tempfile::tempdir().unwrap();
    part::succeeds("evicting::part_without_descriptors", directory.path());
    assert_eq!(vec!["a.1.prom", "a.2.prom"], names(directory.path()));
}

#[test]
#[ignore = "a part of the test above"]
fn part_without_descriptors() {
    let directory = part::directory();
    fs::write(directory.join("a.1.prom"), "old\n").unwrap();
    let notes = Arc::new(Notes::default());
    let mut writer = builder(&directory, &notes).keep_at_most_segments(0).build();
    // One more descriptor, for the segment; none to read the directory with.
    let next = std::os::fd::AsRawFd::as_raw_fd(&File::open(&directory).unwrap());
    let most = u64::try_from(next).unwrap() + 1;
    setrlimit(Resource::RLIMIT_NOFILE, most, most).unwrap();
    writer.append(2, b"a 1\n").unwrap();
    writer.close().unwrap();
    let failed = notes.failed.lock().unwrap();
    assert_eq!(1, failed.len(), "{failed:?}");
    assert!(failed[0].contains(&*directory.to_string_lossy()), "{failed:?}");
    assert!(notes.evicted.lock().unwrap().is_empty());
}
