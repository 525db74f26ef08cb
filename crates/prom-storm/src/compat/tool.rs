//! A foreign program that runs once: its arguments, what it reads, and what it says.

use std::ffi::OsStr;
use std::io::Write;
use std::path::Path;
use std::process::{Command, Output, Stdio};

use crate::compat::failure::{Failure, Verdict};

/// Runs a program with `input` as its standard input and returns all that came of it.
pub(crate) fn run(
    program: impl AsRef<OsStr>,
    args: impl IntoIterator<Item = impl AsRef<OsStr>>,
    input: &str,
) -> Verdict<Output> {
    run_in(Path::new("."), program, args, input)
}

/// The same in a folder.
pub(crate) fn run_in(
    folder: &Path,
    program: impl AsRef<OsStr>,
    args: impl IntoIterator<Item = impl AsRef<OsStr>>,
    input: &str,
) -> Verdict<Output> {
    let program = program.as_ref();
    let mut child = Command::new(program)
        .args(args)
        .current_dir(folder)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .map_err(|why| Failure::from(why).of(format!("cannot start {}", program.display())))?;
    let stdin = child.stdin.take();
    // Input and output flow at once, or both sides would wait for the other with full pipes.
    std::thread::scope(|scope| {
        scope.spawn(move || {
            if let Some(mut stdin) = stdin {
                // A program that has seen enough closes its end; its verdict is what counts.
                let _ = stdin.write_all(input.as_bytes());
            }
        });
        Ok(child.wait_with_output()?)
    })
}

/// Runs a program that must succeed and returns what it wrote.
pub(crate) fn read(
    program: impl AsRef<OsStr>,
    args: impl IntoIterator<Item = impl AsRef<OsStr>>,
    input: &str,
) -> Verdict<String> {
    let program = program.as_ref();
    let output = run(program, args, input)?;
    if output.status.success() {
        return Ok(String::from_utf8(output.stdout)?);
    }
    Err(said(&output).of(program.display()))
}

/// A failed program's own words.
pub(crate) fn said(output: &Output) -> Failure {
    let stdout = String::from_utf8_lossy(&output.stdout);
    let stderr = String::from_utf8_lossy(&output.stderr);
    Failure::new(format!("{}\n{}{}", output.status, stdout.trim(), stderr.trim()))
}
