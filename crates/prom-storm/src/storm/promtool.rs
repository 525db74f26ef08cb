//! `promtool`: Prometheus' own parser, as a judge of what was delivered.

use std::fs::File;
use std::path::Path;
use std::process::Command;

use crate::storm::outcome::Outcome;

pub(crate) fn is_there() -> bool {
    Command::new("promtool").arg("--version").output().is_ok_and(|output| output.status.success())
}

/// What is wrong with a text. That it breaks a convention, exit 3, is nothing wrong.
pub(crate) fn problem(text: &Path) -> Outcome<Option<String>> {
    let input = File::open(text)?;
    let output = Command::new("promtool").args(["check", "metrics"]).stdin(input).output()?;
    let reads = matches!(output.status.code(), Some(0 | 3));
    Ok((!reads).then(|| String::from_utf8_lossy(&output.stderr).trim().to_owned()))
}
