//! `Observer`: told what happens to segments, also where there is no caller to return an error to.

use std::path::Path;

use crate::error::Error;

/// Hears of the life of a writer's segments; see [`Builder::observer`](crate::Builder::observer).
///
/// The methods are called on the thread that did the work, which may be the timer thread, while the
/// writer is locked: they have to be quick, and must not call the writer.
pub trait Observer: Send + Sync {
    /// A segment was published under this name.
    fn opened(&self, path: &Path) {
        let _ = path;
    }

    /// A segment of this many bytes is complete.
    fn sealed(&self, path: &Path, bytes: u64) {
        let _ = (path, bytes);
    }

    /// Something failed. Lines that were accepted are kept for another try, unless
    /// [`lost`](Self::lost) says otherwise.
    fn failed(&self, error: &Error) {
        let _ = error;
    }

    /// A writer was closed or dropped with this many accepted lines that it could not write.
    fn lost(&self, lines: u64) {
        let _ = lines;
    }
}
