//! Runs the scenarios of a plan, prints a verdict on each, and counts them.

use std::fs;
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

use serde_json::{Value, json};

use crate::storm::outcome::Outcome;
use crate::storm::plan::Plan;
use crate::storm::scenario::{Context, Scenario};
use crate::storm::soak::soak;
use crate::storm::totals::Totals;
use crate::storm::verdict::Verdict;

/// Faults of one scenario that are printed.
const SHOWN: usize = 20;

#[derive(Debug, Default)]
struct Tally {
    passed: usize,
    failed: usize,
    skipped: usize,
    totals: Totals,
    records: Vec<Value>,
}

/// Says whether nothing failed.
pub(crate) fn run(plan: &Plan, all: &[Scenario]) -> Outcome<bool> {
    let chosen = plan.chosen(all)?;
    if plan.list {
        for scenario in all {
            println!("{:20} {:6} {}", scenario.name, format!("{:?}", scenario.set), scenario.about);
        }
        return Ok(true);
    }
    let seed = plan.seed.unwrap_or_else(any_seed);
    println!("storm: seed {seed}, in {}", std::env::temp_dir().display());
    let context = Context { seed, full: plan.full, seconds: plan.seconds };
    let mut tally = Tally::default();
    for (at, scenario) in chosen.iter().enumerate() {
        println!("[{}/{}] {}: {}", at + 1, chosen.len(), scenario.name, scenario.about);
        let began = Instant::now();
        let verdict = match plan.seconds {
            Some(seconds) => soak(scenario, &context, seconds),
            None => (scenario.run)(&context),
        };
        let verdict = verdict.unwrap_or_else(|error| Verdict {
            faults: vec![format!("the harness stumbled: {error}")],
            ..Verdict::default()
        });
        tally.enter(&context, scenario, began.elapsed(), &verdict);
    }
    if let Some(file) = &plan.json {
        fs::write(file, format!("{:#}\n", tally.record(&context)))?;
    }
    let Tally { passed, failed, skipped, totals, .. } = tally;
    println!("totals: {totals}");
    println!("{passed} passed, {failed} failed, {skipped} skipped");
    Ok(failed == 0)
}

impl Tally {
    fn enter(&mut self, context: &Context, scenario: &Scenario, time: Duration, verdict: &Verdict) {
        let name = scenario.name;
        let skipped = verdict.is_skipped();
        let word = if !verdict.faults.is_empty() {
            self.failed += 1;
            println!("FAIL {name} ({time:.1?}): {verdict}");
            verdict.faults.iter().take(SHOWN).for_each(|fault| println!("  {fault}"));
            let more = verdict.faults.len().saturating_sub(SHOWN);
            if more > 0 {
                println!("  and {more} more");
            }
            println!("  again: {}", again(name, context));
            "failed"
        } else if let Some(why) = &skipped {
            self.skipped += 1;
            println!("SKIPPED: {name}: {why}");
            "skipped"
        } else {
            self.passed += 1;
            println!("PASS {name} ({time:.1?}): {verdict}");
            "passed"
        };
        if skipped.is_none() {
            verdict.left_out.iter().for_each(|part| println!("  SKIPPED: {part}"));
            self.totals.add(verdict);
        }
        let figures: serde_json::Map<String, Value> =
            verdict.figures.iter().map(|(name, value)| ((*name).into(), json!(value))).collect();
        self.records.push(json!({ "name": name, "verdict": word, "seconds": time.as_secs_f64(),
                                  "figures": figures, "faults": verdict.faults,
                                  "skipped": skipped, "parts_skipped": verdict.left_out }));
    }

    fn record(&self, context: &Context) -> Value {
        json!({ "seed": context.seed, "full": context.full, "passed": self.passed,
                "failed": self.failed, "skipped": self.skipped, "totals": self.totals.json(),
                "scenarios": self.records })
    }
}

/// The command line that does the same once more.
fn again(name: &str, context: &Context) -> String {
    let full = if context.full { " --full" } else { "" };
    let seconds = context.seconds.map(|seconds| format!(" --seconds {seconds}"));
    let seconds = seconds.unwrap_or_default();
    format!("cargo xtask storm --scenario {name} --seed {}{full}{seconds}", context.seed)
}

fn any_seed() -> u64 {
    let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    since.as_secs() % 1_000_000
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_failure_says_how_to_run_it_again() {
        let context = Context { seed: 7, full: false, seconds: None };
        assert_eq!("cargo xtask storm --scenario fork --seed 7", again("fork", &context));
        let context = Context { full: true, seconds: Some(60), ..context };
        assert_eq!(
            "cargo xtask storm --scenario fork --seed 7 --full --seconds 60",
            again("fork", &context)
        );
    }
}
