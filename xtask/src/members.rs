//! The unpublished members that the runner starts: they hold what needs more than the standard library.

use crate::cmd::{Cmd, Outcome};
use crate::tools::{Tool, require};

/// The foreign judges and what else the checks start.
const TOOLS: &[Tool] = &[
    Tool {
        name: "prometheus",
        probe: &["prometheus", "--version"],
        install: "apt-get install prometheus",
    },
    Tool {
        name: "promtool",
        probe: &["promtool", "--version"],
        install: "apt-get install prometheus",
    },
    Tool {
        name: "victoria-metrics",
        probe: &["victoria-metrics", "-version"],
        install: "apt-get install victoria-metrics",
    },
    Tool {
        name: "python3 with venv",
        probe: &["python3", "-c", "import venv, ensurepip"],
        install: "apt-get install python3-venv",
    },
    Tool { name: "strace", probe: &["strace", "--version"], install: "apt-get install strace" },
    Tool { name: "flock", probe: &["flock", "--version"], install: "apt-get install util-linux" },
];

/// Runs the foreign judges, after seeing that they are installed; `args` name the checks, none means all.
pub(crate) fn compat(args: &[&str]) -> Outcome {
    require(TOOLS)?;
    start("prom-storm", "compat", args)
}

/// Runs the storm: writers and consumers as processes, some of them killed.
pub(crate) fn storm(args: &[&str]) -> Outcome {
    start("prom-storm", "storm", args)
}

/// Runs the model: the protocol as state machines, in a hundred thousand random cases.
pub(crate) fn model(args: &[&str]) -> Outcome {
    start("prom-storm", "model", args)
}

/// Runs the replay: every state of the disk that a power cut can leave of a recorded run.
pub(crate) fn replay(args: &[&str]) -> Outcome {
    start("prom-storm", "replay", args)
}

/// Runs the comparison: what the project's jobs cost beside peers and beside floors by hand.
pub(crate) fn bench(args: &[&str]) -> Outcome {
    start("prom-bench", "bench", args)
}

fn start(package: &str, binary: &str, args: &[&str]) -> Outcome {
    let line = format!("run --release --locked -p {package} --bin {binary} --");
    Cmd::cargo(&line).args(args).run()
}
