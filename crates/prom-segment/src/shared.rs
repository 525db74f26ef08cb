//! `Shared`: what a writer shares with the timer thread, and with those who flush all writers.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, TryLockError, Weak};
use std::time::{Instant, SystemTime};

use crate::config::Config;
use crate::error::Error;
use crate::flush::{self, Flush, Outcome};
use crate::segment::Segment;
use crate::state::{Due, State, finish};
use crate::sweep::sweep;
use crate::timer::{self, Look, Wait};
use crate::untold::Untold;

#[derive(Debug)]
pub(crate) struct Shared {
    state: Mutex<State>,
    /// Held while the timer thread or a tick completes a segment, which may take as long as the disk
    /// does, and taken under the lock of the state. Holds what the timer thread has failed with.
    completing: Mutex<Untold>,
    config: Arc<Config>,
    swept: AtomicBool,
    /// Whether [`flush::flush_all`] knows it.
    enlisted: AtomicBool,
    /// By which the timer and [`flush::flush_all`] know it.
    this: Weak<Self>,
}

impl Shared {
    pub(crate) fn new(config: &Arc<Config>, headers: Vec<Arc<[u8]>>) -> Arc<Self> {
        let state = State::new(Arc::clone(config), headers, Instant::now());
        Arc::new_cyclic(|this| Self {
            state: Mutex::new(state),
            completing: Mutex::default(),
            config: Arc::clone(config),
            swept: AtomicBool::new(false),
            enlisted: AtomicBool::new(false),
            this: Weak::clone(this),
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

    /// Tells the timer thread what it has to look at. Whoever may have opened or ended a segment, or
    /// left lines in memory, has to do so before the state is free again: nobody else would.
    pub(crate) fn watch(&self, state: &mut State) {
        if !self.config.background {
            return;
        }
        if let Some(look) = state.unwatched() {
            let target: Weak<Self> = Weak::clone(&self.this);
            // Without a thread the segment is still sealed at a border, by a tick or by the close;
            // the next segment tries again.
            let _ = timer::watch(look, target);
        }
    }

    /// Does what the timer thread would; says whether it completed a segment.
    pub(crate) fn tick(&self) -> Result<bool, Error> {
        self.sweep();
        let mut state = self.lock();
        let Some(look) = state.look() else { return Ok(false) };
        let _in_hand = self.completing();
        let due = state.due(look.millis, Instant::now());
        self.watch(&mut state);
        drop(state);
        match due? {
            Due::Now(segment) => self.finish(segment).map(|()| true),
            Due::At(_) | Due::Never => Ok(false),
        }
    }

    fn completing(&self) -> MutexGuard<'_, Untold> {
        self.completing.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn finish(&self, segment: Segment) -> Result<(), Error> {
        finish(segment, &self.config, self.config.durability)
    }

    /// Has it flushed with all others of the process, from the first lines on.
    pub(crate) fn enlist(&self) {
        if !self.enlisted.load(Ordering::Relaxed) {
            // A variable, for the type it is coerced from.
            let writer: Weak<Self> = Weak::clone(&self.this);
            self.enlisted.store(flush::enlist(writer), Ordering::Relaxed);
        }
    }

    /// Waits until the timer thread has completed what it has in hand, and tells what went wrong
    /// there. Without this a caller could be told that lines are on the disk which are only on
    /// their way to it.
    pub(crate) fn completed(&self) -> Result<(), Error> {
        self.completing().tell()
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
    fn try_flush(&self, hurry: bool) -> Option<Outcome> {
        let mut state = self.try_lock()?;
        let in_hand = try_lock(&self.completing)?;
        if hurry {
            state.hurry(Instant::now());
        }
        let flushed = state.write_out();
        self.watch(&mut state);
        let kept = flushed.is_err();
        if let Err(error) = flushed {
            state.leave_word(error);
        }
        // What is left for the owner of the writer to hear stays there.
        if in_hand.is_grave() || state.conceals() {
            Some(Outcome::Lost)
        } else if kept {
            Some(Outcome::Kept)
        } else {
            Some(Outcome::Flushed)
        }
    }
}

impl Wait for Shared {
    fn look(&self, millis: u64, now: Instant) -> Option<Look> {
        self.sweep();
        let mut state = self.lock();
        let mut completing = self.completing();
        state.forgotten(millis);
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
        completing.keep(finished.err()?);
        drop(completing);
        let state = self.lock();
        // Lines that could not be written are tried again, unless a segment was opened since then.
        state.look().filter(|_| state.open_segment().is_none())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Durability;
    use crate::builder::Builder;
    use crate::error::Action;
    use crate::observer::Observer;
    use crate::writer::Writer;
    use std::io::ErrorKind;
    use std::path::Path;
    use std::sync::OnceLock;
    use std::time::Duration;

    const FLUSHED: Option<Outcome> = Some(Outcome::Flushed);
    const LOST: Option<Outcome> = Some(Outcome::Lost);

    fn builder(directory: &Path) -> Builder {
        let builder = Writer::builder(directory.join("a.")).background(false);
        builder.durability(Durability::Flush)
    }

    /// A writer with a flushed line, as it is while the timer thread completes an older segment.
    fn writer(directory: &Path) -> Writer {
        let mut writer = builder(directory).build();
        writer.append(1, b"a 1\n").unwrap();
        writer
    }

    fn failed(action: Action) -> Error {
        Error::new(action, "a.0.prom", ErrorKind::Other.into())
    }

    #[test]
    fn nobody_is_told_of_success_before_a_segment_in_hand_is_complete() {
        let directory = tempfile::tempdir().unwrap();
        let mut writer = writer(directory.path());
        let shared = Arc::clone(writer.shared());
        let mut in_hand = shared.completing.lock().unwrap();
        assert_eq!(None, shared.try_flush(true), "somebody is at it");
        in_hand.keep(failed(Action::Sync));
        drop(in_hand);
        for _ in 0..2 {
            assert_eq!(LOST, shared.try_flush(true), "and it does not take the error away");
        }
        let told = writer.flush().unwrap_err();
        assert_eq!(Path::new("a.0.prom"), told.path());
        writer.flush().unwrap();
        assert_eq!(FLUSHED, shared.try_flush(true));
    }

    #[test]
    fn what_was_not_synced_is_not_flushed_and_what_is_written_after_all_is() {
        let directory = tempfile::tempdir().unwrap();
        let mut writer = writer(directory.path());
        let shared = Arc::clone(writer.shared());
        shared.lock().leave_word(failed(Action::Write));
        assert_eq!(FLUSHED, shared.try_flush(true));
        shared.lock().leave_word(failed(Action::Sync));
        assert_eq!(LOST, shared.try_flush(true));
        assert_eq!(Action::Sync, writer.flush().unwrap_err().action());
        assert_eq!(FLUSHED, shared.try_flush(true));
    }

    #[test]
    fn a_sync_that_fails_after_a_write_did_is_told_too() {
        let directory = tempfile::tempdir().unwrap();
        let mut writer = writer(directory.path());
        let shared = Arc::clone(writer.shared());
        // Neither takes a write nor can be synced.
        shared.lock().put(Segment::unsyncable("/dev/full"));
        assert_eq!(Action::Write, writer.flush().unwrap_err().action());
        assert_eq!(LOST, shared.try_flush(true));
        assert_eq!(Action::Sync, writer.flush().unwrap_err().action());
        writer.close().unwrap();
    }

    #[test]
    fn a_close_hears_of_the_segment_in_hand_too() {
        let directory = tempfile::tempdir().unwrap();
        let writer = writer(directory.path());
        writer.shared().completing.lock().unwrap().keep(failed(Action::Sync));
        assert_eq!(Path::new("a.0.prom"), writer.close().unwrap_err().path());
    }

    /// What it was told of, and what a try to flush came to meanwhile.
    #[derive(Default)]
    struct Notes {
        shared: OnceLock<Weak<Shared>>,
        told: Mutex<Vec<&'static str>>,
        meanwhile: Mutex<Option<Option<Outcome>>>,
    }

    impl Observer for Notes {
        fn sealed(&self, _: &Path, _: u64) {
            self.told.lock().unwrap().push("sealed");
            if let Some(shared) = self.shared.get().and_then(Weak::upgrade) {
                *self.meanwhile.lock().unwrap() = Some(shared.try_flush(true));
            }
        }

        fn failed(&self, _: &Error) {
            self.told.lock().unwrap().push("failed");
        }
    }

    #[test]
    fn nobody_is_told_of_success_before_a_tick_is_over() {
        let directory = tempfile::tempdir().unwrap();
        let notes = Arc::new(Notes::default());
        let observer = Arc::<Notes>::clone(&notes);
        let mut writer =
            builder(directory.path()).max_age(Duration::ZERO).observer(observer).build();
        writer.append(1, b"a 1\n").unwrap();
        notes.shared.set(Arc::downgrade(writer.shared())).unwrap();
        while !writer.tick().unwrap() {
            std::thread::yield_now();
        }
        assert_eq!(Some(None), *notes.meanwhile.lock().unwrap());
        assert_eq!(FLUSHED, writer.shared().try_flush(true));
    }

    #[test]
    fn a_segment_that_is_complete_and_not_synced_is_told_as_both() {
        let directory = tempfile::tempdir().unwrap();
        let notes = Arc::new(Notes::default());
        let observer = Arc::<Notes>::clone(&notes);
        let writer = builder(directory.path()).observer(observer).build();
        let error = writer.shared().finish(Segment::unsyncable("/dev/null")).unwrap_err();
        assert_eq!(Action::Sync, error.action());
        assert_eq!(["failed", "sealed"], notes.told.lock().unwrap()[..]);
    }
}
