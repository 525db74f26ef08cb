//! `Identity`: what tells a file from another one that bore the same name.

use std::fs::Metadata;
use std::hash::{DefaultHasher, Hash as _, Hasher as _};
use std::os::unix::fs::MetadataExt as _;

/// Inode number, and a fingerprint of device, size and modification time.
///
/// The inode number alone proves nothing, since a file system gives it to the very next file. The
/// rest is hashed because one of these is kept for every segment that a consumer leaves in place.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) struct Identity {
    inode: u64,
    fingerprint: u64,
}

impl Identity {
    pub(crate) fn of(file: &Metadata) -> Self {
        let mut hasher = DefaultHasher::new();
        (file.dev(), file.size(), file.mtime(), file.mtime_nsec()).hash(&mut hasher);
        Self { inode: file.ino(), fingerprint: hasher.finish() }
    }

    /// The part that a directory entry tells for nothing.
    pub(crate) fn inode(&self) -> u64 {
        self.inode
    }

    #[cfg(test)]
    pub(crate) fn invented(inode: u64) -> Self {
        Self { inode, fingerprint: inode }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::fs;
    use std::time::{Duration, SystemTime};

    #[test]
    fn a_file_is_itself_until_its_size_or_time_changes() {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("a");
        fs::write(&path, "one\n").unwrap();
        let file = fs::File::options().append(true).open(&path).unwrap();
        let long_ago = SystemTime::UNIX_EPOCH + Duration::from_secs(1);
        file.set_modified(long_ago).unwrap();
        let first = Identity::of(&fs::metadata(&path).unwrap());
        assert_eq!(first, Identity::of(&file.metadata().unwrap()));

        file.set_modified(long_ago + Duration::from_nanos(1)).unwrap();
        let touched = Identity::of(&file.metadata().unwrap());
        assert_ne!(first, touched);
        assert_eq!(first.inode(), touched.inode());

        file.set_len(9).unwrap();
        file.set_modified(long_ago).unwrap();
        assert_ne!(first, Identity::of(&file.metadata().unwrap()));
    }
}
