//! Whatever comes to no segment is told to the observer, with the cause.

use std::fs::{self, File};
use std::io::Read as _;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant, SystemTime};

use prom_segment::{Loss, Observer, Reader, Writer, totals};

use crate::child::Child;
use crate::part;
use crate::trouble::limit_files;

/// What an observer was told, in order.
#[derive(Default)]
pub(crate) struct Notes {
    missed: Mutex<Vec<(u64, Loss)>>,
    lost: Mutex<u64>,
    swept: Mutex<u64>,
    pub(crate) evicted: Mutex<Vec<(PathBuf, u64)>>,
    pub(crate) failed: Mutex<Vec<String>>,
}

impl Observer for Notes {
    fn failed(&self, error: &prom_segment::Error) {
        self.failed.lock().unwrap().push(error.to_string());
    }

    fn lost(&self, lines: u64) {
        *self.lost.lock().unwrap() += lines;
    }

    fn missed(&self, lines: u64, why: Loss) {
        self.missed.lock().unwrap().push((lines, why));
    }

    fn evicted(&self, path: &Path, bytes: u64) {
        self.evicted.lock().unwrap().push((path.to_owned(), bytes));
    }

    fn swept(&self, orphans: u64) {
        *self.swept.lock().unwrap() += orphans;
    }
}

fn writer(prefix: PathBuf, notes: &Arc<Notes>) -> Writer {
    let observer = Arc::<Notes>::clone(notes);
    Writer::builder(prefix).background(false).buffer_limit(8).observer(observer).build()
}

#[test]
fn what_is_refused_is_told_with_its_cause() {
    let directory = tempfile::tempdir().unwrap();
    let notes = Arc::new(Notes::default());
    let mut homeless = writer(directory.path().join("missing/a."), &notes);
    homeless.append(1, b"a 1\na 2\n").unwrap_err();
    homeless.append(1, b"a 1\nnot ended").unwrap_err();
    homeless.close().unwrap();
    let mut hidden = writer(directory.path().join(".a."), &notes);
    hidden.append(1, b"a 1\n").unwrap_err();
    hidden.append(1, b"").unwrap();
    let expected = [(2, Loss::Create), (2, Loss::Invalid), (1, Loss::Invalid)];
    assert_eq!(&expected[..], *notes.missed.lock().unwrap());
    assert_eq!(0, *notes.lost.lock().unwrap(), "none of them was accepted");
}

#[test]
fn a_failing_disk_refuses_by_a_write_then_for_want_of_room_and_loses_at_the_end() {
    let directory = tempfile::tempdir().unwrap();
    Child::run(|| {
        limit_files(0);
        for dropped in [false, true] {
            let notes = Arc::new(Notes::default());
            let mut writer = writer(directory.path().join("a."), &notes);
            writer.append(1, b"a 1\na 2\n").unwrap();
            // The room is used up, so what waits has to be written first.
            writer.append(1, b"b 1\n").unwrap_err();
            // The disk is left alone for 10 ms. A machine that takes longer tries once more.
            writer.append(1, b"c 1\nc 2\nc 3\n").unwrap_err();
            let end = if dropped {
                drop(writer);
                Loss::Drop
            } else {
                assert_eq!(2, writer.close().unwrap_err().lost_lines());
                Loss::Close
            };
            let missed = notes.missed.lock().unwrap();
            assert_eq!((3, (1, Loss::Write), (2, end)), (missed.len(), missed[0], missed[2]));
            assert_eq!(3, missed[1].0);
            assert!(matches!(missed[1].1, Loss::Limit | Loss::Write), "{missed:?}");
            assert_eq!(2, *notes.lost.lock().unwrap());
        }
    })
    .succeeds();
}

#[test]
fn while_a_failing_disk_is_left_alone_the_cause_is_the_limit() {
    let directory = tempfile::tempdir().unwrap();
    Child::run(|| {
        limit_files(0);
        let notes = Arc::new(Notes::default());
        let mut writer = writer(directory.path().join("a."), &notes);
        writer.append(1, b"a 1\na 2\n").unwrap();
        // The pauses grow up to half a second, so many of these fall into one.
        let begun = Instant::now();
        while !notes.missed.lock().unwrap().contains(&(1, Loss::Limit)) {
            assert!(begun.elapsed() < Duration::from_secs(60), "only {:?}", notes.missed);
            writer.append(1, b"b 1\n").unwrap_err();
        }
    })
    .succeeds();
}

#[test]
fn a_child_that_goes_on_tells_what_it_left_to_its_parent() {
    let directory = tempfile::tempdir().unwrap();
    let notes = Arc::new(Notes::default());
    let mut writer = writer(directory.path().join("a."), &notes);
    writer.append(1, b"a 1\na 2\n").unwrap();
    let mut inherited = Some(writer);
    Child::run(|| {
        let mut writer = inherited.take().unwrap();
        writer.flush().unwrap();
        writer.flush().unwrap();
        assert_eq!([(2, Loss::Fork)][..], *notes.missed.lock().unwrap());
        assert_eq!(0, *notes.lost.lock().unwrap());
    })
    .succeeds();
    inherited.unwrap().close().unwrap();
    assert!(notes.missed.lock().unwrap().is_empty(), "the parent has written them");
}

#[test]
fn orphans_that_were_swept_are_told() {
    let directory = tempfile::tempdir().unwrap();
    let old = SystemTime::now() - Duration::from_secs(7200);
    for serial in 0..3 {
        let path = directory.path().join(format!(".a.5.{serial}.tmp"));
        File::create(&path).unwrap().set_modified(old).unwrap();
    }
    let notes = Arc::new(Notes::default());
    let mut writer = writer(directory.path().join("a."), &notes);
    writer.tick().unwrap();
    writer.tick().unwrap();
    assert_eq!(3, *notes.swept.lock().unwrap());
    assert_eq!(0, fs::read_dir(directory.path()).unwrap().count());
}

#[test]
fn a_torn_tail_is_counted_once_for_each_reader_that_meets_it() {
    let directory = tempfile::tempdir().unwrap();
    part::succeeds("causes::part_that_reads_torn_tails", directory.path());
}

#[test]
#[ignore = "a part of the test above"]
fn part_that_reads_torn_tails() {
    let directory = part::directory();
    let at = |name: &str, text: &[u8]| {
        let path = directory.join(name);
        fs::write(&path, text).unwrap();
        path
    };
    let whole = at("a.1.prom", b"a 1\n");
    let torn = at("a.2.prom", b"a 1\na 2");
    let zeros = at("a.3.prom", b"a 1\n\0\0\0\0\0");
    let count = || (totals().torn_tails, totals().torn_bytes);
    let read = |path: &Path| {
        let mut reader = Reader::open(path).unwrap();
        let mut text = String::new();
        reader.read_to_string(&mut text).unwrap();
        assert_eq!("a 1\n", text);
        reader
    };
    read(&whole).torn_bytes().unwrap();
    assert_eq!((0, 0), count());
    assert_eq!(3, read(&torn).torn_bytes().unwrap());
    assert_eq!((1, 3), count());
    assert_eq!(5, Reader::open(&zeros).unwrap().torn_bytes().unwrap());
    assert_eq!((2, 8), count());
    drop(Reader::open(&torn).unwrap());
    assert_eq!((2, 8), count(), "it was not looked at");
    let mut buffer = [];
    assert_eq!(0, Reader::open(&torn).unwrap().read(&mut buffer).unwrap());
    assert_eq!((2, 8), count(), "nothing was asked for");
    read(&torn);
    assert_eq!((3, 11), count());
}
