//! `World`: the machine and everybody on it; carries out commands.

use crate::model::command::{
    Actor, CONSUMERS, Clock, Command, Consume, Loss, Slice, WRITERS, Write,
};
use crate::model::consumer::Consumer;
use crate::model::machine::{Machine, Setup};
use crate::model::weakness::Weakness;
use crate::model::writer::Writer;

/// How far a step of the wall clock goes, in milliseconds: further than the grace for empty files.
const CLOCK_STEP: u64 = 10_000;

#[derive(Clone, Debug)]
pub(crate) struct World {
    pub(crate) machine: Machine,
    /// The writers' slots, and behind them those of their forked children.
    pub(crate) writers: Vec<Option<Writer>>,
    pub(crate) consumers: Vec<Option<Consumer>>,
}

impl World {
    pub(crate) fn new(setup: Setup, weakness: Option<Weakness>) -> Self {
        Self {
            machine: Machine::new(setup, weakness, CONSUMERS),
            writers: vec![None; 2 * WRITERS],
            consumers: vec![None; CONSUMERS],
        }
    }

    pub(crate) fn carry_out(&mut self, command: Command) {
        match command {
            Command::Write(slot, operation, slice) => self.write(slot, operation, slice),
            Command::Consume(slot, operation, slice) => self.consume(slot, operation, slice),
            Command::Fork(slot) => self.fork(slot),
            Command::Kill(Actor::Writer(slot), slice) => self.kill_writer(slot, slice),
            Command::Kill(Actor::Consumer(slot), slice) => self.kill_consumer(slot, slice),
            Command::Pass => self.pass(),
            Command::Clock(clock) => self.turn_clock(clock),
            Command::Overflow(slot) => self.machine.kernel.overflow(slot),
            Command::Remove(index) => self.remove(index),
            Command::RemoveDirectory => self.machine.kernel.remove_directory(),
            Command::MakeDirectory => self.machine.kernel.make_directory(),
            Command::Cut(loss) => self.cut(loss),
        }
    }

    /// A slot whose process is over gets a fresh one; a child comes from a fork only.
    fn write(&mut self, slot: usize, operation: Write, slice: Slice) {
        let Some(place) = self.writers.get_mut(slot) else { return };
        if slot < WRITERS && place.as_ref().is_none_or(Writer::is_over) {
            *place = Some(Writer::start(&mut self.machine));
        }
        let Some(writer) = place.as_mut().filter(|writer| !writer.is_over()) else { return };
        if !writer.is_busy() {
            writer.begin(operation, &self.machine);
        }
        slices(slice, || writer.step(&mut self.machine));
    }

    fn consume(&mut self, slot: usize, operation: Consume, slice: Slice) {
        let Some(place) = self.consumers.get_mut(slot) else { return };
        if place.as_ref().is_none_or(Consumer::is_over) {
            *place = Some(Consumer::start(&mut self.machine, slot));
        }
        let Some(consumer) = place.as_mut() else { return };
        if !consumer.is_busy() {
            consumer.begin(operation, &self.machine);
        }
        slices(slice, || consumer.step(&mut self.machine));
    }

    /// A program forks between its operations.
    fn fork(&mut self, slot: usize) {
        let child_slot = slot + WRITERS;
        let ready = |writer: &&Writer| !writer.is_busy() && !writer.is_over();
        let parent = self.writers.get(slot).and_then(Option::as_ref).filter(ready).cloned();
        let Some(parent) = parent else { return };
        if let Some(place) = self.writers.get_mut(child_slot)
            && place.as_ref().is_none_or(Writer::is_over)
        {
            *place = Some(parent.fork(&mut self.machine));
        }
    }

    fn kill_writer(&mut self, slot: usize, slice: Slice) {
        let Some(writer) = self.writers.get_mut(slot).and_then(Option::as_mut) else { return };
        if !writer.is_dead() {
            writer.die(&mut self.machine);
        }
        slices(slice, || writer.step(&mut self.machine));
    }

    fn kill_consumer(&mut self, slot: usize, slice: Slice) {
        let Some(consumer) = self.consumers.get_mut(slot).and_then(Option::as_mut) else { return };
        if !consumer.is_dead() {
            consumer.die(&mut self.machine);
        }
        slices(slice, || consumer.step(&mut self.machine));
    }

    pub(crate) fn pass(&mut self) {
        self.consumers.iter_mut().flatten().for_each(Consumer::pass);
    }

    fn turn_clock(&mut self, clock: Clock) {
        let now = &mut self.machine.kernel.now;
        match clock {
            Clock::Forward => *now += CLOCK_STEP,
            Clock::Back => *now = now.saturating_sub(CLOCK_STEP),
            Clock::Stands => self.machine.stands = true,
            Clock::Goes => self.machine.stands = false,
        }
    }

    fn remove(&mut self, index: usize) {
        let names = self.machine.kernel.names();
        if let Some(name) = names.get(index % names.len().max(1)) {
            self.machine.kernel.take_away(name);
        }
    }

    fn cut(&mut self, loss: Loss) {
        self.writers.iter_mut().for_each(|writer| *writer = None);
        self.consumers.iter_mut().for_each(|consumer| *consumer = None);
        self.machine.kernel.cut(loss);
        self.machine.ledger.cut(&self.machine.kernel);
    }
}

fn slices(slice: Slice, mut step: impl FnMut() -> bool) {
    match slice {
        Slice::All => while step() {},
        Slice::Calls(calls) => _ = (0..calls).take_while(|_| step()).count(),
    }
}
