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
use prom_segment::{Observer, Writer, flush_all, flush_on_panic};

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
    assert_eq!("a 1\n", text(directory.path(), "a.2.prom"));
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
    limit_files(1 << 20);
    // The pauses of a failing disk are half a second at most.
    while flush_all(Duration::ZERO).flushed == 0 {
        thread::yield_now();
    }
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
