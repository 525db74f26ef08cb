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

/// Whether a file has several names, and is in a directory that anybody may write to.
///
/// There somebody may have given a segment's name to a file that is not theirs, which the system
/// allows with `fs.protected_hardlinks = 0`. In other directories a second name is a harmless copy.
pub(crate) fn is_lent(path: &Path, file: &File) -> io::Result<bool> {
    if uninterrupted(|| file.metadata())?.nlink() < 2 {
        return Ok(false);
    }
    let parent = path.parent().filter(|parent| !parent.as_os_str().is_empty());
    is_open_to_all(parent.unwrap_or(Path::new(".")))
}

/// Whether anybody may write to the directory.
pub(crate) fn is_open_to_all(directory: &Path) -> io::Result<bool> {
    Ok(uninterrupted(|| fs::metadata(directory))?.mode() & 0o002 != 0)
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::fs::Permissions;
    use std::os::unix::fs::PermissionsExt as _;

    #[test]
    fn a_second_name_counts_where_anybody_may_give_one() {
        let directory = tempfile::tempdir().unwrap();
        let (path, other) = (directory.path().join("a"), directory.path().join("b"));
        fs::write(&path, "text").unwrap();
        let file = File::open(&path).unwrap();
        let open_to = |mode| fs::set_permissions(&directory, Permissions::from_mode(mode)).unwrap();
        open_to(0o777);
        assert!(!is_lent(&path, &file).unwrap());
        fs::hard_link(&path, &other).unwrap();
        assert!(is_lent(&path, &file).unwrap());
        open_to(0o770);
        assert!(!is_lent(&path, &file).unwrap());
        open_to(0o1777);
        fs::remove_file(&other).unwrap();
        assert!(!is_lent(&path, &file).unwrap());
    }

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
