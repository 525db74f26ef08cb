//! `cargo xtask fuzz`: libFuzzer with the compiler that everybody has.
//!
//! libFuzzer is guided by counters that LLVM puts into the code. A stable compiler does that, too, when it is
//! asked for the pass by name; only the sanitizers need a nightly one, and they look for what code
//! without `unsafe` does not do.

use std::fs;
use std::io::{BufRead as _, BufReader};
use std::path::Path;
use std::process::{Command, Stdio};

use crate::cmd::{Cmd, Outcome, root};
use crate::tools::{Tool, require};

const TOOLS: &[Tool] = &[Tool {
    name: "a C++ compiler (c++)",
    probe: &["c++", "--version"],
    install: "apt-get install g++",
}];

/// A program of `crates/prom-storm/fuzz`, and the crate whose tests hold what it checks and its corpus.
struct Target {
    name: &'static str,
    package: &'static str,
    about: &'static str,
}

const TARGETS: &[Target] = &[
    Target { name: "parser", package: "prom-format", about: "any bytes as an exposition" },
    Target { name: "round_trip", package: "prom-format", about: "any families, written and read" },
    Target { name: "segment_reader", package: "prom-segment", about: "any bytes in a segment" },
    Target { name: "file_names", package: "prom-segment", about: "any bytes as a file name" },
    Target {
        name: "sensor_names",
        package: "biometrics_prometheus",
        about: "sensors of any names under any label",
    },
];

/// What makes a program fit for libFuzzer; they are those of `cargo fuzz --sanitizer none`.
const FLAGS: &[&str] = &[
    "--cfg fuzzing",
    "-Cpasses=sancov-module",
    "-Cllvm-args=-sanitizer-coverage-level=4",
    "-Cllvm-args=-sanitizer-coverage-inline-8bit-counters",
    "-Cllvm-args=-sanitizer-coverage-pc-table",
    "-Cllvm-args=-sanitizer-coverage-trace-compares",
    "-Ccodegen-units=1",
];

const USAGE: &str =
    "cargo xtask fuzz TARGET|all [--seconds N] [--seed N], or cargo xtask fuzz --list";

/// Seconds for each target, when nothing else is asked for.
const SECONDS: u64 = 60;

/// Runs the target that the arguments name, or all of them.
pub(crate) fn run(args: &[&str]) -> Outcome {
    if args == ["--list"] {
        for target in TARGETS {
            println!("{:15} {:22} {}", target.name, target.package, target.about);
        }
        return Ok(());
    }
    let order = Order::parse(args)?;
    require(TOOLS)?;
    build(&order)?;
    let mut failures = Vec::new();
    for target in &order.targets {
        println!("\n== {}", target.name);
        failures.extend(target.fuzz(&order).err());
    }
    if failures.is_empty() { Ok(()) } else { Err(failures.join("\nxtask: ")) }
}

/// What is asked for.
struct Order {
    targets: Vec<&'static Target>,
    seconds: u64,
    /// libFuzzer draws one when there is none.
    seed: Option<u64>,
}

impl Order {
    fn parse(args: &[&str]) -> Outcome<Self> {
        let (name, mut options) = args.split_first().ok_or(USAGE)?;
        let wanted = TARGETS.iter().filter(|target| *name == "all" || *name == target.name);
        let mut order = Self { targets: wanted.collect(), seconds: SECONDS, seed: None };
        if order.targets.is_empty() {
            return Err(format!("there is no target `{name}`; see `cargo xtask fuzz --list`"));
        }
        while let [option, rest @ ..] = options {
            let (value, rest) = rest.split_first().ok_or(USAGE)?;
            let value = value.parse().map_err(|_| format!("`{value}` is no number; {USAGE}"))?;
            match *option {
                "--seconds" if value > 0 => order.seconds = value,
                // Zero is libFuzzer's word for a seed of its own choice.
                "--seed" if value > 0 => order.seed = Some(value),
                _ => return Err(format!("`{option} {value}` is not understood; {USAGE}")),
            }
            options = rest;
        }
        Ok(order)
    }
}

/// The triple is named, even though it is this machine's, so that the flags do not reach build scripts: they are
/// not linked with libFuzzer.
fn build(order: &Order) -> Outcome {
    let names = order.targets.iter().flat_map(|target| ["--bin", target.name]);
    Cmd::cargo("build --release --locked --manifest-path crates/prom-storm/fuzz/Cargo.toml")
        .args(["--target-dir", "target/fuzz", "--target", &triple()?])
        .args(names)
        .env("RUSTFLAGS", &FLAGS.join(" "))
        .run()
}

/// What the compiler calls this machine.
fn triple() -> Outcome<String> {
    let version = Cmd::new("rustc").args(["-vV"]).read()?;
    let host = version.lines().find_map(|line| line.strip_prefix("host: "));
    host.map(str::to_owned).ok_or_else(|| "`rustc -vV` names no host".into())
}

impl Target {
    fn corpus(&self) -> String {
        format!("crates/{}/tests/data/corpus/{}", self.package, self.name)
    }

