//! `flush_all`: the writers of the process, and the flushing of all of them from outside.

use std::panic;
use std::process;
use std::sync::{Mutex, MutexGuard, Once, TryLockError, Weak};
use std::thread;
use std::time::{Duration, Instant};

/// What can be flushed by a thread that does not own it.
pub(crate) trait Flush: Send + Sync {
    /// Flushes without waiting for a lock: `None` when somebody is at it. In a hurry a disk is tried
    /// that would be left alone for a while.
    fn try_flush(&self, hurry: bool) -> Option<Outcome>;
}

/// What came of a try for one writer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Outcome {
    Flushed,
    /// Lines could not be written, and another try may help.
    Kept,
    /// A sync has failed, of this try or before, and no other try helps.
    Lost,
}

/// The writers that have accepted lines, each with the process whose it is: a forked child inherits
/// the list, and must not write what is its parent's.
static WRITERS: Mutex<Writers> = Mutex::new(Vec::new());

type Writers = Vec<(u32, Weak<dyn Flush>)>;

/// Tries for the list of writers. It is never held for longer than a look at it takes, but a thread
/// may be stopped there, and in a forked child the one that held it does not exist.
const TRIES: u32 = 100;
/// Between two tries for a writer that is at work.
const PAUSE: Duration = Duration::from_millis(1);

/// What came of [`flush_all`].
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Flushed {
    /// Writers that have nothing left in memory, and nothing that should be on the disk and is not.
    pub flushed: usize,
    /// Writers that were at work, or whose segment was being completed, until the time was over.
    pub busy: usize,
    /// Writers whose lines could not be written at the last try, or not be synced. What was not
    /// written is kept, and the next call of such a writer that can return the error does.
    pub failed: usize,
    /// Whether the list of writers could not be had until the time was over, and nothing was done:
    /// a thread was stopped while it held the list, or in a forked child was not taken along.
    pub unlisted: bool,
}

/// Flushes every writer of this process, whoever owns it: what was accepted is in the kernel then,
/// where the death of the process cannot harm it, or on the disk, by the durability.
///
/// For the moment before a process ends in another way than by dropping its writers: a handler of
/// signals that calls [`process::exit`], a panic hook. A collection that is going on is flushed as far as
/// it has come. Segments stay open; when the process ends the kernel frees them for readers.
///
/// A writer that a thread is using at this moment, or whose segment is being completed, is tried again
/// until `patience` is over; so is one whose lines could not be written, at first at once and then
/// with the pauses in which a failing disk is left alone, and at the end once more. With
/// [`Duration::ZERO`] each writer is tried once and no writer's lock is waited for. The disk is waited
/// for in any case, as long as it takes.
///
/// On a thread that is inside of a writer, as an [`Observer`](crate::Observer) is, that writer cannot
/// come free, and all of the patience is spent on it.
///
/// It takes locks and memory, so it must not be called *in* a handler of `sigaction(2)`, but from a
/// thread that such a handler wakes.
pub fn flush_all(patience: Duration) -> Flushed {
    flush_each(patience, writers)
}

/// The list is asked for again as long as it cannot be had.
fn flush_each(patience: Duration, list: impl Fn() -> Option<Vec<Weak<dyn Flush>>>) -> Flushed {
    let deadline = Instant::now().checked_add(patience);
    let mut rounds = Rounds::default();
    loop {
        let last = deadline.is_some_and(|deadline| deadline <= Instant::now());
        let outcome = rounds.next(last, &list);
        if last || rounds.is_over() {
            return outcome;
        }
        pause();
    }
}

/// The writers that are still to be flushed, round by round.
#[derive(Default)]
struct Rounds {
    /// `None` until the list could be had.
    waiting: Option<Vec<Weak<dyn Flush>>>,
    settled: Flushed,
}

