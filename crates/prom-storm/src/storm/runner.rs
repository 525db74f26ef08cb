//! Runs the scenarios of a plan, prints a verdict on each, and counts them.

use std::fs;
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

use serde_json::{Value, json};

use crate::storm::outcome::Outcome;
use crate::storm::plan::Plan;
use crate::storm::scenario::{Context, Scenario};
use crate::storm::verdict::Verdict;

/// Faults of one scenario that are printed.
const SHOWN: usize = 20;

#[derive(Debug, Default)]
struct Tally {
    passed: usize,
    failed: usize,
    skipped: usize,
    records: Vec<Value>,
}

/// Says whether nothing failed.
pub(crate) fn run(plan: &Plan, all: &[Scenario]) -> Outcome<bool> {
    let chosen = plan.chosen(all)?;
    if plan.list {
        for scenario in all {
            println!("{:16} {:6} {}", scenario.name, format!("{:?}", scenario.set), scenario.about);
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
        let verdict = (scenario.run)(&context).unwrap_or_else(|error| Verdict {
            faults: vec![format!("the harness stumbled: {error}")],
            ..Verdict::default()
        });
        tally.enter(&context, scenario, began.elapsed(), &verdict);
    }
    let Tally { passed, failed, skipped, records } = tally;
    if let Some(file) = &plan.json {
        let record = json!({ "seed": seed, "full": plan.full, "passed": passed, "failed": failed,
                             "skipped": skipped, "scenarios": records });
        fs::write(file, format!("{record:#}\n"))?;
    }
    println!("{passed} passed, {failed} failed, {skipped} skipped");
    Ok(failed == 0)
}

impl Tally {
    fn enter(&mut self, context: &Context, scenario: &Scenario, time: Duration, verdict: &Verdict) {
        let name = scenario.name;
        let word = match verdict {
            Verdict { faults, .. } if !faults.is_empty() => {
                self.failed += 1;
                println!("FAIL {name} ({time:.1?}): {verdict}");
                faults.iter().take(SHOWN).for_each(|fault| println!("  {fault}"));
                let full = if context.full { " --full" } else { "" };
                let seed = context.seed;
                println!("  again: cargo xtask storm --scenario {name} --seed {seed}{full}");
                "failed"
            }
            Verdict { skipped: Some(why), .. } => {
                self.skipped += 1;
                println!("SKIPPED {name}: {why}");
                "skipped"
            }
            _ => {
                self.passed += 1;
                println!("PASS {name} ({time:.1?}): {verdict}");
                "passed"
            }
        };
        let figures: serde_json::Map<String, Value> =
            verdict.figures.iter().map(|(name, value)| ((*name).into(), json!(value))).collect();
        self.records.push(json!({ "name": name, "verdict": word, "seconds": time.as_secs_f64(),
                                  "figures": figures, "faults": verdict.faults,
                                  "skipped": verdict.skipped }));
    }
}

fn any_seed() -> u64 {
    let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    since.as_secs() % 1_000_000
}
