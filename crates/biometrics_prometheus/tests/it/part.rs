//! One ignored test of this binary as a process of its own, where nobody else counts or locks.

use std::env;
use std::path::{Path, PathBuf};
use std::process::Command;

const DIRECTORY: &str = "BIOMETRICS_PROMETHEUS_PART_DIRECTORY";

/// The command that runs the part.
pub(crate) fn command(part: &str, directory: &Path) -> Command {
    let mut command = Command::new(env::current_exe().unwrap());
    command.args(["--exact", part, "--ignored", "--nocapture", "--test-threads=1"]);
    command.env(DIRECTORY, directory);
    command
}

/// Runs a part that has to succeed, in a directory that is empty at first.
#[track_caller]
pub(crate) fn succeeds(part: &str) {
    let directory = tempfile::tempdir().unwrap();
    let output = command(part, directory.path()).output().unwrap();
    let said = String::from_utf8_lossy(&output.stdout);
    assert!(output.status.success() && said.contains("1 passed"), "{part}: {output:?}");
}

/// In the part: the directory that it was given. A part that hangs is killed.
pub(crate) fn directory() -> PathBuf {
    nix::unistd::alarm::set(120);
    env::var_os(DIRECTORY).unwrap().into()
}
