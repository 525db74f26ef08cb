//! `Operation`: what a recorded writer did to its directory, and what it was told.

/// A file of the recording, by the order in which they were created.
pub(crate) type FileId = usize;

#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Operation {
    Create {
        file: FileId,
        name: String,
    },
    Write {
        file: FileId,
        bytes: Vec<u8>,
    },
    Truncate {
        file: FileId,
        len: usize,
    },
    Rename {
        from: String,
        to: String,
    },
    Link {
        from: String,
        to: String,
    },
    Unlink {
        name: String,
    },
    SyncFile {
        file: FileId,
    },
    SyncDirectory,
    /// An append returned.
    Accepted(Vec<u8>),
    /// A flush returned.
    Flushed,
    /// A rotation or a close returned.
    Sealed,
}
