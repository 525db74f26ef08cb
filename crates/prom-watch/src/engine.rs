//! `Engine`: the turns of looking and scanning, and the taking of one segment after the other.

use std::io;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError, TryLockError};
use std::time::Instant;

use prom_segment::Reader;

use crate::backoff::Backoff;
use crate::candidate::Filter;
use crate::claim::{Attempt, attempt};
use crate::error::Error;
use crate::identity::Identity;

use crate::lookout::Lookout;
use crate::mode::Mode;
use crate::queue::{Outcome, Queue, Ticket};
use crate::scan::scan;
use crate::schedule::{Schedule, Work};
use crate::settings::Settings;
use crate::shared::Shared;

/// How many busy names are tried before a caller is told that nothing is finished. A bound, because each
/// costs an open and a lock, and there may be thousands of them.
const HURRIED_AT_ONCE: usize = 16;

/// A scan that finds this many new names has found a backlog. While it is taken nobody listens: most
/// of what the kernel would tell are the watcher's own opens and removals, and to be told of them
/// costs more than to do them.
const BACKLOG: usize = 256;

/// How many names that become ready during a call it may try beside those that were ready before.
const ROOM_FOR_LATE_ONES: usize = 1024;

#[derive(Debug)]
pub(crate) struct Engine {
    directory: PathBuf,
    settings: Settings,
    shared: Arc<Shared>,
    lookout: Mutex<Lookout>,
    /// Held by the thread that tells of a mode.
    telling: Mutex<()>,
}

impl Engine {
    pub(crate) fn new(directory: PathBuf, settings: Settings) -> Self {
        let backoff = Backoff {
            busy_cap: settings.busy_cap.unwrap_or(settings.rescan),
            failed_cap: settings.retry_cap,
        };
        let shared = Shared::new(
            Filter::new(settings.prefix.clone()),
            Queue::new(backoff, Instant::now()),
            Schedule::new(settings.rescan),
        );
        let (lookout, telling) = (Mutex::default(), Mutex::default());
        Self { directory, settings, shared: Arc::new(shared), lookout, telling }
    }

    pub(crate) fn directory(&self) -> &Path {
        &self.directory
    }

    pub(crate) fn shared(&self) -> &Arc<Shared> {
        &self.shared
    }

    /// Looks at the directory and scans it, if it is time and no other thread is at it. Says
    /// whether it has scanned.
    pub(crate) fn turn(&self) -> Result<bool, Error> {
        let work = self.shared.lock().schedule.begin(Instant::now());
        let Some(work) = work else { return Ok(false) };
        let mut turn = Turn { shared: &self.shared, done: None };
        let result = self.work(work);
        turn.done = result.as_ref().ok().copied();
        drop(turn);
        self.announce();
        result.map(|work| work.scan)
    }

    fn work(&self, mut work: Work) -> Result<Work, Error> {
        let mut lookout = self.lookout.lock().unwrap_or_else(PoisonError::into_inner);
        let look = lookout.look(&self.directory, &self.settings, &self.shared, work.rewatch);
        drop(lookout);
        let look = look.inspect_err(|_| self.shared.lock().mode = None)?;
        if let Some(mode) = look.mode {
            self.enter(mode);
            (work.scan, work.verify) = (true, true);
        }
        match look.trouble {
            None if work.scan => {
                let found = self.scan(work.verify)?;
                if found >= BACKLOG {
                    self.rest();
                }
            }
            None => {}
            // Without events that were asked for there is still the scan.
            Some(trouble) => {
                self.shared.lock().mode = None;
                self.scan(true)?;
                return Err(trouble);
            }
        }
        Ok(work)
    }

    fn enter(&self, mode: Mode) {
        let mut state = self.shared.lock();
        state.counted.watch();
        state.enter(mode, &self.settings);
    }

    /// Leaves the directory to its scans until the backlog is taken.
    fn rest(&self) {
        if !self.shared.lock().may_rest(BACKLOG, self.settings.rescan, Instant::now()) {
            return;
        }
        self.lookout.lock().unwrap_or_else(PoisonError::into_inner).rest();
        let mode = Mode::CatchingUp { interval: self.settings.rescan };
        self.shared.lock().enter(mode, &self.settings);
    }

    /// Gives the number of names that were not known before.
    fn scan(&self, verify: bool) -> Result<usize, Error> {
        let mut state = self.shared.lock();
        state.counted.scan();
        state.queue.begin_scan();
        drop(state);
        let scanned = scan(&self.directory, self.shared.filter(), |candidate, inode| {
            self.shared.lock().queue.offer(candidate, inode, verify);
        });
        scanned.map_err(|error| Error::scan(&self.directory, error))?;
        Ok(self.shared.lock().queue.end_scan())
    }

