//! All writers of a process are flushed from outside, by a call or by a panic, without waiting.

use std::fs;
use std::io::ErrorKind;
use std::os::unix::process::ExitStatusExt as _;
use std::panic;
use std::path::Path;
use std::process;
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Arc, Mutex, mpsc};
use std::thread;
use std::time::Duration;

use nix::sys::signal::Signal;
use prom_segment::{Error, Observer, Reader, Writer, flush_all, flush_on_panic};

use crate::child::Child;
use crate::part;
use crate::trouble::limit_files;

fn manual(directory: &Path, base: &str) -> Writer {
    Writer::builder(directory.join(base)).background(false).build()
}

fn text(directory: &Path, name: &str) -> String {
    fs::read_to_string(directory.join(name)).unwrap()
}

#[test]
fn a_flush_of_all_writes_what_each_writer_has_accepted() {
    let directory = tempfile::tempdir().unwrap();
    part::succeeds("flushing::part_that_flushes_all", directory.path());
}

#[test]
#[ignore = "a part of the test above"]
fn part_that_flushes_all() {
    let directory = part::directory();
    assert_eq!(0, flush_all(Duration::ZERO).flushed, "there is no writer yet");
    let silent = manual(&directory, "silent.");
    let mut writers = [manual(&directory, "a."), manual(&directory, "b.")];
    for writer in &mut writers {
        writer.append(1, b"x 1\n").unwrap();
    }
    let outcome = flush_all(Duration::ZERO);
    assert_eq!((2, 0, 0), (outcome.flushed, outcome.busy, outcome.failed));
    // In the middle of a collection, and once more: every line once.
    for writer in &mut writers {
        writer.append(1, b"x 2\n").unwrap();
    }
    flush_all(Duration::ZERO);
    flush_all(Duration::ZERO);
    for name in ["a.1.prom", "b.1.prom"] {
        assert_eq!("x 1\nx 2\n", text(&directory, name));
    }
    let [first, second] = writers;
    first.close().unwrap();
    drop((second, silent));
    assert_eq!(0, flush_all(Duration::ZERO).flushed, "they are gone");
}

/// Holds the writer at work until it is told to go on.
struct Gate(Mutex<(mpsc::Sender<()>, mpsc::Receiver<()>)>);

impl Observer for Gate {
    fn opened(&self, _: &Path) {
        let gate = self.0.lock().unwrap();
        gate.0.send(()).unwrap();
        gate.1.recv().unwrap();
    }
}

#[test]
fn a_writer_at_work_is_passed_over_or_waited_for() {
    let directory = tempfile::tempdir().unwrap();
    part::succeeds("flushing::part_with_a_writer_at_work", directory.path());
}

#[test]
#[ignore = "a part of the test above"]
fn part_with_a_writer_at_work() {
    let directory = part::directory();
    let ((entered, at_work), (go_on, waits)) = (mpsc::channel(), mpsc::channel());
    let gate = Arc::new(Gate(Mutex::new((entered, waits))));
    let builder = Writer::builder(directory.join("a.")).background(false).observer(gate);
    let mut busy = builder.build();
    let mut free = manual(&directory, "b.");
    free.append(1, b"free 1\n").unwrap();
    thread::scope(|scope| {
        let worker = scope.spawn(move || {
            busy.append(1, b"busy 1\n").unwrap();
            busy
        });
        at_work.recv().unwrap();
        let outcome = flush_all(Duration::ZERO);
        assert_eq!((1, 1, 0), (outcome.flushed, outcome.busy, outcome.failed));
        assert_eq!("free 1\n", text(&directory, "b.1.prom"));
        let patient = scope.spawn(|| flush_all(Duration::from_secs(60)));
        go_on.send(()).unwrap();
        let outcome = patient.join().unwrap();
        assert_eq!((2, 0, 0), (outcome.flushed, outcome.busy, outcome.failed));
        drop(worker.join().unwrap());
    });
    assert_eq!("busy 1\n", text(&directory, "a.1.prom"));
}

#[test]
fn lines_that_cannot_be_flushed_are_kept_and_their_error_is_told() {
    let directory = tempfile::tempdir().unwrap();
    part::succeeds("flushing::part_with_a_full_disk", directory.path());
    let kept: Vec<_> = fs::read_dir(&directory).unwrap().map(|entry| entry.unwrap()).collect();
    assert_eq!(1, kept.len());
    assert_eq!("a 1\n", fs::read_to_string(kept[0].path()).unwrap());
}

