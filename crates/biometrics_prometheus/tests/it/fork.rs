//! A child that is forked while other threads of its parent are at work emits all the same.

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;
use std::time::Duration;

use biometrics::{Collector, Counter, Emitter as _, Histogram};
use biometrics_prometheus::{
    Builder, Emitter, LabelName, SlashMetrics, flush_all, register_biometrics,
};
use sig_fig_histogram::LockFreeHistogram;

use crate::child::Child;
use crate::{part, texts};

static BUCKETS: LockFreeHistogram<9> = LockFreeHistogram::new(1);
static EARLY: Counter = Counter::new("fork.early");
static LATE: Counter = Counter::new("fork.late");

const CHILDREN: u64 = 60;

#[test]
fn a_child_is_not_stopped_by_what_the_threads_of_its_parent_held() {
    part::succeeds("fork::part_that_forks_at_any_moment");
}

#[test]
fn a_child_has_its_own_number_and_says_each_type_once() {
    let directory = tempfile::tempdir().unwrap();
    let prefix = directory.path().join("a.");
    let builder = Emitter::builder().prefix(prefix).background(false).process_identity(true);
    let mut emitter = builder.build();
    emitter.emit_counter(&EARLY, 1).unwrap();
    let mut inherited = Some(emitter);
    Child::run(|| {
        let mut emitter = inherited.take().unwrap();
        // At the time of the parent's last emission the fork is not noticed at once.
        for now in [1, 2, 3] {
            emitter.emit_counter(&EARLY, now).unwrap();
        }
        emitter.close().unwrap();
    })
    .succeeds();
    inherited.unwrap().close().unwrap();
    let texts = texts(directory.path());
    assert_eq!(2, texts.len(), "{texts:?}");
    let own = format!(":{}\"", std::process::id());
    for (text, samples) in texts.iter().zip([1, 3]) {
        assert_eq!(1, text.matches("# TYPE fork_early counter\n").count(), "{text}");
        assert_eq!(1 + samples, text.lines().count(), "{text}");
    }
    assert!(texts[0].contains(&own), "{texts:?}");
    assert!(texts[1].lines().skip(2).all(|line| !line.contains(&own)), "{texts:?}");
}

#[test]
fn a_page_that_a_child_begins_is_all_its_own() {
    let (mut metrics, mut page) =
        (SlashMetrics::builder().process_identity(true).build(), Vec::new());
    metrics.emit_counter(&EARLY, 0).unwrap();
    metrics.swap(&mut page);
    let parent = format!(":{}\"", std::process::id());
    Child::run(|| {
        for counter in [&EARLY, &LATE] {
            metrics.emit_counter(counter, 0).unwrap();
        }
        metrics.swap(&mut page);
        let text = String::from_utf8_lossy(&page);
        let samples = text.lines().filter(|line| line.starts_with("fork_"));
        assert_eq!(2, samples.clone().count());
        assert!(samples.clone().all(|line| !line.contains(&parent)));
    })
    .succeeds();
}

/// The shelf of a child numbers its sensors anew.
#[test]
fn what_fails_in_a_child_frees_no_name_of_another_sensor() {
    let directory = tempfile::tempdir().unwrap();
    let prefix = directory.path().join("late").join("a.");
    // A label that no other test has, so that their sensors have no numbers here.
    let label = LabelName::new("numbered").unwrap();
    let build = || {
        let builder = Emitter::builder().prefix(prefix.clone()).background(false);
        builder.label(label, "anew").build()
    };
    let leaked = |label| -> &'static Counter { Box::leak(Counter::new(label).into()) };
    let [written, unwritten, new] = ["number.a", "number.b", "number.c"].map(leaked);
    let (first, both) = (Collector::new(), Collector::new());
    first.register_counter(written);
    both.register_counter(unwritten);
    both.register_counter(new);
    let (mut emitter, mut other) = (build(), build());
    let (late, away) = (directory.path().join("late"), directory.path().join("away"));
    std::fs::create_dir(&late).unwrap();
    emitter.emit_all(&first, 1).unwrap();
    emitter.rotate().unwrap();
    std::fs::rename(&late, &away).unwrap();
    emitter.emit_counter(unwritten, 2).unwrap_err();
    Child::run(|| {
        // This one has the first number on the child's shelf, and the others move on by one.
        other.emit_counter(new, 3).unwrap_err();
        emitter.emit_all(&both, 3).unwrap_err();
        std::fs::rename(&away, &late).unwrap();
        assert!(emitter.emit_counter(&Counter::new("number-a"), 4).is_err(), "the name is taken");
        emitter.emit_counter(&Counter::new("number-b"), 4).unwrap();
        emitter.emit_counter(written, 4).unwrap();
    })
    .succeeds();
}

