//! `cargo xtask replay`: the recordings of all durabilities, and the controls.

use std::error::Error;
use std::path::Path;
use std::process::ExitCode;

use crate::replay::promise::Level;
use crate::replay::record::{ROLE, obstacle, record};
use crate::replay::trial::check;
use crate::replay::{control, script};

/// What came of all recordings.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Report {
    /// A line for each recording that kept its promises, and each control that was found.
    pub passed: Vec<String>,
    /// Promises that were broken, and controls that were not found.
    pub faults: Vec<String>,
    /// States of a directory that the reader was put before.
    pub states: usize,
    /// Why nothing was done.
    pub skipped: Option<String>,
}

/// Records and judges. The running program is started again as the writer, and has to hand arguments
/// `--role replay-writer ...` to [`play`].
///
/// # Errors
///
/// Whatever keeps it from recording or from reading.
pub fn replay() -> Result<Report, Box<dyn Error>> {
    let mut report = Report { skipped: obstacle().map(Into::into), ..Report::default() };
    if report.skipped.is_some() {
        return Ok(report);
    }
    for level in Level::ALL {
        let operations = record(level)?;
        let trial = check(&operations, level)?;
        report.states += trial.states;
        let name = level.name();
        match trial.fault {
            Some(fault) => report.faults.push(format!("durability {name}: {fault}")),
            None => report.passed.push(format!(
                "durability {name}: {} operations, {} states",
                trial.operations, trial.states
            )),
        }
        for control in control::ALL.iter().filter(|control| control.level == level) {
            let trial = check(&(control.change)(&operations), level)?;
            let name = control.name;
            match trial.fault {
                Some(fault) => report.passed.push(format!("control, {name}: found: {fault}")),
                None => report.faults.push(format!("control, {name}: not found")),
            }
        }
    }
    Ok(report)
}

/// Is the writer that is recorded; the options are `directory=PATH` and `level=NAME`.
///
/// # Errors
///
/// Options that are missing, and those of the writer.
pub fn play(options: &[&str]) -> Result<(), Box<dyn Error>> {
    let [directory, level] = ["directory=", "level="].map(|key| {
        let found = options.iter().find_map(|option| option.strip_prefix(key));
        found.ok_or_else(|| format!("no option {key}"))
    });
    let level = level?;
    let level = Level::named(level).ok_or_else(|| format!("no durability {level}"))?;
    Ok(script::write(Path::new(directory?), level)?)
}

/// Runs the replay, or the writer that it records.
pub fn run(args: &[String]) -> ExitCode {
    let args: Vec<&str> = args.iter().map(String::as_str).collect();
    let outcome = match *args.as_slice() {
        ["--role", role, ref options @ ..] if role == ROLE => play(options).map(|()| true),
        [] => replay().map(|report| print(&report)),
        _ => Err("usage: replay".into()),
    };
    match outcome {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => ExitCode::FAILURE,
        Err(error) => {
            eprintln!("replay: {error}");
            ExitCode::FAILURE
        }
    }
}

/// Says whether nothing failed.
fn print(report: &Report) -> bool {
    if let Some(why) = &report.skipped {
        println!("SKIPPED: {why}");
        return true;
    }
    report.passed.iter().for_each(|line| println!("PASS {line}"));
    report.faults.iter().for_each(|line| println!("FAIL {line}"));
    let (passed, failed) = (report.passed.len(), report.faults.len());
    println!("{} states, {passed} passed, {failed} failed", report.states);
    report.faults.is_empty()
}