/// Says what it hears of, and goes on when it is told to.
struct Bell {
    rings: Mutex<mpsc::Sender<()>>,
    go_on: Mutex<mpsc::Receiver<()>>,
}

impl Bell {
    fn ring(&self) {
        // Whoever listens may have heard enough.
        let _ = self.rings.lock().unwrap().send(());
        let _ = self.go_on.lock().unwrap().recv();
    }
}

impl Observer for Bell {
    fn sealed(&self, _: &Path, _: u64) {
        self.ring();
    }

    fn failed(&self, _: &Error) {
        self.ring();
    }
}

fn bell() -> (Arc<Bell>, mpsc::Receiver<()>, mpsc::Sender<()>) {
    let ((rings, rung), (go, go_on)) = (mpsc::channel(), mpsc::channel());
    (Arc::new(Bell { rings: Mutex::new(rings), go_on: Mutex::new(go_on) }), rung, go)
}

#[test]
fn a_disk_that_is_well_again_within_the_patience_gets_the_lines() {
    let directory = tempfile::tempdir().unwrap();
    part::succeeds("flushing::part_with_a_disk_that_recovers", directory.path());
}

#[test]
#[ignore = "a part of the test above"]
fn part_with_a_disk_that_recovers() {
    let directory = part::directory();
    let (observer, rung, go) = bell();
    let builder = Writer::builder(directory.join("a.")).background(false).observer(observer);
    let mut writer = builder.build();
    writer.append(1, b"a 1\n").unwrap();
    limit_files(0);
    let patient = thread::spawn(|| flush_all(Duration::from_secs(60)));
    rung.recv().unwrap();
    limit_files(1 << 20);
    drop(go);
    let outcome = patient.join().unwrap();
    assert_eq!((1, 0, 0), (outcome.flushed, outcome.busy, outcome.failed));
}

#[test]
fn what_a_flush_of_all_opens_or_leaves_behind_is_known_to_the_timer() {
    for part in ["part_that_opens_for_others", "part_that_fails_for_others"] {
        let directory = tempfile::tempdir().unwrap();
        part::succeeds(&format!("flushing::{part}"), directory.path());
    }
}

/// A writer whose lines wait for a disk that fails, while the timer thread is held up by another
/// writer until the sender is dropped.
fn held_up(directory: &Path) -> (Writer, Writer, mpsc::Sender<()>) {
    let age = Duration::from_millis(10);
    let (observer, rung, go) = bell();
    let mut other =
        Writer::builder(directory.join("other.")).max_age(age).observer(observer).build();
    other.append(1, b"other 1\n").unwrap();
    rung.recv().unwrap();
    let mut writer = Writer::builder(directory.join("a.")).max_age(age).build();
    limit_files(0);
    writer.append(1, b"a 1\n").unwrap();
    writer.flush().unwrap_err();
    (writer, other, go)
}

#[test]
#[ignore = "a part of the test above"]
fn part_that_opens_for_others() {
    let directory = part::directory();
    let (writer, _other, go) = held_up(&directory);
    limit_files(1 << 20);
    flush_all(Duration::ZERO);
    let path = writer.path().unwrap();
    drop(go);
    // Waits until the segment is complete.
    drop(Reader::open(&path).unwrap());
    assert_eq!("a 1\n", fs::read_to_string(&path).unwrap());
}

#[test]
#[ignore = "a part of the test above"]
fn part_that_fails_for_others() {
    let directory = part::directory();
    let (_writer, _other, go) = held_up(&directory);
    assert_eq!(1, flush_all(Duration::ZERO).failed);
    limit_files(1 << 20);
    drop(go);
    let written = |entry: &fs::DirEntry| {
        let name = entry.file_name().into_string().unwrap();
        name.starts_with("a.") && fs::read(entry.path()).is_ok_and(|text| text == b"a 1\n")
    };
    while !fs::read_dir(&directory).unwrap().any(|entry| written(&entry.unwrap())) {
        thread::yield_now();
    }
}

#[test]
#[ignore = "a part of the test above"]
fn part_with_a_full_disk() {
    let directory = part::directory();
    limit_files(0);
    let mut writer = manual(&directory, "a.");
    writer.append(1, b"a 1\n").unwrap();
    let outcome = flush_all(Duration::ZERO);
    assert_eq!((0, 0, 1), (outcome.flushed, outcome.busy, outcome.failed));
    // The pauses of a failing disk have grown to half a second by then, and are not waited for.
    for _ in 0..8 {
        assert_eq!(1, flush_all(Duration::ZERO).failed);
    }
    limit_files(1 << 20);
    assert_eq!(1, flush_all(Duration::ZERO).flushed);
    assert_eq!(ErrorKind::FileTooLarge, writer.flush().unwrap_err().kind(), "nobody was told");
    writer.flush().unwrap();
    writer.close().unwrap();
}

