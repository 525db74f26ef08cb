//! Removing finished segments that the retention does not keep.

use std::fs::{self, Metadata};
use std::io;
use std::os::unix::fs::MetadataExt as _;
use std::path::{Path, PathBuf};

use crate::directory::files;
use crate::error::{Action, Error};
use crate::identity::is_open_to_all;
use crate::interrupt::uninterrupted;
use crate::name::Destination;
use crate::observer::Observer;
use crate::reader::{Claim, Reader};
use crate::retention::{Eviction, Kept, Retention};

/// Evicts what is too much beside the segment of these milliseconds.
///
/// By its name the others are old, so a wall clock that is ahead does not matter; and by the present
/// at most, so a name from the future does not either. What is being written or read is locked, and
/// stays.
pub(crate) fn evict(
    to: &Destination,
    retention: &Retention,
    (opened, present): (u64, u64),
    told: &dyn Observer,
) {
    let segments = match segments(to, retention, opened) {
        Ok(segments) => segments,
        Err(error) => return told.failed(&Error::new(Action::Read, to.directory(), error)),
    };
    let known: Vec<Kept> = segments.iter().map(|(kept, _)| *kept).collect();
    retention.enforce(&known, opened.min(present), |place| {
        segments.get(place).map_or(Eviction::Over, |(_, path)| remove(path, told))
    });
}

/// Makes the segment; where there is no room for another file, `evict` may make some first.
pub(crate) fn making_room<T>(
    mut create: impl FnMut() -> Result<T, Error>,
    evict: impl FnOnce(),
) -> Result<T, Error> {
    use nix::libc::{EDQUOT, ENOSPC};
    match create() {
        Err(error) if matches!(error.raw_os_error(), Some(ENOSPC | EDQUOT)) => {
            evict();
            create()
        }
        created => created,
    }
}

/// The segments of the prefix, the oldest first. They are asked for their sizes only if those count,
/// and for the number of their names only where a second one makes them another's.
fn segments(
    to: &Destination,
    retention: &Retention,
    opened: u64,
) -> io::Result<Vec<(Kept, PathBuf)>> {
    let names = files(to.directory(), |name| to.made(name).is_some())?;
    let open_to_all = is_open_to_all(to.directory())?;
    let mut segments = Vec::new();
    for millis in names.iter().filter_map(|name| to.made(name)).filter(|millis| *millis != opened) {
        let path = to.published(millis);
        let mut bytes = 0;
        if retention.bytes.is_some() || open_to_all {
            match named(&path) {
                Some(named) if !(open_to_all && named.nlink() > 1) => bytes = named.len(),
                _ => continue,
            }
        }
        segments.push((Kept { millis, bytes }, path));
    }
    segments.sort_by_key(|(kept, _)| kept.millis);
    Ok(segments)
}

/// `None` for what is no regular file, or gone.
fn named(path: &Path) -> Option<Metadata> {
    let named = uninterrupted(|| fs::symlink_metadata(path)).ok()?;
    named.is_file().then_some(named)
}

/// Removes a finished segment under its lock.
fn remove(path: &Path, told: &dyn Observer) -> Eviction {
    // Opening a FIFO that has taken the place of the file would let its other end through.
    if named(path).is_none() {
        return Eviction::Immovable;
    }
    let removed = Reader::claim(path).and_then(|claim| match claim {
        Claim::Taken(reader) => {
            let bytes = reader.len();
            reader.unlink()?;
            told.evicted(path, bytes);
            Ok(Eviction::Gone)
        }
        // A consumer was quicker.
        Claim::Gone => Ok(Eviction::Gone),
        Claim::Busy => Ok(Eviction::Held),
        Claim::Foreign => Ok(Eviction::Immovable),
    });
    removed.unwrap_or_else(|error| {
        let error = error.downcast::<Error>();
        let error = error.unwrap_or_else(|error| Error::new(Action::Remove, path, error));
        told.failed(&error);
        after(&error)
    })
}

/// Without descriptors all others would fail as this one did.
fn after(error: &Error) -> Eviction {
    match error.raw_os_error() {
        Some(nix::libc::EMFILE | nix::libc::ENFILE) => Eviction::Over,
        _ => Eviction::Immovable,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn without_descriptors_one_failure_is_enough() {
        use nix::libc::{EACCES, EBUSY, EMFILE, ENFILE};
        let error = |code| Error::new(Action::Open, "a", io::Error::from_raw_os_error(code));
        for code in [EMFILE, ENFILE] {
            assert_eq!(Eviction::Over, after(&error(code)));
        }
        for code in [EACCES, EBUSY] {
            assert_eq!(Eviction::Immovable, after(&error(code)));
        }
    }

    #[test]
    fn room_is_made_once_and_only_where_it_is_wanting() {
        use nix::libc::{EACCES, EDQUOT, ENOSPC};
        for (code, expected) in [(ENOSPC, (2, 1)), (EDQUOT, (2, 1)), (EACCES, (1, 0))] {
            let (mut tries, mut evicted) = (0, 0);
            let create = || {
                tries += 1;
                let error = io::Error::from_raw_os_error(code);
                Err::<(), _>(Error::new(Action::Create, "a.1.prom", error))
            };
            let error = making_room(create, || evicted += 1).unwrap_err();
            assert_eq!((Some(code), expected), (error.raw_os_error(), (tries, evicted)));
        }
    }
}
