//! `Totals`: what a whole run came to, added up over its scenarios. Pure.

use std::fmt::{self, Display};

use serde_json::{Value, json};

use crate::storm::verdict::Verdict;

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Totals {
    pub(crate) scenarios: u64,
    pub(crate) kills: u64,
    pub(crate) faults: u64,
    pub(crate) power_cuts: u64,
    pub(crate) samples: u64,
    pub(crate) delivered: u64,
    pub(crate) segments: u64,
    /// Parts of scenarios that could not run here.
    pub(crate) parts_skipped: u64,
}

impl Totals {
    /// Takes in a scenario that was run.
    pub(crate) fn add(&mut self, verdict: &Verdict) {
        self.scenarios += 1;
        self.kills += verdict.sum(&["killed_writers", "killed_consumers"]);
        self.faults += verdict.sum(&["faults"]);
        self.power_cuts += verdict.sum(&["power_cuts"]);
        self.samples += verdict.sum(&["samples"]);
        self.delivered += verdict.sum(&["delivered"]);
        self.segments += verdict.sum(&["segments"]);
        self.parts_skipped += verdict.left_out.len() as u64;
    }

    pub(crate) fn json(&self) -> Value {
        json!({ "scenarios": self.scenarios, "kills": self.kills, "faults_injected": self.faults,
                "power_cuts": self.power_cuts, "samples_accepted": self.samples,
                "samples_delivered": self.delivered, "segments": self.segments,
                "parts_skipped": self.parts_skipped })
    }
}

impl Display for Totals {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { scenarios, kills, faults, power_cuts, samples, .. } = self;
        let Self { delivered, segments, parts_skipped, .. } = self;
        write!(f, "{scenarios} scenarios, {kills} kills, {faults} faults injected, ")?;
        write!(f, "{power_cuts} power cuts, {samples} samples accepted, {delivered} delivered, ")?;
        write!(f, "{segments} segments")?;
        if *parts_skipped > 0 { write!(f, ", {parts_skipped} parts skipped") } else { Ok(()) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn figures_are_added_up_by_their_names() {
        let mut verdict = Verdict::default();
        let figures = ["samples", "delivered", "segments", "faults", "power_cuts"];
        figures.into_iter().zip(1_u64..).for_each(|(name, value)| verdict.figure(name, value));
        verdict.figure("killed_writers", 6_u64);
        verdict.figure("killed_consumers", 7_u64);
        verdict.left_out.push("a part".into());
        let mut totals = Totals::default();
        (0..2).for_each(|_| totals.add(&verdict));
        assert_eq!(
            "2 scenarios, 26 kills, 8 faults injected, 10 power cuts, 2 samples accepted, \
             4 delivered, 6 segments, 2 parts skipped",
            totals.to_string()
        );
    }
}
