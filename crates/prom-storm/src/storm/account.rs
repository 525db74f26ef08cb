//! `Account`: what the writers acknowledged, held against what the consumers noted. Pure.

use std::collections::BTreeMap;

use crate::storm::contents::Run;
use crate::storm::ids::Ids;
use crate::storm::ledger::{End, Ledger};
use crate::storm::notes::{Delivery, Note};
use crate::storm::sample::{COLLECTION, LONGEST_LINE};

/// What a killed writer may lose: its buffer, and the collection that was going on.
pub(crate) const BUFFER: u64 = 8192 + COLLECTION * LONGEST_LINE;

/// A consumer and what it noted.
#[derive(Clone, Debug, Default)]
pub(crate) struct Witness {
    pub(crate) notes: Vec<Note>,
    pub(crate) end: End,
}

/// What else than perfection is in order in a scenario.
#[derive(Clone, Debug, Default)]
pub(crate) struct Rules {
    /// Writers are told of errors.
    pub(crate) errors: bool,
    /// The watcher reports errors.
    pub(crate) watch_errors: bool,
    /// Samples may come more than once: the kernel said that their file is gone, and it was not.
    pub(crate) repeats: bool,
    /// Samples may be lost with a directory that was deleted.
    pub(crate) losses: bool,
    /// The power was cut: what was not synced is gone, whoever wrote it.
    pub(crate) power_cut: bool,
    /// The disk fails at a sync: what was accepted since the last flush before an error may be lost with
    /// its segment, and no later flush covers it. So may what the last flush before the first error
    /// covered: ext4 says Ok to a sync that meets a journal which has just failed.
    pub(crate) sync_fails: bool,
    /// What segments of a name that begins so contain is nobody's affair.
    pub(crate) foreign: Option<&'static str>,
}

/// Everything that is known when a scenario is over.
#[derive(Clone, Debug, Default)]
pub(crate) struct Account {
    pub(crate) writers: BTreeMap<u64, Ledger>,
    pub(crate) witnesses: Vec<Witness>,
    /// Segments that are still there.
    pub(crate) left: Vec<String>,
    /// Hidden files that are still there.
    pub(crate) hidden: usize,
}

impl Account {
    /// Everything that is wrong; empty when all is well.
    pub(crate) fn faults(&self, rules: &Rules) -> Vec<String> {
        let (delivered, repeats) = self.delivered(rules);
        let mut faults = self.bad_ends();
        for (writer, ledger) in &self.writers {
            let nothing = Ids::default();
            let arrived = delivered.get(writer).unwrap_or(&nothing);
            if !rules.losses {
                faults.extend(lost(*writer, ledger, arrived, rules));
            }
            let alien: Vec<u64> = arrived.iter().filter(|id| !ledger.may_deliver(*id)).collect();
            faults
                .extend(some(&alien, &format!("samples that writer {writer} never had accepted")));
            if !rules.errors && !ledger.errors.is_empty() {
                faults.extend(some(&ledger.errors, &format!("errors told to writer {writer}")));
            }
        }
        let unknown = delivered.keys().filter(|writer| !self.writers.contains_key(writer));
        faults.extend(some(&unknown.collect::<Vec<_>>(), "writers that do not exist"));
        if !rules.repeats {
            faults.extend(self.twice(&repeats, rules));
        }
        faults.extend(self.damage(rules));
        faults.extend(some(&self.left, "segments left behind"));
        if self.hidden > self.killed_writers() && !rules.errors {
            faults.push(format!("{} hidden files left behind", self.hidden));
        }
        faults
    }

    pub(crate) fn deliveries(&self) -> impl Iterator<Item = &Delivery> {
        self.notes().filter_map(|note| match note {
            Note::Processed(delivery) => Some(delivery),
            _ => None,
        })
    }

    pub(crate) fn notes(&self) -> impl Iterator<Item = &Note> {
        self.witnesses.iter().flat_map(|witness| &witness.notes)
    }

    /// How many samples the kernel has lost that a sync had covered.
    pub(crate) fn broken_word(&self, rules: &Rules) -> u64 {
        let (delivered, _) = self.delivered(rules);
        let lost = |(writer, ledger): (&u64, &Ledger)| {
            let arrived = |id: &u64| delivered.get(writer).is_some_and(|ids| ids.contains(*id));
            ledger.last_before_trouble.iter().filter(|id| !arrived(id)).count() as u64
        };
        self.writers.iter().map(lost).sum()
    }

    pub(crate) fn killed_writers(&self) -> usize {
        self.writers.values().filter(|ledger| ledger.end == End::Killed).count()
    }

    /// Samples of each writer, and those that came more than once.
    pub(crate) fn delivered(&self, rules: &Rules) -> (BTreeMap<u64, Ids>, Vec<(u64, u64)>) {
        let (mut delivered, mut repeats) = (BTreeMap::<u64, Ids>::new(), Vec::new());
        for delivery in self.deliveries().filter(|delivery| !is_foreign(rules, &delivery.name)) {
            for (writer, id) in samples(&delivery.runs) {
                if !delivered.entry(writer).or_default().insert(id) {
                    repeats.push((writer, id));
                }
            }
        }
        (delivered, repeats)
    }

