//! `Observer`: told what happens to segments, also where there is no caller to return an error to.

use std::path::Path;

use crate::error::Error;
use crate::loss::Loss;

/// Hears of the life of a writer's segments; see [`Builder::observer`](crate::Builder::observer).
///
/// The methods are called on the thread that did the work: that of the writer's owner, the timer thread,
/// or one that called [`flush_all`](crate::flush_all). The writer is locked meanwhile, except where the
/// timer thread or [`Writer::tick`](crate::Writer::tick) has completed a segment, orphans were swept,
/// or lines were refused or left to the parent of a fork. So the methods
///
/// - have to be quick, and should not panic;
/// - must not call the writer, which may wait for itself for ever;
/// - should not call [`flush_all`](crate::flush_all) with patience, which waits all of it out, because
///   their own writer does not come free before they return;
/// - must not wait for a lock after [`flush_on_panic`](crate::flush_on_panic): its hook calls them on
///   the thread that panics, which may hold any lock of the program.
pub trait Observer: Send + Sync {
    /// A segment was published under this name.
    fn opened(&self, path: &Path) {
        let _ = path;
    }

    /// A segment of this many bytes is complete. If it could not be synced, [`failed`](Self::failed) was
    /// told of that before: readers get it all the same, and a power cut may take it.
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

    /// Lines come to no segment, and why: those that [`lost`](Self::lost) tells of, those that were
    /// refused, and those that a forked child left to its parent.
    fn missed(&self, lines: u64, why: Loss) {
        let _ = (lines, why);
    }

    /// A finished segment of this many bytes was removed, because the writer was told not to keep so
    /// much; see [`Builder::keep_at_most_bytes`](crate::Builder::keep_at_most_bytes).
    fn evicted(&self, path: &Path, bytes: u64) {
        let _ = (path, bytes);
    }

    /// This many hidden files were removed that writers had left which died before their segment
    /// had a name, or which could not take the hidden name away when it had another.
    fn swept(&self, orphans: u64) {
        let _ = orphans;
    }
}
