//! `flock(1)` and `strace(1)`: what the locks look like from outside.

use std::ffi::OsStr;
use std::io::{BufRead, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};

use crate::compat::failure::{Failure, Verdict, ensure};
use crate::compat::tool;

/// Whether `flock -n FILE true` was granted the lock.
pub(crate) fn granted(file: &Path) -> Verdict<bool> {
    let args: [&OsStr; 3] = ["-n".as_ref(), file.as_ref(), "true".as_ref()];
    let output = tool::run("flock", args, "")?;
    match output.status.code() {
        Some(0) => Ok(true),
        // Exit 1 without a word is the refusal; with words it is trouble of another kind.
        Some(1) if output.stderr.is_empty() => Ok(false),
        _ => Err(tool::said(&output).of("flock")),
    }
}

/// This program again, as a writer in a process of its own that holds a segment open.
#[derive(Debug)]
pub(crate) struct Writer {
    child: Child,
    /// The segment that it is writing.
    pub(crate) segment: PathBuf,
}

impl Writer {
    /// Starts the writer and waits until it has flushed a segment.
    pub(crate) fn start(helper: &str, folder: &Path) -> Verdict<Self> {
        let mut child = Command::new(std::env::current_exe()?)
            .arg(helper)
            .arg(folder)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()?;
        let mut line = String::new();
        if let Some(stdout) = child.stdout.take() {
            BufReader::new(stdout).read_line(&mut line)?;
        }
        let segment = PathBuf::from(line.trim_end());
        let writer = Self { child, segment };
        ensure(writer.segment.is_file(), || {
            format!("the writer names no segment but `{}`", line.trim_end())
        })?;
        Ok(writer)
    }

    /// Lets the writer seal its segment and end; returns the segment.
    pub(crate) fn finish(mut self) -> Verdict<PathBuf> {
        drop(self.child.stdin.take());
        let status = self.child.wait()?;
        ensure(status.success(), || format!("the writer ended with {status}"))?;
        Ok(self.segment.clone())
    }

    /// Ends the writer with SIGKILL; returns the segment that it leaves behind.
    pub(crate) fn kill(mut self) -> Verdict<PathBuf> {
        self.child.kill()?;
        self.child.wait()?;
        Ok(self.segment.clone())
    }
}

impl Drop for Writer {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// What strace shows of one run of the writer: its calls, one a line.
pub(crate) fn trace(helper: &str, folder: &Path) -> Verdict<String> {
    let log = folder.join("strace.log");
    let segments = folder.join("segments");
    std::fs::create_dir_all(&segments)?;
    let program = std::env::current_exe()?;
    let calls = "trace=openat,flock,rename,renameat,renameat2,link,linkat,write,pwrite64,close";
    let args: [&OsStr; 8] = [
        "-f".as_ref(),
        "-e".as_ref(),
        calls.as_ref(),
        "-o".as_ref(),
        log.as_ref(),
        program.as_ref(),
        helper.as_ref(),
        segments.as_ref(),
    ];
    tool::read("strace", args, "").map_err(|why| why.of("is ptrace allowed here?"))?;
    Ok(std::fs::read_to_string(log)?)
}

/// The steps of a segment's life, in the only order that is safe.
const LIFE: &[&str] = &["create", "lock", "show", "write", "unlock", "close"];

/// Fails unless the trace shows the whole life of one segment, each step once and in order.
pub(crate) fn expect_life(trace: &str) -> Verdict<usize> {
    let steps = life(trace)?;
    // A segment may be written in many calls.
    let mut order = steps.clone();
    order.dedup();
    ensure(order == LIFE, || format!("the segment's life was {}", order.join(", ")))?;
    Ok(steps.len())
}

/// The steps that the trace shows of the first segment that was created under a hidden name.
fn life(trace: &str) -> Verdict<Vec<&'static str>> {
    let mut calls = trace.lines().filter_map(call).filter(|(_, result)| !result.starts_with('-'));
    let (_, descriptor) = calls
        .find(|(call, _)| {
            call.starts_with("openat(") && call.contains("O_EXCL") && call.contains("/.")
        })
        .ok_or_else(|| Failure::new("no segment was created under a hidden name"))?;
    let on = |name: &str| [format!("{name}({descriptor}, "), format!("{name}({descriptor})")];
    let is = |call: &str, name: &str| on(name).iter().any(|start| call.starts_with(start.as_str()));
    let mut steps = vec!["create"];
    for (call, _) in calls {
        let step = match call {
            _ if is(call, "flock") && call.contains("LOCK_EX") => "lock",
            _ if is(call, "flock") && call.contains("LOCK_UN") => "unlock",
            _ if is(call, "write") || is(call, "pwrite64") => "write",
            _ if is(call, "close") => "close",
            _ if (call.starts_with("rename") || call.starts_with("link"))
                && call.contains(".prom\"") =>
            {
                "show"
            }
            _ => continue,
        };
        steps.push(step);
        if step == "close" {
            break;
        }
    }
    Ok(steps)
}

/// The call and its result of a line such as `1234 close(3) = 0`.
fn call(line: &str) -> Option<(&str, &str)> {
    let (_, call) = line.split_once(char::is_whitespace)?;
    let (call, result) = call.rsplit_once(" = ")?;
    Some((call.trim(), result.split_whitespace().next()?))
}

#[cfg(test)]
mod tests {
    use super::expect_life;

    const GOOD: &str = "\
7 openat(AT_FDCWD, \"/lib/libc.so\", O_RDONLY|O_CLOEXEC) = 3
7 close(3) = 0
7 openat(AT_FDCWD, \"/d/.a.7.0.tmp\", O_WRONLY|O_CREAT|O_EXCL|O_NOFOLLOW|O_CLOEXEC, 0640) = 3
7 flock(3, LOCK_EX|LOCK_NB) = 0
7 renameat2(AT_FDCWD, \"/d/.a.7.0.tmp\", AT_FDCWD, \"/d/a.1.prom\", RENAME_NOREPLACE) = 0
7 write(3, \"a\", 1) = 1
8 write(3, \"b\", 1) = 1
7 flock(3, LOCK_UN) = 0
7 close(3) = 0
7 write(1, \"done\", 4) = 4
";

    /// The good trace with two of its lines exchanged.
    fn exchanged(one: usize, other: usize) -> String {
        let mut lines: Vec<&str> = GOOD.lines().collect();
        lines.swap(one, other);
        lines.join("\n")
    }

    #[test]
    fn the_safe_order_is_accepted() {
        assert_eq!(expect_life(GOOD), Ok(7));
    }

    #[test]
    fn every_other_order_is_refused() {
        for (one, other) in [(3, 4), (4, 5), (3, 5), (7, 8), (6, 7)] {
            let trace = exchanged(one, other);
            assert!(expect_life(&trace).is_err(), "{trace}");
        }
    }

    #[test]
    fn a_step_that_failed_or_is_missing_is_refused() {
        assert!(
            expect_life(&GOOD.replace("LOCK_EX|LOCK_NB) = 0", "LOCK_EX|LOCK_NB) = -1 EAGAIN"))
                .is_err()
        );
        assert!(expect_life(&GOOD.replace("7 flock(3, LOCK_UN) = 0\n", "")).is_err());
        assert!(expect_life("").is_err());
    }
}
