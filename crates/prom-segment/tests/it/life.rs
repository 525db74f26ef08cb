//! From the hidden name to the removal: at no moment can anybody have a segment that is not his.

use std::fs::{self, File};
use std::io;
use std::os::unix::fs::MetadataExt as _;
use std::path::Path;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc;
use std::thread;
use std::time::{Duration, Instant};

use nix::fcntl::{Flock, FlockArg};
use prom_segment::{Claim, Reader, SegmentName, Writer};

use crate::descriptors::flags;

/// Tries to claim whatever has a segment's name; says how many bytes the shortest one had.
fn claim_all(directory: &Path) -> Option<u64> {
    let names = fs::read_dir(directory).unwrap().map(|entry| entry.unwrap());
    let segments = names.filter(|entry| SegmentName::parse(&entry.file_name()).is_some());
    let claims = segments.map(|entry| Reader::claim(entry.path()).unwrap());
    let taken = claims.filter_map(|claim| match claim {
        Claim::Taken(reader) => Some(reader),
        _ => None,
    });
    taken.map(|reader| reader.len()).min()
}

/// A claim that came before the writer's lock would find an empty file, and cost the writer its lock.
#[test]
fn a_name_that_is_seen_belongs_to_its_writer_until_the_segment_is_complete() {
    let directory = tempfile::tempdir().unwrap();
    let over = AtomicBool::new(false);
    thread::scope(|scope| {
        scope.spawn(|| {
            while !over.load(Ordering::Relaxed) {
                let shortest = claim_all(directory.path());
                assert!(shortest.is_none_or(|bytes| bytes == 4), "{shortest:?} bytes");
            }
        });
        // Dropped last, whatever happens, so that the other thread ends.
        let _end = End(&over);
        for now in 0..300 {
            let mut writer = Writer::builder(directory.path().join("a.")).background(false).build();
            writer.append(now, b"a 1\n").unwrap();
            writer.close().unwrap();
        }
    });
}

struct End<'a>(&'a AtomicBool);

impl Drop for End<'_> {
    fn drop(&mut self) {
        self.0.store(true, Ordering::Relaxed);
    }
}

/// Who waits for the lock gets it when the name is gone, and not a moment before.
#[test]
fn the_name_is_gone_before_the_lock_is_free() {
    for _ in 0..20 {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("a.1.prom");
        fs::write(&path, "a 1\n").unwrap();
        let Claim::Taken(reader) = Reader::claim(&path).unwrap() else { panic!("nobody has it") };
        let (sender, opened) = mpsc::channel();
        thread::scope(|scope| {
            let rival = scope.spawn(|| {
                let file = File::open(&path).unwrap();
                sender.send(()).unwrap();
                let file = Flock::lock(file, FlockArg::LockExclusive).unwrap();
                file.metadata().unwrap().nlink()
            });
            opened.recv().unwrap();
            reader.unlink().unwrap();
            assert_eq!(0, rival.join().unwrap(), "the lock was free while the name was there");
        });
    }
}

/// Runs an open of the segment in a thread that is seen to wait, then `meanwhile`; returns what came of
/// the open. Fails if it does not wait.
fn open_during(path: &Path, meanwhile: impl FnOnce()) -> io::Result<String> {
    thread::scope(|scope| {
        let (sender, task) = mpsc::channel();
        let opening = scope.spawn(move || {
            sender.send(fs::read_link("/proc/thread-self").unwrap()).unwrap();
            io::read_to_string(Reader::open(path)?)
        });
        let stat = Path::new("/proc").join(task.recv().unwrap()).join("stat");
        // It has the file open beside the one who holds the lock, and sleeps: `S` in proc(5).
        let sleeps = || fs::read_to_string(&stat).is_ok_and(|stat| stat.contains(") S "));
        let waits = || (flags(path).len() == 2 && sleeps()).then_some(true);
        let waits = eventually(|| waits().or_else(|| opening.is_finished().then_some(false)));
        meanwhile();
        let outcome = opening.join().unwrap();
        assert!(waits, "it did not wait: {outcome:?}");
        outcome
    })
}

#[test]
fn an_open_waits_for_the_end_of_the_segment_and_reads_all_of_it() {
    let directory = tempfile::tempdir().unwrap();
    let mut writer = Writer::builder(directory.path().join("a.")).background(false).build();
    writer.append(1, b"a 1\n").unwrap();
    writer.flush().unwrap();
    let path = writer.path().unwrap();
    let text = open_during(&path, || {
        writer.append(2, b"a 2\n").unwrap();
        writer.close().unwrap();
    });
    assert_eq!("a 1\na 2\n", text.unwrap());
}

#[test]
fn an_open_that_waited_for_what_was_taken_away_finds_nothing() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("a.1.prom");
    fs::write(&path, "a 1\n").unwrap();
    let Claim::Taken(rival) = Reader::claim(&path).unwrap() else { panic!("nobody has it") };
    let opened = open_during(&path, || rival.unlink().unwrap());
    assert_eq!(io::ErrorKind::NotFound, opened.unwrap_err().kind());
}

#[test]
fn readers_share_and_a_claim_is_for_one_alone() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("a.1.prom");
    fs::write(&path, "a 1\n").unwrap();
    let opened = Reader::open(&path).unwrap();
    let tried = Reader::try_open(&path).unwrap();
    assert!(tried.is_some(), "a reader keeps another one away");
    drop(opened);
    assert!(matches!(Reader::claim(&path).unwrap(), Claim::Busy), "there is a reader left");
    drop(tried);
    let claimed = eventually(|| match Reader::claim(&path).unwrap() {
        Claim::Taken(reader) => Some(reader),
        _ => None,
    });
    assert!(matches!(Reader::claim(&path).unwrap(), Claim::Busy));
    assert!(Reader::try_open(&path).unwrap().is_none());
    drop(claimed);
    drop(eventually(|| Reader::try_open(&path).unwrap()));
}

/// A child that another test has forked holds a copy of the lock for as long as it lives.
#[track_caller]
fn eventually<T>(mut attempt: impl FnMut() -> Option<T>) -> T {
    let begun = Instant::now();
    loop {
        match attempt() {
            Some(outcome) => return outcome,
            None => assert!(begun.elapsed() < Duration::from_secs(60), "it has not come to pass"),
        }
        thread::yield_now();
    }
}
