//! `cargo xtask model`: the state machines of the model, in as many cases as are asked for.

use std::process::ExitCode;

fn main() -> ExitCode {
    let args: Vec<String> = std::env::args().skip(1).collect();
    prom_storm::model::run(&args)
}
