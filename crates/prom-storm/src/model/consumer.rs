//! `Consumer`: one consuming process with its watcher, as a sequence of system calls.
//!
//! The decisions are those of prom-watch's private modules `lookout`, `schedule`, `claim` and `queue`: watch
//! before the scan, watch and scan anew after an overflow or when the path leads to another directory, lock
//! exclusively before the look at the path, park what is busy, failed or empty. The slow rescan is left out,
//! for it would hide a segment that is lost from sight.

mod looking;
mod taking;

use std::collections::VecDeque;

use crate::model::command::{Consume, Processing};
use crate::model::kernel::{DirectoryId, Handle, Inode, Pid};
use crate::model::machine::Machine;
use crate::model::queue::Queue;
use crate::model::weakness::Weakness;

/// A system call of a consumer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Call {
    Identify,
    Watch,
    /// Whether the directory is still the same after it was watched.
    Confirm,
    Scan,
    Hear,
    Stat,
    Open,
    Lock,
    Check,
    Measure,
    Process,
    /// Whether the name still leads to the file that is to be removed.
    Still,
    Unlink,
    Close(Handle),
    Release(Handle),
}

/// A segment that is being taken.
#[derive(Clone, Debug)]
struct Taking {
    name: String,
    waited_while_empty: bool,
    processing: Processing,
    handle: Option<Handle>,
    /// It was processed, and is still there.
    unremoved: Option<Inode>,
}

#[derive(Clone, Debug)]
pub(crate) struct Consumer {
    pid: Pid,
    /// Its inotify instance.
    listener: usize,
    queue: Queue,
    identity: Option<DirectoryId>,
    looked: bool,
    rewatch: bool,
    taking: Option<Taking>,
    calls: VecDeque<Call>,
    dead: bool,
}

impl Consumer {
    pub(crate) fn start(machine: &mut Machine, listener: usize) -> Self {
        machine.kernel.unwatch(listener);
        Self {
            pid: machine.fresh_id(),
            listener,
            queue: Queue::default(),
            identity: None,
            looked: false,
            rewatch: false,
            taking: None,
            calls: VecDeque::new(),
            dead: false,
        }
    }

    pub(crate) fn is_over(&self) -> bool {
        self.dead && self.calls.is_empty()
    }

    pub(crate) fn is_busy(&self) -> bool {
        !self.calls.is_empty()
    }

    pub(crate) fn is_dead(&self) -> bool {
        self.dead
    }

    /// There is nothing to try before something happens or time passes.
    pub(crate) fn is_idle(&self) -> bool {
        self.queue.is_idle() && self.calls.is_empty()
    }

    /// It is alive, and has begun to watch.
    pub(crate) fn is_watching(&self) -> bool {
        self.looked && !self.dead
    }

    pub(crate) fn known(&self) -> String {
        format!("{:?}", self.queue.known())
    }

    pub(crate) fn pass(&mut self) {
        self.queue.promote();
    }

    /// The process dies. What it had processed and not removed comes again.
    pub(crate) fn die(&mut self, machine: &mut Machine) {
        self.dead = true;
        if let Some(inode) = self.taking.take().and_then(|taking| taking.unremoved) {
            machine.ledger.unremoved(inode);
        }
        machine.kernel.unwatch(self.listener);
        let handles = machine.kernel.handles_of(self.pid);
        let close = |handle: &Handle| [Call::Close(*handle), Call::Release(*handle)];
        // A file whose close has begun is released in any case.
        self.calls.retain(|call| matches!(call, Call::Release(_)));
        self.calls.extend(handles.iter().flat_map(close));
    }

    /// Begins an operation, which [`step`](Self::step) carries out.
    pub(crate) fn begin(&mut self, operation: Consume, machine: &Machine) {
        match operation {
            Consume::Look => {
                self.looked = true;
                self.calls.push_back(Call::Identify);
            }
            Consume::Hear => self.calls.push_back(Call::Hear),
            Consume::Take(processing) => {
                let Some((name, waited_while_empty)) = self.queue.pop() else { return };
                self.taking = Some(Taking {
                    name,
                    waited_while_empty,
                    processing,
                    handle: None,
                    unremoved: None,
                });
                self.calls.extend([Call::Stat, Call::Open, Call::Lock]);
                if !machine.is(Weakness::NoIdentityCheck) {
                    self.calls.push_back(Call::Check);
                }
                self.calls.push_back(Call::Measure);
            }
        }
    }

    /// Makes the next system call; says whether there was one to make.
    pub(crate) fn step(&mut self, machine: &mut Machine) -> bool {
        let Some(call) = self.calls.pop_front() else { return false };
        machine.steps += 1;
        match call {
            Call::Identify => self.identify(machine),
            Call::Watch => machine.kernel.watch(self.listener),
            Call::Confirm => self.confirm(machine),
            Call::Scan => self.scan(machine),
            Call::Hear => self.hear(machine),
            Call::Stat => self.stat(machine),
            Call::Open => self.open(machine),
            Call::Lock => self.lock(machine),
            Call::Check => self.check(machine),
            Call::Measure => self.measure(machine),
            Call::Process => self.process(machine),
            Call::Still => self.still(machine),
            Call::Unlink => self.unlink(machine),
            Call::Close(handle) => machine.kernel.close(self.pid, handle),
            Call::Release(handle) => machine.kernel.release(handle),
        }
        true
    }
}
