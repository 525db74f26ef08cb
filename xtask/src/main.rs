//! `cargo xtask`: the project's task runner. Standard library only, so that it builds in a second.

mod budget;
mod ci;
mod cmd;
mod control;
mod fuzz;
mod members;
mod tidy;
mod tools;

use std::process::ExitCode;

const HELP: &str = "\
Usage: cargo xtask <COMMAND>

  ci             everything a change must pass: fmt, tidy, clippy, tests, doctests, each published
                 crate alone and without default features, examples, docs, benches, packages,
                 dependency budgets
  ci --quick     fmt, tidy, clippy and tests only
  tidy           the project's own rules: crate edges, module cycles, lengths, docs, manifests
  compat [ARGS]  the foreign judges: promtool, prometheus, victoria-metrics, prometheus_client,
                 strace, and the crate this one is compatible with (ARGS: names of checks)
  storm [ARGS]   the reliability harness: writers and consumers as processes, some of them killed
  storm --control [--only NAME ...] [--list]
                 the storm against copies of the code with a rule taken out: it has to notice each
  rules [--only NAME ...] [--list]
                 the tests against copies of the code with a rule taken out, for every rule
  model [--cases N] [--seed N]
                 the protocol as state machines, in random cases (default: 100,000)
  replay         every state of the disk that a power cut can leave of a recorded run (strace)
  bench [--quick] [--only NAME ...] [--json FILE] [--baseline FILE] [--readme]
                 what the project's jobs cost, beside peers and floors by hand (valgrind)
  fuzz TARGET|all [--seconds N] [--seed N], fuzz --list
                 libFuzzer on what is read from outside, by a stable compiler
  help           this text
";

fn main() -> ExitCode {
    let args: Vec<String> = std::env::args().skip(1).collect();
    let args: Vec<&str> = args.iter().map(String::as_str).collect();
    let outcome = match *args.as_slice() {
        [] | ["help" | "--help" | "-h"] => {
            print!("{HELP}");
            Ok(())
        }
        ["ci"] => ci::run(ci::Scope::Full),
        ["ci", "--quick"] => ci::run(ci::Scope::Quick),
        ["tidy"] => tidy::run(),
        ["compat", ref rest @ ..] => members::compat(rest),
        ["storm", "--control", ref rest @ ..] => control::storm(rest),
        ["rules", ref rest @ ..] => control::rules(rest),
        ["storm", ref rest @ ..] => members::storm(rest),
        ["model", ref rest @ ..] => members::model(rest),
        ["replay", ref rest @ ..] => members::replay(rest),
        ["bench", ref rest @ ..] => members::bench(rest),
        ["fuzz", ref rest @ ..] => fuzz::run(rest),
        _ => Err(format!("unknown command `{}`; see `cargo xtask help`", args.join(" "))),
    };
    match outcome {
        Ok(()) => ExitCode::SUCCESS,
        Err(why) => {
            eprintln!("xtask: {why}");
            ExitCode::FAILURE
        }
    }
}
