//! Whether a path still leads to the file that is held open.

use std::fs::{self, File, Metadata};
use std::io;
use std::os::unix::fs::MetadataExt as _;
use std::path::Path;

use crate::interrupt::uninterrupted;

/// Between an open and a lock, or while a file is held, others may remove it and give its name to
/// another one; and a relative path may come to mean another directory. Symbolic links are not
/// followed.
pub(crate) fn leads_to(path: &Path, file: &File) -> io::Result<bool> {
    let same = |held: &Metadata, named: &Metadata| {
        (held.dev(), held.ino()) == (named.dev(), named.ino()) && held.nlink() > 0
    };
    match uninterrupted(|| fs::symlink_metadata(path)) {
        Ok(named) => Ok(same(&uninterrupted(|| file.metadata())?, &named)),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(false),
        Err(error) => Err(error),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_that_was_given_away_leads_elsewhere() {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("a");
        fs::write(&path, "old").unwrap();
        let old = File::open(&path).unwrap();
        assert!(leads_to(&path, &old).unwrap());
        fs::remove_file(&path).unwrap();
        assert!(!leads_to(&path, &old).unwrap());
        fs::write(&path, "new").unwrap();
        assert!(!leads_to(&path, &old).unwrap());
        fs::rename(&path, directory.path().join("b")).unwrap();
        std::os::unix::fs::symlink("b", &path).unwrap();
        let new = File::open(&path).unwrap();
        assert!(!leads_to(&path, &new).unwrap(), "a link is not the file");
    }
}
