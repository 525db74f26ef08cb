//! `Process`: one process of a storm; it is killed and awaited when it is dropped.

use std::ffi::OsString;
use std::os::unix::process::ExitStatusExt as _;
use std::path::PathBuf;
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};

use nix::sys::signal::{Signal, kill};
use nix::unistd::Pid;

use crate::storm::ledger::End;
use crate::storm::options::Options;
use crate::storm::outcome::Outcome;

#[derive(Debug)]
pub(crate) struct Process {
    child: Child,
    stdin: Option<ChildStdin>,
    doomed: bool,
}

impl Process {
    /// Starts this program again in a role; `under` is a command line to start it with.
    pub(crate) fn start(
        role: &str,
        options: &Options,
        under: &[OsString],
        stderr: Stdio,
    ) -> Outcome<(Self, ChildStdout)> {
        let own: PathBuf = std::env::current_exe()?;
        let mut words = under.iter().cloned().chain([own.into_os_string()]);
        let mut command = Command::new(words.next().ok_or("no program")?);
        command.args(words).args(["--role", role]).args(options.args());
        let mut child =
            command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(stderr).spawn()?;
        let stdin = child.stdin.take();
        let stdout = child.stdout.take().ok_or("no pipe")?;
        Ok((Self { child, stdin, doomed: false }, stdout))
    }

    /// Closes its input, which is the word to come to an end.
    pub(crate) fn tell_to_end(&mut self) {
        drop(self.stdin.take());
    }

    pub(crate) fn kill(&mut self) -> Outcome {
        self.doomed = true;
        Ok(self.child.kill()?)
    }

    /// It is to be killed by somebody else.
    pub(crate) fn doom(&mut self) {
        self.doomed = true;
    }

    pub(crate) fn signal(&self, signal: Signal) -> Outcome {
        Ok(kill(self.pid()?, signal)?)
    }

    pub(crate) fn pid(&self) -> Outcome<Pid> {
        Ok(Pid::from_raw(self.child.id().try_into()?))
    }

    pub(crate) fn wait(&mut self) -> Outcome<End> {
        let status = self.child.wait()?;
        Ok(match status.signal() {
            Some(9) if self.doomed => End::Killed,
            None if status.success() => End::Success,
            None if status.code() == Some(127) => End::Unloaded,
            _ => End::Badly(status.to_string()),
        })
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        // Only a scenario that failed half-way leaves one alive.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
