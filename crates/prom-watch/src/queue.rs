//! `Queue`: what the watcher knows of each name, and which one is to be tried next. Pure.

use std::collections::{BTreeMap, BTreeSet};
use std::time::{Duration, Instant};

use crate::backoff::Backoff;
use crate::candidate::Candidate;
use crate::identity::Identity;

/// A parked segment whose time has come joins the ready ones; at most so many in one step, so that
/// a crowd of them cannot delay a finished one.
const PROMOTED_AT_ONCE: usize = 8;

/// Every name that is known is in exactly one of `ready`, `flying`, `parked` and `done`.
///
/// A name is tried by one thread at a time: [`pop`](Self::pop) makes it fly until
/// [`settle`](Self::settle). Whether something is heard of it meanwhile is remembered.
#[derive(Clone, Debug)]
pub(crate) struct Queue {
    backoff: Backoff,
    epoch: Instant,
    ready: BTreeMap<Candidate, History>,
    /// As many as there are threads at work, so that a list is the quickest.
    flying: Vec<(Candidate, Heard)>,
    parked: BTreeMap<Candidate, Parked>,
    due: BTreeSet<(Instant, Candidate)>,
    done: BTreeMap<Candidate, Done>,
    /// Names that are done, and in doubt.
    asked: BTreeSet<Candidate>,
    round: u32,
    turn: u32,
    /// Names that the scan in hand was the first to tell of.
    unheard_of: usize,
}

/// What was heard of a name since it was popped; the later of these counts.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
enum Heard {
    #[default]
    Nothing,
    /// Something was removed or moved away. News for a name that becomes done.
    Removal,
    /// Something was completed or moved here.
    Completion,
}

#[derive(Clone, Copy, Debug)]
struct Parked {
    due: Instant,
    history: History,
}

/// The file that was done, and the last scan that saw its name.
#[derive(Clone, Copy, Debug)]
struct Done {
    identity: Identity,
    round: u32,
}

/// Why a name was parked last, and how many times in a row.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct History {
    cause: Option<Cause>,
    tries: u32,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Cause {
    Busy,
    Failed,
    Empty,
}

/// A name that was popped, and what is known of it.
#[derive(Clone, Debug)]
pub(crate) struct Ticket {
    pub(crate) candidate: Candidate,
    history: History,
    /// The file that was done under this name. It is not handed out again while it is unchanged.
    pub(crate) known: Option<Identity>,
}

impl Ticket {
    /// Whether it was found empty and then left alone for as long as it needed.
    pub(crate) fn waited_while_empty(&self) -> bool {
        self.history.cause == Some(Cause::Empty)
    }
}

/// What came of trying a name.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Outcome {
    /// Removed by us or somebody else, or no segment at all.
    Gone,
    /// Somebody holds its lock.
    Busy,
    /// It could not be opened, or the consumer failed.
    Failed,
    /// Unlocked and empty: its writer may not have come to the lock yet.
    Empty(Duration),
    /// Processed and left in place.
    Done(Identity),
}

impl Queue {
    pub(crate) fn new(backoff: Backoff, epoch: Instant) -> Self {
        Self {
            backoff,
            epoch,
            ready: BTreeMap::new(),
            flying: Vec::new(),
            parked: BTreeMap::new(),
            due: BTreeSet::new(),
            done: BTreeMap::new(),
            asked: BTreeSet::new(),
            round: 0,
            turn: 0,
            unheard_of: 0,
        }
    }

    /// Without events the period of the polling is also the pause of busy segments.
    pub(crate) fn set_busy_cap(&mut self, cap: Duration) {
        self.backoff.busy_cap = cap;
    }

    /// A name was completed or moved into the directory. Says whether there is more to try now.
    pub(crate) fn hint(&mut self, candidate: Candidate) -> bool {
        if let Some(heard) = self.in_flight(&candidate) {
            *heard = Heard::Completion;
            return false;
        }
        if self.done.contains_key(&candidate) {
            return self.asked.insert(candidate);
        }
        if self.ready.contains_key(&candidate) {
            return false;
        }
        let history = self.unpark(&candidate).unwrap_or_default();
        let failed = history.cause == Some(Cause::Failed);
        self.ready.insert(candidate, if failed { history } else { History::default() });
        true
    }

    /// A name was removed or moved away. Of interest only for one that is done, or is about to be:
    /// a new file may bear that name already.
    pub(crate) fn vanished(&mut self, candidate: Candidate) -> bool {
        if let Some(heard) = self.in_flight(&candidate) {
            *heard = (*heard).max(Heard::Removal);
        }
        self.done.contains_key(&candidate) && self.asked.insert(candidate)
    }

    /// A scan begins; what becomes done from here on need not be seen by it.
    pub(crate) fn begin_scan(&mut self) {
        self.round = self.round.wrapping_add(1);
        self.unheard_of = 0;
    }

    /// A scan saw the name. Parked ones stay parked, and done ones are left alone unless they became
    /// another file. With `verify` events may have been lost: the one that would have freed a busy
    /// name, or that of a new file, which may have been given the same inode number.
    pub(crate) fn offer(&mut self, candidate: Candidate, inode: u64, verify: bool) -> bool {
        if let Some(done) = self.done.get_mut(&candidate) {
            done.round = self.round;
            let doubtful = verify || done.identity.inode() != inode;
            return doubtful && self.asked.insert(candidate);
        }
        if let Some(heard) = self.in_flight(&candidate) {
            if verify {
                *heard = Heard::Completion;
            }
            return false;
        }
        match self.parked.get(&candidate) {
            Some(parked) if parked.history.cause != Some(Cause::Busy) => false,
            Some(_) => verify && self.retry(candidate),
            None => {
                let unheard_of = self.hint(candidate);
                self.unheard_of += usize::from(unheard_of);
                unheard_of
            }
        }
    }

