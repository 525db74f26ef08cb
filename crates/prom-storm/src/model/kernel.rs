//! `Kernel`: names, files, locks and events in memory, as a local file system of Linux keeps them.
//!
//! A file has three positions: what its program has not handed over (that is the writer's affair),
//! what the kernel has, and what is on the disk. A name is on the disk when its directory was synced
//! after it was given. A lock belongs to the open file, which a fork shares.

mod files;
mod locks;
mod names;
mod notify;
mod power;

use std::collections::{BTreeMap, BTreeSet, VecDeque};

pub(crate) type Pid = usize;
pub(crate) type Inode = usize;
pub(crate) type Handle = usize;
pub(crate) type DirectoryId = usize;

/// Why a system call was refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Refusal {
    Missing,
    Exists,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Lock {
    Exclusive,
    Shared,
}

/// What inotify says of a directory.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Event {
    /// `IN_MOVED_TO` or `IN_CLOSE_WRITE`.
    Written(String),
    Vanished(String),
    Overflow,
    /// The directory itself was removed.
    Lost,
}

#[derive(Clone, Debug, Default)]
pub(crate) struct File {
    pub(crate) data: Vec<u8>,
    /// So much of the data is on the disk.
    synced: usize,
    pub(crate) modified: u64,
    /// The process that has not finished it.
    pub(crate) live: Option<Pid>,
    /// Somebody who is neither writer nor consumer took a name of it away.
    pub(crate) taken_away: bool,
}

#[derive(Clone, Debug, Default)]
struct Directory {
    names: BTreeMap<String, Inode>,
    durable: BTreeMap<String, Inode>,
    /// What was done to the names since the last sync.
    unsynced: Vec<Change>,
}

/// One change of a directory, which the disk gets as a whole or not at all.
#[derive(Clone, Debug)]
struct Change {
    removed: Option<String>,
    added: Option<String>,
    inode: Inode,
}

/// An open file description: what `open(2)` makes, `fork(2)` shares, and the last `close(2)` ends.
#[derive(Clone, Debug)]
struct OpenFile {
    inode: Inode,
    directory: DirectoryId,
    /// The name that events of this open file bear.
    name: String,
    writable: bool,
    lock: Option<Lock>,
    holders: BTreeSet<Pid>,
}

#[derive(Clone, Debug, Default)]
struct Listener {
    directory: Option<DirectoryId>,
    events: VecDeque<Event>,
}

#[derive(Clone, Debug)]
pub(crate) struct Kernel {
    files: Vec<File>,
    directories: Vec<Directory>,
    /// The directory that the path leads to.
    path: Option<DirectoryId>,
    open: BTreeMap<Handle, OpenFile>,
    next_handle: Handle,
    listeners: Vec<Listener>,
    /// The wall clock, in milliseconds.
    pub(crate) now: u64,
}

impl Kernel {
    /// A machine with one empty directory.
    pub(crate) fn new(listeners: usize) -> Self {
        Self {
            files: Vec::new(),
            directories: vec![Directory::default()],
            path: Some(0),
            open: BTreeMap::new(),
            next_handle: 0,
            listeners: vec![Listener::default(); listeners],
            now: 100_000,
        }
    }

    pub(crate) fn file(&self, inode: Inode) -> Option<&File> {
        self.files.get(inode)
    }

    pub(crate) fn file_mut(&mut self, inode: Inode) -> Option<&mut File> {
        self.files.get_mut(inode)
    }

    /// The directory that the path leads to, as `stat(2)` tells it.
    pub(crate) fn identity(&self) -> Option<DirectoryId> {
        self.path
    }

    fn directory(&self) -> Option<&Directory> {
        self.directories.get(self.path?)
    }

    fn directory_mut(&mut self) -> Result<&mut Directory, Refusal> {
        let id = self.path.ok_or(Refusal::Missing)?;
        self.directories.get_mut(id).ok_or(Refusal::Missing)
    }
}

#[cfg(test)]
mod tests;
