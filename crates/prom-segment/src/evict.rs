//! Removing finished segments that the retention does not keep.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use crate::directory::names;
use crate::error::{Action, Error};
use crate::interrupt::uninterrupted;
use crate::name::{Destination, SegmentName};
use crate::observer::Observer;
use crate::reader::{Claim, Reader};
use crate::retention::{Kept, Retention};

/// Evicts what is too much beside the segment of these milliseconds, which was opened just now.
///
/// Its name is also the time by which the others are old: names are compared with names, so a wall
/// clock that is wrong now does not matter. What is being written or read is locked, and stays.
pub(crate) fn evict(to: &Destination, retention: &Retention, opened: u64, told: &dyn Observer) {
    let segments = match segments(to, retention, opened) {
        Ok(segments) => segments,
        Err(error) => return told.failed(&Error::new(Action::Read, to.directory(), error)),
    };
    let known: Vec<Kept> = segments.iter().map(|(kept, _)| *kept).collect();
    retention.enforce(&known, opened, |place| {
        segments.get(place).is_some_and(|(_, path)| remove(path, told))
    });
}

/// The segments of the prefix, the oldest first. Their sizes are asked for only if they count.
fn segments(
    to: &Destination,
    retention: &Retention,
    opened: u64,
) -> io::Result<Vec<(Kept, PathBuf)>> {
    let names = names(to.directory(), |name| to.is_published(name))?;
    let mut segments = Vec::new();
    for name in &names {
        let millis = SegmentName::parse(name).map_or(opened, |name| name.millis());
        let path = to.directory().join(name);
        if millis == opened {
            continue;
        }
        let bytes = if retention.bytes.is_some() { size(&path) } else { Some(0) };
        if let Some(bytes) = bytes {
            segments.push((Kept { millis, bytes }, path));
        }
    }
    segments.sort_by(|(one, path), (other, other_path)| {
        (one.millis, path).cmp(&(other.millis, other_path))
    });
    Ok(segments)
}

/// `None` for what is no regular file, or gone.
fn size(path: &Path) -> Option<u64> {
    let metadata = uninterrupted(|| fs::symlink_metadata(path)).ok()?;
    metadata.is_file().then_some(metadata.len())
}

/// What came of one segment.
enum Eviction {
    Removed(u64),
    /// A consumer was quicker.
    Gone,
    Held,
}

/// Removes a finished segment under its lock; says whether it is gone.
fn remove(path: &Path, told: &dyn Observer) -> bool {
    let removed = Reader::claim(path).and_then(|claim| match claim {
        Claim::Taken(reader) => {
            let bytes = reader.len();
            reader.unlink().map(|()| Eviction::Removed(bytes))
        }
        Claim::Gone => Ok(Eviction::Gone),
        Claim::Busy | Claim::Foreign => Ok(Eviction::Held),
    });
    match removed {
        Ok(Eviction::Held) => false,
        Ok(Eviction::Gone) => true,
        Ok(Eviction::Removed(bytes)) => {
            told.evicted(path, bytes);
            true
        }
        Err(error) => {
            let error = error.downcast::<Error>();
            let error = error.unwrap_or_else(|error| Error::new(Action::Remove, path, error));
            told.failed(&error);
            false
        }
    }
}
