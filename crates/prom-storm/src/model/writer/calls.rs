//! Each call of a writer, and what it changes.

use crate::model::machine::Machine;
use crate::model::weakness::Weakness;
use crate::model::writer::{Call, Segment, Writer};

impl Writer {
    /// Makes the next system call, with what the program notes before and after it. Says whether there
    /// was anything to do.
    pub(crate) fn step(&mut self, machine: &mut Machine) -> bool {
        let was_busy = self.is_busy();
        self.note(machine);
        if let Some(call) = self.calls.pop_front() {
            machine.steps += 1;
            self.call(call, machine);
            self.note(machine);
        }
        was_busy
    }

    fn note(&mut self, machine: &mut Machine) {
        while let Some(call) = self.calls.front().copied().filter(|call| !call.is_system_call()) {
            self.calls.pop_front();
            self.call(call, machine);
        }
    }

    fn call(&mut self, call: Call, machine: &mut Machine) {
        match call {
            Call::Create => self.create(machine),
            Call::CreateVisible => self.create_visible(machine),
            Call::Lock => self.lock(machine),
            Call::Publish => self.publish(machine),
            Call::DropHidden => self.drop_hidden(machine),
            Call::Write => self.write_half(machine, true),
            Call::WriteRest => self.write_half(machine, false),
            Call::SyncData | Call::SyncAll => {
                if let Some(segment) = &self.segment {
                    machine.kernel.sync_file(segment.handle);
                }
            }
            Call::SyncDirectory => self.sync_directory(machine),
            Call::Unlock => self.unlock(machine),
            Call::UnlockInherited(handle) => machine.kernel.unlock(handle),
            Call::Close(handle) => machine.kernel.close(self.pid, handle),
            Call::Release(handle) => machine.kernel.release(handle),
            Call::Announce => self.announce(machine),
            Call::Accept => self.accept(machine),
            Call::Acknowledge { sealed } => machine.ledger.acknowledged(self.id, sealed),
            Call::Forget => self.leave(),
            Call::End => self.ended = true,
        }
    }

    fn accept(&mut self, machine: &mut Machine) {
        let id = (self.id, self.next);
        self.next += 1;
        machine.ledger.accepted(id, machine.setup.durability);
        self.pending.push(id);
        if !machine.stands {
            machine.kernel.now += 1;
        }
    }

    fn write_half(&mut self, machine: &mut Machine, first: bool) {
        let text = self.text();
        let Some(segment) = &mut self.segment else { return };
        let (head, tail) = text.split_at_checked(text.len() / 2).unwrap_or((&text, ""));
        machine.kernel.append(segment.handle, if first { head } else { tail }.as_bytes());
        let noted = |id| machine.ledger.written(id, segment.inode);
        if first {
            self.pending.iter().copied().for_each(noted);
        } else {
            segment.len += text.len();
            self.pending.clear();
        }
    }

    /// A directory that is not there cannot be synced: the segment is given up, nothing acknowledged.
    fn sync_directory(&mut self, machine: &mut Machine) {
        let Some(segment) = &mut self.segment else { return };
        let handle = segment.handle;
        match machine.kernel.sync_directory() {
            Ok(()) => segment.name_synced = true,
            Err(_) => {
                self.calls = [Call::Unlock, Call::Close(handle), Call::Release(handle)].into();
            }
        }
    }

    fn unlock(&mut self, machine: &mut Machine) {
        let Some(Segment { handle, inode, .. }) = self.segment else { return };
        machine.kernel.unlock(handle);
        if let Some(file) = machine.kernel.file_mut(inode) {
            file.live = None;
        }
        // What follows, an announcement, is by name.
        if !self.calls.contains(&Call::Announce) {
            self.segment = None;
        }
    }

    /// Opens and closes the name for writing, so that inotify says it.
    fn announce(&mut self, machine: &mut Machine) {
        let Some(segment) = self.segment.take() else { return };
        if let Ok(handle) = machine.kernel.open(self.pid, &segment.name, true) {
            for call in [Call::Release(handle), Call::Close(handle)] {
                self.calls.push_front(call);
            }
        }
    }

    /// A child that wrote what it inherited ends without unlocking.
    fn leave(&mut self) {
        debug_assert!(self.inherited, "only the weakness leaves so");
        if let Some(segment) = self.segment.take() {
            let handle = segment.handle;
            self.calls.push_front(Call::Release(handle));
            self.calls.push_front(Call::Close(handle));
        }
    }

    pub(super) fn opened(&mut self, machine: &mut Machine, name: String, millis: u64) {
        let Some(draft) = self.draft.take() else { return };
        let inode = machine.kernel.inode_of(draft.handle).unwrap_or_default();
        machine.ledger.named(self.id, millis);
        self.last_millis = Some(millis);
        self.segment =
            Some(Segment { handle: draft.handle, inode, name, len: 0, name_synced: false });
    }

    /// The operation fails: what it was about to accept is not accepted.
    pub(super) fn give_up(&mut self, machine: &mut Machine) {
        self.calls.clear();
        if let Some(draft) = self.draft.take() {
            if let Some(inode) = machine.kernel.inode_of(draft.handle)
                && let Some(file) = machine.kernel.file_mut(inode)
            {
                file.live = None;
            }
            self.calls.extend([Call::Close(draft.handle), Call::Release(draft.handle)]);
        }
    }

    pub(super) fn next_millis(&self, machine: &Machine) -> u64 {
        let now = machine.kernel.now;
        match self.last_millis {
            Some(last) if !machine.is(Weakness::NamesFollowClock) => now.max(last + 1),
            _ => now,
        }
    }
}
