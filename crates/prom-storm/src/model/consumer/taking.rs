//! Taking a segment: open, lock, look at the path, process, remove under the lock.

use crate::model::command::Processing;
use crate::model::consumer::{Call, Consumer, Taking};
use crate::model::kernel::Lock;
use crate::model::machine::Machine;
use crate::model::queue::Cause;
use crate::model::text::whole;
use crate::model::weakness::Weakness;

/// An empty file that nobody locks is left alone until it is so old, in milliseconds: its writer may
/// not have come to the lock yet.
const EMPTY_GRACE: u64 = 5_000;

impl Consumer {
    pub(super) fn stat(&mut self, machine: &Machine) {
        let Some(taking) = &self.taking else { return };
        if machine.kernel.lookup(&taking.name).is_none() {
            self.settle(None);
        }
    }

    pub(super) fn open(&mut self, machine: &mut Machine) {
        let Some(taking) = &mut self.taking else { return };
        match machine.kernel.open(self.pid, &taking.name, false) {
            Ok(handle) => taking.handle = Some(handle),
            Err(_) => self.settle(None),
        }
    }

    pub(super) fn lock(&mut self, machine: &mut Machine) {
        let Some(handle) = self.handle() else { return };
        let shared = machine.is(Weakness::SharedConsumerLock);
        let lock = if shared { Lock::Shared } else { Lock::Exclusive };
        if !machine.kernel.try_lock(handle, lock) {
            let cause = (!machine.is(Weakness::BusyDropped)).then_some(Cause::Busy);
            self.settle(cause);
        }
    }

    pub(super) fn check(&mut self, machine: &Machine) {
        if !self.leads_to(machine) {
            self.settle(None);
        }
    }

    /// The lock is held: only now is the length final.
    pub(super) fn measure(&mut self, machine: &Machine) {
        let Some(taking) = &self.taking else { return };
        let inode = taking.handle.and_then(|handle| machine.kernel.inode_of(handle));
        let Some(file) = inode.and_then(|inode| machine.kernel.file(inode)) else { return };
        let age = machine.kernel.now.saturating_sub(file.modified);
        if file.data.is_empty() && !taking.waited_while_empty && age < EMPTY_GRACE {
            return self.settle(Some(Cause::Empty));
        }
        let removes = [Call::Still, Call::Unlink];
        if machine.is(Weakness::UnlinkBeforeProcess) {
            self.calls.extend(removes);
            self.calls.push_back(Call::Process);
        } else {
            self.calls.push_back(Call::Process);
            self.calls.extend(removes);
        }
    }

    pub(super) fn process(&mut self, machine: &mut Machine) {
        let Some(taking) = &mut self.taking else { return };
        let Some(inode) = taking.handle.and_then(|handle| machine.kernel.inode_of(handle)) else {
            return;
        };
        let Some(file) = machine.kernel.file(inode) else { return };
        let bytes = file.data.clone();
        if file.live.is_some() {
            machine.ledger.fault(format!("{} was handed over while it is live", taking.name));
        }
        match taking.processing {
            Processing::Refused | Processing::Panics => return self.settle(Some(Cause::Failed)),
            Processing::Done | Processing::Unremovable => {}
        }
        let torn = machine.is(Weakness::TornTailDelivered);
        machine.ledger.delivered(if torn { &bytes } else { whole(&bytes) });
        taking.unremoved = Some(inode);
        if taking.processing == Processing::Unremovable {
            machine.ledger.unremoved(inode);
            self.settle(Some(Cause::Failed));
        } else if self.calls.is_empty() {
            self.settle(None);
        }
    }

    pub(super) fn still(&mut self, machine: &Machine) {
        if !self.leads_to(machine) && !machine.is(Weakness::UnlinkBeforeProcess) {
            self.settle(None);
        }
    }

    /// By name. If a third party has removed the file since the last look, that name may be another
    /// segment's by now, which no order of calls can prevent.
    pub(super) fn unlink(&mut self, machine: &mut Machine) {
        let Some(Taking { name, .. }) = &self.taking else { return };
        let held = self.handle().and_then(|handle| machine.kernel.inode_of(handle));
        let removed = machine.kernel.unlink(name);
        let taken_away = |inode| machine.kernel.file(inode).is_some_and(|file| file.taken_away);
        if let Ok(inode) = removed
            && Some(inode) != held
            && held.is_some_and(taken_away)
        {
            machine.kernel.blame(inode);
        }
        if let Some(taking) = &mut self.taking {
            taking.unremoved = None;
        }
        if self.calls.is_empty() {
            self.settle(None);
        }
    }

    fn handle(&self) -> Option<crate::model::kernel::Handle> {
        self.taking.as_ref()?.handle
    }

    fn leads_to(&self, machine: &Machine) -> bool {
        let Some(Taking { name, handle: Some(handle), .. }) = &self.taking else { return false };
        machine.kernel.leads_to(name, *handle)
    }

    /// The try is over: the file is closed, and the name parked unless it is gone.
    fn settle(&mut self, parked: Option<Cause>) {
        self.queue.settle(parked);
        self.calls.clear();
        if let Some(handle) = self.taking.take().and_then(|taking| taking.handle) {
            self.calls.extend([Call::Close(handle), Call::Release(handle)]);
        }
    }
}
