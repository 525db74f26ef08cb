//! Watching, scanning and hearing.

use crate::model::consumer::{Call, Consumer};
use crate::model::kernel::Event;
use crate::model::machine::Machine;
use crate::model::queue::candidate;
use crate::model::weakness::Weakness;

impl Consumer {
    pub(super) fn identify(&mut self, machine: &mut Machine) {
        let identity = machine.kernel.identity();
        if identity.is_some() && identity == self.identity && !self.rewatch {
            return;
        }
        self.rewatch = false;
        self.identity = identity;
        machine.kernel.unwatch(self.listener);
        if identity.is_some() {
            let calls = match machine.is(Weakness::ScanBeforeWatch) {
                true => [Call::Scan, Call::Watch, Call::Confirm],
                false => [Call::Watch, Call::Confirm, Call::Scan],
            };
            self.calls.extend(calls);
        }
    }

    /// The scan that is made now and then though nothing asks for one.
    pub(crate) fn rescan(&mut self) {
        self.calls.push_back(Call::Scan);
    }

    /// If the path was given to another directory meanwhile, the watch may be on either.
    pub(super) fn confirm(&mut self, machine: &Machine) {
        if machine.kernel.identity() != self.identity {
            self.identity = None;
        }
    }

    pub(super) fn scan(&mut self, machine: &Machine) {
        let names = machine.kernel.names();
        let candidates = names.iter().filter_map(|name| candidate(name));
        candidates.for_each(|candidate| self.queue.offer(candidate));
    }

    pub(super) fn hear(&mut self, machine: &mut Machine) {
        let Some(event) = machine.kernel.hear(self.listener) else { return };
        match event {
            Event::Written(name) => {
                if let Some(candidate) = candidate(&name) {
                    self.queue.hint(candidate);
                }
            }
            // Matters only for names that are done and left in place.
            Event::Vanished(_) => {}
            Event::Overflow => self.rewatch |= !machine.is(Weakness::NoRescanOnOverflow),
            Event::Lost => self.rewatch = true,
        }
        self.calls.push_front(Call::Hear);
    }
}
