//! What a test says that cannot run here.

use std::io::{self, Write as _};

/// Past the harness, which keeps to itself what a passing test prints: that a check did not run must be heard.
pub(crate) fn skipped(why: &str) {
    writeln!(io::stderr(), "SKIPPED: {why}").expect("a standard error to write to");
}
