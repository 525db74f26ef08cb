//! `Held`: a file that is open, and whether a path still leads to it.

use std::fs::{self, File, Metadata};
use std::io;
use std::os::unix::fs::MetadataExt as _;
use std::path::Path;
use std::sync::atomic::{AtomicBool, Ordering};

use crate::interrupt::uninterrupted;

/// An open file that knows which one it is. As long as it is open, no other file gets its numbers.
#[derive(Debug)]
pub(crate) struct Held {
    pub(crate) file: File,
    pub(crate) metadata: Metadata,
    /// Its name was removed by who holds it.
    removed: AtomicBool,
}

impl Held {
    /// `metadata` is that of the open file, not what a path led to.
    pub(crate) fn new(file: File, metadata: Metadata) -> Self {
        Self { file, metadata, removed: AtomicBool::new(false) }
    }

    /// The metadata of the file, if the path leads to it still.
    ///
    /// What the path leads to is asked only once, and in place of the file: when it is the same
    /// one, so is the answer. Under the lock it is final.
    pub(crate) fn named(&self, path: &Path) -> io::Result<Option<Metadata>> {
        match uninterrupted(|| fs::symlink_metadata(path)) {
            Ok(named) => {
                let same = id(&named) == id(&self.metadata) && named.nlink() > 0;
                Ok(same.then_some(named))
            }
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
            Err(error) => Err(error),
        }
    }

    /// Removes the name if it leads to the file still; that it does not is no error.
    pub(crate) fn remove(&self, path: &Path) -> io::Result<()> {
        if self.named(path)?.is_none() {
            return Ok(());
        }
        match uninterrupted(|| fs::remove_file(path)) {
            Ok(()) => self.removed.store(true, Ordering::Relaxed),
            Err(error) if error.kind() == io::ErrorKind::NotFound => {}
            Err(error) => return Err(error),
        }
        Ok(())
    }

    /// Whether it was removed: its name by [`remove`](Self::remove), or all its names by anybody.
    pub(crate) fn is_removed(&self) -> bool {
        let nameless =
            || uninterrupted(|| self.file.metadata()).is_ok_and(|held| held.nlink() == 0);
        self.removed.load(Ordering::Relaxed) || nameless()
    }
}

fn id(metadata: &Metadata) -> (u64, u64) {
    (metadata.dev(), metadata.ino())
}

/// Between an open and a lock, or while a file is held, others may remove it and give its name to
/// another one; and a relative path may come to mean another directory. Symbolic links are not
/// followed.
pub(crate) fn leads_to(path: &Path, file: &File) -> io::Result<bool> {
    let same = |held: &Metadata, named: &Metadata| id(held) == id(named) && held.nlink() > 0;
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
pub(crate) fn is_lent(path: &Path, metadata: &Metadata) -> io::Result<bool> {
    if metadata.nlink() < 2 {
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
        let is_lent = || is_lent(&path, &fs::metadata(&path).unwrap()).unwrap();
        let open_to = |mode| fs::set_permissions(&directory, Permissions::from_mode(mode)).unwrap();
        open_to(0o777);
        assert!(!is_lent());
        fs::hard_link(&path, &other).unwrap();
        assert!(is_lent());
        open_to(0o770);
        assert!(!is_lent());
        open_to(0o1777);
        fs::remove_file(&other).unwrap();
        assert!(!is_lent());
    }

    #[test]
    fn a_name_that_was_given_away_leads_elsewhere() {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("a");
        fs::write(&path, "old").unwrap();
        let old = File::open(&path).unwrap();
        let held = |file: &File| Held::new(file.try_clone().unwrap(), file.metadata().unwrap());
        let held_old = held(&old);
        let leads = |held: &Held, file| {
            let named = held.named(&path).unwrap().is_some();
            assert_eq!(named, leads_to(&path, file).unwrap());
            named
        };
        assert!(leads(&held_old, &old));
        fs::remove_file(&path).unwrap();
        assert!(!leads(&held_old, &old));
        fs::write(&path, "new").unwrap();
        assert!(!leads(&held_old, &old));
        held_old.remove(&path).unwrap();
        assert_eq!("new", fs::read_to_string(&path).unwrap(), "another file was removed");
        fs::rename(&path, directory.path().join("b")).unwrap();
        std::os::unix::fs::symlink("b", &path).unwrap();
        let new = File::open(&path).unwrap();
        assert!(!leads(&held(&new), &new), "a link is not the file");
    }

    #[test]
    fn a_file_is_removed_when_its_holder_removed_it_or_when_it_has_no_name() {
        let directory = tempfile::tempdir().unwrap();
        let (path, other) = (directory.path().join("a"), directory.path().join("b"));
        let held = || {
            fs::write(&path, "text").unwrap();
            let file = File::open(&path).unwrap();
            let metadata = file.metadata().unwrap();
            Held::new(file, metadata)
        };
        let first = held();
        fs::hard_link(&path, &other).unwrap();
        assert!(!first.is_removed());
        fs::remove_file(&path).unwrap();
        assert!(!first.is_removed(), "it has another name, and its holder did nothing");
        fs::remove_file(&other).unwrap();
        assert!(first.is_removed());
        let second = held();
        fs::hard_link(&path, &other).unwrap();
        second.remove(&path).unwrap();
        assert!(second.is_removed(), "the other name is not its holder's affair");
    }
}
