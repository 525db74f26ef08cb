//! The steps of a thread that takes a segment, and its accidents.

use std::time::{Duration, Instant};

use super::rules::{Lock, Weakness};
use super::station::{Step, identity, name_of};
use super::world::World;
use crate::candidate::Candidate;
use crate::queue::{Cause, Outcome, Parked, Queue, Ticket};

/// Time stands still but for a parked name that is worth another try.
fn much_later(queue: &Queue) -> Instant {
    queue.epoch + Duration::from_secs(3600)
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Accident {
    Failure,
    Death,
}

impl World {
    /// One step of a thread; an accident is possible only while it processes.
    pub(super) fn advance(
        &mut self,
        station: usize,
        thread: usize,
        accident: Option<Accident>,
    ) -> Option<&'static str> {
        let step = self.stations[station].threads[thread].clone();
        let who = station * self.rules.threads + thread;
        let (what, step) = match (step, accident) {
            (Step::Claimed(ticket, inode), Some(accident)) => {
                self.suffer(station, accident, ticket, inode, who)?
            }
            (_, Some(_)) | (Step::Dead, None) => return None,
            (Step::Idle, None) => {
                let ticket = self.pop(station)?;
                self.open(station, ticket)
            }
            (Step::Opened(ticket, inode), None) => self.try_lock(station, ticket, inode, who),
            (Step::Claimed(ticket, inode), None) => self.process(ticket, inode),
            (Step::Succeeded(ticket, inode, outcome), None) => {
                self.settle(station, ticket, outcome);
                ("settles", Step::Releasing(inode))
            }
            (Step::Releasing(inode), None) => {
                self.release(inode, who);
                ("releases", Step::Idle)
            }
            (Step::Failed(ticket), None) => {
                self.settle(station, ticket, Outcome::Failed);
                ("parks what failed", Step::Idle)
            }
        };
        self.station(station).threads[thread] = step;
        Some(what)
    }

    fn settle(&mut self, station: usize, ticket: Ticket, outcome: Outcome) {
        let queue = &mut self.station(station).queue;
        let now = queue.epoch;
        queue.settle(ticket, outcome, now);
    }

    fn pop(&mut self, station: usize) -> Option<Ticket> {
        let worth = |(candidate, parked): (&Candidate, &Parked)| {
            let Some(inode) = self.names[name_of(candidate)] else { return true };
            let inode = &self.inodes[inode];
            // The grace is taken to be longer than the way from creation to the content.
            let early = parked.history.cause == Some(Cause::Empty) && !inode.written;
            !early && matches!(inode.lock, Lock::Free | Lock::Shared(_))
        };
        let retry = self.stations[station].queue.parked.iter().any(worth);
        let queue = &mut self.station(station).queue;
        if retry {
            queue.promote(much_later(queue));
        }
        queue.pop()
    }

    fn open(&mut self, station: usize, ticket: Ticket) -> (&'static str, Step) {
        match self.names[name_of(&ticket.candidate)] {
            None => {
                self.settle(station, ticket, Outcome::Gone);
                ("finds nothing", Step::Idle)
            }
            Some(inode) if ticket.known == Some(identity(inode)) => {
                self.settle(station, ticket, Outcome::Done(identity(inode)));
                ("finds it unchanged", Step::Idle)
            }
            Some(inode) => ("opens", Step::Opened(ticket, inode)),
        }
    }

    fn try_lock(
        &mut self,
        station: usize,
        ticket: Ticket,
        inode: usize,
        who: usize,
    ) -> (&'static str, Step) {
        if self.lock(inode, who) {
            return self.examine(station, ticket, inode, who);
        }
        let drops = self.is_weak(Weakness::DropBusy);
        self.settle(station, ticket, if drops { Outcome::Gone } else { Outcome::Busy });
        ("finds it busy", Step::Idle)
    }

    fn examine(
        &mut self,
        station: usize,
        ticket: Ticket,
        inode: usize,
        who: usize,
    ) -> (&'static str, Step) {
        let same = self.names[name_of(&ticket.candidate)] == Some(inode);
        let waits = !ticket.waited_while_empty() && !self.is_weak(Weakness::NoGrace);
        let outcome = if !same && !self.is_weak(Weakness::NoIdentityCheck) {
            Outcome::Gone
        } else if ticket.known == Some(identity(inode)) {
            Outcome::Done(identity(inode))
        } else if !self.inodes[inode].written && waits {
            Outcome::Empty(Duration::from_secs(1))
        } else {
            return ("locks it", Step::Claimed(ticket, inode));
        };
        self.release(inode, who);
        self.settle(station, ticket, outcome);
        ("locks it and lets it go", Step::Idle)
    }

    fn process(&mut self, ticket: Ticket, inode: usize) -> (&'static str, Step) {
        self.inodes[inode].processed += 1;
        if self.rules.keep {
            return ("succeeds", Step::Succeeded(ticket, inode, Outcome::Done(identity(inode))));
        }
        self.remove(name_of(&ticket.candidate));
        ("succeeds and removes", Step::Succeeded(ticket, inode, Outcome::Gone))
    }

    /// The lock is freed before the queue hears of a failure; a death frees all.
    fn suffer(
        &mut self,
        station: usize,
        accident: Accident,
        ticket: Ticket,
        inode: usize,
        who: usize,
    ) -> Option<(&'static str, Step)> {
        match accident {
            Accident::Failure => {
                self.failures = self.failures.checked_sub(1)?;
                self.release(inode, who);
                Some(("fails", Step::Failed(ticket)))
            }
            Accident::Death => {
                self.deaths = self.deaths.checked_sub(1)?;
                self.release(inode, who);
                self.station(station).kernel.clear();
                Some(("dies", Step::Dead))
            }
        }
    }
}
