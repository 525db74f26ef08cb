//! `State`: the part of a writer that it shares with the timer thread.

use std::sync::Arc;
use std::time::{Duration, Instant};

use crate::batch::Batch;
use crate::config::Config;
use crate::durability::Durability;
use crate::error::{Action, Error};
use crate::evict::{evict, making_room};
use crate::loss::Loss;
use crate::name::{Destination, next_millis};
use crate::pending::Pending;
use crate::retry::Retry;
use crate::segment::{Segment, Torn, present};
use crate::timer::Look;
use crate::untold::Untold;

/// Fresh segments that a close tries after a write has failed, as long as each takes some lines.
const LAST_ATTEMPTS: usize = 8;

/// Between two evictions for want of room, where nothing else sets a pace.
const ROOM: Duration = Duration::from_secs(1);

/// A collection younger than this may still be going on, so the timer leaves its segment alone.
const QUIET: Duration = Duration::from_millis(50);
/// The timer seals a segment this much over its age even if collections never pause.
const PATIENCE: Duration = Duration::from_millis(150);

#[derive(Debug)]
pub(crate) struct State {
    config: Arc<Config>,
    headers: Vec<Arc<[u8]>>,
    pending: Pending,
    segment: Option<Segment>,
    last_millis: Option<u64>,
    timestamp_ms: u64,
    collection_began: Instant,
    /// The length of the segment when the collection began.
    collection_start: u64,
    retry: Retry,
    /// Why lines are being kept back.
    trouble: Option<Error>,
    /// What the owner of the writer has not been told of.
    untold: Untold,
    /// What the timer has in its queue, as far as this writer knows.
    watched: Option<Look>,
    /// When segments were last evicted because there was no room for another.
    made_room: Option<Instant>,
}

/// What is to be done with a segment that the timer asked about.
#[derive(Debug)]
pub(crate) enum Due {
    /// Look again at that time.
    At(Instant),
    /// This segment is complete and must be finished.
    Now(Segment),
    /// It is not open any more.
    Never,
}

impl State {
    pub(crate) fn new(config: Arc<Config>, headers: Vec<Arc<[u8]>>, now: Instant) -> Self {
        Self {
            config,
            headers,
            pending: Pending::default(),
            segment: None,
            last_millis: None,
            timestamp_ms: 0,
            collection_began: now,
            collection_start: 0,
            retry: Retry::default(),
            trouble: None,
            untold: Untold::default(),
            watched: None,
            made_room: None,
        }
    }

    pub(crate) fn add_header(&mut self, header: Arc<[u8]>) {
        self.headers.push(header);
    }

    pub(crate) fn open_segment(&self) -> Option<&Segment> {
        self.segment.as_ref()
    }

    /// What the timer has to look at: the age of the open segment, or lines that a failing disk has
    /// left in memory, which go by the milliseconds of the segment that could not take them.
    pub(crate) fn look(&self) -> Option<Look> {
        if let Some(segment) = &self.segment {
            let due = self.config.over_age(segment.opened())?;
            return Some(Look { due, millis: segment.millis() });
        }
        let millis = self.last_millis.filter(|_| !self.pending.is_empty())?;
        Some(Look { due: self.retry.due()?, millis })
    }

    /// What the timer has to be told to look at, unless it has been told before.
    pub(crate) fn unwatched(&mut self) -> Option<Look> {
        // An open segment never changes its time, and this is asked at every append.
        let open = self.segment.as_ref().map(Segment::millis);
        if open.is_some() && open == self.watched.map(|watched| watched.millis) {
            return None;
        }
        let look = self.look().filter(|look| self.watched != Some(*look))?;
        self.watched = Some(look);
        Some(look)
    }

    /// The timer has taken what it knew of the segment of these milliseconds off its queue.
    pub(crate) fn forgotten(&mut self, millis: u64) {
        self.watched = self.watched.filter(|watched| watched.millis != millis);
    }

    /// A new collection begins: the place to rotate, or to write out what has gathered.
    pub(crate) fn border(&mut self, timestamp_ms: u64, now: Instant) -> Result<(), Error> {
        self.timestamp_ms = timestamp_ms;
        self.collection_began = now;
        let prepared = self.prepare(now);
        self.collection_start = self.length();
        prepared
    }

    fn prepare(&mut self, now: Instant) -> Result<(), Error> {
        let Some(segment) = &self.segment else { return Ok(()) };
        let age = now.saturating_duration_since(segment.opened());
        if self.config.rotation.due(self.length(), age) {
            self.seal_between(now)
        } else if self.pending.len() >= self.config.buffer_size {
            self.write(now)
        } else {
            Ok(())
        }
    }

