//! `Ledger`: what one writer acknowledged, line by line over its pipe, and how it ended.

use std::io::{self, IoSlice, Write as _};
use std::os::fd::AsFd as _;

use crate::storm::ids::Ids;

/// How a process ended.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) enum End {
    /// It has not.
    #[default]
    Alive,
    Success,
    /// By SIGKILL.
    Killed,
    /// In the loader, before a line of it ran: status 127.
    Unloaded,
    /// By a panic, another signal, or not in time.
    Badly(String),
}

/// One acknowledgement.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Ack {
    /// The process is up; nothing before this is its own doing.
    Began,
    Accepted(u64),
    Rejected(u64, String),
    Flushed,
    FlushFailed(String),
    Closed,
    CloseFailed {
        lost: u64,
        error: String,
    },
    /// The longest emission, in microseconds.
    Slowest(u64),
}

impl Ack {
    pub(crate) fn line(&self) -> String {
        match self {
            Self::Began => "began\n".into(),
            Self::Accepted(id) => format!("a {id}\n"),
            Self::Rejected(id, error) => format!("r {id} {}\n", one_line(error)),
            Self::Flushed => "f\n".into(),
            Self::FlushFailed(error) => format!("F {}\n", one_line(error)),
            Self::Closed => "c\n".into(),
            Self::CloseFailed { lost, error } => format!("C {lost} {}\n", one_line(error)),
            Self::Slowest(micros) => format!("s {micros}\n"),
        }
    }

    pub(crate) fn parse(line: &str) -> Option<Self> {
        let (word, rest) = line.split_once(' ').unwrap_or((line, ""));
        let numbered = || rest.split_once(' ').and_then(|(id, why)| Some((id.parse().ok()?, why)));
        Some(match word {
            "began" => Self::Began,
            "a" => Self::Accepted(rest.parse().ok()?),
            "r" => numbered().map(|(id, why)| Self::Rejected(id, why.into()))?,
            "f" => Self::Flushed,
            "F" => Self::FlushFailed(rest.into()),
            "c" => Self::Closed,
            "C" => numbered().map(|(lost, why)| Self::CloseFailed { lost, error: why.into() })?,
            "s" => Self::Slowest(rest.parse().ok()?),
            _ => return None,
        })
    }
}

/// An error's text, short enough for a pipe to take its line at once.
fn one_line(text: &str) -> String {
    text.chars().map(|c| if c.is_control() { ' ' } else { c }).take(300).collect()
}

/// What is known of a writer.
#[derive(Clone, Debug, Default)]
pub(crate) struct Ledger {
    pub(crate) began: bool,
    pub(crate) accepted: Ids,
    pub(crate) rejected: Ids,
    /// Accepted samples up to this one are covered by a flush.
    pub(crate) flushed: Option<u64>,
    /// Accepted samples up to this one were covered by the flush before that.
    pub(crate) flushed_before: Option<u64>,
    /// Samples that were accepted after the last flush that succeeded and before an error.
    pub(crate) doubtful: Ids,
    /// Samples of the last flush that succeeded before the first error.
    pub(crate) last_before_trouble: Ids,
    /// Every error it was told of, of any call.
    pub(crate) errors: Vec<String>,
    pub(crate) closed: bool,
    pub(crate) lost_lines: u64,
    pub(crate) slowest_micros: u64,
    pub(crate) end: End,
}

impl Ledger {
    pub(crate) fn note(&mut self, ack: Ack) {
        match ack {
            Ack::Began => self.began = true,
            Ack::Accepted(id) => drop(self.accepted.insert(id)),
            Ack::Rejected(id, error) => {
                self.rejected.insert(id);
                self.doubt();
                self.errors.push(error);
            }
            Ack::Flushed => {
                self.flushed_before = self.flushed;
                self.flushed = self.accepted.last();
            }
            Ack::FlushFailed(error) => {
                self.doubt();
                self.errors.push(error);
            }
            Ack::Closed => self.closed = true,
            Ack::CloseFailed { lost, error } => {
                self.closed = true;
                self.lost_lines = lost;
                self.errors.push(error);
            }
            Ack::Slowest(micros) => self.slowest_micros = micros,
        }
    }

