//! `Scenario`: one way to make trouble, with the function that does it and judges.

use std::time::{Duration, Instant};

use crate::storm::outcome::Outcome;
use crate::storm::random::mix;
use crate::storm::verdict::Verdict;

/// When a scenario is run without being asked for by name.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Set {
    /// Always: it is short and needs no rights.
    Quick,
    /// With `--full`.
    Full,
    /// With `--full`, and when nothing is said.
    Long,
}

#[derive(Clone, Copy, Debug)]
pub(crate) struct Scenario {
    pub(crate) name: &'static str,
    pub(crate) about: &'static str,
    pub(crate) set: Set,
    pub(crate) run: fn(&Context) -> Outcome<Verdict>,
}

/// What a scenario is run with.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Context {
    pub(crate) seed: u64,
    /// Whether there is time for large numbers.
    pub(crate) full: bool,
    /// How long a storm of kills goes on before it is judged, if that was said.
    pub(crate) seconds: Option<u64>,
}

impl Context {
    /// A small number in a quick run, a large one in a full one.
    pub(crate) fn pick<T>(&self, quick: T, full: T) -> T {
        if self.full { full } else { quick }
    }

    /// Whether a storm that began then and has killed so many is over.
    pub(crate) fn is_over(&self, began: Instant, kills: u64, enough: u64) -> bool {
        match self.seconds {
            Some(seconds) => began.elapsed() >= Duration::from_secs(seconds),
            None => kills >= enough,
        }
    }

    /// The same with a seed of its own for each part.
    pub(crate) fn part(&self, part: u64) -> Self {
        Self { seed: mix(self.seed ^ mix(part + 1)), ..*self }
    }
}
