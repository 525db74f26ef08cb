//! `Stats`: what a watcher has done so far, and what it has in hand.

/// Counters since the watcher was made, and how many names it knows now.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Stats {
    /// Passes over the directory's names.
    pub scans: u64,
    /// Times that the kernel dropped events; each caused a scan.
    pub overflows: u64,
    /// Times that the directory was watched anew, the first time included.
    pub watches: u64,
    /// Tries to take a segment, successful or not.
    pub tries: u64,
    /// Segments handed over.
    pub taken: u64,
    /// Names to be tried without waiting.
    pub ready: usize,
    /// Names left alone for a while: being written, being processed, failed.
    pub parked: usize,
    /// Segments that were processed and left in place.
    pub done: usize,
}
