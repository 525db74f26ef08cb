//! `Rules`: which world is explored, and which part of the algorithm is taken away.

/// Which world is explored.
#[derive(Clone, Copy, Debug)]
pub(super) struct Rules {
    /// For each writer the names of its segments, one after the other.
    pub(super) writers: &'static [&'static [usize]],
    pub(super) publish: Publish,
    /// Unlock, then close; else the kernel's order at a process's death.
    pub(super) explicit_unlock: bool,
    pub(super) stations: usize,
    /// They have watched and scanned before anything is written.
    pub(super) early: bool,
    pub(super) threads: usize,
    pub(super) failures: u8,
    pub(super) deaths: u8,
    /// Consumers leave segments in place, and somebody else removes them later.
    pub(super) keep: bool,
    /// Of each kernel queue.
    pub(super) capacity: usize,
    pub(super) events: bool,
    /// The slow rescan.
    pub(super) rescan: bool,
    /// A scan that finds a new name is a backlog: no events until the queue is empty.
    pub(super) rests: bool,
    pub(super) weakness: Option<Weakness>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Publish {
    /// Locked under a hidden name, then renamed.
    Hidden,
    CreateThenLock,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Weakness {
    ScanBeforeWatch,
    DropBusy,
    NoIdentityCheck,
    SharedLock,
    NoScanAfterOverflow,
    NoScanAfterRest,
    NoGrace,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(super) enum Lock {
    Free,
    Writer,
    Exclusive(usize),
    /// A set of threads.
    Shared(u8),
}
