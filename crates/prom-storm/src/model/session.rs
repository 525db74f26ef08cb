//! `cargo xtask model`: what failed before, and a number of cases of the correct model or of a weak one.

use std::process::ExitCode;
use std::time::{Instant, SystemTime, UNIX_EPOCH};

use crate::model::case::Case;
use crate::model::hunt::Hunt;
use crate::model::regressions;
use crate::model::weakness::Weakness;

const USAGE: &str = "usage: model [--cases N] [--seed N] [--weakness NAME]";

/// Runs what the arguments ask for; fails when a case does.
pub fn run(args: &[String]) -> ExitCode {
    let args: Vec<&str> = args.iter().map(String::as_str).collect();
    let outcome = read(&args).and_then(|hunt| Ok(repeat()? & explore(hunt)?));
    match outcome {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => ExitCode::FAILURE,
        Err(why) => {
            eprintln!("model: {why}");
            ExitCode::FAILURE
        }
    }
}

fn read(mut args: &[&str]) -> Result<Hunt, String> {
    let mut hunt = Hunt { cases: 100_000, seed: any_seed(), weakness: None };
    while let [key, value, rest @ ..] = args {
        let bad = |_| format!("not a number: {value}");
        match *key {
            "--cases" => hunt.cases = value.parse().map_err(bad)?,
            "--seed" => hunt.seed = value.parse().map_err(bad)?,
            "--weakness" => {
                let weakness = Weakness::named(value);
                hunt.weakness = Some(weakness.ok_or_else(|| format!("no weakness {value}"))?);
            }
            _ => return Err(USAGE.into()),
        }
        args = rest;
    }
    if args.is_empty() { Ok(hunt) } else { Err(USAGE.into()) }
}

/// The recorded cases, which the correct model survives.
fn repeat() -> Result<bool, String> {
    let recorded = regressions::all()?;
    let failing = recorded
        .iter()
        .filter_map(|(name, case)| Some((name, case.judge(None).faults.into_iter().next()?)));
    let faults = failing.map(|(name, fault)| println!("{name}: {fault}")).count();
    println!("{} recorded cases, {faults} violations", recorded.len());
    Ok(faults == 0)
}

fn explore(hunt: Hunt) -> Result<bool, String> {
    let began = Instant::now();
    let catch = hunt.run();
    let (cases, steps, seed) = (catch.cases, catch.steps, hunt.seed);
    let time = began.elapsed().as_secs_f64();
    let violations = u8::from(catch.violation.is_some());
    println!("{cases} cases, {violations} violations, {steps} steps, {time:.1} s, seed {seed}");
    let Some((case, fault)) = catch.violation else { return Ok(true) };
    print!("{fault}, after {} commands:\n{case}", case.commands.len());
    record(hunt, &case, &fault)?;
    Ok(false)
}

fn record(hunt: Hunt, case: &Case, fault: &str) -> Result<(), String> {
    let seed = format!("seed-{}", hunt.seed);
    let name = hunt.weakness.map_or(seed, |weakness| weakness.name().into());
    let path = regressions::record(&name, case, fault).map_err(|error| error.to_string())?;
    println!("recorded in {}", path.display());
    Ok(())
}

fn any_seed() -> u64 {
    let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    u64::try_from(since.as_nanos()).unwrap_or(u64::MAX)
}
