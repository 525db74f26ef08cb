//! The stream, polled by hand: no runtime is needed.

use std::fs::File;
use std::future::{Future, poll_fn};
use std::io;
use std::pin::{Pin, pin};
use std::sync::Arc;
use std::task::{Context, Poll, Wake, Waker};
use std::thread::{self, Thread};
use std::time::Instant;

use futures_core::Stream as _;
use prom_segment::Reader;
use prom_watch::{Segments, Watcher};

use crate::child::{self, Child};
use crate::scene::{NEVER, PATIENCE, Scene, eventually, lock, name, silent_for};

struct Unpark(Thread);

impl Wake for Unpark {
    fn wake(self: Arc<Self>) {
        self.0.unpark();
    }
}

/// Runs a future on this thread, which sleeps until it is woken.
fn block_on<T>(future: impl Future<Output = T>) -> T {
    let mut future = pin!(future);
    let waker = Waker::from(Arc::new(Unpark(thread::current())));
    let begun = Instant::now();
    loop {
        if let Poll::Ready(value) = future.as_mut().poll(&mut Context::from_waker(&waker)) {
            return value;
        }
        thread::park_timeout(PATIENCE);
        assert!(begun.elapsed() < PATIENCE, "nobody woke the task");
    }
}

fn next(segments: &mut Segments) -> io::Result<Reader> {
    let item = block_on(poll_fn(|context| Pin::new(&mut *segments).poll_next(context)));
    item.expect("the stream never ends")
}

fn remove_next(segments: &mut Segments) -> String {
    let reader = next(segments).unwrap();
    let name = name(&reader);
    reader.unlink().unwrap();
    name
}

#[test]
fn segments_stream_in_order_and_later_ones_wake_the_task() {
    let scene = Scene::new();
    scene.seal_all(&["a.2.prom", "a.1.prom"]);
    let watcher = Watcher::builder(scene.directory()).rescan_interval(NEVER).build();
    let mut segments = watcher.into_stream();
    assert_eq!("a.1.prom", remove_next(&mut segments));
    assert_eq!("a.2.prom", remove_next(&mut segments));
    thread::scope(|scope| {
        let waiting =
            scope.spawn(|| (0..20).map(|_| remove_next(&mut segments)).collect::<Vec<_>>());
        for millis in 10..30 {
            scene.seal(&format!("a.{millis}.prom"), "text\n");
        }
        let mut streamed = waiting.join().unwrap();
        streamed.sort();
        let expected: Vec<_> = (10..30).map(|millis| format!("a.{millis}.prom")).collect();
        assert_eq!(expected, streamed);
    });
    assert_eq!(Vec::<String>::new(), scene.names());
}

/// A lock that was freed by a reader causes no event: the timer thread must wake the task.
#[test]
fn a_parked_segment_wakes_the_task_when_it_is_due() {
    let scene = Scene::new();
    scene.seal("a.1.prom", "text\n");
    let watcher = Watcher::builder(scene.directory()).rescan_interval(NEVER).build();
    let other = lock(File::open(scene.path("a.1.prom")).unwrap());
    let mut segments = watcher.stream();
    thread::scope(|scope| {
        let waiting = scope.spawn(|| remove_next(&mut segments));
        eventually(|| watcher.stats().parked == 1);
        drop(other);
        assert_eq!("a.1.prom", waiting.join().unwrap());
    });
}

#[test]
fn an_item_is_locked_for_its_receiver_and_counts_as_processed() {
    let scene = Scene::new();
    scene.seal("a.1.prom", "text\n");
    let watcher = scene.attentive();
    let mut segments = watcher.stream();
    let reader = next(&mut segments).unwrap();
    let rival = scene.attentive();
    silent_for(&rival, 20);
    drop(reader);
    silent_for(&watcher, 20);
    assert_eq!(1, watcher.stats().done);
    assert_eq!("a.1.prom", crate::scene::next(&rival), "a rival may have it now");
}

#[test]
fn a_missing_directory_is_an_item_and_then_the_stream_goes_on() {
    let scene = Scene::new();
    let directory = scene.path("later");
    let mut segments = Watcher::new(&directory).into_stream();
    for _ in 0..3 {
        let error = next(&mut segments).unwrap_err();
        assert_eq!(io::ErrorKind::NotFound, error.kind());
        assert!(error.to_string().contains("later"), "{error}");
    }
    std::fs::create_dir(&directory).unwrap();
    std::fs::write(directory.join("a.1.prom"), "text\n").unwrap();
    let mut reader = None;
    eventually(|| {
        reader = next(&mut segments).ok();
        reader.is_some()
    });
    assert_eq!("a.1.prom", name(&reader.unwrap()));
}

#[test]
fn several_streams_share_the_segments() {
    let scene = Scene::new();
    let watcher = scene.attentive();
    thread::scope(|scope| {
        let tasks = [(); 3].map(|()| {
            let mut segments = watcher.stream();
            scope.spawn(move || (0..10).map(|_| remove_next(&mut segments)).collect::<Vec<_>>())
        });
        for millis in 10..40 {
            scene.seal(&format!("a.{millis}.prom"), "text\n");
        }
        let mut streamed: Vec<_> =
            tasks.into_iter().flat_map(|task| task.join().unwrap()).collect();
        streamed.sort();
        let expected: Vec<_> = (10..40).map(|millis| format!("a.{millis}.prom")).collect();
        assert_eq!(expected, streamed);
    });
}

fn threads() -> usize {
    std::fs::read_dir("/proc/self/task").unwrap().count()
}

#[test]
fn one_timer_thread_serves_all_streams_and_ends_with_the_watcher() {
    let scene = Scene::new();
    Child::start("stream::child_that_counts_threads", scene.directory(), None).succeed();
}

#[test]
#[ignore = "a part of the test above, which needs a process without other threads"]
fn child_that_counts_threads() {
    let watcher = Watcher::new(child::directory());
    let waker = Waker::from(Arc::new(Unpark(thread::current())));
    let at_first = threads();
    let mut streams = [watcher.stream(), watcher.stream()];
    for segments in &mut streams {
        let polled = Pin::new(segments).poll_next(&mut Context::from_waker(&waker));
        assert!(polled.is_pending());
        // One that hears the kernel's events, and the timer.
        assert_eq!(at_first + 2, threads());
    }
    drop(streams);
    drop(watcher);
    eventually(|| threads() == at_first);
}
