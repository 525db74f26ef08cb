//! The cases that proptest makes, and how it shrinks them: towards whole operations of the first actor.

use prom_segment::Durability;
use proptest::collection::vec;
use proptest::prelude::{BoxedStrategy, Just, Strategy, any, prop_oneof};

use crate::model::case::Case;
use crate::model::command::{
    Actor, CONSUMERS, Clock, Command, Consume, Loss, Processing, Slice, Tail, WRITERS, Write,
};
use crate::model::machine::Setup;

/// Commands of a case at most.
const LONGEST: usize = 60;

pub(crate) fn cases() -> BoxedStrategy<Case> {
    let durability =
        prop_oneof![Just(Durability::None), Just(Durability::Seal), Just(Durability::Flush)];
    let linked = prop_oneof![4 => Just(false), 1 => Just(true)];
    let setup = (durability, linked);
    let setup = setup.prop_map(|(durability, linked)| Setup { durability, linked });
    let commands = vec(commands(), 1..=LONGEST);
    (setup, commands).prop_map(|(setup, commands)| Case { setup, commands }).boxed()
}

fn commands() -> BoxedStrategy<Command> {
    prop_oneof![
        24 => (0..2 * WRITERS, writes(), slices())
            .prop_map(|(slot, write, slice)| Command::Write(slot, write, slice)),
        24 => (0..CONSUMERS, consumes(), slices())
            .prop_map(|(slot, consume, slice)| Command::Consume(slot, consume, slice)),
        2 => (0..WRITERS).prop_map(Command::Fork),
        4 => (actors(), slices()).prop_map(|(actor, slice)| Command::Kill(actor, slice)),
        2 => Just(Command::Pass),
        3 => clocks().prop_map(Command::Clock),
        1 => (0..CONSUMERS).prop_map(Command::Overflow),
        1 => trouble(),
        1 => losses().prop_map(Command::Cut),
    ]
    .boxed()
}

fn writes() -> BoxedStrategy<Write> {
    prop_oneof![
        10 => Just(Write::Emit),
        3 => Just(Write::Flush),
        3 => Just(Write::Rotate),
        1 => Just(Write::Close),
    ]
    .boxed()
}

fn consumes() -> BoxedStrategy<Consume> {
    let processing = prop_oneof![
        6 => Just(Processing::Done),
        1 => Just(Processing::Refused),
        1 => Just(Processing::Panics),
        1 => Just(Processing::Unremovable),
    ];
    prop_oneof![
        3 => Just(Consume::Look),
        3 => Just(Consume::Hear),
        6 => processing.prop_map(Consume::Take),
    ]
    .boxed()
}

fn slices() -> BoxedStrategy<Slice> {
    prop_oneof![3 => Just(Slice::All), 1 => (1_u8..8).prop_map(Slice::Calls)].boxed()
}

fn actors() -> BoxedStrategy<Actor> {
    prop_oneof![(0..2 * WRITERS).prop_map(Actor::Writer), (0..CONSUMERS).prop_map(Actor::Consumer),]
        .boxed()
}

fn clocks() -> BoxedStrategy<Clock> {
    prop_oneof![Just(Clock::Forward), Just(Clock::Back), Just(Clock::Stands), Just(Clock::Goes)]
        .boxed()
}

fn trouble() -> BoxedStrategy<Command> {
    prop_oneof![
        4 => (0_usize..4).prop_map(Command::Remove),
        1 => Just(Command::RemoveDirectory),
        3 => Just(Command::MakeDirectory),
    ]
    .boxed()
}

fn losses() -> BoxedStrategy<Loss> {
    let tail =
        prop_oneof![Just(Tail::Dropped), Just(Tail::Torn), Just(Tail::Zeroed), Just(Tail::Kept)];
    (any::<u16>(), any::<u16>(), tail)
        .prop_map(|(names, files, tail)| Loss { names, files, tail })
        .boxed()
}
