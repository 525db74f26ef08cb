//! Consumers that fail or panic: the segment stays, comes again later, and holds up no other.

use std::fmt;
use std::io;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::time::{Duration, Instant};

use prom_watch::Watcher;

use crate::scene::{PATIENCE, Scene, drain, eventually, lock, next, take};

#[derive(Debug)]
enum Mine {
    Refused(&'static str),
    Io(io::Error),
}

impl From<io::Error> for Mine {
    fn from(error: io::Error) -> Self {
        Self::Io(error)
    }
}

impl fmt::Display for Mine {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Refused(why) => f.write_str(why),
            Self::Io(error) => error.fmt(f),
        }
    }
}

#[test]
fn an_error_of_the_closure_comes_back_as_it_is_and_the_others_go_on() {
    let scene = Scene::new();
    scene.seal_all(&["a.1.prom", "a.2.prom", "a.3.prom"]);
    let watcher = Watcher::builder(scene.directory()).retry_cap(PATIENCE).build();
    let refused = watcher.ingest_one(|_| Err(Mine::Refused("not today")));
    assert_eq!("not today", refused.unwrap_err().to_string());
    assert_eq!(1, watcher.stats().parked);
    assert_eq!(["a.2.prom", "a.3.prom"], [next(&watcher), next(&watcher)]);
    assert_eq!("a.1.prom", next(&watcher));
    assert_eq!(Vec::<String>::new(), scene.names());
}

#[test]
fn the_pauses_of_a_segment_that_fails_double() {
    let scene = Scene::new();
    scene.seal("a.1.prom", "text\n");
    let watcher = Watcher::new(scene.directory());
    let begun = Instant::now();
    for _ in 0..6 {
        let failed = watcher.ingest_next(PATIENCE, |_| Err(Mine::Refused("not yet")));
        assert_eq!("not yet", failed.unwrap_err().to_string());
    }
    // 5 + 10 + 20 + 40 + 80 ms lie between the six tries.
    assert!(begun.elapsed() >= Duration::from_millis(155), "{:?}", begun.elapsed());
    assert_eq!(6, watcher.stats().tries);
}

#[test]
fn a_panic_reaches_the_caller_and_the_segment_comes_again() {
    let scene = Scene::new();
    scene.seal_all(&["a.1.prom", "a.2.prom"]);
    let watcher = Watcher::new(scene.directory());
    let panicked = catch_unwind(AssertUnwindSafe(|| {
        watcher.ingest_one(|_| -> io::Result<()> { panic!("the consumer's own") })
    }));
    let payload = panicked.unwrap_err();
    assert_eq!(Some(&"the consumer's own"), payload.downcast_ref::<&str>());
    let mut rest = [next(&watcher), next(&watcher)];
    rest.sort();
    assert_eq!(["a.1.prom", "a.2.prom"], rest);
}

/// Its lock is free again as soon as the closure has failed, for any other consumer.
#[test]
fn a_failed_segment_is_not_locked() {
    let scene = Scene::new();
    scene.seal("a.1.prom", "text\n");
    let watcher = scene.attentive();
    assert!(watcher.ingest_one(|_| Err(Mine::Refused("no"))).is_err());
    let free = lock(std::fs::File::open(scene.path("a.1.prom")).unwrap());
    drop(free);
    let panicked = catch_unwind(AssertUnwindSafe(|| {
        watcher.ingest_next(PATIENCE, |_| -> io::Result<()> { panic!("no") })
    }));
    assert!(panicked.is_err());
    drop(lock(std::fs::File::open(scene.path("a.1.prom")).unwrap()));
}

#[test]
fn a_segment_that_was_removed_by_a_failing_closure_is_gone() {
    let scene = Scene::new();
    scene.seal("a.1.prom", "text\n");
    let watcher = Watcher::new(scene.directory());
    let failed = watcher.ingest_one(|reader| {
        reader.unlink()?;
        Err(Mine::Refused("too late"))
    });
    assert_eq!("too late", failed.unwrap_err().to_string());
    eventually(|| {
        assert_eq!(None, take(&watcher));
        watcher.stats().parked == 0
    });
    assert_eq!(Vec::<String>::new(), drain(&watcher));
}
