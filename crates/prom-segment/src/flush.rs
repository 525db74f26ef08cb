//! `flush_all`: the writers of the process, and the flushing of all of them from outside.

use std::panic;
use std::process;
use std::sync::{Mutex, MutexGuard, Once, TryLockError, Weak};
use std::thread;
use std::time::{Duration, Instant};

/// What can be flushed by a thread that does not own it.
pub(crate) trait Flush: Send + Sync {
    /// Flushes without waiting for a lock: `None` when somebody is at it, else whether all is written.
    fn try_flush(&self) -> Option<bool>;
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
    /// Writers that have nothing left in memory.
    pub flushed: usize,
    /// Writers that were at work on a thread until the time was over.
    pub busy: usize,
    /// Writers whose lines could not be written. They are kept, and the next call of such a writer
    /// that can return the error does.
    pub failed: usize,
}

/// Flushes every writer of this process, whoever owns it: what was accepted is in the kernel then,
/// where the death of the process cannot harm it, or on the disk, by the durability.
///
/// For the moment before a process ends in another way than by dropping its writers: a handler of
/// signals that calls [`process::exit`], a panic hook. A writer that a thread is using at this moment
/// is tried again until `patience` is over; with [`Duration::ZERO`] no lock is waited for, only the
/// disk. A collection that is going on is flushed as far as it has come. Segments stay open; when
/// the process ends the kernel frees them for readers.
///
/// It takes locks and memory, so it must not be called *in* a handler of `sigaction(2)`, but from a
/// thread that such a handler wakes.
#[expect(clippy::must_use_candidate, reason = "it is called for what it does")]
pub fn flush_all(patience: Duration) -> Flushed {
    let deadline = Instant::now().checked_add(patience);
    let mut waiting = writers();
    let mut outcome = Flushed::default();
    loop {
        waiting.retain(|writer| match writer.upgrade().map(|writer| writer.try_flush()) {
            None => false,
            Some(None) => true,
            Some(Some(true)) => {
                outcome.flushed += 1;
                false
            }
            Some(Some(false)) => {
                outcome.failed += 1;
                false
            }
        });
        let over = deadline.is_some_and(|deadline| deadline <= Instant::now());
        if waiting.is_empty() || over {
            return Flushed { busy: waiting.len(), ..outcome };
        }
        pause();
    }
}

#[expect(clippy::disallowed_methods, reason = "a lock that comes free tells nobody in time")]
fn pause() {
    thread::sleep(PAUSE);
}

/// Has [`flush_all`] called when a thread panics, before what the program does at a panic anyway;
/// without patience, so that it never waits for a lock. A second call changes nothing.
///
/// A panic that ends in [`process::abort`] or with `panic = "abort"` then costs no accepted lines,
/// but for those of a writer that is at work at this moment, on the thread that panics or another. Call
/// it at the beginning of `main`, after other hooks are set; on a thread that is panicking it does
/// nothing. An [`Observer`](crate::Observer) must not panic in it.
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

fn writers() -> Vec<Weak<dyn Flush>> {
    let Some(writers) = list() else { return Vec::new() };
    let own = process::id();
    writers.iter().filter(|(pid, _)| *pid == own).map(|(_, writer)| Weak::clone(writer)).collect()
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

    struct Idle;

    impl Flush for Idle {
        fn try_flush(&self) -> Option<bool> {
            Some(true)
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
}
