//! Whole-file locks by `flock(2)`: the only place that takes or frees one.
//!
//! `flock` and not `fcntl` locks: a `flock` belongs to the open file, so it holds inside one process
//! too, does not vanish when the process closes another descriptor of the same file, and is what
//! `flock(1)` of a shell script sees.

use std::fs::File;
use std::io;

use fs2::FileExt;

use crate::interrupt::uninterrupted;

// The trait's methods are called by their full names, since std's inherent methods of the same
// names would win otherwise, with other error types.

/// Takes the exclusive lock if it is free; says whether it did.
pub(crate) fn try_exclusive(file: &File) -> io::Result<bool> {
    granted(|| FileExt::try_lock_exclusive(file))
}

/// Takes a shared lock if no one holds the exclusive one; says whether it did.
pub(crate) fn try_shared(file: &File) -> io::Result<bool> {
    granted(|| FileExt::try_lock_shared(file))
}

/// Waits for a shared lock, through any number of signals.
pub(crate) fn wait_shared(file: &File) -> io::Result<()> {
    uninterrupted(|| FileExt::lock_shared(file))
}

/// Frees the lock for everybody who shares the open file, forked children included.
pub(crate) fn unlock(file: &File) -> io::Result<()> {
    uninterrupted(|| FileExt::unlock(file))
}

fn granted(attempt: impl FnMut() -> io::Result<()>) -> io::Result<bool> {
    match uninterrupted(attempt) {
        Ok(()) => Ok(true),
        Err(error) if error.kind() == io::ErrorKind::WouldBlock => Ok(false),
        Err(error) => Err(error),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_lock_holds_inside_one_process() {
        let file = tempfile::NamedTempFile::new().unwrap();
        let writer = file.reopen().unwrap();
        let reader = file.reopen().unwrap();
        assert!(try_exclusive(&writer).unwrap());
        assert!(!try_shared(&reader).unwrap());
        assert!(!try_exclusive(&reader).unwrap());
        drop(file.reopen().unwrap());
        assert!(!try_shared(&reader).unwrap(), "another close of the file freed the lock");
        unlock(&writer).unwrap();
        assert!(try_shared(&reader).unwrap());
    }
}