    /// Looks at the directory whatever the events say, unless this call has `scanned` it already,
    /// and at some of the names that were busy.
    ///
    /// The events of a segment come by way of another thread, a moment after its writer has let go
    /// of it. Who is to be told that there is nothing has to be told the truth.
    pub(crate) fn look_again(&self, scanned: bool) -> Result<(), Error> {
        if !scanned {
            self.scan(false)?;
        }
        self.shared.lock().queue.hurry(HURRIED_AT_ONCE);
        Ok(())
    }

    /// Called with no lock held, for it runs a caller's code.
    fn announce(&self) {
        let Some(on_mode) = &self.settings.on_mode else { return };
        // One thread tells at a time, so that the last word is the latest. Who finds another one at it
        // leaves the news to that one.
        let _telling = match self.telling.try_lock() {
            Ok(telling) => telling,
            Err(TryLockError::Poisoned(poisoned)) => poisoned.into_inner(),
            Err(TryLockError::WouldBlock) => return,
        };
        while let Some(mode) = self.news() {
            on_mode(&mode);
        }
    }

    fn news(&self) -> Option<Mode> {
        self.shared.lock().news()
    }

    /// Takes the oldest finished segment; never waits. What cannot be taken is parked on the way.
    pub(crate) fn take(&self) -> Result<Option<Taken<'_>>, Error> {
        let mut state = self.shared.lock();
        state.queue.promote(Instant::now());
        // Late events make names ready while this goes on. They may come before the others, so there
        // is room for them; but a flood of them must not keep the call from ending.
        let tries = state.queue.ready().saturating_add(ROOM_FOR_LATE_ONES);
        drop(state);
        for _ in 0..tries {
            let Some(flight) = self.pop() else { return Ok(None) };
            let path = flight.ticket.candidate.path(&self.directory);
            match attempt(&path, &flight.ticket, self.settings.empty_grace) {
                Ok(Attempt::Taken(reader, identity)) => {
                    return Ok(Some(Taken { flight, reader, identity }));
                }
                Ok(Attempt::Settled(outcome)) => flight.settle(outcome),
                Err(error) => {
                    flight.settle(Outcome::Failed);
                    return Err(Error::take(&path, error));
                }
            }
        }
        Ok(None)
    }

    fn pop(&self) -> Option<Flight<'_>> {
        let mut state = self.shared.lock();
        let ticket = state.pop()?;
        state.counted.attempt();
        Some(Flight { shared: &self.shared, ticket, outcome: Outcome::Failed })
    }
}

#[cfg(feature = "stream")]
impl Drop for Engine {
    fn drop(&mut self) {
        self.shared.close();
    }
}

/// A turn that is going on; ends even if it panics.
#[derive(Debug)]
struct Turn<'a> {
    shared: &'a Shared,
    done: Option<Work>,
}

impl Drop for Turn<'_> {
    fn drop(&mut self) {
        let mut state = self.shared.lock();
        state.schedule.end(Instant::now(), self.done);
        // Others would fail as well, and all of them would wake each other without end.
        if self.done.is_some() || state.queue.ready() > 0 {
            self.shared.ring(state);
        }
    }
}

/// A name that this thread is trying. Unless it is settled otherwise it has failed, by an error or
/// a panic of the consumer.
#[derive(Debug)]
struct Flight<'a> {
    shared: &'a Shared,
    ticket: Ticket,
    outcome: Outcome,
}

impl Flight<'_> {
    fn settle(mut self, outcome: Outcome) {
        self.outcome = outcome;
    }
}

impl Drop for Flight<'_> {
    fn drop(&mut self) {
        let mut state = self.shared.lock();
        match self.outcome {
            Outcome::Gone | Outcome::Done(_) => {}
            Outcome::Busy | Outcome::Empty(_) => state.counted.park(),
            Outcome::Failed => state.counted.fail(),
        }
        if state.queue.settle(self.ticket.clone(), self.outcome, Instant::now()) {
            self.shared.ring(state);
        }
    }
}

/// A segment that belongs to this thread.
#[derive(Debug)]
pub(crate) struct Taken<'a> {
    flight: Flight<'a>,
    reader: Reader,
    identity: Identity,
}

impl Taken<'_> {
    /// Runs the consumer, with no lock of ours held.
    pub(crate) fn hand_to<E: From<io::Error>>(
        self,
        process: impl FnOnce(Reader) -> Result<(), E>,
    ) -> Result<(), E> {
        let Self { flight, reader, identity } = self;
        // It keeps the lock until it is known what became of the file, which the path cannot tell:
        // its name may have been given away again.
        let witness = reader.witness();
        flight.shared.lock().counted.take();
        process(reader)?;
        let removed = witness.is_removed();
        if removed {
            flight.shared.lock().counted.remove();
        }
        flight.settle(if removed { Outcome::Gone } else { Outcome::Done(identity) });
        Ok(())
    }

    /// Gives the segment away; it counts as processed.
    #[cfg(feature = "stream")]
    pub(crate) fn into_reader(self) -> Reader {
        self.flight.shared.lock().counted.take();
        self.flight.settle(Outcome::Done(self.identity));
        self.reader
    }
}