    /// Segments that were processed and not removed: by a consumer that was killed in between or, where
    /// errors of the consumers are expected, by one whose removal failed.
    pub(crate) fn unremoved(&self, rules: &Rules) -> Vec<&Delivery> {
        let mut unremoved = Vec::new();
        for witness in &self.witnesses {
            for (at, note) in witness.notes.iter().enumerate() {
                let next = witness.notes.get(at + 1);
                let excused = match next {
                    None => witness.end == End::Killed || rules.watch_errors,
                    Some(next) => rules.watch_errors && *next != Note::Removed,
                };
                match note {
                    Note::Processed(delivery) if excused => unremoved.push(delivery),
                    _ => {}
                }
            }
        }
        unremoved
    }

    fn bad_ends(&self) -> Vec<String> {
        let writers = self.writers.iter().map(|(id, ledger)| (format!("writer {id}"), &ledger.end));
        let consumers = self.witnesses.iter().enumerate();
        let consumers = consumers.map(|(id, witness)| (format!("consumer {id}"), &witness.end));
        let ends = writers.chain(consumers);
        ends.filter(|(_, end)| !matches!(end, End::Success | End::Killed))
            .map(|(who, end)| format!("{who} ended with {end:?}"))
            .collect()
    }

    fn twice(&self, repeats: &[(u64, u64)], rules: &Rules) -> Vec<String> {
        let mut excused = BTreeMap::<(u64, u64), u64>::new();
        for delivery in self.unremoved(rules) {
            for sample in samples(&delivery.runs) {
                *excused.entry(sample).or_default() += 1;
            }
        }
        let mut guilty = Vec::new();
        for sample in repeats {
            match excused.get_mut(sample) {
                Some(left @ 1..) => *left -= 1,
                _ => guilty.push(sample),
            }
        }
        let mut faults = some(&guilty, "samples delivered twice");
        for half in self.unremoved(rules) {
            let again =
                |other: &&Delivery| other.name == half.name && meet(&other.runs, &half.runs);
            let partial = self.deliveries().filter(again).any(|other| other.runs != half.runs);
            faults.extend(partial.then(|| format!("{} was delivered again in part", half.name)));
        }
        faults
    }

    fn damage(&self, rules: &Rules) -> Vec<String> {
        let problems = self.notes().filter_map(|note| match note {
            Note::Problem { name, what } if !is_foreign(rules, name) => {
                Some(format!("{what} in {name}"))
            }
            _ => None,
        });
        let mut faults = some(&problems.collect::<Vec<_>>(), "problems in segments");
        let errors = self.notes().filter_map(|note| match note {
            Note::Error(error) if !rules.watch_errors => Some(error),
            _ => None,
        });
        faults.extend(some(&errors.collect::<Vec<_>>(), "errors of the watcher"));
        let own = self.deliveries().filter(|delivery| !is_foreign(rules, &delivery.name));
        let cut: Vec<&str> = own
            .filter(|delivery| delivery.torn > 0 || (delivery.len == 0 && !rules.errors))
            .map(|delivery| delivery.name.as_str())
            .collect();
        // Each killed writer may leave one, and a killed consumer may leave that to another.
        if !rules.power_cut && cut.len() > self.killed_writers() + self.unremoved(rules).len() {
            faults.extend(some(&cut, "torn or empty segments"));
        }
        faults
    }
}

fn lost(writer: u64, ledger: &Ledger, arrived: &Ids, rules: &Rules) -> Vec<String> {
    let excused = |id: u64| ledger.doubtful.contains(id) || ledger.last_before_trouble.contains(id);
    let owed = ledger.owed().filter(|id| !(rules.sync_fails && excused(*id)));
    let lost: Vec<u64> = owed.filter(|id| !arrived.contains(*id)).collect();
    let mut faults = Vec::new();
    if lost.len() as u64 > ledger.lost_lines {
        faults.extend(some(&lost, &format!("samples of writer {writer} lost")));
    }
    // Lines are nearly of one length; the buffer holds no more of them than of the shortest.
    let missing = ledger.accepted.iter().filter(|id| !arrived.contains(*id)).count() as u64;
    let shortest = "storm_0{writer=\"0.zero\"} 0 0\n".len() as u64;
    if ledger.end == End::Killed && !rules.power_cut && missing > BUFFER / shortest {
        faults.push(format!("killed writer {writer} lost {missing} samples, more than its buffer"));
    }
    faults
}

fn is_foreign(rules: &Rules, name: &str) -> bool {
    rules.foreign.is_some_and(|prefix| name.starts_with(prefix))
}

fn samples(runs: &[Run]) -> impl Iterator<Item = (u64, u64)> + '_ {
    runs.iter().flat_map(|run| (run.first..=run.last).map(|id| (run.writer, id)))
}

fn meet(some: &[Run], others: &[Run]) -> bool {
    let touch = |a: &Run, b: &Run| a.writer == b.writer && a.first <= b.last && b.first <= a.last;
    some.iter().any(|a| others.iter().any(|b| touch(a, b)))
}

/// One line for any number of things, with the first few of them.
fn some<T: std::fmt::Debug>(things: &[T], what: &str) -> Vec<String> {
    let shown: Vec<&T> = things.iter().take(4).collect();
    let line = || format!("{} {what}: {shown:?}", things.len());
    if things.is_empty() { Vec::new() } else { vec![line()] }
}

#[cfg(test)]
mod tests;
