//! `Strace`: a process whose k-th system call of a kind fails or kills it.

use std::collections::{BTreeMap, BTreeSet};
use std::ffi::OsString;
use std::path::Path;
use std::process::Command;

/// The command line that starts a process under strace; `inject` is what becomes of which call.
pub(crate) fn under(inject: &str) -> Vec<OsString> {
    let call = inject.split(['=', ':']).nth(1).unwrap_or_default();
    let trace = format!("trace={call}");
    // Only the calls in question stop the process: the others go on at their own speed. A signal
    // would not be sent so.
    let quick = if inject.contains("signal=") { "-f" } else { "--seccomp-bpf" };
    let words = ["strace", "-f", quick, "-qqq", "-o", "/dev/null", "-e", &trace, "-e", inject];
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

/// The names of all calls in a recording from the first line on that holds the mark.
pub(crate) fn names(text: &str, mark: &str) -> Vec<String> {
    let start = text.find(mark).unwrap_or(0);
    let name = |line: &str| {
        let (name, _) =
            line.trim_start_matches(|c: char| c.is_ascii_digit() || c == ' ').split_once('(')?;
        let is_name = |c: char| c.is_ascii_alphanumeric() || c == '_';
        (!name.is_empty() && name.chars().all(is_name)).then(|| name.to_owned())
    };
    let mut names: Vec<String> =
        text.get(start..).unwrap_or_default().lines().filter_map(name).collect();
    names.sort();
    names.dedup();
    names
}

/// Which calls of a kind are the process' own, by their numbers. strace counts in each thread anew; in
/// the thread that writes the mark, what is before it starts the process, and the mark is the harness'.
pub(crate) fn own_calls(text: &str, call: &str, mark: &str) -> BTreeSet<u64> {
    let begun = format!(" {call}(");
    let (mut counts, mut own) = (BTreeMap::<&str, u64>::new(), BTreeSet::new());
    let main = text.lines().find(|line| line.contains(mark)).map_or("", thread);
    let mut marked = false;
    for line in text.lines() {
        let is_mark = !marked && line.contains(mark);
        if line.contains(&begun) {
            let count = counts.entry(thread(line)).or_default();
            *count += 1;
            if marked || (thread(line) != main && !is_mark) {
                own.insert(*count);
            }
        }
        marked |= is_mark;
    }
    // A call that is not in the recording may be made once something else has failed.
    if own.is_empty() {
        own.insert(counts.get(main).unwrap_or(&0) + 1);
    }
    own
}

fn thread(line: &str) -> &str {
    line.split(' ').next().unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn calls_are_counted_from_the_mark_on() {
        let text = "7 openat(1) = 3\n7 read(3) = 0\n7 writev(1, mark) = 1\n8 openat(2) = 4\n\
                    8 openat(3 <unfinished ...>\n8 <... openat resumed>) = 5\n";
        let own = |call| own_calls(text, call, "mark").into_iter().collect::<Vec<u64>>();
        assert_eq!(vec![1, 2], own("openat"));
        assert_eq!(vec![2], own("read"));
        assert_eq!(vec![1], own("flock"));
        assert_eq!(vec![2], own("writev"), "the mark itself is left alone");
        assert_eq!(["openat"], names(text, "mark")[..]);
        assert_eq!(["openat", "read", "writev"], names(text, "7")[..]);
    }
}
