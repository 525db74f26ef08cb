//! `Strace`: a process whose k-th system call of a kind fails or kills it.

use std::ffi::OsString;
use std::fs;
use std::path::Path;
use std::process::Command;

use crate::storm::outcome::Outcome;

/// The command line that starts a process under strace; `inject` is what becomes of which call.
pub(crate) fn under(inject: &str) -> Vec<OsString> {
    let words = ["strace", "-f", "-qqq", "-o", "/dev/null", "-e", inject];
    words.map(OsString::from).to_vec()
}

/// The command line that writes all calls of a process to a file.
pub(crate) fn recording(file: &Path) -> Vec<OsString> {
    let words = ["strace", "-f", "-qqq", "-o"].map(OsString::from);
    words.into_iter().chain([file.as_os_str().to_owned()]).collect()
}

pub(crate) fn is_there() -> bool {
    Command::new("strace").arg("--version").output().is_ok_and(|output| output.status.success())
}

/// Calls of one kind: those that start the process, and then its own.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Calls {
    pub(crate) before: u64,
    pub(crate) total: u64,
}

/// Counts the calls of a kind in a recording; the process is up with the first line that holds the mark.
pub(crate) fn calls(recording: &Path, call: &str, mark: &str) -> Outcome<Calls> {
    Ok(count(&String::from_utf8_lossy(&fs::read(recording)?), call, mark))
}

fn count(text: &str, call: &str, mark: &str) -> Calls {
    let begun = format!(" {call}(");
    let is_call = |line: &&str| line.contains(&begun);
    let start = text.find(mark).unwrap_or(0);
    let before = text.get(..start).unwrap_or_default().lines().filter(is_call).count() as u64;
    Calls { before, total: text.lines().filter(is_call).count() as u64 }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn calls_are_counted_from_the_mark_on() {
        let text = "7 openat(1) = 3\n7 read(3) = 0\n7 writev(1, mark) = 1\n8 openat(2) = 4\n\
                    8 openat(3 <unfinished ...>\n8 <... openat resumed>) = 5\n";
        assert_eq!(Calls { before: 1, total: 3 }, count(text, "openat", "mark"));
        assert_eq!(Calls { before: 1, total: 1 }, count(text, "read", "mark"));
        assert_eq!(Calls { before: 0, total: 0 }, count(text, "flock", "mark"));
    }
}