impl Rounds {
    /// Tries what is left once. The first and the last round are in a hurry: the one may be all that
    /// there is time for, and after the other there is none. Between them a failing disk is spared.
    fn next(&mut self, last: bool, list: impl Fn() -> Option<Vec<Weak<dyn Flush>>>) -> Flushed {
        let hurry = last || self.waiting.is_none();
        if self.waiting.is_none() {
            self.waiting = list();
        }
        let Some(waiting) = &mut self.waiting else {
            return Flushed { unlisted: true, ..self.settled };
        };
        let (settled, mut open) = (&mut self.settled, Flushed::default());
        waiting.retain(|writer| {
            let Some(writer) = writer.upgrade() else { return false };
            let (count, stays) = match writer.try_flush(hurry) {
                None => (&mut open.busy, true),
                Some(Outcome::Kept) => (&mut open.failed, true),
                Some(Outcome::Lost) => (&mut settled.failed, false),
                Some(Outcome::Flushed) => (&mut settled.flushed, false),
            };
            *count += 1;
            stays
        });
        Flushed { busy: open.busy, failed: settled.failed + open.failed, ..*settled }
    }

    fn is_over(&self) -> bool {
        self.waiting.as_ref().is_some_and(Vec::is_empty)
    }
}

#[expect(clippy::disallowed_methods, reason = "a lock that comes free tells nobody in time")]
fn pause() {
    thread::sleep(PAUSE);
}

/// Has [`flush_all`] called when a thread panics, before what the program does at a panic anyway;
/// without patience, so that it never waits for a writer. A second call changes nothing.
///
/// A panic that ends in [`process::abort`] or with `panic = "abort"` then costs no accepted lines,
/// but for those of a writer that is at work at this moment, on the thread that panics or another. Call
/// it at the beginning of `main`, after other hooks are set; on a thread that is panicking it does
/// nothing.
///
/// An [`Observer`](crate::Observer) may be called in the hook: it must not panic there, nor wait for a
/// lock, since the thread that panics may hold any lock of the program.
pub fn flush_on_panic() {
    static INSTALLED: Once = Once::new();
    if thread::panicking() {
        return;
    }
    INSTALLED.call_once(|| {
        let next = panic::take_hook();
        panic::set_hook(Box::new(move |panic| {
            flush_all(Duration::ZERO);
            next(panic);
        }));
    });
}

/// Adds a writer of this process, and forgets those that are gone; says whether it did. It does not
/// when a thread that held the list was not taken along by a fork.
pub(crate) fn enlist(writer: Weak<dyn Flush>) -> bool {
    let Some(mut writers) = list() else { return false };
    writers.retain(|(_, known)| known.strong_count() > 0);
    writers.push((process::id(), writer));
    true
}

fn writers() -> Option<Vec<Weak<dyn Flush>>> {
    let (writers, own) = (list()?, process::id());
    let own = writers.iter().filter(|(pid, _)| *pid == own);
    Some(own.map(|(_, writer)| Weak::clone(writer)).collect())
}

