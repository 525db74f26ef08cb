//! The names of the files in a directory.

use std::ffi::{OsStr, OsString};
use std::fs;
use std::io;
use std::os::unix::ffi::OsStrExt as _;
use std::path::Path;

use nix::dir::{Dir, Entry, Type};
use nix::errno::Errno;
use nix::fcntl::OFlag;
use nix::sys::stat::Mode;

use crate::interrupt::uninterrupted;

/// The names of regular files for which `wanted` says so. Through `nix`, since std panics when a
/// directory cannot be closed.
pub(crate) fn files(at: &Path, wanted: impl Fn(&OsStr) -> bool) -> io::Result<Vec<OsString>> {
    let flags = OFlag::O_RDONLY | OFlag::O_DIRECTORY | OFlag::O_CLOEXEC;
    let mut directory = uninterrupted(|| Ok(Dir::open(at, flags, Mode::empty())?))?;
    let mut names = Vec::new();
    for entry in directory.iter() {
        let entry = match entry {
            Err(Errno::EINTR) => continue,
            entry => entry?,
        };
        let name = OsStr::from_bytes(entry.file_name().to_bytes());
        if wanted(name) && is_file(&entry, &at.join(name)) {
            names.push(name.to_owned());
        }
    }
    Ok(names)
}

/// A few file systems leave the kind out of the entry.
fn is_file(entry: &Entry, path: &Path) -> bool {
    match entry.file_type() {
        Some(kind) => kind == Type::File,
        None => uninterrupted(|| fs::symlink_metadata(path)).is_ok_and(|named| named.is_file()),
    }
}