    /// The error may be that of a sync, so what no flush has covered yet may be gone.
    fn doubt(&mut self) {
        let after = |id: Option<u64>| id.map_or(0, |id| id + 1);
        let (from, before) = (after(self.flushed), after(self.flushed_before));
        if self.errors.is_empty() {
            let last = self.accepted.range(before).take_while(|id| *id < from);
            for id in last {
                self.last_before_trouble.insert(id);
            }
        }
        for id in self.accepted.range(from) {
            self.doubtful.insert(id);
        }
    }

    /// Samples that have to arrive: all of a writer that closed, the flushed ones of another.
    pub(crate) fn owed(&self) -> impl Iterator<Item = u64> + '_ {
        let limit = if self.closed { Some(u64::MAX) } else { self.flushed };
        self.accepted.iter().filter(move |id| limit.is_some_and(|limit| *id <= limit))
    }

    /// Whether a sample may arrive. The last emission of a killed writer may have had its effect
    /// before it could be acknowledged.
    pub(crate) fn may_deliver(&self, id: u64) -> bool {
        let next = self.accepted.last().max(self.rejected.last()).map_or(0, |last| last + 1);
        self.accepted.contains(id) || (!self.closed && id == next)
    }
}

/// The writing end of the pipe.
#[derive(Debug)]
pub(crate) struct AckLog(std::fs::File);

impl AckLog {
    pub(crate) fn stdout() -> io::Result<Self> {
        Ok(Self(io::stdout().as_fd().try_clone_to_owned()?.into()))
    }

    /// By `writev(2)`: faults put into the `write(2)` of the code under test do not reach it.
    pub(crate) fn say(&mut self, ack: &Ack) -> io::Result<()> {
        let line = ack.line();
        let (head, tail) = line.split_at(1);
        let written = self
            .0
            .write_vectored(&[IoSlice::new(head.as_bytes()), IoSlice::new(tail.as_bytes())])?;
        if written == line.len() { Ok(()) } else { Err(io::ErrorKind::WriteZero.into()) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn acknowledgements_survive_the_pipe() {
        let acks = [
            Ack::Began,
            Ack::Accepted(7),
            Ack::Rejected(8, "no space (os error 28)".into()),
            Ack::Flushed,
            Ack::FlushFailed("cannot".into()),
            Ack::Closed,
            Ack::CloseFailed { lost: 3, error: "why not".into() },
            Ack::Slowest(12),
        ];
        for ack in acks {
            let line = ack.line();
            assert_eq!(Some(ack), Ack::parse(line.trim_end_matches('\n')), "{line:?}");
        }
        assert_eq!(None, Ack::parse("a x"));
        assert_eq!(None, Ack::parse(""));
    }

    #[test]
    fn the_last_flush_before_the_first_error_is_known() {
        let mut ledger = Ledger::default();
        for id in 0..6 {
            ledger.note(Ack::Accepted(id));
            if id % 2 == 1 {
                ledger.note(Ack::Flushed);
            }
        }
        ledger.note(Ack::Accepted(6));
        ledger.note(Ack::FlushFailed(String::new()));
        ledger.note(Ack::Accepted(7));
        ledger.note(Ack::Flushed);
        ledger.note(Ack::FlushFailed(String::new()));
        assert_eq!(vec![4, 5], ledger.last_before_trouble.iter().collect::<Vec<_>>());
        assert_eq!(vec![6], ledger.doubtful.iter().collect::<Vec<_>>());
    }

    #[test]
    fn what_is_owed_depends_on_the_end() {
        let mut ledger = Ledger::default();
        for ack in [Ack::Accepted(0), Ack::Accepted(1), Ack::Flushed, Ack::Accepted(2)] {
            ledger.note(ack);
        }
        assert_eq!(vec![0, 1], ledger.owed().collect::<Vec<_>>());
        assert!(ledger.may_deliver(2) && ledger.may_deliver(3) && !ledger.may_deliver(4));
        ledger.note(Ack::Rejected(3, String::new()));
        assert!(!ledger.may_deliver(3) && ledger.may_deliver(4));
        ledger.note(Ack::Closed);
        assert_eq!(vec![0, 1, 2], ledger.owed().collect::<Vec<_>>());
        assert!(!ledger.may_deliver(4));
    }
}
