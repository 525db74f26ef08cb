//! One ignored test of this binary as a process of its own, where nobody else counts or locks.

use std::env;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

const DIRECTORY: &str = "PROM_SEGMENT_PART_DIRECTORY";

/// Runs the part to its end.
pub(crate) fn run(part: &str, directory: &Path) -> Output {
    run_as(Command::new(env::current_exe().unwrap()), part, directory)
}

/// The same by another program, whose last argument is this binary.
fn run_as(mut command: Command, part: &str, directory: &Path) -> Output {
    command.args(["--exact", part, "--ignored", "--nocapture", "--test-threads=1"]);
    command.env(DIRECTORY, directory).output().unwrap()
}

/// Runs a part that has to succeed.
#[track_caller]
pub(crate) fn succeeds(part: &str, directory: &Path) {
    succeeds_as(Command::new(env::current_exe().unwrap()), part, directory);
}

/// The same by another program, whose last argument is this binary.
#[track_caller]
pub(crate) fn succeeds_as(command: Command, part: &str, directory: &Path) {
    let output = run_as(command, part, directory);
    let said = String::from_utf8_lossy(&output.stdout);
    assert!(output.status.success() && said.contains("1 passed"), "{part}: {output:?}");
}

/// In the part: the directory that it was given. A part that hangs is killed.
pub(crate) fn directory() -> PathBuf {
    nix::unistd::alarm::set(120);
    env::var_os(DIRECTORY).unwrap().into()
}
