//! `Shared`: what a writer shares with the timer thread, and with those who flush all writers.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, TryLockError, Weak};
use std::time::{Instant, SystemTime};

use crate::config::Config;
use crate::error::Error;
use crate::flush::{self, Flush};
use crate::segment::Segment;
use crate::state::{Due, State, finish};
use crate::sweep::sweep;
use crate::timer::{Look, Wait};

#[derive(Debug)]
pub(crate) struct Shared {
    state: Mutex<State>,
    /// Held by the timer thread while it completes a segment, which may take as long as the disk
    /// does, and taken under the lock of the state. Holds what that has failed with.
    completing: Mutex<Option<Error>>,
    config: Arc<Config>,
    swept: AtomicBool,
    /// Whether [`flush::flush_all`] knows it.
    enlisted: AtomicBool,
}

impl Shared {
    pub(crate) fn new(config: &Arc<Config>, headers: Vec<Arc<[u8]>>) -> Arc<Self> {
        let state = State::new(Arc::clone(config), headers, Instant::now());
        Arc::new(Self {
            state: Mutex::new(state),
            completing: Mutex::default(),
            config: Arc::clone(config),
            swept: AtomicBool::new(false),
            enlisted: AtomicBool::new(false),
        })
    }

    /// Once for a writer, and never on the path of a sample: the directory may be large.
    pub(crate) fn sweep(&self) {
        if !self.swept.swap(true, Ordering::Relaxed)
            && let Ok(to) = self.config.destination()
        {
            let orphans = sweep(&to, SystemTime::now());
            if orphans > 0 {
                self.config.observer().swept(orphans);
            }
        }
    }

    pub(crate) fn finish(&self, segment: Segment) -> Result<(), Error> {
        finish(segment, &self.config, self.config.durability)
    }

    /// Has it flushed with all others of the process, from the first lines on.
    pub(crate) fn enlist(self: &Arc<Self>) {
        if !self.enlisted.load(Ordering::Relaxed) {
            let writer: Weak<Self> = Arc::downgrade(self);
            self.enlisted.store(flush::enlist(writer), Ordering::Relaxed);
        }
    }

    /// Waits until the timer thread has completed what it has in hand, and gives what went wrong
    /// there. Without this a caller could be told that lines are on the disk which are only on
    /// their way to it.
    pub(crate) fn completed(&self) -> Result<(), Error> {
        let mut failure = self.completing.lock().unwrap_or_else(PoisonError::into_inner);
        failure.take().map_or(Ok(()), Err)
    }

    pub(crate) fn try_lock(&self) -> Option<MutexGuard<'_, State>> {
        try_lock(&self.state)
    }

    /// An observer that panics may poison the lock; the state is whole between any two of its calls.
    pub(crate) fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn try_lock<T>(mutex: &Mutex<T>) -> Option<MutexGuard<'_, T>> {
    match mutex.try_lock() {
        Ok(guard) => Some(guard),
        Err(TryLockError::Poisoned(poisoned)) => Some(poisoned.into_inner()),
        Err(TryLockError::WouldBlock) => None,
    }
}

impl Flush for Shared {
    fn try_flush(&self) -> Option<bool> {
        let mut state = self.try_lock()?;
        let _nothing_in_hand = try_lock(&self.completing)?;
        let flushed = state.write_out();
        let done = flushed.is_ok();
        if let Err(error) = flushed {
            state.leave_word(error);
        }
        Some(done)
    }
}

impl Wait for Shared {
    fn look(&self, millis: u64, now: Instant) -> Option<Look> {
        self.sweep();
        let mut state = self.lock();
        let mut completing = self.completing.lock().unwrap_or_else(PoisonError::into_inner);
        let finished = match state.due(millis, now) {
            Ok(Due::At(due)) => return Some(Look { due, millis }),
            Ok(Due::Never) => return None,
            Ok(Due::Now(segment)) => {
                // The state is free meanwhile: a sync may take long.
                drop(state);
                self.finish(segment)
            }
            Err(error) => {
                drop(state);
                Err(error)
            }
        };
        completing.get_or_insert(finished.err()?);
        drop(completing);
        let state = self.lock();
        // Lines that could not be written are tried again, unless a segment was opened since then.
        state.look().filter(|_| state.open_segment().is_none())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::error::Action;
    use crate::writer::Writer;
    use std::io;

    /// A writer with a flushed line, as it is while the timer thread completes an older segment.
    fn writer(directory: &std::path::Path) -> Writer {
        let builder = Writer::builder(directory.join("a."));
        let mut writer = builder.durability(crate::Durability::Flush).background(false).build();
        writer.append(1, b"a 1\n").unwrap();
        writer
    }

    #[test]
    fn nobody_is_told_of_success_before_a_segment_in_hand_is_complete() {
        let directory = tempfile::tempdir().unwrap();
        let mut writer = writer(directory.path());
        let shared = Arc::clone(writer.shared());
        let mut in_hand = shared.completing.lock().unwrap();
        assert_eq!(None, shared.try_flush(), "somebody is at it");
        *in_hand = Some(Error::new(Action::Sync, "a.0.prom", io::ErrorKind::Other.into()));
        drop(in_hand);
        let told = writer.flush().unwrap_err();
        assert_eq!(std::path::Path::new("a.0.prom"), told.path());
        writer.flush().unwrap();
        assert_eq!(Some(true), shared.try_flush());
    }

    #[test]
    fn a_close_hears_of_the_segment_in_hand_too() {
        let directory = tempfile::tempdir().unwrap();
        let writer = writer(directory.path());
        let error = Error::new(Action::Sync, "a.0.prom", io::ErrorKind::Other.into());
        *writer.shared().completing.lock().unwrap() = Some(error);
        assert_eq!(std::path::Path::new("a.0.prom"), writer.close().unwrap_err().path());
    }
}
