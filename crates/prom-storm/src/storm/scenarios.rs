//! Every scenario, in the order in which they run.

mod both_ends;
mod clocks;
mod crash;
mod directory;
mod disk;
mod exactly_once;
mod faults;
mod fork;
mod idle;
mod injection;
mod kills;
mod overflow;
mod poison;
mod power;
mod slow;
mod steady;

use crate::storm::scenario::{Scenario, Set};

pub(crate) const ALL: &[Scenario] = &[
    scenario("clean", Set::Quick, "S1: writers and one consumer, nobody dies", steady::clean),
    scenario("same-prefix", Set::Quick, "S1: writers that meet in every name", steady::same_prefix),
    scenario("tiny", Set::Quick, "S1: a segment a sample, three consumers", steady::tiny),
    scenario("kill-writers", Set::Quick, "S2: kill -9 of writers", kills::writers),
    scenario("kill-consumers", Set::Quick, "S3: kill -9 of consumers", kills::consumers),
    scenario("kill-both", Set::Quick, "S4: kill -9 of both", kills::both),
    scenario("fork", Set::Quick, "S6: children that end, emit, idle, linger, execute", fork::all),
    scenario("one-process", Set::Quick, "S7: emitter and watcher together", both_ends::all),
    scenario("file-limit", Set::Quick, "S9: a limit on the length of files", disk::file_limit),
    scenario("clocks", Set::Quick, "S12: clocks that step, jitter, stand", clocks::all),
    scenario("poison", Set::Quick, "S13: what only looks like a segment", poison::all),
    scenario("injection", Set::Quick, "S15: names and labels that would forge", injection::all),
    scenario("directory", Set::Quick, "S16: deleted, recreated, renamed, linked", directory::all),
    scenario("overflow", Set::Quick, "S17: a backlog behind a stopped consumer", overflow::stopped),
    scenario("slow", Set::Quick, "S18: slow and blocked consumers, a stopped writer", slow::all),
    scenario("idle", Set::Quick, "L1: the last samples of an idle program", idle::fresh),
    scenario("exactly-once", Set::Long, "S1: a hundred thousand segments", exactly_once::run),
    scenario("disk-full", Set::Full, "S9: no room, and room again", disk::bytes),
    scenario("inodes-full", Set::Full, "S9: no inodes, and some again", disk::inodes),
    scenario("crash", Set::Full, "S5: SIGKILL at the k-th system call", crash::all),
    scenario(
        "faults-writer",
        Set::Full,
        "S8: the k-th system call of a writer fails",
        faults::writer,
    ),
    scenario("faults-consumer", Set::Full, "S8: and of a consumer", faults::consumer),
    scenario("power-cut", Set::Full, "S11: a loop mount that is shut down", power::ext4),
];

const fn scenario(
    name: &'static str,
    set: Set,
    about: &'static str,
    run: fn(
        &crate::storm::scenario::Context,
    ) -> crate::storm::outcome::Outcome<crate::storm::verdict::Verdict>,
) -> Scenario {
    Scenario { name, about, set, run }
}

#[cfg(test)]
mod tests {
    use super::ALL;

    #[test]
    fn names_are_unique() {
        for (at, scenario) in ALL.iter().enumerate() {
            assert!(ALL[..at].iter().all(|other| other.name != scenario.name), "{}", scenario.name);
        }
    }
}
