//! `Lab`: builds and runs a catcher on the copy of the code, and says what came of it.

use std::fmt;
use std::fs::{self, File};
use std::path::Path;
use std::process::ExitStatus;

use super::catcher::Catcher;
use super::tree::Tree;
use crate::cmd::{Cmd, Outcome};

/// Seconds after which a test has hung, which is a way to fail. No test takes a tenth of it.
const TEST_LIMIT: &str = "60";
/// Seconds after which a scenario has hung.
const SCENARIO_LIMIT: &str = "400";
/// What `timeout(1)` ends with when it had to intervene, by either of its signals.
const TIMED_OUT: [i32; 2] = [124, 137];

/// Characters of a failure that are shown.
const SHOWN: usize = 120;

/// What a catcher said of the code.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Verdict {
    Passed,
    /// The first line of how it failed.
    Failed(String),
    /// It cannot run on this machine.
    Skipped(String),
}

/// Where the copy is built.
#[derive(Debug)]
pub(crate) struct Lab<'a> {
    tree: &'a Tree,
    build: String,
}

impl<'a> Lab<'a> {
    pub(crate) fn new(tree: &'a Tree, build: &Path) -> Self {
        Self { tree, build: build.display().to_string() }
    }

    /// Builds without running, so that what does not compile is not taken for what fails.
    pub(crate) fn build(&self, catcher: &Catcher) -> Outcome {
        let cmd = match catcher {
            Catcher::Scenario { .. } => Cmd::cargo("build").args(STORM),
            Catcher::Test { package, .. } => Cmd::cargo("test --no-run").args(selection(package)),
        };
        let output = self.here(cmd).probe()?;
        if output.status.success() {
            return Ok(());
        }
        let said = String::from_utf8_lossy(&output.stderr).into_owned();
        Err(format!("it does not compile:\n{said}"))
    }

    pub(crate) fn run(&self, catcher: &Catcher) -> Outcome<Verdict> {
        let limited = |limit: &str| Cmd::new("timeout").args(["--kill-after=5", limit, "cargo"]);
        let cmd = match catcher {
            Catcher::Scenario { name, args } => {
                let cmd = limited(SCENARIO_LIMIT).args(["run", "--quiet"]).args(STORM);
                cmd.args(["--", "--scenario", name]).args(args)
            }
            Catcher::Test { package, name } => {
                let cmd = limited(TEST_LIMIT).args(["test"]).args(selection(package));
                cmd.args(["--", "--exact", name, "--show-output"])
            }
        };
        let (status, text) = self.watch(&self.here(cmd))?;
        if status.code().is_none_or(|code| TIMED_OUT.contains(&code)) {
            return Ok(Verdict::Failed("it does not end".to_owned()));
        }
        match catcher {
            Catcher::Scenario { name, .. } => Ok(of_scenario(name, &text)),
            Catcher::Test { name, .. } => of_test(name, &text, status.success()),
        }
    }

    /// Runs to the end, and ends what is left: a test that fails may leave a child behind that waits for
    /// ever. So the output is a file, since the child would hold a pipe open.
    fn watch(&self, cmd: &Cmd) -> Outcome<(ExitStatus, String)> {
        let log = Path::new(&self.build).join("said.txt");
        let failed = |why: std::io::Error| format!("cannot use {}: {why}", log.display());
        let mut child = cmd.start(&File::create(&log).map_err(failed)?)?;
        let status = child.wait().map_err(failed)?;
        // The process of `timeout(1)` leads the group of all that it has started.
        let group = format!("kill -s KILL -- -{} 2>/dev/null", child.id());
        Cmd::new("sh").args(["-c", &group]).probe()?;
        let said = fs::read(&log).map_err(failed)?;
        Ok((status, String::from_utf8_lossy(&said).into_owned()))
    }

    /// Without debug information the links are quick.
    fn here(&self, cmd: Cmd) -> Cmd {
        let cmd = cmd.within(self.tree.folder()).env("CARGO_TARGET_DIR", &self.build);
        cmd.env("CARGO_PROFILE_DEV_DEBUG", "0").env("RUST_BACKTRACE", "0")
    }
}

/// The harness is built as the tests are, which takes a third of the time of a release.
const STORM: [&str; 5] = ["--locked", "-p", "prom-storm", "--bin", "storm"];

/// The tests of a crate that are not doctests.
fn selection(package: &str) -> [&str; 7] {
    ["--locked", "-p", package, "--all-features", "--lib", "--test", "it"]
}

fn of_scenario(name: &str, text: &str) -> Verdict {
    let mut lines = text.lines();
    if lines.by_ref().any(|line| line.starts_with(&format!("FAIL {name} "))) {
        return first(lines.next());
    }
    let line = |start: &str| text.lines().find_map(|line| line.strip_prefix(start));
    if let Some(why) = line(&format!("SKIPPED {name}: ")) {
        return Verdict::Skipped(why.to_owned());
    }
    match line(&format!("PASS {name} ")) {
        Some(_) => Verdict::Passed,
        None => first(text.lines().last()),
    }
}

/// Fails when there is no test of this name.
fn of_test(name: &str, text: &str, success: bool) -> Outcome<Verdict> {
    if !text.contains(&format!("test {name} ... ")) {
        return Err(format!("there is no test {name}"));
    }
    if !success {
        return Ok(first(text.lines().skip_while(|line| !line.contains("panicked at ")).nth(1)));
    }
    let skipped = text.lines().find_map(|line| line.split_once("SKIPPED: "));
    Ok(skipped.map_or(Verdict::Passed, |(_, why)| Verdict::Skipped(why.to_owned())))
}

/// As much of a line as one wants to read in a list.
fn first(line: Option<&str>) -> Verdict {
    Verdict::Failed(line.unwrap_or("it died").trim().chars().take(SHOWN).collect())
}

impl fmt::Display for Verdict {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Passed => f.write_str("PASS"),
            Self::Failed(how) => write!(f, "FAIL ({how})"),
            Self::Skipped(why) => write!(f, "SKIPPED ({why})"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{Verdict, of_scenario, of_test};

    #[test]
    fn a_scenario_says_how_it_failed() {
        let failed = "storm: seed 1\nFAIL tiny (1.0s): x=1\n  3 lost\n  again: y\n";
        assert_eq!(Verdict::Failed("3 lost".into()), of_scenario("tiny", failed));
        assert_eq!(Verdict::Passed, of_scenario("tiny", "PASS tiny (1.0s): x=1\n1 passed\n"));
        assert_eq!(Verdict::Skipped("no".into()), of_scenario("tiny", "SKIPPED tiny: no\n"));
        assert_eq!(Verdict::Failed("storm: ?".into()), of_scenario("tiny", "storm: ?\n"));
    }

    #[test]
    fn a_test_says_how_it_failed() {
        let line = "running 1 test\ntest a::b ... ";
        let failed = format!("{line}FAILED\nthread 'a::b' panicked at a.rs:1:2:\nno\n  left: 1\n");
        assert_eq!(Ok(Verdict::Failed("no".into())), of_test("a::b", &failed, false));
        assert_eq!(Ok(Verdict::Passed), of_test("a::b", &format!("{line}ok\n"), true));
        let skipped = format!("{line}ok\n---- a::b stdout ----\nSKIPPED: not root\n");
        assert_eq!(Ok(Verdict::Skipped("not root".into())), of_test("a::b", &skipped, true));
        assert_eq!(Ok(Verdict::Failed("it died".into())), of_test("a::b", line, false));
        assert!(of_test("a::b", "running 0 tests\n", true).is_err());
    }
}
