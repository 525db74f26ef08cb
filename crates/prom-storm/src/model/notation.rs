//! The plain text of a case: `case` and its setup, then a command a line. `#` begins a comment.

use std::fmt;

use prom_segment::Durability;

use crate::model::case::Case;
use crate::model::command::{Actor, Clock, Command, Consume, Loss, Processing, Slice, Tail, Write};
use crate::model::machine::Setup;

const WRITES: [(&str, Write); 4] = [
    ("emit", Write::Emit),
    ("flush", Write::Flush),
    ("rotate", Write::Rotate),
    ("close", Write::Close),
];
const CONSUMES: [(&str, Consume); 6] = [
    ("look", Consume::Look),
    ("hear", Consume::Hear),
    ("take", Consume::Take(Processing::Done)),
    ("take-refused", Consume::Take(Processing::Refused)),
    ("take-panics", Consume::Take(Processing::Panics)),
    ("take-unremovable", Consume::Take(Processing::Unremovable)),
];
const CLOCKS: [(&str, Clock); 4] = [
    ("forward", Clock::Forward),
    ("back", Clock::Back),
    ("stands", Clock::Stands),
    ("goes", Clock::Goes),
];
const TAILS: [(&str, Tail); 4] = [
    ("dropped", Tail::Dropped),
    ("torn", Tail::Torn),
    ("zeroed", Tail::Zeroed),
    ("kept", Tail::Kept),
];
const DURABILITIES: [(&str, Durability); 3] =
    [("none", Durability::None), ("seal", Durability::Seal), ("flush", Durability::Flush)];

fn word<T: Copy + PartialEq>(table: &[(&'static str, T)], value: T) -> &'static str {
    table.iter().find(|(_, other)| *other == value).map_or("", |(word, _)| word)
}

fn value<T: Copy>(table: &[(&'static str, T)], word: &str) -> Option<T> {
    table.iter().find(|(other, _)| *other == word).map(|(_, value)| *value)
}

impl fmt::Display for Slice {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::All => Ok(()),
            Self::Calls(calls) => write!(f, " for {calls}"),
        }
    }
}

impl fmt::Display for Command {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Write(slot, write, slice) => {
                write!(f, "writer {slot} {}{slice}", word(&WRITES, *write))
            }
            Self::Consume(slot, consume, slice) => {
                write!(f, "consumer {slot} {}{slice}", word(&CONSUMES, *consume))
            }
            Self::Fork(slot) => write!(f, "fork {slot}"),
            Self::Kill(Actor::Writer(slot), slice) => write!(f, "kill writer {slot}{slice}"),
            Self::Kill(Actor::Consumer(slot), slice) => write!(f, "kill consumer {slot}{slice}"),
            Self::Pass => f.write_str("pass"),
            Self::Clock(clock) => write!(f, "clock {}", word(&CLOCKS, *clock)),
            Self::Overflow(slot) => write!(f, "overflow {slot}"),
            Self::Remove(index) => write!(f, "remove {index}"),
            Self::RemoveDirectory => f.write_str("remove directory"),
            Self::MakeDirectory => f.write_str("make directory"),
            Self::Cut(Loss { names, files, tail }) => {
                write!(f, "cut names {names} files {files} tail {}", word(&TAILS, *tail))
            }
        }
    }
}

impl fmt::Display for Case {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Setup { durability, linked } = self.setup;
        let by = if linked { "link" } else { "rename" };
        writeln!(f, "case {} {by}", word(&DURABILITIES, durability))?;
        self.commands.iter().try_for_each(|command| writeln!(f, "{command}"))
    }
}

impl Case {
    /// Reads what `Display` writes; an error names the line.
    pub(crate) fn read(text: &str) -> Result<Self, String> {
        let content = |line: &&str| !line.is_empty() && !line.starts_with('#');
        let mut lines = text.lines().map(str::trim).filter(content);
        let first = lines.next().unwrap_or_default();
        let setup = setup(first).ok_or_else(|| format!("not a setup: {first}"))?;
        let commands =
            lines.map(|line| command(line).ok_or_else(|| format!("not a command: {line}")));
        Ok(Self { setup, commands: commands.collect::<Result<_, _>>()? })
    }
}

fn setup(line: &str) -> Option<Setup> {
    let words: Vec<&str> = line.split(' ').collect();
    let ["case", durability, by @ ("rename" | "link")] = *words else { return None };
    Some(Setup { durability: value(&DURABILITIES, durability)?, linked: by == "link" })
}

fn command(line: &str) -> Option<Command> {
    let words: Vec<&str> = line.split(' ').collect();
    let (words, slice) = match *words {
        [ref rest @ .., "for", calls] => (rest, Slice::Calls(calls.parse().ok()?)),
        _ => (&*words, Slice::All),
    };
    Some(match *words {
        ["writer", slot, write] => {
            Command::Write(slot.parse().ok()?, value(&WRITES, write)?, slice)
        }
        ["consumer", slot, consume] => {
            Command::Consume(slot.parse().ok()?, value(&CONSUMES, consume)?, slice)
        }
        ["fork", slot] => Command::Fork(slot.parse().ok()?),
        ["kill", "writer", slot] => Command::Kill(Actor::Writer(slot.parse().ok()?), slice),
        ["kill", "consumer", slot] => Command::Kill(Actor::Consumer(slot.parse().ok()?), slice),
        ["pass"] => Command::Pass,
        ["clock", clock] => Command::Clock(value(&CLOCKS, clock)?),
        ["overflow", slot] => Command::Overflow(slot.parse().ok()?),
        ["remove", "directory"] => Command::RemoveDirectory,
        ["remove", index] => Command::Remove(index.parse().ok()?),
        ["make", "directory"] => Command::MakeDirectory,
        ["cut", "names", names, "files", files, "tail", tail] => Command::Cut(Loss {
            names: names.parse().ok()?,
            files: files.parse().ok()?,
            tail: value(&TAILS, tail)?,
        }),
        _ => return None,
    })
}
