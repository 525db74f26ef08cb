//! The storm: writers and consumers as processes of their own, some of them killed, and an account of
//! every segment that is kept outside of the code it judges.
//!
//! Each writer numbers its segments and acknowledges over a pipe what is sealed. Each consumer notes
//! in a file of its own what it processed, before it removes it. At the end the notes are held
//! against the acknowledgements.

mod consumer;
mod fleet;
mod notes;
mod outcome;
mod plan;
mod verdict;
mod writer;

use std::path::Path;
use std::process::ExitCode;

use plan::Plan;

/// Runs the storm, or one of its processes. `--segments N` says how many segments are written in all.
pub fn run(args: &[String]) -> ExitCode {
    let args: Vec<&str> = args.iter().map(String::as_str).collect();
    let outcome = match *args.as_slice() {
        ["--writer", id, segments, directory] => writer::run(id, segments, Path::new(directory)),
        ["--consumer", id, seed, directory, notes] => {
            consumer::run(id, seed, Path::new(directory), Path::new(notes))
        }
        [] => fleet::storm(&Plan::default()),
        ["--segments", segments] => Plan::of(segments).and_then(|plan| fleet::storm(&plan)),
        _ => Err("usage: storm [--segments N]".into()),
    };
    match outcome {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("storm: {error}");
            ExitCode::FAILURE
        }
    }
}