#[test]
fn a_child_does_not_flush_what_is_its_parents() {
    let directory = tempfile::tempdir().unwrap();
    part::succeeds("flushing::part_that_forks", directory.path());
    assert_eq!("parent 1\n", text(directory.path(), "a.1.prom"));
    assert_eq!("child 1\n", text(directory.path(), "a.2.prom"));
}

#[test]
#[ignore = "a part of the test above"]
fn part_that_forks() {
    let directory = part::directory();
    let mut writer = manual(&directory, "a.");
    writer.append(1, b"parent 1\n").unwrap();
    let mut inherited = Some(writer);
    Child::run(|| {
        assert_eq!(0, flush_all(Duration::ZERO).flushed);
        assert_eq!("", text(&directory, "a.1.prom"));
        let mut writer = inherited.take().unwrap();
        writer.append(1, b"child 1\n").unwrap();
        assert_eq!(1, flush_all(Duration::ZERO).flushed);
        // The end of the process, and no drop.
        std::mem::forget(writer);
    })
    .succeeds();
    assert_eq!(1, flush_all(Duration::ZERO).flushed);
}

#[test]
fn a_panic_costs_nothing_that_was_accepted_if_it_flushes() {
    for (part, expected) in
        [("part_that_panics", "a 1\n"), ("part_that_panics_without_the_hook", "")]
    {
        let directory = tempfile::tempdir().unwrap();
        let output = part::run(&format!("flushing::{part}"), directory.path());
        assert_eq!(Some(Signal::SIGABRT as i32), output.status.signal(), "{output:?}");
        assert_eq!(expected, text(directory.path(), "a.1.prom"), "{part}");
    }
}

/// A thread panics, and the process is aborted: nothing is dropped.
fn panic_and_abort(directory: &Path) -> ! {
    let mut writer = manual(directory, "a.");
    writer.append(1, b"a 1\n").unwrap();
    thread::spawn(|| panic!("as planned")).join().unwrap_err();
    process::abort()
}

#[test]
#[ignore = "a part of the test above"]
fn part_that_panics() {
    let directory = part::directory();
    flush_on_panic();
    panic_and_abort(&directory);
}

#[test]
#[ignore = "a part of the test above"]
fn part_that_panics_without_the_hook() {
    panic_and_abort(&part::directory());
}

#[test]
fn a_panic_in_the_middle_of_an_append_flushes_the_others_and_does_not_hang() {
    let directory = tempfile::tempdir().unwrap();
    part::succeeds("flushing::part_that_panics_at_work", directory.path());
}

struct Panics;

impl Observer for Panics {
    fn opened(&self, _: &Path) {
        panic!("as planned");
    }
}

#[test]
#[ignore = "a part of the test above"]
fn part_that_panics_at_work() {
    static EARLIER: AtomicU32 = AtomicU32::new(0);
    let directory = part::directory();
    panic::set_hook(Box::new(|_| _ = EARLIER.fetch_add(1, Ordering::Relaxed)));
    flush_on_panic();
    flush_on_panic();
    let mut other = manual(&directory, "b.");
    other.append(1, b"b 1\n").unwrap();
    let builder = Writer::builder(directory.join("a.")).background(false);
    let mut panics = builder.observer(Arc::new(Panics)).build();
    let work = panic::AssertUnwindSafe(|| panics.append(1, b"a 1\n"));
    panic::catch_unwind(work).unwrap_err();
    assert_eq!(1, EARLIER.load(Ordering::Relaxed), "the earlier hook, and once");
    assert_eq!("b 1\n", text(&directory, "b.1.prom"));
    // On the thread that panics a hook cannot be installed; and it is there already.
    struct OnUnwind;
    impl Drop for OnUnwind {
        fn drop(&mut self) {
            flush_on_panic();
        }
    }
    let unwinding = || {
        let _guard = OnUnwind;
        panic!("as planned");
    };
    panic::catch_unwind(unwinding).unwrap_err();
    assert_eq!(2, EARLIER.load(Ordering::Relaxed));
}
