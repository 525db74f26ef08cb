//! The binary behind `cargo xtask compat`.

use std::process::ExitCode;

fn main() -> ExitCode {
    let args: Vec<String> = std::env::args().skip(1).collect();
    prom_storm::compat::run(&args)
}
