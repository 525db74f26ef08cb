//! `Strategy` and `Mode`: how a directory is to be watched, and how it is watched in fact.

use std::fmt;
use std::path::Path;
use std::time::Duration;

use nix::sys::statfs::statfs;

/// How to learn of finished segments, chosen with [`Builder::strategy`](crate::Builder::strategy).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub enum Strategy {
    /// inotify where it works, else polling; [`Watcher::mode`](crate::Watcher::mode) says which.
    #[default]
    Auto,
    /// inotify everywhere. Where it cannot be had, each call that finds nothing else to do says so
    /// with an error; segments are still found by the slow rescan.
    Inotify,
    /// Scans of the directory at this interval, without inotify.
    Poll(Duration),
}

/// How a directory is being watched.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Mode {
    /// The kernel reports finished segments; the slow rescan is a safety net.
    Inotify,
    /// A scan has found 256 new segments or more. They are taken first, and the directory is only
    /// scanned; when none is left to be tried the kernel reports again.
    CatchingUp {
        /// From one scan to the next.
        interval: Duration,
    },
    /// The directory is scanned at an interval.
    Polling {
        /// From one scan to the next.
        interval: Duration,
        /// Why there are no events.
        reason: PollReason,
    },
}

/// Why a directory is polled.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum PollReason {
    /// [`Strategy::Poll`] was chosen.
    Asked,
    /// The directory is on a file system whose other hosts' changes cause no events: its name.
    FileSystem(&'static str),
    /// inotify could not be had: the error, with the limit to raise where one was reached. It is
    /// tried again once a minute.
    InotifyFailed(String),
}

impl fmt::Display for Mode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Inotify => f.write_str("watching with inotify"),
            Self::CatchingUp { interval } => {
                write!(f, "taking a backlog, scanning every {interval:?}")
            }
            Self::Polling { interval, reason } => write!(f, "polling every {interval:?}: {reason}"),
        }
    }
}

impl fmt::Display for PollReason {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Asked => f.write_str("polling was chosen"),
            Self::FileSystem(name) => write!(f, "{name} does not report changes by other hosts"),
            Self::InotifyFailed(error) => f.write_str(error),
        }
    }
}

/// The name of the directory's file system if inotify does not see all changes there. A directory
/// that cannot be asked is taken for a local one; the scan will tell what is wrong with it.
pub(crate) fn silent_file_system(directory: &Path) -> Option<&'static str> {
    silent(magic(directory)?)
}

fn magic(directory: &Path) -> Option<u32> {
    // The width and the sign of the number differ between platforms; its low half does not.
    let kind = statfs(directory).ok()?.filesystem_type().0;
    let bytes = kind.to_ne_bytes();
    let low = if cfg!(target_endian = "little") { bytes.first_chunk() } else { bytes.last_chunk() };
    low.copied().map(u32::from_ne_bytes)
}

/// Magic numbers: statfs(2).
fn silent(magic: u32) -> Option<&'static str> {
    match magic {
        0x6969 => Some("NFS"),
        0xFE53_4D42 => Some("SMB"),
        0xFF53_4D42 => Some("CIFS"),
        0x0102_1997 => Some("9p"),
        0x6573_5546 => Some("FUSE"),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn remote_file_systems_are_silent_and_local_ones_are_not() {
        for magic in [0x6969, 0xFE53_4D42, 0xFF53_4D42, 0x0102_1997, 0x6573_5546] {
            assert!(silent(magic).is_some(), "{magic:#x}");
        }
        // ext4, tmpfs, xfs, btrfs, overlay.
        for magic in [0xEF53, 0x0102_1994, 0x5846_5342, 0x9123_683E, 0x794C_7630] {
            assert_eq!(None, silent(magic), "{magic:#x}");
        }
    }

    #[test]
    fn the_magic_number_of_a_real_file_system_is_read() {
        assert_eq!(Some(0x9FA0), magic(Path::new("/proc")));
        assert_eq!(None, magic(Path::new("/no/such/directory")));
        assert_eq!(None, silent_file_system(Path::new("/proc")));
    }

    #[test]
    fn a_mode_says_why() {
        let reason = PollReason::FileSystem("NFS");
        let mode = Mode::Polling { interval: Duration::from_secs(1), reason };
        assert_eq!(
            "polling every 1s: NFS does not report changes by other hosts",
            mode.to_string()
        );
    }
}
