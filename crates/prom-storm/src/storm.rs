//! The storm: writers and consumers as processes of their own, with every kind of trouble, and an account
//! of every sample that is kept outside of the code it judges.
//!
//! Each writer acknowledges over a pipe what its emitter accepted, refused, flushed and closed. Each
//! consumer notes in a file of its own what it was handed, before it removes it. At the end of a
//! scenario the notes are held against the acknowledgements.

mod account;
mod attacker;
mod board;
mod both;
mod clock;
mod complaints;
mod consumer;
mod consumer_plan;
mod contents;
mod forking;
mod hunger;
mod ids;
mod input;
mod ledger;
mod mount;
mod notes;
mod options;
mod outcome;
mod parallel;
mod passing;
mod plan;
mod process;
mod procfs;
mod promtool;
mod random;
mod runner;
mod sample;
mod scenario;
mod scenarios;
mod soak;
mod stage;
mod strace;
mod sweep;
mod totals;
mod verdict;
mod writer;
mod writer_plan;

use std::fs::File;
use std::io;
use std::process::ExitCode;

pub use forking::Fork;

use options::Options;
use outcome::Outcome;
use plan::Plan;

/// What only unsafe code can do, and the program lends.
#[derive(Clone, Copy, Debug)]
pub struct Powers {
    /// Forks this process.
    pub fork: Fork,
    /// Shuts down the file system of an open directory, without writing its log.
    pub shut_down: fn(&File) -> io::Result<()>,
}

/// Runs the scenarios that the arguments ask for, or one process of a scenario.
pub fn run(args: &[String], powers: Powers) -> ExitCode {
    let args: Vec<&str> = args.iter().map(String::as_str).collect();
    let outcome = match *args.as_slice() {
        ["--role", role, ref rest @ ..] => play(role, rest, powers).map(|()| true),
        _ => Plan::parse(&args).and_then(|plan| runner::run(&plan, scenarios::ALL)),
    };
    match outcome {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => ExitCode::FAILURE,
        Err(error) => {
            eprintln!("storm: {error}");
            ExitCode::FAILURE
        }
    }
}

fn play(role: &str, options: &[&str], powers: Powers) -> Outcome {
    let options = Options::parse(options)?;
    match role {
        "writer" => writer::run(&options, powers.fork),
        "consumer" => consumer::run(&options),
        "both" => both::run(&options),
        "attacker" => attacker::run(&options),
        "bystander" => writer::bystander(),
        "shut-down" => Ok((powers.shut_down)(&File::open(options.path("directory")?)?)?),
        other => Err(format!("no role {other}").into()),
    }
}
