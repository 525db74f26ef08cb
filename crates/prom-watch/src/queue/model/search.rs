//! `search`: breadth first through every reachable world.

use std::collections::{HashSet, VecDeque};

use super::rules::Rules;
use super::steps::Taken;
use super::world::World;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Verdict {
    Holds,
    /// Nothing more happens, and a finished segment was not processed.
    Stuck,
    /// A segment was processed twice.
    Twice,
    /// A segment was processed before it was complete.
    Early,
}

pub(super) struct Found {
    pub(super) verdict: Verdict,
    pub(super) states: usize,
    /// The shortest way to the error.
    pub(super) trace: String,
}

/// How a world was reached: from which other one, by which step.
type Way = Option<(usize, Taken)>;

pub(super) fn search(rules: Rules) -> Found {
    let first = World::new(rules);
    let mut seen = HashSet::from([first.key()]);
    let mut ways: Vec<Way> = vec![None];
    let mut open = VecDeque::from([(0, first)]);
    let mut ended = false;
    while let Some((index, world)) = open.pop_front() {
        let next = world.successors();
        ended |= next.is_empty();
        let verdict = judge(&world, next.is_empty());
        if verdict != Verdict::Holds {
            return Found { verdict, states: seen.len(), trace: trace(&ways, index) };
        }
        for (step, world) in next {
            if seen.insert(world.key()) {
                open.push_back((ways.len(), world));
                ways.push(Some((index, step)));
            }
        }
    }
    assert!(ended, "a model that never comes to rest cannot be stuck");
    Found { verdict: Verdict::Holds, states: seen.len(), trace: String::new() }
}

fn judge(world: &World, at_rest: bool) -> Verdict {
    if world.inodes.iter().any(|inode| inode.processed > 1) {
        return Verdict::Twice;
    }
    if world.inodes.iter().any(|inode| inode.processed > 0 && !inode.written) {
        return Verdict::Early;
    }
    let left = world.inodes.iter().any(|inode| inode.processed == 0);
    if at_rest && left { Verdict::Stuck } else { Verdict::Holds }
}

fn trace(ways: &[Way], last: usize) -> String {
    let mut steps = Vec::new();
    let mut at = last;
    while let Some((from, (who, what))) = ways[at] {
        steps.push(format!("{who} {what}"));
        at = from;
    }
    steps.reverse();
    steps.join("\n")
}
