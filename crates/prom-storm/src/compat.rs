//! The foreign judges: the programs that will read what the emitter wrote, asked whether they can.
//!
//! Servers listen on loopback ports that were free a moment ago, keep their data below the build
//! folder, and end with the check that started them.

mod check;
mod checks;
mod control;
mod exporter;
mod exposition;
mod failure;
mod helper;
mod http;
mod judges;
mod lab;
mod locks;
mod page;
mod prometheus;
mod promtool;
mod python;
mod run;
mod samples;
mod server;
mod tool;
mod truth;
mod upstream;
mod upstream_tests;
mod victoria;
mod workload;

use std::path::Path;
use std::process::ExitCode;

use check::{Check, Tally};
use checks::CHECKS;
use failure::{Failure, Verdict};
use lab::Lab;

/// Runs the checks whose names are given, or all of them, and says what came of each. The last line
/// is `N passed, N failed`; the exit code is 1 unless all passed. A check that cannot run fails.
pub fn run(args: &[String]) -> ExitCode {
    if let [name, folder] = args
        && let Some(outcome) = helper::run(name, Path::new(folder))
    {
        return exit(outcome.map_err(Failure::from));
    }
    exit(judge(args))
}

fn exit(outcome: Verdict) -> ExitCode {
    match outcome {
        Ok(()) => ExitCode::SUCCESS,
        Err(why) => {
            eprintln!("compat: {why}");
            ExitCode::FAILURE
        }
    }
}

fn judge(names: &[String]) -> Verdict {
    let checks = chosen(names)?;
    let lab = Lab::new()?;
    for version in
        [promtool::version(), prometheus::version(), victoria::version(), python::version(&lab)]
    {
        println!("{}", version.unwrap_or_else(|why| format!("no version: {why}")));
    }
    println!();
    let mut tally = Tally::default();
    for check in checks {
        tally.run(check, &lab);
    }
    println!("\n{tally}");
    if tally.failed == 0 {
        Ok(())
    } else {
        Err(Failure::new(format!("{} checks failed", tally.failed)))
    }
}

/// The checks of these names; no name means all.
fn chosen(names: &[String]) -> Verdict<Vec<&'static Check>> {
    if let Some(unknown) =
        names.iter().find(|name| !CHECKS.iter().any(|check| check.name == name.as_str()))
    {
        let known: Vec<&str> = CHECKS.iter().map(|check| check.name).collect();
        return Err(Failure::new(format!(
            "no check is called `{unknown}`; there are: {}",
            known.join(", ")
        )));
    }
    let wanted = |check: &&Check| names.is_empty() || names.iter().any(|name| name == check.name);
    Ok(CHECKS.iter().filter(wanted).collect())
}

#[cfg(test)]
mod tests {
    use super::{CHECKS, chosen};

    #[test]
    fn checks_are_chosen_by_name() {
        assert_eq!(chosen(&[]).unwrap().len(), CHECKS.len());
        assert_eq!(chosen(&["locks".into()]).unwrap().len(), 1);
        assert!(chosen(&["lock".into()]).unwrap_err().to_string().contains("there are: "));
    }
}
