//! The names in a directory.

use std::ffi::{OsStr, OsString};
use std::io;
use std::os::unix::ffi::OsStrExt as _;
use std::path::Path;

use nix::dir::Dir;
use nix::errno::Errno;
use nix::fcntl::OFlag;
use nix::sys::stat::Mode;

use crate::interrupt::uninterrupted;

/// The names for which `wanted` says so. Through `nix`, since std panics when a directory cannot be
/// closed.
pub(crate) fn names(
    directory: &Path,
    wanted: impl Fn(&OsStr) -> bool,
) -> io::Result<Vec<OsString>> {
    let flags = OFlag::O_RDONLY | OFlag::O_DIRECTORY | OFlag::O_CLOEXEC;
    let mut directory = uninterrupted(|| Ok(Dir::open(directory, flags, Mode::empty())?))?;
    let mut names = Vec::new();
    for entry in directory.iter() {
        let entry = match entry {
            Err(Errno::EINTR) => continue,
            entry => entry?,
        };
        let name = OsStr::from_bytes(entry.file_name().to_bytes());
        if wanted(name) {
            names.push(name.to_owned());
        }
    }
    Ok(names)
}