fn list() -> Option<MutexGuard<'static, Writers>> {
    for _ in 0..TRIES {
        match WRITERS.try_lock() {
            Ok(writers) => return Some(writers),
            Err(TryLockError::Poisoned(writers)) => return Some(writers.into_inner()),
            Err(TryLockError::WouldBlock) => thread::yield_now(),
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::sync::Arc;
    use std::sync::atomic::{AtomicU32, Ordering};

    struct Idle;

    impl Flush for Idle {
        fn try_flush(&self, _: bool) -> Option<Outcome> {
            Some(Outcome::Flushed)
        }
    }

    #[test]
    fn writers_that_are_gone_are_forgotten() {
        let gone: Arc<dyn Flush> = Arc::new(Idle);
        let name = Arc::downgrade(&gone);
        let listed = |name: &Weak<dyn Flush>| {
            list().unwrap().iter().filter(|(_, known)| known.ptr_eq(name)).count()
        };
        assert!(enlist(Weak::clone(&name)));
        assert_eq!(1, listed(&name));
        drop(gone);
        let next: Arc<dyn Flush> = Arc::new(Idle);
        assert!(enlist(Arc::downgrade(&next)));
        assert_eq!((0, 1), (listed(&name), listed(&Arc::downgrade(&next))));
    }

    /// Answers one after the other, the last one again and again, and notes whether it was in a hurry.
    struct Script(Mutex<(Vec<Option<Outcome>>, Vec<bool>)>);

    impl Script {
        fn new(answers: &[Option<Outcome>]) -> Arc<Self> {
            Arc::new(Self(Mutex::new((answers.to_vec(), Vec::new()))))
        }

        fn hurried(&self) -> Vec<bool> {
            self.0.lock().unwrap().1.clone()
        }
    }

    impl Flush for Script {
        fn try_flush(&self, hurry: bool) -> Option<Outcome> {
            let (answers, hurried) = &mut *self.0.lock().unwrap();
            hurried.push(hurry);
            if answers.len() > 1 { answers.remove(0) } else { answers[0] }
        }
    }

    const FLUSHED: Option<Outcome> = Some(Outcome::Flushed);
    const KEPT: Option<Outcome> = Some(Outcome::Kept);
    const LOST: Option<Outcome> = Some(Outcome::Lost);
    const LONG: Duration = Duration::from_secs(120);

    /// What comes of writers with these answers, and how each was asked.
    fn flush(patience: Duration, scripts: &[&[Option<Outcome>]]) -> (Flushed, Vec<Vec<bool>>) {
        let scripts: Vec<Arc<Script>> =
            scripts.iter().map(|answers| Script::new(answers)).collect();
        let list = || {
            let weak = |script: &Arc<Script>| {
                let writer: Arc<dyn Flush> = Arc::<Script>::clone(script);
                Arc::downgrade(&writer)
            };
            Some(scripts.iter().map(weak).collect())
        };
        let outcome = flush_each(patience, list);
        (outcome, scripts.iter().map(|script| script.hurried()).collect())
    }

    #[test]
    fn patience_is_spent_on_what_may_still_be_flushed_and_on_nothing_else() {
        let scripts: [&[_]; 4] =
            [&[FLUSHED], &[KEPT, KEPT, FLUSHED], &[None, KEPT, None, FLUSHED], &[KEPT, LOST]];
        let (outcome, hurried) = flush(LONG, &scripts);
        assert_eq!(Flushed { flushed: 3, failed: 1, ..Flushed::default() }, outcome);
        assert_eq!(vec![true], hurried[0]);
        assert_eq!(vec![true, false, false], hurried[1], "a failing disk is spared meanwhile");
        assert_eq!(vec![true, false, false, false], hurried[2]);
        assert_eq!(vec![true, false], hurried[3]);
    }

    #[test]
    fn without_patience_there_is_one_try_and_it_is_a_real_one() {
        let (outcome, hurried) = flush(Duration::ZERO, &[&[FLUSHED], &[KEPT], &[None], &[LOST]]);
        let expected = Flushed { flushed: 1, busy: 1, failed: 2, unlisted: false };
        assert_eq!((expected, vec![vec![true]; 4]), (outcome, hurried));
    }

    #[test]
    fn at_the_end_of_the_patience_a_failing_disk_is_tried_once_more() {
        let (outcome, hurried) = flush(Duration::from_millis(20), &[&[KEPT]]);
        assert_eq!(Flushed { failed: 1, ..Flushed::default() }, outcome);
        assert!(hurried[0].len() > 1);
        assert_eq!((Some(&true), Some(&true)), (hurried[0].first(), hurried[0].last()));
    }

    #[test]
    fn a_list_that_cannot_be_had_is_asked_for_again_and_told_of() {
        let outcome = flush_each(Duration::from_millis(20), || None);
        assert_eq!(Flushed { unlisted: true, ..Flushed::default() }, outcome);
        let (script, asked) = (Script::new(&[FLUSHED]), AtomicU32::new(0));
        let writer: Arc<dyn Flush> = Arc::<Script>::clone(&script);
        let list = || {
            let ready = asked.fetch_add(1, Ordering::Relaxed) >= 3;
            ready.then(|| vec![Arc::downgrade(&writer)])
        };
        let outcome = flush_each(LONG, list);
        assert_eq!(Flushed { flushed: 1, ..Flushed::default() }, outcome);
        assert_eq!(vec![true], script.hurried());
    }
}
