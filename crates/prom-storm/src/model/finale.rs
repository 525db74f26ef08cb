//! The end of a case: everybody comes to rest, and then nothing that is finished may be left.

use crate::model::command::{Actor, Command, Consume, Processing, Slice, Write};
use crate::model::consumer::Consumer;
use crate::model::queue::candidate;
use crate::model::world::World;

/// Rounds in which all consumers together take what they know of. Each takes all that is ready, so
/// that few are needed; one that needs more is not coming to rest.
const ROUNDS: usize = 12;

impl World {
    /// Ends the case, and enters what is wrong in the ledger.
    pub(crate) fn end(&mut self) {
        self.finish_operations();
        self.rest();
        self.expect_drained("with the writers still there");
        for slot in 0..self.writers.len() {
            if self.writers.get(slot).is_some_and(Option::is_some) {
                self.end_writer(slot);
            }
        }
        self.rest();
        self.expect_drained("when the writers had ended");
        for slot in 0..self.consumers.len() {
            self.carry_out(Command::Kill(Actor::Consumer(slot), Slice::All));
        }
        self.carry_out(Command::Consume(0, Consume::Look, Slice::All));
        self.rest();
        self.expect_drained("by a fresh consumer");
        self.machine.ledger.settle(&self.machine.kernel);
    }

    /// Whoever is inside an operation, or dying, comes to the end of it.
    fn finish_operations(&mut self) {
        for writer in self.writers.iter_mut().flatten() {
            while writer.step(&mut self.machine) {}
        }
        for consumer in self.consumers.iter_mut().flatten() {
            while consumer.step(&mut self.machine) {}
        }
    }

    /// A restarted writer is no part of the end.
    fn end_writer(&mut self, slot: usize) {
        let Some(writer) = self.writers.get_mut(slot).and_then(Option::as_mut) else { return };
        if !writer.is_over() {
            writer.begin(Write::Close, &self.machine);
            while writer.step(&mut self.machine) {}
            // A process that has closed its writer, or could not, ends.
            writer.die(&mut self.machine);
            while writer.step(&mut self.machine) {}
        }
    }

    /// Consumers hear, look and take, and time passes, until nothing changes.
    fn rest(&mut self) {
        for _ in 0..ROUNDS {
            let before = self.remains();
            for slot in 0..self.consumers.len() {
                self.go_round(slot);
            }
            self.pass();
            let mut watching = self.consumers.iter().flatten().filter(|it| it.is_watching());
            let idle = watching.all(Consumer::is_idle);
            if idle && before == self.remains() {
                return;
            }
        }
        let left = self.finished();
        if !left.is_empty() && self.consumers.iter().flatten().any(Consumer::is_watching) {
            self.machine.ledger.fault(format!("no rest after {ROUNDS} rounds, with {left:?} left"));
        }
    }

    fn go_round(&mut self, slot: usize) {
        let awake = |consumer: &&mut Consumer| consumer.is_watching();
        let consumer = self.consumers.get_mut(slot).and_then(Option::as_mut).filter(awake);
        let Some(consumer) = consumer else { return };
        for operation in [Consume::Hear, Consume::Look] {
            consumer.begin(operation, &self.machine);
            while consumer.step(&mut self.machine) {}
        }
        if self.machine.setup.linked {
            // A writer that dies before it announces a linked name is found by the slow rescan alone.
            consumer.rescan();
            while consumer.step(&mut self.machine) {}
        }
        for _ in 0..ROUNDS {
            consumer.begin(Consume::Take(Processing::Done), &self.machine);
            if !consumer.step(&mut self.machine) {
                return;
            }
            while consumer.step(&mut self.machine) {}
        }
    }

    /// Segments that nobody writes or holds.
    fn finished(&self) -> Vec<String> {
        let kernel = &self.machine.kernel;
        let is_free = |name: &String| {
            let inode = kernel.lookup(name);
            candidate(name).is_some()
                && inode.is_some_and(|inode| {
                    !kernel.is_locked(inode)
                        && kernel.file(inode).is_some_and(|file| file.live.is_none())
                })
        };
        kernel.names().into_iter().filter(is_free).collect()
    }

    fn remains(&self) -> (usize, String) {
        let known = self.consumers.iter().flatten().map(Consumer::known).collect();
        (self.machine.kernel.names().len(), known)
    }

    fn expect_drained(&mut self, when: &str) {
        let left = self.finished();
        let somebody_watches = self.consumers.iter().flatten().any(Consumer::is_watching);
        if somebody_watches && !left.is_empty() {
            self.machine.ledger.fault(format!("left behind {when}: {left:?}"));
        }
    }
}
