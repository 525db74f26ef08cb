//! `cargo xtask ci`: everything a change must pass, in the order in which mistakes are cheapest to find.

use crate::cmd::{Cmd, Outcome, Timings};
use crate::tools::{Tool, require};
use crate::{budget, members, tidy};

/// How much of the run is asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Scope {
    /// Formatting, the project's rules, lints and tests.
    Quick,
    /// Everything.
    Full,
}

const TOOLS: &[Tool] = &[
    Tool {
        name: "rustfmt",
        probe: &["cargo", "fmt", "--version"],
        install: "rustup component add rustfmt",
    },
    Tool {
        name: "clippy",
        probe: &["cargo", "clippy", "--version"],
        install: "rustup component add clippy",
    },
    Tool {
        name: "a linker (cc)",
        probe: &["cc", "--version"],
        install: "apt-get install gcc libc6-dev",
    },
    Tool {
        name: "timeout",
        probe: &["timeout", "--version"],
        install: "apt-get install coreutils",
    },
];

/// The examples of the facade. Each one, started without arguments, ends by itself.
const EXAMPLES: &[&str] = &["quickstart", "slash_metrics", "cron", "collect", "graceful"];

/// How long an example may take, in seconds.
const EXAMPLE_LIMIT: &str = "15";

/// Runs the steps one after another and stops at the first that fails.
pub(crate) fn run(scope: Scope) -> Outcome {
    require(TOOLS)?;
    let timings = Timings::default();
    let outcome = steps(scope, &timings);
    timings.summary(outcome.is_err());
    outcome
}

fn steps(scope: Scope, timings: &Timings) -> Outcome {
    let step = |name: &str, work: &dyn Fn() -> Outcome| {
        let _section = timings.section(name);
        work()
    };
    step("fmt", &|| Cmd::cargo("fmt --all --check").run())?;
    step("tidy", &tidy::run)?;
    step("clippy", &|| {
        Cmd::cargo("clippy --workspace --all-targets --all-features --locked")
            .args(["--", "-D", "warnings"])
            .run()
    })?;
    step("fuzz targets", &fuzz_targets)?;
    step("tests", &tests)?;
    step("doctests", &|| Cmd::cargo("test --workspace --all-features --locked --doc").run())?;
    if scope == Scope::Quick {
        return Ok(());
    }
    for name in tidy::published()? {
        step(&format!("{name} alone"), &|| alone(&name))?;
    }
    step("prom-format without std", &without_std)?;
    step("examples", &examples)?;
    step("docs", &|| {
        Cmd::cargo("doc --workspace --no-deps --all-features --locked")
            .env("RUSTDOCFLAGS", "-D warnings")
            .run()
    })?;
    step("benches", &|| {
        Cmd::cargo("bench --workspace --all-features --locked --bench *")
            .args(["--", "--test"])
            .run()
    })?;
    step("model", &|| members::model(&[]))?;
    step("storm", &|| members::storm(&["--quick"]))?;
    step("bench", &|| members::bench(&["--quick"]))?;
    step("packages", &packages)?;
    step("dependency budgets", &budget::check)
}

/// The fuzz targets are a workspace of their own, since they have to be built in a way of their own. Here they are
/// only kept from rotting; without their default features they need no C++ compiler.
fn fuzz_targets() -> Outcome {
    let at = "--manifest-path crates/prom-storm/fuzz/Cargo.toml";
    Cmd::cargo(&format!("fmt {at} --check")).run()?;
    Cmd::cargo(&format!("clippy --locked {at} --target-dir target/fuzz"))
        .args(["--no-default-features", "--features", "alloc", "--", "-D", "warnings"])
        .run()
}

fn tests() -> Outcome {
    Cmd::cargo("test --workspace --all-features --locked --lib --bins --tests --examples").run()
}

/// In the workspace features unify, so a crate that forgot one of its own still builds there. Alone it does not.
fn alone(name: &str) -> Outcome {
    Cmd::cargo(&format!("test --locked -p {name}")).run()?;
    Cmd::cargo(&format!("test --locked -p {name} --no-default-features")).run()
}

/// The first command builds the library with neither `std` nor `alloc`; a test binary would bring both back in.
fn without_std() -> Outcome {
    Cmd::cargo("build --locked -p prom-format --lib --no-default-features").run()?;
    Cmd::cargo("test --locked -p prom-format --no-default-features --features alloc").run()
}

/// Builds first, so that the limit is on the example and not on the compiler. Both commands select the same members:
/// features unify over them, and another selection would be another build.
fn examples() -> Outcome {
    Cmd::cargo("build --release --locked --examples").run()?;
    for name in EXAMPLES {
        let run = ["cargo", "run", "--release", "--locked", "--example", name];
        Cmd::new("timeout").args([EXAMPLE_LIMIT]).args(run).run()?;
    }
    Ok(())
}

/// What would be published must package, with its README and without a path outside its folder. Offline, because
/// everything that it needs to know was fetched for the steps before.
fn packages() -> Outcome {
    let mut package =
        Cmd::cargo("package --workspace --no-verify --allow-dirty --locked --offline");
    for name in tidy::unpublished()? {
        package = package.args(["--exclude", &name]);
    }
    package.run()
}