#[test]
fn a_child_that_is_forked_within_an_emission_repeats_nothing() {
    let directory = tempfile::tempdir().unwrap();
    let build = || Emitter::builder().prefix(directory.path().join("a.")).background(false);
    let (first, second) = (Counter::new("before.the.fork"), Counter::new("after.the.fork"));
    let mut emitter = build().build();
    let emitted = emitter.emit_together(|emission| {
        emission.emit_counter(&first, 1)?;
        Child::run(|| {
            // Another time ends what was gathered, which is the parent's to write.
            let forked = emission.emit_counter(&second, 2).unwrap_err();
            assert!(forked.to_string().contains("forked"), "{forked}");
            emission.emit_counter(&second, 3).unwrap();
            emission.emit_counter(&second, 4).unwrap();
            let _ = flush_all(Duration::from_secs(60));
        })
        .succeeds();
        Ok(())
    });
    emitted.unwrap();
    emitter.close().unwrap();
    let all = texts(directory.path()).concat();
    assert_eq!(1, all.matches("before_the_fork 0 1\n").count(), "{all}");
    assert_eq!(1, all.matches("after_the_fork 0 2\n").count(), "{all}");
    assert_eq!(1, all.matches("after_the_fork 0 3\n").count(), "{all}");
}

/// A histogram under a label `le` is refused after its text was rendered, however often it comes: what is
/// process-wide is locked most of the time, and nothing is left behind.
fn styled(prefix: PathBuf) -> Builder {
    let label = LabelName::new("le").unwrap();
    Emitter::builder().prefix(prefix).background(false).label(label, "mine")
}

#[test]
#[ignore = "a part of the test above"]
fn part_that_forks_at_any_moment() {
    let directory = part::directory();
    let over = AtomicBool::new(false);
    let mut emitter = styled(directory.join("child.")).build();
    emitter.emit_counter(&EARLY, 1).unwrap();
    thread::scope(|scope| {
        let work = |prefix: &str| {
            let mut emitter = styled(directory.join(prefix)).build();
            let refused = Histogram::new("fork.refused", &BUCKETS);
            while !over.load(Ordering::Relaxed) {
                emitter.emit_histogram(&refused, 1).unwrap_err();
                emit_page();
            }
        };
        scope.spawn(move || work("one."));
        scope.spawn(move || work("two."));
        // Ends the threads also when a child has failed.
        let _over = Over(&over);
        let mut inherited = Some(emitter);
        for now in 2..2 + CHILDREN {
            let body = || go_on(inherited.take().unwrap(), now);
            Child::run(body).succeeds();
        }
    });
    let expected = "# TYPE fork_early counter\nfork_early{le=\"mine\"} 0 NOW\n\
                    # TYPE fork_late counter\nfork_late{le=\"mine\"} 0 NOW\n";
    let mut texts: BTreeMap<String, u64> = BTreeMap::new();
    for text in self::texts(&directory) {
        *texts.entry(text).or_default() += 1;
    }
    for now in 2..2 + CHILDREN {
        let text = expected.replace("NOW", &now.to_string());
        assert_eq!(Some(1), texts.remove(&text), "{text}{texts:?}");
    }
}

struct Over<'a>(&'a AtomicBool);

impl Drop for Over<'_> {
    fn drop(&mut self) {
        self.0.store(true, Ordering::Relaxed);
    }
}

/// What a child does: a sensor that is known, one that is new, and all that is process-wide.
fn go_on(mut emitter: Emitter, now: u64) {
    // The parent's own alarm is not inherited.
    nix::unistd::alarm::set(60);
    emitter.emit_counter(&EARLY, now).unwrap();
    emitter.emit_counter(&LATE, now).unwrap();
    emitter.close().unwrap();
    emit_page();
}

fn emit_page() {
    let collector = Collector::new();
    register_biometrics(&collector);
    collector.emit(&mut SlashMetrics::scrape(), 0).unwrap();
}
