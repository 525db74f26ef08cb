//! `scan`: one pass over the directory's names.

use std::ffi::OsStr;
use std::io;
use std::os::unix::ffi::OsStrExt as _;
use std::path::Path;

use nix::dir::{Dir, Type};
use nix::errno::Errno;
use nix::fcntl::OFlag;
use nix::sys::stat::Mode;
use prom_segment::uninterrupted;

use crate::candidate::{Candidate, Filter};

/// Gives each name that may be a segment, with its inode number, to `offer`.
///
/// No file is opened, locked or asked for its metadata: name, kind and inode number come with the
/// directory entry. `nix` reads it, because std's `ReadDir` panics when `closedir(3)` fails.
pub(crate) fn scan(
    directory: &Path,
    filter: &Filter,
    mut offer: impl FnMut(Candidate, u64),
) -> io::Result<()> {
    let flags = OFlag::O_RDONLY | OFlag::O_DIRECTORY | OFlag::O_CLOEXEC;
    let open = || Ok(Dir::open(directory, flags, Mode::empty())?);
    for entry in uninterrupted(open)? {
        let entry = match entry {
            Err(Errno::EINTR) => continue,
            entry => entry?,
        };
        let name = OsStr::from_bytes(entry.file_name().to_bytes());
        let Some(candidate) = filter.candidate(name) else { continue };
        // A few file systems leave the kind out. Whoever opens it looks again.
        if entry.file_type().is_none_or(|kind| kind == Type::File) {
            offer(candidate, entry.ino());
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::candidate::named;
    use std::fs;
    use std::os::unix::fs::{MetadataExt as _, symlink};

    #[test]
    fn only_regular_files_with_a_segments_name_are_offered() {
        let directory = tempfile::tempdir().unwrap();
        let path = |name: &str| directory.path().join(name);
        for name in ["a.2.prom", "b.1.prom", "a.3.prom.gz", ".a.4.prom", "README.md"] {
            fs::write(path(name), "").unwrap();
        }
        fs::create_dir(path("a.5.prom")).unwrap();
        symlink(path("a.2.prom"), path("a.6.prom")).unwrap();

        let mut offered = Vec::new();
        scan(directory.path(), &Filter::default(), |name, inode| offered.push((name, inode)))
            .unwrap();
        offered.sort();
        let inode = |name: &str| fs::metadata(path(name)).unwrap().ino();
        let expected = ["b.1.prom", "a.2.prom"].map(|name| (named(name), inode(name)));
        assert_eq!(expected.as_slice(), offered);
    }
}
