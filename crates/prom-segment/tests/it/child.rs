//! A forked child, for what only another process can show.
#![expect(unsafe_code, reason = "fork(2) is a part of what is tested")]

use std::panic::{AssertUnwindSafe, catch_unwind};

use nix::sys::signal::{Signal, kill};
use nix::sys::wait::{WaitStatus, waitpid};
use nix::unistd::{ForkResult, Pid, fork};

/// A child process that runs one closure and ends; killed with the value, if it has not ended by then.
pub(crate) struct Child {
    pid: Pid,
    reaped: bool,
}

impl Child {
    /// The closure must not take locks that another test's thread may hold at this moment: no
    /// output, and no timer thread.
    pub(crate) fn run(body: impl FnOnce()) -> Self {
        // SAFETY: the child allocates, which glibc keeps usable across a fork, touches no lock of
        // the test harness, and leaves by _exit, which runs no handler of the parent's.
        match unsafe { fork() }.unwrap() {
            ForkResult::Parent { child } => Self { pid: child, reaped: false },
            ForkResult::Child => {
                let outcome = catch_unwind(AssertUnwindSafe(body));
                // SAFETY: _exit has no preconditions.
                unsafe { nix::libc::_exit(i32::from(outcome.is_err())) }
            }
        }
    }

    pub(crate) fn pid(&self) -> Pid {
        self.pid
    }

    fn wait(&mut self) -> WaitStatus {
        let ended = waitpid(self.pid, None).unwrap();
        self.reaped = true;
        ended
    }

    /// Waits for the child to have done everything it should.
    #[track_caller]
    pub(crate) fn succeeds(mut self) {
        assert_eq!(WaitStatus::Exited(self.pid, 0), self.wait());
    }

    #[track_caller]
    pub(crate) fn kill(mut self) {
        kill(self.pid, Signal::SIGKILL).unwrap();
        let killed = WaitStatus::Signaled(self.pid, Signal::SIGKILL, false);
        assert_eq!(killed, self.wait());
    }
}

impl Drop for Child {
    fn drop(&mut self) {
        if !self.reaped {
            let _ = kill(self.pid, Signal::SIGKILL);
            let _ = waitpid(self.pid, None);
        }
    }
}
