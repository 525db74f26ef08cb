//! `cargo xtask replay`: what a power cut can leave of a recorded run.

use std::process::ExitCode;

fn main() -> ExitCode {
    let args: Vec<String> = std::env::args().skip(1).collect();
    prom_storm::replay::run(&args)
}
