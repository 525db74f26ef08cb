//! `Command`: what a case consists of. Actors are named by the slot they are in.

/// How many writers may be alive at a time, forked children not counted.
pub(crate) const WRITERS: usize = 2;
/// How many consumers may be alive at a time.
pub(crate) const CONSUMERS: usize = 2;

/// How many system calls an actor makes before the others get their turn.
///
/// An actor that was stopped inside an operation goes on with it at its next command, whatever that
/// asks for. So a kill or a power cut can come between any two calls.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Slice {
    /// As many as the operation needs.
    All,
    Calls(u8),
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Write {
    Emit,
    Flush,
    Rotate,
    Close,
}

/// What the consumer's callback does with a segment.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Processing {
    /// Processes it, and removes it.
    Done,
    /// Returns an error before it has done anything.
    Refused,
    Panics,
    /// Processes it, and then the removal fails.
    Unremovable,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Consume {
    /// Looks whether the directory is still the one that is watched; watches and scans at need.
    Look,
    /// Takes in the events that the kernel holds ready.
    Hear,
    Take(Processing),
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Actor {
    Writer(usize),
    Consumer(usize),
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Clock {
    Forward,
    Back,
    Stands,
    Goes,
}

/// What becomes of data that was not synced.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Tail {
    Dropped,
    /// Half of it is there.
    Torn,
    /// Its length is there, and NUL in its place.
    Zeroed,
    Kept,
}

/// What the disk has, beyond what was synced, when the power fails.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Loss {
    /// Which changes of the directory reached the disk.
    pub(crate) names: u16,
    /// Which files reached it in full.
    pub(crate) files: u16,
    /// What is left of the others.
    pub(crate) tail: Tail,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Command {
    Write(usize, Write, Slice),
    Consume(usize, Consume, Slice),
    /// The child has the slot after those of the writers, if that is free.
    Fork(usize),
    Kill(Actor, Slice),
    /// Enough time for everything that was parked to be due.
    Pass,
    Clock(Clock),
    /// The kernel drops the events that this consumer has not heard.
    Overflow(usize),
    /// A third party removes a file.
    Remove(usize),
    RemoveDirectory,
    MakeDirectory,
    Cut(Loss),
}
