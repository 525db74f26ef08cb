//! `Writer`: one writing process, as a sequence of system calls.
//!
//! The decisions are those of prom-segment's private modules `state`, `segment` and `publish`: when a
//! collection's border seals or writes (`Rotation::due`, the buffer's size), the order of the calls that
//! make and end a segment, the milliseconds of the next name (`name::next_millis`), and what a forked
//! child forgets. Every emission is a collection of its own.

mod calls;
mod naming;

use std::collections::VecDeque;

use prom_segment::Durability;

use crate::model::command::Write;
use crate::model::kernel::{Handle, Inode, Pid};
use crate::model::machine::Machine;
use crate::model::text::{LineId, line};
use crate::model::weakness::Weakness;

/// Bytes after which a segment is complete: three lines.
const SEGMENT_SIZE: usize = 60;
/// Bytes that may stay in memory at the end of a collection: two lines.
const BUFFER_SIZE: usize = 40;

/// A system call, or what a program notes between two of them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Call {
    Create,
    CreateVisible,
    Lock,
    Publish,
    DropHidden,
    /// A fatal signal splits even one `write(2)`, so it has two halves.
    Write,
    WriteRest,
    SyncData,
    SyncAll,
    SyncDirectory,
    Unlock,
    /// No part of the algorithm.
    UnlockInherited(Handle),
    Close(Handle),
    Release(Handle),
    Announce,
    Accept,
    Acknowledge {
        sealed: bool,
    },
    Forget,
    End,
}

impl Call {
    fn is_system_call(self) -> bool {
        !matches!(self, Self::Accept | Self::Acknowledge { .. } | Self::Forget | Self::End)
    }
}

#[derive(Clone, Debug)]
struct Segment {
    handle: Handle,
    inode: Inode,
    name: String,
    len: usize,
    name_synced: bool,
}

/// A file that is on the way to the name under which it is seen.
#[derive(Clone, Debug)]
struct Draft {
    handle: Handle,
    hidden: String,
    /// A second name, by `link(2)`.
    named: Option<(String, u64)>,
}

#[derive(Clone, Debug)]
pub(crate) struct Writer {
    pid: Pid,
    /// The ledger's name for it.
    id: usize,
    next: u64,
    pending: Vec<LineId>,
    draft: Option<Draft>,
    segment: Option<Segment>,
    last_millis: Option<u64>,
    serial: u64,
    /// It is a copy that a fork made, and has not noticed yet.
    inherited: bool,
    calls: VecDeque<Call>,
    ended: bool,
    dead: bool,
}

impl Writer {
    pub(crate) fn start(machine: &mut Machine) -> Self {
        let id = machine.fresh_id();
        Self {
            pid: id,
            id,
            next: 0,
            pending: Vec::new(),
            draft: None,
            segment: None,
            last_millis: None,
            serial: 0,
            inherited: false,
            calls: VecDeque::new(),
            ended: false,
            dead: false,
        }
    }

    /// A copy with the same buffer and the same open files.
    pub(crate) fn fork(&self, machine: &mut Machine) -> Self {
        let id = machine.fresh_id();
        machine.kernel.fork(self.pid, id);
        Self { pid: id, inherited: true, ..self.clone() }
    }

    /// Whether nothing more is to be expected of the process.
    pub(crate) fn is_over(&self) -> bool {
        (self.dead || self.ended) && self.calls.is_empty()
    }

    pub(crate) fn is_busy(&self) -> bool {
        !self.calls.is_empty()
    }

    pub(crate) fn is_dead(&self) -> bool {
        self.dead
    }

    /// The process dies: its buffer is gone, and the kernel closes its files one by one.
    pub(crate) fn die(&mut self, machine: &mut Machine) {
        self.dead = true;
        machine.kernel.orphan(self.pid);
        let handles = machine.kernel.handles_of(self.pid);
        let close = |handle: &Handle| [Call::Close(*handle), Call::Release(*handle)];
        // A file whose close has begun is released in any case.
        self.calls.retain(|call| matches!(call, Call::Release(_)));
        self.calls.extend(handles.iter().flat_map(close));
    }

