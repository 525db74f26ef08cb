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

    pub(crate) fn try_lock(&self) -> Option<MutexGuard<'_, State>> {
        match self.state.try_lock() {
            Ok(state) => Some(state),
            Err(TryLockError::Poisoned(state)) => Some(state.into_inner()),
            Err(TryLockError::WouldBlock) => None,
        }
    }

    /// An observer that panics may poison the lock; the state is whole between any two of its calls.
    pub(crate) fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Flush for Shared {
    fn try_flush(&self) -> Option<bool> {
        let mut state = self.try_lock()?;
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
        let due = self.lock().due(millis, now);
        self.sweep();
        let finished = match due {
            Ok(Due::At(due)) => return Some(Look { due, millis }),
            Ok(Due::Never) => Ok(()),
            // The lock is free meanwhile: a sync may take long.
            Ok(Due::Now(segment)) => self.finish(segment),
            Err(error) => Err(error),
        };
        let error = finished.err()?;
        let mut state = self.lock();
        state.leave_word(error);
        // Lines that could not be written are tried again, unless a segment was opened since then.
        state.look().filter(|_| state.open_segment().is_none())
    }
}
