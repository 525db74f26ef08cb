//! Makes a failing case smaller where proptest, which changes one thing at a time, has come to an end.

use crate::model::case::Case;
use crate::model::command::{Actor, Command, Slice, Write};

/// The smallest case that can be reached from this one by steps that still fail.
pub(crate) fn reduce(mut case: Case, fails: impl Fn(&Case) -> bool) -> Case {
    while let Some(smaller) = smaller(&case).into_iter().find(|case| fails(case)) {
        case = smaller;
    }
    case
}

/// Cases with up to three commands less, with one command that stands for two or three, with a simpler
/// command, or with actors in lower slots. Each is nearer to the empty case, so that there is an end to it.
fn smaller(case: &Case) -> Vec<Case> {
    let len = case.commands.len();
    let mut smaller = Vec::new();
    for first in 0..len {
        for second in first..len {
            for third in second..len {
                let dropped = [first, second, third];
                smaller.push(without(case, &dropped));
                smaller.extend(joined(case, &dropped));
            }
        }
    }
    let simpler = (0..len).map(|index| with(case, index, simplified));
    smaller.extend(simpler);
    let actors = [Actor::Writer(1), Actor::Consumer(1)];
    smaller.extend(actors.map(|actor| in_lower_slots(case, actor)));
    smaller.retain(|other| other != case);
    smaller
}

fn without(case: &Case, dropped: &[usize]) -> Case {
    let kept = case.commands.iter().enumerate().filter(|(index, _)| !dropped.contains(index));
    Case { setup: case.setup, commands: kept.map(|(_, command)| *command).collect() }
}

fn with(case: &Case, index: usize, change: impl Fn(Command) -> Command) -> Case {
    let mut case = case.clone();
    if let Some(command) = case.commands.get_mut(index) {
        *command = change(*command);
    }
    case
}

/// One command in the place of each of the dropped ones: a rotation, which ends a segment without filling
/// it, or the same operation with the calls of all.
fn joined(case: &Case, dropped: &[usize; 3]) -> Vec<Case> {
    let mut joined = Vec::new();
    for kept in dropped.iter().filter(|kept| dropped.iter().any(|other| other > *kept)) {
        let others: Vec<usize> = dropped.iter().copied().filter(|index| index != kept).collect();
        let calls = dropped.iter().filter_map(|index| calls(*case.commands.get(*index)?)).sum();
        for change in [rotated, simplified] {
            joined.push(without(&with(case, *kept, change), &others));
        }
        joined.push(without(&with(case, *kept, |it| sliced(it, Slice::Calls(calls))), &others));
    }
    joined
}

fn calls(command: Command) -> Option<u8> {
    match command {
        Command::Write(_, _, Slice::Calls(calls)) | Command::Consume(_, _, Slice::Calls(calls)) => {
            Some(calls)
        }
        _ => None,
    }
}

fn rotated(command: Command) -> Command {
    match command {
        Command::Write(slot, ..) => Command::Write(slot, Write::Rotate, Slice::All),
        other => other,
    }
}

fn simplified(command: Command) -> Command {
    sliced(command, Slice::All)
}

fn sliced(command: Command, slice: Slice) -> Command {
    match command {
        Command::Write(slot, write, _) => Command::Write(slot, write, slice),
        Command::Consume(slot, consume, _) => Command::Consume(slot, consume, slice),
        Command::Kill(actor, _) => Command::Kill(actor, slice),
        other => other,
    }
}

/// All writers, or all consumers, in the first slot, and the children behind them.
fn in_lower_slots(case: &Case, actor: Actor) -> Case {
    let lower = |command: &Command| match (*command, actor) {
        (Command::Write(slot, write, slice), Actor::Writer(_)) => {
            Command::Write(even(slot), write, slice)
        }
        (Command::Fork(slot), Actor::Writer(_)) => Command::Fork(even(slot)),
        (Command::Kill(Actor::Writer(slot), slice), Actor::Writer(_)) => {
            Command::Kill(Actor::Writer(even(slot)), slice)
        }
        (Command::Consume(slot, consume, slice), Actor::Consumer(_)) => {
            Command::Consume(even(slot), consume, slice)
        }
        (Command::Kill(Actor::Consumer(slot), slice), Actor::Consumer(_)) => {
            Command::Kill(Actor::Consumer(even(slot)), slice)
        }
        (Command::Overflow(slot), Actor::Consumer(_)) => Command::Overflow(even(slot)),
        (other, _) => other,
    };
    Case { setup: case.setup, commands: case.commands.iter().map(lower).collect() }
}

/// There are two slots of each kind.
fn even(slot: usize) -> usize {
    slot - slot % 2
}
