//! Segments on a disk, as a writer leaves them and as it holds them.

use std::fs::{self, File};
use std::io::Write as _;
use std::path::Path;

use nix::fcntl::{Flock, FlockArg};

use crate::outcome::Outcome;

/// What is in each of them.
pub(crate) const LINES: &[u8] = b"# TYPE requests counter\nrequests 1 1700000000000\n\
# TYPE queue gauge\nqueue 2.5 1700000000000\n";

/// Finished segments of these times.
pub(crate) fn finished(directory: &Path, count: usize) -> Outcome {
    for millis in 0..count {
        fs::write(directory.join(format!("a.{}.prom", 1_000_000 + millis)), LINES)?;
    }
    Ok(())
}

/// A segment that is being written: hidden, locked, and only then named.
pub(crate) fn live(directory: &Path, name: &str) -> Outcome<Flock<File>> {
    let hidden = directory.join(format!(".{name}"));
    let file = File::create_new(&hidden)?;
    let locked = Flock::lock(file, FlockArg::LockExclusiveNonblock);
    let mut locked = locked.map_err(|(_, error)| error)?;
    fs::rename(hidden, directory.join(name))?;
    locked.write_all(LINES)?;
    Ok(locked)
}

/// So many live segments.
pub(crate) fn all_live(directory: &Path, count: usize) -> Outcome<Vec<Flock<File>>> {
    (0..count).map(|millis| live(directory, &format!("live.{millis}.prom"))).collect()
}
