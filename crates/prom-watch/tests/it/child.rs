//! `Child`: this test binary as another process, which plays one part of a test.

use std::env;
use std::fs::{self, Permissions};
use std::io::{self, BufRead as _, BufReader, Write as _};
use std::os::unix::fs::{MetadataExt as _, PermissionsExt as _};
use std::os::unix::process::CommandExt as _;
use std::path::{Path, PathBuf};
use std::process::{self, ChildStdin, ChildStdout, Command, Stdio};

use nix::sys::signal::{Signal, kill};
use nix::unistd::Pid;

const DIRECTORY: &str = "PROM_WATCH_CHILD_DIRECTORY";
/// Lines to the parent; the test harness prints lines of its own.
const MARK: &str = "child: ";

pub(crate) struct Child {
    process: process::Child,
    lines: io::Lines<BufReader<ChildStdout>>,
    input: Option<ChildStdin>,
}

impl Child {
    /// Runs one ignored test of this binary, as another user if that is asked for and allowed.
    pub(crate) fn start(part: &str, directory: &Path, uid: Option<u32>) -> Self {
        let mut command = Command::new(env::current_exe().expect("this binary"));
        if let Some(uid) = uid.filter(|_| is_root()) {
            fs::set_permissions(directory, Permissions::from_mode(0o777)).expect("opened to all");
            command.uid(uid);
        }
        Self::spawn(command, part, directory)
    }

    /// The same under another program.
    pub(crate) fn start_under(mut other: Command, part: &str, directory: &Path) -> Self {
        other.arg(env::current_exe().expect("this binary"));
        Self::spawn(other, part, directory)
    }

    fn spawn(mut command: Command, part: &str, directory: &Path) -> Self {
        command.args(["--exact", part, "--ignored", "--nocapture", "--test-threads=1"]);
        command.env(DIRECTORY, directory).stdin(Stdio::piped()).stdout(Stdio::piped());
        let mut process = command.spawn().expect("started");
        let lines = BufReader::new(process.stdout.take().expect("piped")).lines();
        let input = process.stdin.take();
        Self { process, lines, input }
    }

    /// The next line that the child said; `None` when it has ended.
    pub(crate) fn hears(&mut self) -> Option<String> {
        let said = |line: io::Result<String>| {
            let line = line.expect("text");
            line.split_once(MARK).map(|(_, said)| said.to_owned())
        };
        self.lines.find_map(said)
    }

    /// Lets the child go on that waits in [`wait_for_parent`].
    pub(crate) fn go_on(&mut self) {
        let input = self.input.as_mut().expect("not ended yet");
        input.write_all(b"\n").expect("the child reads");
    }

    pub(crate) fn signal(&self, signal: Signal) {
        let pid = i32::try_from(self.process.id()).expect("a pid");
        kill(Pid::from_raw(pid), signal).expect("our own child");
    }

    /// Waits for the end of a child that must have succeeded.
    pub(crate) fn succeed(mut self) {
        drop(self.input.take());
        while self.hears().is_some() {}
        let status = self.process.wait().expect("ended");
        assert!(status.success(), "{status}");
    }
}

impl Drop for Child {
    /// A test that fails leaves no process behind.
    fn drop(&mut self) {
        drop(self.process.kill());
        drop(self.process.wait());
    }
}

pub(crate) fn is_root() -> bool {
    fs::metadata("/proc/self").expect("mounted").uid() == 0
}

/// In the child: the directory it was given.
pub(crate) fn directory() -> PathBuf {
    env::var_os(DIRECTORY).expect("this part is started by another test").into()
}

/// In the child.
pub(crate) fn say(line: &str) {
    // The harness prints `test name ... ` without a line break before.
    println!("\n{MARK}{line}");
}

/// In the child.
pub(crate) fn wait_for_parent() {
    let mut line = String::new();
    io::stdin().read_line(&mut line).expect("the parent's line");
}

/// In the child: lowers a limit of it with prlimit(1) of util-linux.
pub(crate) fn limit_self(limit: &str) {
    let pid = process::id().to_string();
    let status = Command::new("prlimit").args(["--pid", &pid, limit]).status();
    assert!(status.expect("prlimit is of util-linux").success());
}
