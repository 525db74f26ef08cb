//! A forked child, for what only another process can show.
#![expect(unsafe_code, reason = "fork(2) is a part of what is tested")]

use std::panic::{AssertUnwindSafe, catch_unwind};

use nix::sys::resource::{Resource, setrlimit};
use nix::sys::signal::{SaFlags, SigAction, SigHandler, SigSet, Signal, sigaction};
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

    /// Waits for the child to have done everything it should.
    #[track_caller]
    pub(crate) fn succeeds(self) {
        assert_eq!(WaitStatus::Exited(self.0, 0), waitpid(self.0, None).unwrap());
    }
}

/// Limits the length of the files that this process writes.
pub(crate) fn limit_files(bytes: u64) {
    let ignore = SigAction::new(SigHandler::SigIgn, SaFlags::empty(), SigSet::empty());
    // SAFETY: SIG_IGN installs no handler, so nothing can run at a bad moment.
    unsafe { sigaction(Signal::SIGXFSZ, &ignore) }.unwrap();
    setrlimit(Resource::RLIMIT_FSIZE, bytes, nix::libc::RLIM_INFINITY).unwrap();
}
