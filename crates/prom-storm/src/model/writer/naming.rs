//! How a segment comes to its name: created hidden, locked, published.

use crate::model::kernel::{Lock, Refusal};
use crate::model::machine::Machine;
use crate::model::weakness::Weakness;
use crate::model::writer::{Call, Draft, Writer};

impl Writer {
    pub(super) fn create(&mut self, machine: &mut Machine) {
        let hidden = format!(".m.{}.{}.tmp", self.pid, self.serial);
        self.serial += 1;
        match machine.kernel.create(self.pid, &hidden) {
            Ok(handle) => self.draft = Some(Draft { handle, hidden, named: None }),
            Err(Refusal::Exists) => self.calls.push_front(Call::Create),
            Err(Refusal::Missing) => self.give_up(machine),
        }
    }

    pub(super) fn lock(&mut self, machine: &mut Machine) {
        let Some(draft) = &self.draft else { return };
        if !machine.kernel.try_lock(draft.handle, Lock::Exclusive) {
            self.give_up(machine);
        } else if machine.is(Weakness::CreateThenLock) {
            let (name, millis) = (draft.hidden.clone(), self.last_millis.unwrap_or_default());
            self.opened(machine, name, millis);
        }
    }

    pub(super) fn publish(&mut self, machine: &mut Machine) {
        let Some(Draft { hidden, .. }) = self.draft.clone() else { return };
        let mut millis = self.next_millis(machine);
        loop {
            let name = published(millis);
            // Each try is a call of its own, but a refused one changes nothing that others see.
            let published = if machine.setup.linked {
                machine.kernel.link(&hidden, &name).map(|()| None)
            } else {
                let replace = machine.is(Weakness::ReplacingRename);
                machine.kernel.rename(&hidden, &name, replace)
            };
            match published {
                Err(Refusal::Exists) => millis += 1,
                Err(Refusal::Missing) => return self.give_up(machine),
                Ok(replaced) => {
                    if replaced.is_some() {
                        machine.ledger.fault(format!("{name} replaced another segment"));
                    }
                    if let Some(draft) = self.draft.as_mut().filter(|_| machine.setup.linked) {
                        draft.named = Some((name, millis));
                        return self.calls.push_front(Call::DropHidden);
                    }
                    return self.opened(machine, name, millis);
                }
            }
        }
    }

    pub(super) fn drop_hidden(&mut self, machine: &mut Machine) {
        let Some(Draft { hidden, named, .. }) = self.draft.clone() else { return };
        match (machine.kernel.unlink(&hidden), named) {
            (Ok(_), Some((name, millis))) => self.opened(machine, name, millis),
            _ => self.give_up(machine),
        }
    }

    /// The weak way: seen before it is locked.
    pub(super) fn create_visible(&mut self, machine: &mut Machine) {
        let mut millis = self.next_millis(machine);
        loop {
            let name = published(millis);
            match machine.kernel.create(self.pid, &name) {
                Err(Refusal::Exists) => millis += 1,
                Err(Refusal::Missing) => return self.give_up(machine),
                Ok(handle) => {
                    self.last_millis = Some(millis);
                    self.draft = Some(Draft { handle, hidden: name, named: None });
                    return;
                }
            }
        }
    }
}

fn published(millis: u64) -> String {
    format!("m.{millis}.prom")
}
