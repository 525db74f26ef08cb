//! A forked child, for what only another process can show.
#![expect(unsafe_code, reason = "fork(2) is a part of what is tested")]

use std::panic::{AssertUnwindSafe, catch_unwind};

use nix::sys::signal::{Signal, kill};
use nix::sys::wait::{WaitStatus, waitpid};
use nix::unistd::{ForkResult, Pid, fork};

/// A child process that runs one closure and ends.
pub(crate) struct Child(Pid);

impl Child {
    /// The closure must not take locks that another test's thread may hold at this moment: no
    /// output, and no timer thread.
    pub(crate) fn run(body: impl FnOnce()) -> Self {
        // SAFETY: the child allocates, which glibc keeps usable across a fork, touches no lock of
        // the test harness, and leaves by _exit, which runs no handler of the parent's.
        match unsafe { fork() }.unwrap() {
            ForkResult::Parent { child } => Self(child),
            ForkResult::Child => {
                let outcome = catch_unwind(AssertUnwindSafe(body));
                // SAFETY: _exit has no preconditions.
                unsafe { nix::libc::_exit(i32::from(outcome.is_err())) }
            }
        }
    }

    pub(crate) fn pid(&self) -> Pid {
        self.0
    }

    /// Waits for the child to have done everything it should.
    #[track_caller]
    pub(crate) fn succeeds(self) {
        assert_eq!(WaitStatus::Exited(self.0, 0), waitpid(self.0, None).unwrap());
    }

    #[track_caller]
    pub(crate) fn kill(self) {
        kill(self.0, Signal::SIGKILL).unwrap();
        let killed = WaitStatus::Signaled(self.0, Signal::SIGKILL, false);
        assert_eq!(killed, waitpid(self.0, None).unwrap());
    }
}