    /// Tries a parked name again before its time, without forgetting how often that was in vain.
    fn retry(&mut self, candidate: Candidate) -> bool {
        let history = self.unpark(&candidate).unwrap_or_default();
        self.ready.insert(candidate, history).is_none()
    }

    /// A complete scan ended; gives the number of names that only it has told of. Done names it did
    /// not see are asked about rather than forgotten: a directory that was read wrongly must not
    /// cause a second processing.
    pub(crate) fn end_scan(&mut self) -> usize {
        let unseen = self.done.iter().filter(|(_, done)| done.round != self.round);
        self.asked.extend(unseen.map(|(candidate, _)| candidate.clone()));
        self.unheard_of
    }

    /// Lets parked names whose time has come be tried again; a bounded number of them.
    pub(crate) fn promote(&mut self, now: Instant) {
        for _ in 0..PROMOTED_AT_ONCE {
            let Some((due, candidate)) = self.due.first() else { return };
            if *due > now {
                return;
            }
            let candidate = candidate.clone();
            self.retry(candidate);
        }
    }

    /// Lets busy names be tried before their time, those that are due next, at most `limit`.
    pub(crate) fn hurry(&mut self, limit: usize) {
        let busy = |candidate: &&Candidate| {
            self.parked
                .get(*candidate)
                .is_some_and(|parked| parked.history.cause == Some(Cause::Busy))
        };
        let due = self.due.iter().map(|(_, candidate)| candidate);
        let next: Vec<Candidate> = due.filter(busy).take(limit).cloned().collect();
        for candidate in next {
            self.retry(candidate);
        }
    }

    /// The oldest name that can be tried.
    pub(crate) fn pop(&mut self) -> Option<Ticket> {
        let fresh = self.ready.first_key_value().map(|(candidate, _)| candidate);
        let asked = self.asked.first().filter(|asked| fresh.is_none_or(|fresh| *asked < fresh));
        let ticket = if asked.is_some() {
            let candidate = self.asked.pop_first()?;
            let known = self.done.remove(&candidate).map(|done| done.identity);
            Ticket { candidate, history: History::default(), known }
        } else {
            let (candidate, history) = self.ready.pop_first()?;
            Ticket { candidate, history, known: None }
        };
        self.flying.push((ticket.candidate.clone(), Heard::Nothing));
        Some(ticket)
    }

    /// Puts a popped name where it belongs. Says whether a waiting thread should look again: there
    /// is more to try, or something is due earlier than it may think.
    pub(crate) fn settle(&mut self, ticket: Ticket, outcome: Outcome, now: Instant) -> bool {
        let Ticket { candidate, history, .. } = ticket;
        let at = self.flying.iter().position(|(flying, _)| *flying == candidate);
        let heard = at.map_or(Heard::Nothing, |at| self.flying.swap_remove(at).1);
        let again = heard == Heard::Completion;
        match outcome {
            Outcome::Gone => again && self.hint(candidate),
            Outcome::Done(identity) => {
                self.done.insert(candidate.clone(), Done { identity, round: self.round });
                heard != Heard::Nothing && self.hint(candidate)
            }
            Outcome::Busy => {
                let history = history.with(Cause::Busy, again);
                self.turn = self.turn.wrapping_add(1);
                let now = now.saturating_duration_since(self.epoch);
                let due = self.backoff.busy(now, history.tries, self.turn);
                self.park(candidate, self.epoch + due, history)
            }
            Outcome::Failed => {
                let history = history.with(Cause::Failed, false);
                self.park(candidate, now + self.backoff.failed(history.tries), history)
            }
            Outcome::Empty(wait) => {
                self.park(candidate, now + wait, history.with(Cause::Empty, again))
            }
        }
    }

    /// How many can be tried without waiting.
    pub(crate) fn ready(&self) -> usize {
        self.ready.len() + self.asked.len()
    }

    /// How many are left alone for a while.
    pub(crate) fn parked(&self) -> usize {
        self.parked.len()
    }

    /// How many were processed and left in place.
    pub(crate) fn done(&self) -> usize {
        self.done.len()
    }

    /// When the next parked name is due.
    pub(crate) fn next_due(&self) -> Option<Instant> {
        self.due.first().map(|(due, _)| *due)
    }

    fn in_flight(&mut self, candidate: &Candidate) -> Option<&mut Heard> {
        self.flying.iter_mut().find_map(|(flying, heard)| (flying == candidate).then_some(heard))
    }

    fn park(&mut self, candidate: Candidate, due: Instant, history: History) -> bool {
        self.parked.insert(candidate.clone(), Parked { due, history });
        self.due.insert((due, candidate))
    }

    fn unpark(&mut self, candidate: &Candidate) -> Option<History> {
        let (candidate, Parked { due, history }) = self.parked.remove_entry(candidate)?;
        self.due.remove(&(due, candidate));
        Some(history)
    }
}

impl History {
    /// An event starts the count anew: something has changed.
    fn with(self, cause: Cause, anew: bool) -> Self {
        let goes_on = self.cause == Some(cause) && !anew;
        let tries = if goes_on { self.tries.saturating_add(1) } else { 1 };
        Self { cause: Some(cause), tries }
    }
}

#[cfg(test)]
mod model;
#[cfg(test)]
mod tests;