    /// Accepts the lines, all or none.
    pub(crate) fn accept(&mut self, batch: &Batch<'_>) -> Result<(), Error> {
        let collected = self.length().saturating_sub(self.collection_start);
        if self.segment.is_some() && self.config.rotation.overdue(collected) {
            self.seal_between(Instant::now())?;
            self.collection_start = 0;
        }
        let full = self.pending.len().saturating_add(batch.text.len()) > self.config.buffer_limit;
        if self.segment.is_none() {
            self.reopen(full)?;
        } else if full && !self.pending.is_empty() {
            self.write(Instant::now())?;
        }
        self.pending.push_all(batch, &self.headers);
        Ok(())
    }

    /// Opens a segment for what comes. While the disk is left alone, lines gather in memory, and
    /// are refused when there is no more room.
    fn reopen(&mut self, full: bool) -> Result<(), Error> {
        let now = Instant::now();
        if self.retry.waits(now) && !self.pending.is_empty() {
            return match &self.trouble {
                Some(trouble) if full => Err(trouble.again().untried()),
                _ => Ok(()),
            };
        }
        self.open(now)?;
        if self.pending.is_empty() { Ok(()) } else { self.write(now) }
    }

    fn open(&mut self, now: Instant) -> Result<(), Error> {
        let opened = self.config.destination().and_then(|to| {
            let millis = next_millis(self.last_millis, self.timestamp_ms);
            let create = || Segment::create(&to, self.config.mode, millis);
            // Reading a large directory at every refusal would cost more than it brings.
            let due = self.made_room.is_none_or(|at| now.saturating_duration_since(at) >= ROOM);
            let mut made = self.made_room.filter(|_| !due);
            let evict = || {
                if due {
                    made = Some(now);
                    self.evict(&to, millis);
                }
            };
            let created = making_room(create, evict);
            self.made_room = made;
            Ok((created?, to))
        });
        let (segment, to) = opened.map_err(|error| self.failed(error, now))?;
        let millis = segment.millis();
        self.config.observer().opened(segment.path());
        self.last_millis = Some(millis);
        self.segment = Some(segment);
        self.evict(&to, millis);
        Ok(())
    }

    fn evict(&self, to: &Destination, opened: u64) {
        let retention = &self.config.retention;
        if retention.is_limited() {
            evict(to, retention, (opened, present()), self.config.observer());
        }
    }

    /// Writes what is pending. When that fails the segment ends with its last whole line, and the
    /// rest waits for the next one.
    fn write(&mut self, now: Instant) -> Result<(), Error> {
        let Some(segment) = &mut self.segment else { return Ok(()) };
        match segment.write(self.pending.text()) {
            Ok(()) => {
                self.pending.written();
                self.retry.succeeded();
                self.trouble = None;
                Ok(())
            }
            Err(Torn { kept, error }) => {
                self.pending.carry(kept, &self.headers);
                if let Some(segment) = self.segment.take() {
                    // The failed write is the error to return; the observer is told of both.
                    let finished = finish(segment, &self.config, self.config.durability);
                    if let Err(error) = finished {
                        self.unsynced(error);
                    }
                }
                let error = self.failed(error, now);
                if kept > 0 {
                    // Lines got through, so a fresh segment is worth trying at once.
                    self.retry.progressed(now);
                }
                Err(error)
            }
        }
    }

    fn failed(&mut self, error: Error, now: Instant) -> Error {
        if let Some(observer) = &self.config.observer {
            observer.failed(&error);
        }
        self.retry.failed(now);
        self.trouble = Some(error.again());
        error
    }

    /// Everything accepted goes to the kernel or, by the durability, to the disk; and the caller
    /// hears of what nobody was told.
    pub(crate) fn flush(&mut self) -> Result<(), Error> {
        self.write_out()?;
        self.untold.tell()
    }

    pub(crate) fn write_out(&mut self) -> Result<(), Error> {
        let now = Instant::now();
        if self.segment.is_none() && !self.pending.is_empty() {
            self.reopen(true)?;
        }
        self.write(now)?;
        if self.config.durability == Durability::Flush { self.sync(now) } else { Ok(()) }
    }

    /// A segment whose sync failed is given up: a second sync would report success for pages that
    /// the kernel has already dropped.
    fn sync(&mut self, now: Instant) -> Result<(), Error> {
        let Some(segment) = &mut self.segment else { return Ok(()) };
        let Err(error) = segment.sync() else { return Ok(()) };
        self.pending.begin_segment(&self.headers);
        if let Some(segment) = self.segment.take() {
            let _ = finish(segment, &self.config, Durability::None);
        }
        Err(self.failed(error, now))
    }

    /// Writes what is pending, and completes the segment it is in.
    pub(crate) fn rotate(&mut self, now: Instant) -> Result<(), Error> {
        if self.segment.is_none() && !self.pending.is_empty() {
            self.reopen(true)?;
        }
        self.seal(now)
    }

    /// Completes the open segment to make room. Its lines are those of earlier emissions, so a
    /// failure to sync them concerns the next flush as well, which must not report success for them.
    fn seal_between(&mut self, now: Instant) -> Result<(), Error> {
        self.seal(now).inspect_err(|error| {
            if self.config.durability == Durability::Flush && self.segment.is_none() {
                self.untold.keep(error.again());
            }
        })
    }