    /// libFuzzer writes what it finds into the first folder and only reads the others: so the corpus of the
    /// repository stays as it is.
    fn fuzz(&self, order: &Order) -> Outcome {
        let program = format!("target/fuzz/{}/release/{}", triple()?, self.name);
        let work = format!("target/fuzz/corpus/{}", self.name);
        let crashes = format!("target/fuzz/crashes/{}", self.name);
        for folder in [&work, &crashes] {
            fs::create_dir_all(root().join(folder)).map_err(|why| format!("{folder}: {why}"))?;
        }
        let mut args = vec![
            format!("-max_total_time={}", order.seconds),
            format!("-artifact_prefix={crashes}/"),
            "-print_final_stats=1".into(),
        ];
        args.extend(order.seed.map(|seed| format!("-seed={seed}")));
        args.extend([work, self.corpus()]);
        let said = fuzz(&program, &args)?;
        println!("{}", said.summary(self.name));
        if said.success { Ok(()) } else { Err(self.advice(&program, &said)) }
    }

    /// What to do with an input that was found.
    fn advice(&self, program: &str, said: &Said) -> String {
        let Some(input) = said.input.as_deref() else {
            return format!("{} failed without an input; see its last lines above", self.name);
        };
        let (corpus, package) = (self.corpus(), self.package);
        format!(
            "{} fails on {input}\n  replay:   {program} {input}\n  \
             minimise: {program} -minimize_crash=1 -max_total_time=60 -artifact_prefix={input}- {input}\n  \
             keep:     cp {input} {corpus}/NAME && cargo test -p {package} corpus",
            self.name
        )
    }
}

/// What libFuzzer said.
#[derive(Debug, Default)]
struct Said {
    success: bool,
    /// Its last line with figures.
    figures: String,
    executions: String,
    /// The input that it stopped at.
    input: Option<String>,
}

impl Said {
    fn hear(&mut self, line: &str) {
        if line.starts_with('#') && line.contains(" cov: ") {
            line.clone_into(&mut self.figures);
        } else if let Some(number) = line.strip_prefix("stat::number_of_executed_units:") {
            number.trim().clone_into(&mut self.executions);
        } else if let Some((_, input)) = line.split_once("Test unit written to ") {
            self.input = Some(input.trim().to_owned());
        }
    }

    fn summary(&self, name: &str) -> String {
        let after =
            |word| self.figures.split_whitespace().skip_while(move |part| *part != word).nth(1);
        let [coverage, features] = ["cov:", "ft:"].map(|word| after(word).unwrap_or("no"));
        format!(
            "{name}: {} executions, {coverage} places covered, {features} features",
            self.executions
        )
    }
}

/// Runs the program and passes on what it says; a line for each input that is new to it would be thousands.
fn fuzz(program: &str, args: &[String]) -> Outcome<Said> {
    let shm = Path::new("/dev/shm");
    let typed = Cmd::new(program).args(args);
    let mut command = Command::new(root().join(program));
    command.args(args).current_dir(root()).stderr(Stdio::piped());
    // Some targets write files, and a disk would be what takes the time.
    let typed = if shm.is_dir() { typed.env("TMPDIR", "/dev/shm") } else { typed };
    if shm.is_dir() {
        command.env("TMPDIR", shm);
    }
    println!("$ {}", typed.line());
    let mut child = command.spawn().map_err(|why| format!("{program}: {why}"))?;
    let mut said = Said::default();
    for line in BufReader::new(child.stderr.take().ok_or("no pipe")?).split(b'\n') {
        let line = line.map_err(|why| format!("{program}: {why}"))?;
        let line = String::from_utf8_lossy(&line);
        said.hear(&line);
        if ["\tNEW ", "\tREDUCE", "\tRELOAD", "NEW_FUNC", "# Uses:"]
            .iter()
            .all(|word| !line.contains(word))
        {
            println!("{line}");
        }
    }
    said.success = child.wait().map_err(|why| format!("{program}: {why}"))?.success();
    Ok(said)
}

#[cfg(test)]
mod tests {
    use super::{Order, Said, TARGETS};
    use crate::cmd::root;

    #[test]
    fn every_target_has_a_program_and_a_corpus() {
        let programs = root().join("crates/prom-storm/fuzz/src/bin");
        for target in TARGETS {
            assert!(programs.join(format!("{}.rs", target.name)).exists(), "{}", target.name);
            assert!(root().join(target.corpus()).is_dir(), "{}", target.corpus());
        }
        assert_eq!(std::fs::read_dir(programs).unwrap().count(), TARGETS.len());
    }

    #[test]
    fn an_order_is_understood_or_refused() {
        let order = Order::parse(&["parser", "--seed", "7", "--seconds", "5"]).unwrap();
        assert_eq!((order.targets.len(), order.seconds, order.seed), (1, 5, Some(7)));
        assert_eq!(Order::parse(&["all"]).unwrap().targets.len(), TARGETS.len());
        let refused: [&[&str]; 6] = [
            &[],
            &["nothing"],
            &["parser", "--seconds"],
            &["parser", "--seconds", "x"],
            &["parser", "--seed", "0"],
            &["parser", "--other", "1"],
        ];
        for args in refused {
            assert!(Order::parse(args).is_err(), "{args:?}");
        }
    }

    #[test]
    fn what_the_fuzzer_says_is_heard() {
        let mut said = Said::default();
        said.hear("#20816\tDONE   cov: 191 ft: 358 corp: 55/2342b lim: 157 exec/s: 1892 rss: 28Mb");
        said.hear("artifact_prefix='c/'; Test unit written to c/crash-1");
        said.hear("stat::number_of_executed_units: 20816");
        assert_eq!(said.input.as_deref(), Some("c/crash-1"));
        let summary = said.summary("x");
        assert_eq!(summary, "x: 20816 executions, 191 places covered, 358 features");
    }
}
