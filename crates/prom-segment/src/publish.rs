//! Giving a hidden, locked file its name without ever replacing another file.

use std::fs;
use std::io;
use std::path::Path;

use crate::interrupt::uninterrupted;

/// How the name was given.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Published {
    /// By `renameat2(2)`: the open file bears the published name.
    Renamed,
    /// By `link(2)` and `unlink(2)`: to inotify the open file still bears the hidden name.
    Linked,
    /// By `link(2)`; the hidden name could not be removed.
    Doubled,
}

/// Fails with [`io::ErrorKind::AlreadyExists`] when the name is taken.
pub(crate) fn publish(hidden: &Path, name: &Path) -> io::Result<Published> {
    match rename(hidden, name) {
        Err(error) if unsupported(&error) => link(hidden, name),
        renamed => renamed,
    }
}

#[cfg(target_env = "gnu")]
fn rename(hidden: &Path, name: &Path) -> io::Result<Published> {
    use nix::fcntl::{AT_FDCWD, RenameFlags, renameat2};
    let flags = RenameFlags::RENAME_NOREPLACE;
    uninterrupted(|| Ok(renameat2(AT_FDCWD, hidden, AT_FDCWD, name, flags)?))?;
    Ok(Published::Renamed)
}

/// `nix` offers `renameat2` with the GNU C library alone.
#[cfg(not(target_env = "gnu"))]
fn rename(_hidden: &Path, _name: &Path) -> io::Result<Published> {
    Err(io::ErrorKind::Unsupported.into())
}

/// FUSE file systems answer `EINVAL` to the flag, old kernels `ENOSYS`.
fn unsupported(error: &io::Error) -> bool {
    use io::ErrorKind::{InvalidInput, Unsupported};
    matches!(error.kind(), InvalidInput | Unsupported)
}

fn link(hidden: &Path, name: &Path) -> io::Result<Published> {
    link_and(hidden, name, |hidden| uninterrupted(|| fs::remove_file(hidden)))
}

/// Once there is a link the segment is published, whatever becomes of the other name: a failure told
/// now would leave a visible segment that no writer knows of. A hidden name that stays is removed when
/// the segment is complete, or swept.
fn link_and(
    hidden: &Path,
    name: &Path,
    remove: impl FnOnce(&Path) -> io::Result<()>,
) -> io::Result<Published> {
    uninterrupted(|| fs::hard_link(hidden, name))?;
    match remove(hidden) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => Ok(Published::Doubled),
        _ => Ok(Published::Linked),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_ways_give_the_name_and_neither_replaces() {
        let directory = tempfile::tempdir().unwrap();
        let at = |name: &str| directory.path().join(name);
        for (way, suffix) in [(publish as fn(&Path, &Path) -> _, "rename"), (link, "link")] {
            let (hidden, name) = (at(".hidden"), at(suffix));
            fs::write(&hidden, "new").unwrap();
            way(&hidden, &name).unwrap();
            assert_eq!("new", fs::read_to_string(&name).unwrap());
            assert!(!hidden.exists());
            fs::write(&hidden, "newer").unwrap();
            let error = way(&hidden, &name).unwrap_err();
            assert_eq!(io::ErrorKind::AlreadyExists, error.kind());
            assert_eq!("new", fs::read_to_string(&name).unwrap());
            assert_eq!("newer", fs::read_to_string(&hidden).unwrap());
        }
    }

    #[test]
    fn a_link_is_a_publication_although_the_hidden_name_stays() {
        let directory = tempfile::tempdir().unwrap();
        let (hidden, name) = (directory.path().join(".hidden"), directory.path().join("name"));
        fs::write(&hidden, "new").unwrap();
        let refused = |_: &Path| Err(io::ErrorKind::PermissionDenied.into());
        assert_eq!(Published::Doubled, link_and(&hidden, &name, refused).unwrap());
        assert_eq!("new", fs::read_to_string(&name).unwrap());
        fs::remove_file(&name).unwrap();
        let swept = |hidden: &Path| {
            fs::remove_file(hidden)?;
            fs::remove_file(hidden)
        };
        assert_eq!(Published::Linked, link_and(&hidden, &name, swept).unwrap());
    }

    #[test]
    fn the_fallback_is_for_what_the_file_system_cannot_do() {
        let enosys = io::Error::from_raw_os_error(38);
        assert!(unsupported(&enosys) && unsupported(&io::Error::from_raw_os_error(22)));
        for code in [1, 2, 13, 17, 18, 28, 30] {
            assert!(!unsupported(&io::Error::from_raw_os_error(code)), "{code}");
        }
    }
}
