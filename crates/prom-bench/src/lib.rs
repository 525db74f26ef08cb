//! The comparison: what the project's jobs cost, beside peers that do the same and floors by hand.
#![forbid(unsafe_code)]

mod contender;
mod floor;
mod lap;
mod machine;
mod mixed;
mod options;
mod outcome;
mod peers;
mod place;
mod powers;
mod race;
mod readme;
mod record;
mod report;
mod runner;
mod scale;
mod segments;
mod spread;
mod target;
mod workloads;

use std::process::ExitCode;

pub use powers::Powers;

use workloads::instructions;

/// Runs the comparison that the arguments ask for, or one contender of it under callgrind.
pub fn run(args: &[String], powers: Powers) -> ExitCode {
    let args: Vec<&str> = args.iter().map(String::as_str).collect();
    let outcome = match *args.as_slice() {
        [instructions::ARGUMENT, ref rest @ ..] => instructions::contend(rest).map(|()| true),
        ["help" | "--help" | "-h"] => {
            print!("{}", options::HELP);
            Ok(true)
        }
        _ => runner::run(&args, powers),
    };
    match outcome {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => ExitCode::FAILURE,
        Err(error) => {
            eprintln!("bench: {error}");
            ExitCode::FAILURE
        }
    }
}
