//! `cargo xtask storm`: real processes on a real directory, killed in the middle.

use std::process::ExitCode;

fn main() -> ExitCode {
    let args: Vec<String> = std::env::args().skip(1).collect();
    prom_storm::storm::run(&args)
}