    /// A flush that comes later must not report success for the lines of a segment that is gone.
    fn unsynced(&mut self, error: Error) {
        if self.config.durability == Durability::Flush && error.action() == Action::Sync {
            self.untold.keep(error);
        }
    }

    /// Completes the open segment, if there is one.
    fn seal(&mut self, now: Instant) -> Result<(), Error> {
        let segment = self.detach(now)?;
        segment.map_or(Ok(()), |segment| finish(segment, &self.config, self.config.durability))
    }

    fn detach(&mut self, now: Instant) -> Result<Option<Segment>, Error> {
        self.write(now)?;
        self.pending.begin_segment(&self.headers);
        Ok(self.segment.take())
    }

    /// What the timer or a tick has to do now about the segment of these milliseconds.
    pub(crate) fn due(&mut self, millis: u64, now: Instant) -> Result<Due, Error> {
        let Some(segment) = self.segment.as_ref().filter(|open| open.millis() == millis) else {
            return self.due_again(millis, now);
        };
        let Some(over_age) = self.config.over_age(segment.opened()) else { return Ok(Due::Never) };
        let quiet = self.collection_began + QUIET;
        if now < over_age {
            Ok(Due::At(over_age))
        } else if now < quiet && now < over_age + PATIENCE {
            Ok(Due::At(quiet.min(over_age + PATIENCE)))
        } else {
            Ok(self.detach(now)?.map_or(Due::Never, Due::Now))
        }
    }

    /// Lines that a failing disk has left in memory are tried in a fresh segment, which is then
    /// complete: nobody may be there to add to it.
    fn due_again(&mut self, millis: u64, now: Instant) -> Result<Due, Error> {
        let left = self.segment.is_none() && !self.pending.is_empty();
        if !left || self.last_millis != Some(millis) {
            return Ok(Due::Never);
        }
        if let Some(again) = self.retry.due().filter(|due| *due > now) {
            return Ok(Due::At(again));
        }
        self.open(now)?;
        Ok(self.detach(now)?.map_or(Due::Never, Due::Now))
    }

    /// Accepted lines that are in memory only.
    pub(crate) fn unwritten(&self) -> u64 {
        self.pending.lines()
    }

    /// The next try for lines that were kept is made whatever the pause is.
    pub(crate) fn hurry(&mut self, now: Instant) {
        self.retry.hurry(now);
    }

    /// Whether lines are beyond help that the owner of the writer takes for written.
    pub(crate) fn conceals(&self) -> bool {
        self.untold.is_grave()
    }

    /// Keeps an error for the next caller.
    pub(crate) fn leave_word(&mut self, error: Error) {
        self.untold.keep(error);
    }

    /// Seals what there is; what cannot be written even into fresh segments is given up and counted.
    pub(crate) fn close(&mut self, why: Loss) -> Result<(), Error> {
        let mut outcome = Ok(());
        for _ in 0..LAST_ATTEMPTS {
            let before = self.pending.len();
            outcome = self.seal_or_reopen();
            if self.pending.is_empty() || (outcome.is_err() && self.pending.len() == before) {
                break;
            }
        }
        let lost = self.pending.lines();
        self.pending = Pending::default();
        if lost > 0 {
            self.config.observer().lost(lost);
            self.config.observer().missed(lost, why);
            let trouble = outcome.err().or_else(|| self.trouble.take());
            return Err(trouble.unwrap_or_else(|| self.unexplained()).losing(lost));
        }
        outcome.and(self.untold.tell())
    }

    fn seal_or_reopen(&mut self) -> Result<(), Error> {
        let now = Instant::now();
        if self.segment.is_none() && !self.pending.is_empty() {
            self.open(now)?;
        }
        self.seal(now)
    }

    fn unexplained(&self) -> Error {
        Error::new(Action::Write, &self.config.prefix, std::io::ErrorKind::Other.into())
    }

    fn length(&self) -> u64 {
        let pending = u64::try_from(self.pending.len()).unwrap_or(u64::MAX);
        self.segment.as_ref().map_or(0, Segment::len).saturating_add(pending)
    }
}

/// Finishes a segment that the state has let go of, and tells the observer; needs no lock.
pub(crate) fn finish(
    segment: Segment,
    config: &Config,
    durability: Durability,
) -> Result<(), Error> {
    let (path, len) = (segment.path().to_owned(), segment.len());
    let finished = segment.finish(durability);
    if let Some(observer) = &config.observer {
        match &finished {
            Ok(()) if len == 0 => {}
            Ok(()) => observer.sealed(&path, len),
            Err(error) => {
                observer.failed(error);
                // Not on the disk for certain, and complete all the same: consumers take it.
                if error.action() == Action::Sync {
                    observer.sealed(&path, len);
                }
            }
        }
    }
    finished
}

#[cfg(test)]
impl State {
    pub(crate) fn put(&mut self, segment: Segment) {
        self.segment = Some(segment);
    }
}
