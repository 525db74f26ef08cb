//! `Station`: a watcher, with the kernel's events for it, its queue and its threads.

use std::sync::LazyLock;
use std::time::{Duration, Instant};

use super::rules::Rules;
use crate::backoff::Backoff;
use crate::candidate::{Candidate, named};
use crate::identity::Identity;
use crate::queue::{Cause, Outcome, Queue, Ticket};

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Event {
    Written(usize),
    Vanished(usize),
    Overflow,
}

#[derive(Clone, Debug)]
pub(super) struct Station {
    pub(super) queue: Queue,
    pub(super) threads: Vec<Step>,
    /// Watch and scan, in the order of the rules, are behind it.
    pub(super) started: u8,
    pub(super) watching: bool,
    pub(super) kernel: Vec<Event>,
    pub(super) overflowed: bool,
    pub(super) rest: Rest,
    /// What a directory read returned and was not offered to the queue yet.
    pub(super) scan: Option<Scan>,
}

/// Whether a backlog keeps a watcher from listening.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Rest {
    Listens,
    Rests,
    /// It listens again, and has not scanned since.
    Awake,
}

#[derive(Clone, Debug)]
pub(super) struct Scan {
    pub(super) entries: Vec<(usize, usize)>,
    pub(super) verify: bool,
}

/// Where a thread is. The numbers are inodes.
#[derive(Clone, Debug)]
pub(super) enum Step {
    Idle,
    Opened(Ticket, usize),
    Claimed(Ticket, usize),
    Succeeded(Ticket, usize, Outcome),
    Releasing(usize),
    Failed(Ticket),
    Dead,
}

static CANDIDATES: LazyLock<[Candidate; 2]> = LazyLock::new(|| ["0.prom", "1.prom"].map(named));

pub(super) fn candidate(name: usize) -> Candidate {
    CANDIDATES[name].clone()
}

pub(super) fn name_of(candidate: &Candidate) -> usize {
    usize::from(*candidate != CANDIDATES[0])
}

pub(super) fn identity(inode: usize) -> Identity {
    Identity::invented(inode as u64)
}

impl Station {
    pub(super) fn new(rules: Rules) -> Self {
        let pause = Duration::from_secs(1);
        let backoff = Backoff { busy_cap: pause, failed_cap: pause };
        Self {
            queue: Queue::new(backoff, Instant::now()),
            threads: vec![Step::Idle; rules.threads],
            started: if rules.early { 2 } else { 0 },
            watching: rules.early,
            kernel: Vec::new(),
            overflowed: false,
            rest: Rest::Listens,
            scan: None,
        }
    }

    /// The kernel queues an event. One that repeats the last is merged, as inotify(7) says.
    pub(super) fn sense(&mut self, event: Event, capacity: usize) {
        let event = if self.kernel.len() < capacity { event } else { Event::Overflow };
        if self.watching && self.kernel.last() != Some(&event) {
            self.kernel.push(event);
        }
    }

    pub(super) fn hear(&mut self) -> bool {
        if self.kernel.is_empty() {
            return false;
        }
        match self.kernel.remove(0) {
            Event::Written(name) => _ = self.queue.hint(candidate(name)),
            Event::Vanished(name) => _ = self.queue.vanished(candidate(name)),
            Event::Overflow => self.overflowed = true,
        }
        true
    }

    pub(super) fn is_dead(&self) -> bool {
        self.threads.iter().any(|thread| matches!(thread, Step::Dead))
    }

    pub(super) fn offer_one(&mut self, rests: bool) {
        let Some(scan) = &mut self.scan else { return };
        match scan.entries.pop() {
            Some((name, inode)) => {
                let verify = scan.verify;
                self.queue.offer(candidate(name), identity(inode).inode(), verify);
            }
            None => {
                let new = self.queue.end_scan();
                self.scan = None;
                if rests && new > 0 {
                    self.rest = Rest::Rests;
                    self.watching = false;
                    self.kernel.clear();
                }
            }
        }
    }

    pub(super) fn key(&self) -> Vec<u8> {
        let mut key = Vec::with_capacity(48);
        key.extend([201, self.started, u8::from(self.watching), u8::from(self.overflowed)]);
        key.push(self.rest as u8);
        key.extend(self.kernel.iter().map(|event| match event {
            Event::Written(name) => byte(*name),
            Event::Vanished(name) => 10 + byte(*name),
            Event::Overflow => 20,
        }));
        if let Some(scan) = &self.scan {
            key.extend([202, u8::from(scan.verify)]);
            key.extend(scan.entries.iter().flat_map(|(name, inode)| [byte(*name), byte(*inode)]));
        }
        add_queue(&self.queue, &mut key);
        for thread in &self.threads {
            add_thread(thread, &mut key);
        }
        key
    }
}

/// Moments and counts of tries are left out: they change when something happens, never what.
fn add_queue(queue: &Queue, key: &mut Vec<u8>) {
    let mut add =
        |kind, candidate: &Candidate, detail| key.extend([kind, byte(name_of(candidate)), detail]);
    for (candidate, history) in &queue.ready {
        add(203, candidate, cause(history.cause));
    }
    for (candidate, heard) in &queue.flying {
        add(204, candidate, *heard as u8);
    }
    for (candidate, parked) in &queue.parked {
        add(205, candidate, cause(parked.history.cause));
    }
    for (candidate, done) in &queue.done {
        add(206 + u8::from(done.round == queue.round), candidate, inode_byte(done.identity));
    }
    for candidate in &queue.asked {
        add(208, candidate, 0);
    }
}

pub(super) fn cause(cause: Option<Cause>) -> u8 {
    cause.map_or(0, |cause| 1 + cause as u8)
}

pub(super) fn inode_byte(identity: Identity) -> u8 {
    u8::try_from(identity.inode()).expect("a small number")
}

fn add_thread(thread: &Step, key: &mut Vec<u8>) {
    let (kind, ticket, inode) = match thread {
        Step::Idle => (0, None, 0),
        Step::Opened(ticket, inode) => (2, Some(ticket), *inode),
        Step::Claimed(ticket, inode) => (4, Some(ticket), *inode),
        Step::Succeeded(ticket, inode, _) => (5, Some(ticket), *inode),
        Step::Releasing(inode) => (6, None, *inode),
        Step::Failed(ticket) => (7, Some(ticket), 0),
        Step::Dead => (8, None, 0),
    };
    key.extend([209, kind, byte(inode)]);
    if let Some(ticket) = ticket {
        let known = ticket.known.map_or(99, inode_byte);
        key.extend([byte(name_of(&ticket.candidate)), cause(ticket.history.cause), known]);
    }
}

/// All numbers of the model are small.
pub(super) fn byte(number: usize) -> u8 {
    u8::try_from(number).expect("a small number")
}
