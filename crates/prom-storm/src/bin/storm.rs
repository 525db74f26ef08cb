//! `cargo xtask storm`: real processes on real directories, in every kind of trouble.
#![expect(unsafe_code, reason = "fork(2) and an ioctl(2) are a part of the trouble")]

use std::fs::File;
use std::io;
use std::os::fd::AsRawFd as _;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::process::ExitCode;

use nix::libc;
use nix::unistd::{ForkResult, fork};
use prom_storm::storm::{Powers, run};

fn main() -> ExitCode {
    let args: Vec<String> = std::env::args().skip(1).collect();
    run(&args, Powers { fork: child, shut_down })
}

fn child(body: &mut dyn FnMut() -> i32) -> io::Result<i32> {
    // SAFETY: the child allocates and starts threads, which glibc keeps usable across a fork; of the
    // parent's other threads one waits for input, and the other is the one that is to be tested.
    match unsafe { fork() }? {
        ForkResult::Parent { child } => Ok(child.as_raw()),
        ForkResult::Child => {
            let status = catch_unwind(AssertUnwindSafe(body)).unwrap_or(101);
            // SAFETY: _exit has no preconditions.
            unsafe { libc::_exit(status) }
        }
    }
}

/// `EXT4_IOC_SHUTDOWN`, which XFS understands as well.
fn shut_down(directory: &File) -> io::Result<()> {
    const SHUT_DOWN: libc::c_ulong = 0x8004_587d;
    /// The log is not written either.
    static NO_LOG_FLUSH: u32 = 2;
    // SAFETY: the call reads one `u32` at the address, which outlives it.
    let result = unsafe { libc::ioctl(directory.as_raw_fd(), SHUT_DOWN, &raw const NO_LOG_FLUSH) };
    if result == 0 { Ok(()) } else { Err(io::Error::last_os_error()) }
}
