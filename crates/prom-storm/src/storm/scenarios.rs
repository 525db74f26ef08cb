//! Every scenario, in the order in which they run.

mod backlog;
mod both_ends;
mod clocks;
mod crash;
mod descriptors;
mod directory;
mod disk;
mod exactly_once;
mod exhausted;
mod faults;
mod fork;
mod idle;
mod injection;
mod kills;
mod memory;
mod overflow;
mod permission;
mod poison;
mod power;
mod slow;
mod steady;
mod swap;
mod sync_fails;
mod unmounted;

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
    scenario("directory-missing", Set::Quick, "S16: missing at first", directory::missing),
    scenario("directory-recreated", Set::Quick, "S16: deleted and recreated", directory::recreated),
    scenario("directory-renamed", Set::Quick, "S16: renamed and recreated", directory::renamed),
    scenario("directory-linked", Set::Quick, "S16: replaced by links", directory::linked),
    scenario("overflow", Set::Quick, "S17: a backlog behind a stopped consumer", overflow::stopped),
    scenario("slow-consumer", Set::Quick, "S18: 50 ms a segment", slow::slow),
    scenario("blocked-consumer", Set::Quick, "S18: a callback that does not end", slow::blocked),
    scenario("stopped-writer", Set::Quick, "S18: SIGSTOP with a segment open", slow::stopped),
    scenario("exhausted", Set::Quick, "S17: inotify has no room", exhausted::run),
    scenario("idle", Set::Quick, "L1: the last samples of an idle program", idle::fresh),
    scenario("exactly-once", Set::Long, "S1: a hundred thousand segments", exactly_once::run),
    scenario("disk-full", Set::Full, "S9: no room, and room again", disk::bytes),
    scenario("inodes-full", Set::Full, "S9: no inodes, and some again", disk::inodes),
    scenario("crash-writer", Set::Full, "S5: SIGKILL at the k-th system call", crash::writer),
    scenario("crash-consumer", Set::Full, "S5: and of a consumer", crash::consumer),
    scenario(
        "faults-writer",
        Set::Full,
        "S8: the k-th system call of a writer fails",
        faults::writer,
    ),
    scenario("faults-consumer", Set::Full, "S8: and of a consumer", faults::consumer),
    scenario("directory-permission", Set::Full, "S16: rights lost and restored", permission::lost),
    scenario("directory-unmounted", Set::Full, "S16: unmounted, mounted again", unmounted::run),
    scenario("swap-race", Set::Full, "S14: links swapped by somebody else", swap::links),
    scenario("swap-race-hard-links", Set::Full, "S14: and hard links", swap::hard_links),
    scenario("power-cut", Set::Full, "S11: a loop mount that is shut down", power::ext4),
    scenario("power-cut-xfs", Set::Full, "S11: and one of XFS", power::xfs),
    scenario("fsync-eio", Set::Full, "S10: a disk that fails at the sync", sync_fails::run),
    scenario("descriptors", Set::Quick, "S8: no descriptors, and some again", descriptors::run),
    scenario("memory", Set::Full, "M1: whatever lies in the directory", memory::run),
    scenario("backlog", Set::Full, "S17: twice the backlog, twice the time", backlog::run),
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