    /// Begins an operation, which [`step`](Self::step) carries out.
    pub(crate) fn begin(&mut self, operation: Write, machine: &Machine) {
        let flushes_here = machine.is(Weakness::ChildFlushesBuffer) && operation == Write::Close;
        if self.inherited && !flushes_here {
            self.forget(machine);
        }
        let calls = match operation {
            Write::Emit => self.emit(machine),
            Write::Flush => self.flush(machine),
            Write::Rotate => {
                [self.seal(machine), vec![Call::Acknowledge { sealed: true }]].concat()
            }
            Write::Close if self.inherited => {
                [self.write(), vec![Call::Forget, Call::End]].concat()
            }
            Write::Close => {
                let end = [Call::Acknowledge { sealed: true }, Call::End];
                [self.seal(machine), end.to_vec()].concat()
            }
        };
        self.calls.extend(calls);
    }

    /// What belongs to the parent is closed, neither written nor unlocked.
    fn forget(&mut self, machine: &Machine) {
        let held = self.segment.take().map(|segment| segment.handle);
        let unlock = held.filter(|_| machine.is(Weakness::ChildUnlocks)).map(Call::UnlockInherited);
        let close = held.into_iter().flat_map(|it| [Call::Close(it), Call::Release(it)]);
        let calls = unlock.into_iter().chain(close);
        let own =
            Self { id: self.pid, next: 0, inherited: false, last_millis: None, ..self.clone() };
        *self = Self { pending: Vec::new(), calls: calls.collect(), ..own };
    }

    fn emit(&self, machine: &Machine) -> Vec<Call> {
        let len = self.segment.as_ref().map(|segment| segment.len + self.pending_len());
        let (mut calls, open) = match len {
            Some(len) if len >= SEGMENT_SIZE => (self.seal(machine), false),
            Some(_) if self.pending_len() >= BUFFER_SIZE => (self.write(), true),
            Some(_) => (Vec::new(), true),
            None => (Vec::new(), false),
        };
        if !open {
            let visible = machine.is(Weakness::CreateThenLock);
            let hidden = [Call::Create, Call::Lock, Call::Publish];
            let visible = visible.then_some([Call::CreateVisible, Call::Lock]);
            calls.extend(visible.as_ref().map_or(&hidden[..], |calls| &calls[..]));
        }
        calls.push(Call::Accept);
        calls
    }

    fn flush(&self, machine: &Machine) -> Vec<Call> {
        let acknowledge = vec![Call::Acknowledge { sealed: false }];
        let sync = match machine.setup.durability {
            Durability::Flush => self.sync(machine),
            _ => Vec::new(),
        };
        if machine.is(Weakness::FlushAcknowledgedFirst) {
            [acknowledge, self.write(), sync].concat()
        } else {
            [self.write(), sync, acknowledge].concat()
        }
    }

    fn seal(&self, machine: &Machine) -> Vec<Call> {
        let Some(segment) = &self.segment else { return Vec::new() };
        let sync = match machine.setup.durability {
            Durability::None => Vec::new(),
            Durability::Seal => vec![Call::SyncData],
            Durability::Flush => self.sync(machine),
        };
        let close = [Call::Unlock, Call::Close(segment.handle), Call::Release(segment.handle)];
        let announce = machine.setup.linked.then_some(Call::Announce);
        let ends = close.into_iter().chain(announce);
        self.write().into_iter().chain(sync).chain(ends).collect()
    }

    fn write(&self) -> Vec<Call> {
        if self.pending.is_empty() { Vec::new() } else { vec![Call::Write, Call::WriteRest] }
    }

    fn sync(&self, machine: &Machine) -> Vec<Call> {
        match &self.segment {
            None => Vec::new(),
            Some(segment) if segment.name_synced => vec![Call::SyncAll],
            Some(_) if machine.is(Weakness::NoDirectorySync) => vec![Call::SyncAll],
            Some(_) => vec![Call::SyncAll, Call::SyncDirectory],
        }
    }

    fn pending_len(&self) -> usize {
        self.text().len()
    }

    fn text(&self) -> String {
        self.pending.iter().map(|id| line(*id)).collect()
    }
}
