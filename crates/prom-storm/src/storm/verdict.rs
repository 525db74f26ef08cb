//! `Verdict`: what a scenario came to, with its figures.

use std::fmt::{self, Display};

use crate::storm::account::{Account, Rules};
use crate::storm::notes::Note;

/// Faults that are kept; a soak that fails for ever must not fill the memory.
const MOST_FAULTS: usize = 1000;

#[derive(Clone, Debug, Default)]
pub(crate) struct Verdict {
    pub(crate) faults: Vec<String>,
    pub(crate) figures: Vec<(&'static str, u64)>,
    /// Why it could not run at all.
    pub(crate) skipped: Option<String>,
    /// Parts that could not run here, with why.
    pub(crate) left_out: Vec<String>,
}

impl Verdict {
    pub(crate) fn skipped(why: impl Into<String>) -> Self {
        Self { skipped: Some(why.into()), ..Self::default() }
    }

    pub(crate) fn of(account: &Account, rules: &Rules) -> Self {
        let mut verdict = Self { faults: account.faults(rules), ..Self::default() };
        let (delivered, repeats) = account.delivered(rules);
        let writers = account.writers.values();
        let sum =
            |count: fn(&crate::storm::ledger::Ledger) -> u64| writers.clone().map(count).sum();
        let accepted: u64 = sum(|ledger| ledger.accepted.len());
        let arrived: u64 = delivered.values().map(crate::storm::ids::Ids::len).sum();
        verdict.figure("samples", accepted);
        verdict.figure("delivered", arrived);
        verdict.figure("segments", account.deliveries().count() as u64);
        verdict.if_any("rejected", sum(|ledger| ledger.rejected.len()));
        verdict.if_any("given_up", sum(|ledger| ledger.lost_lines));
        verdict.if_any("unflushed", accepted.saturating_sub(arrived));
        verdict.if_any("repeated", repeats.len() as u64);
        verdict.if_any("killed_writers", account.killed_writers() as u64);
        let killed = account.witnesses.iter();
        let killed = killed.filter(|one| one.end == crate::storm::ledger::End::Killed).count();
        verdict.if_any("killed_consumers", killed as u64);
        verdict.if_any("torn", account.deliveries().filter(|one| one.torn > 0).count() as u64);
        let overflows = account.notes().map(|note| match note {
            Note::Stats { overflows, .. } => *overflows,
            _ => 0,
        });
        verdict.if_any("overflows", overflows.sum());
        verdict
    }

    pub(crate) fn fault(&mut self, fault: impl Into<String>) {
        self.faults.push(fault.into());
    }

    pub(crate) fn figure(&mut self, name: &'static str, value: impl TryInto<u64>) {
        self.figures.push((name, value.try_into().unwrap_or(u64::MAX)));
    }

    pub(crate) fn if_any(&mut self, name: &'static str, value: u64) {
        if value > 0 {
            self.figure(name, value);
        }
    }

    /// What the figures of these names come to.
    pub(crate) fn sum(&self, names: &[&str]) -> u64 {
        let wanted = self.figures.iter().filter(|(name, _)| names.contains(name));
        wanted.map(|(_, value)| value).sum()
    }

    /// Says that a part could not run; the others count.
    pub(crate) fn leave_out(&mut self, part: &str, why: &str) {
        self.left_out.push(format!("{part}: {why}"));
    }

    /// Why nothing of it could run: a verdict that is made of parts left out alone is none.
    pub(crate) fn is_skipped(&self) -> Option<String> {
        let nothing = self.figures.is_empty() && !self.left_out.is_empty();
        self.skipped.clone().or_else(|| nothing.then(|| self.left_out.join("; ")))
    }

    /// Takes in the verdict on a part; figures of one name are added up, times are not.
    pub(crate) fn join(&mut self, part: &str, other: Self) {
        let room = MOST_FAULTS.saturating_sub(self.faults.len());
        self.faults.extend(other.faults.into_iter().take(room).map(|it| format!("{part}: {it}")));
        self.left_out.extend(other.left_out);
        if let Some(why) = other.skipped {
            self.leave_out(part, &why);
        }
        for (name, value) in other.figures {
            let known = self.figures.iter_mut().find(|(known, _)| *known == name);
            match known {
                Some((_, worst)) if name.ends_with("_ms") || name.starts_with("longest") => {
                    *worst = value.max(*worst);
                }
                Some((_, sum)) => *sum += value,
                None => self.figures.push((name, value)),
            }
        }
    }
}

impl Display for Verdict {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let figures: Vec<String> =
            self.figures.iter().map(|(name, value)| format!("{name} {value}")).collect();
        f.write_str(&figures.join(", "))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parts_are_added_up_and_times_are_not() {
        let part = |samples, time| Verdict {
            faults: vec!["bad".into()],
            figures: vec![("samples", samples), ("after_ms", time)],
            ..Verdict::default()
        };
        let mut whole = Verdict::default();
        whole.join("a", part(3, 40));
        whole.join("b", part(4, 9));
        assert_eq!("samples 7, after_ms 40", whole.to_string());
        assert_eq!(["a: bad", "b: bad"], whole.faults[..]);
    }

    #[test]
    fn a_part_that_is_skipped_does_not_hide_the_others() {
        let mut whole = Verdict::default();
        whole.join("a", Verdict::skipped("why"));
        assert_eq!(Some("a: why".into()), whole.is_skipped());
        whole.figure("samples", 1_u64);
        assert_eq!(None, whole.is_skipped());
        assert_eq!(["a: why"], whole.left_out[..]);
        assert_eq!(Some("no".into()), Verdict::skipped("no").is_skipped());
    }
}
