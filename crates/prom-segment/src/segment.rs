//! `Segment`: one open segment file, locked from before it had a name until it is complete.

use std::fs::{self, File, OpenOptions, Permissions};
use std::io::{self, Write as _};
use std::os::unix::fs::{OpenOptionsExt as _, PermissionsExt as _};
use std::path::{Path, PathBuf};
use std::process;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Instant, SystemTime, UNIX_EPOCH};

use crate::durability::Durability;
use crate::error::{Action, Error};
use crate::identity::leads_to;
use crate::interrupt::uninterrupted;
use crate::lines;
use crate::lock;
use crate::name::Destination;
use crate::probe::Probe;
use crate::publish::{Published, publish};

/// Hidden names tried at all. Each failure means that an earlier process of our number died.
const ATTEMPTS: u64 = 10_000;

/// A segment that is being written.
#[derive(Debug)]
pub(crate) struct Segment {
    file: File,
    path: PathBuf,
    hidden: PathBuf,
    directory: PathBuf,
    published: Published,
    millis: u64,
    opened: Instant,
    len: u64,
    name_synced: bool,
}

/// A write that failed after `kept` bytes of whole lines.
#[derive(Debug)]
pub(crate) struct Torn {
    pub(crate) kept: usize,
    pub(crate) error: Error,
}

impl Segment {
    /// Creates a segment of the given milliseconds, or of the next that are free.
    ///
    /// The file is created under a hidden name, made ready, locked, and only then published: whoever
    /// sees the name finds the lock taken.
    pub(crate) fn create(to: &Destination, mode: u32, millis: u64) -> Result<Self, Error> {
        let failed = |error| Error::new(Action::Create, to.published(millis), error);
        let (hidden, file) = create_hidden(to, mode).map_err(failed)?;
        let named = lock_new(&file).and_then(|()| name(&hidden, to, millis));
        match named {
            Ok((published, millis)) => Ok(Self {
                file,
                path: to.published(millis),
                hidden,
                directory: to.directory().to_owned(),
                published,
                millis,
                opened: Instant::now(),
                len: 0,
                name_synced: false,
            }),
            Err(error) => {
                // Best effort: an orphan is empty, and passed over because its name is hidden.
                let _ = fs::remove_file(&hidden);
                Err(failed(error))
            }
        }
    }

    pub(crate) fn path(&self) -> &Path {
        &self.path
    }

    pub(crate) fn millis(&self) -> u64 {
        self.millis
    }

    pub(crate) fn opened(&self) -> Instant {
        self.opened
    }

    pub(crate) fn len(&self) -> u64 {
        self.len
    }

    /// Writes whole lines, all or up to some line end.
    ///
    /// After a failure the segment must be finished: what would follow a torn line, even a line that
    /// was cut off again, could be joined to it by a disk that gave up in between.
    pub(crate) fn write(&mut self, text: &[u8]) -> Result<(), Torn> {
        let (written, outcome) = write_some(&mut self.file, text);
        let Err(error) = outcome else {
            self.len += u64::try_from(written).unwrap_or(u64::MAX);
            return Ok(());
        };
        let kept = lines::whole(text.get(..written).unwrap_or(text));
        self.len += u64::try_from(kept).unwrap_or(u64::MAX);
        // If this fails too, the reader cuts the torn line off.
        let _ = self.file.set_len(self.len);
        Err(Torn { kept, error: Error::new(Action::Write, &self.path, error) })
    }

    /// Brings what is written, and the name, to the disk.
    pub(crate) fn sync(&mut self) -> Result<(), Error> {
        let synced = self.file.sync_all().and_then(|()| {
            if !self.name_synced {
                File::open(&self.directory)?.sync_all()?;
                self.name_synced = true;
            }
            Ok(())
        });
        synced.map_err(|error| Error::new(Action::Sync, &self.path, error))
    }

    /// Completes the segment: everybody may read it now. An empty one is removed.
    pub(crate) fn finish(mut self, durability: Durability) -> Result<(), Error> {
        if self.published == Published::Doubled {
            self.unhide();
        }
        if self.len == 0 {
            return self.remove();
        }
        let synced = match durability {
            Durability::None => Ok(()),
            Durability::Seal => {
                self.file.sync_data().map_err(|error| Error::new(Action::Sync, &self.path, error))
            }
            Durability::Flush => self.sync(),
        };
        // Before the close, not by it: the kernel tells inotify of a close before it frees the lock,
        // and a forked child may hold the same open file for much longer.
        let unlocked =
            lock::unlock(&self.file).map_err(|error| Error::new(Action::Unlock, &self.path, error));
        let Self { file, path, published, .. } = self;
        drop(file);
        if published != Published::Renamed {
            announce(&path);
        }
        synced.and(unlocked)
    }
}

impl Segment {
    /// Removes the second name before anybody may claim the segment: where others may write it would
    /// pass for a file of theirs. What stays even so is swept.
    fn unhide(&self) {
        if leads_to(&self.hidden, &self.file).unwrap_or(false) {
            let _ = uninterrupted(|| fs::remove_file(&self.hidden));
        }
    }

    /// Takes an empty segment away, unless its name leads to another file by now.
    fn remove(self) -> Result<(), Error> {
        let removed = leads_to(&self.path, &self.file).and_then(|ours| {
            if ours { uninterrupted(|| fs::remove_file(&self.path)) } else { Ok(()) }
        });
        removed.map_err(|error| Error::new(Action::Remove, &self.path, error))
    }
}

/// Opens and closes the published name for writing, so that inotify reports a close under it.
fn announce(path: &Path) {
    // Should it fail, watchers find the segment at their next scan.
    let _ = OpenOptions::new().append(true).custom_flags(nix::libc::O_NOFOLLOW).open(path);
}

fn create_hidden(to: &Destination, mode: u32) -> io::Result<(PathBuf, File)> {
    static SERIAL: AtomicU64 = AtomicU64::new(0);
    for _ in 0..ATTEMPTS {
        let hidden = to.hidden(process::id(), SERIAL.fetch_add(1, Ordering::Relaxed));
        let mut options = OpenOptions::new();
        options.write(true).create_new(true).mode(mode).custom_flags(nix::libc::O_NOFOLLOW);
        match options.open(&hidden) {
            // An earlier process with our number died here. The serial is new at each turn.
            Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {}
            Err(error) => return Err(error),
            Ok(file) => {
                // The mode asked for, whatever the umask.
                let ready = uninterrupted(|| file.set_permissions(Permissions::from_mode(mode)));
                return ready.map(|()| (hidden.clone(), file)).inspect_err(|_| {
                    let _ = fs::remove_file(&hidden);
                });
            }
        }
    }
    Err(io::ErrorKind::AlreadyExists.into())
}

fn lock_new(file: &File) -> io::Result<()> {
    if lock::try_exclusive(file)? { Ok(()) } else { Err(io::ErrorKind::WouldBlock.into()) }
}

fn name(hidden: &Path, to: &Destination, first: u64) -> io::Result<(Published, u64)> {
    let mut probe = Probe::new(first);
    loop {
        match publish(hidden, &to.published(probe.millis())) {
            Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {
                if !probe.taken(present) {
                    return Err(error);
                }
            }
            outcome => return outcome.map(|published| (published, probe.millis())),
        }
    }
}

/// Milliseconds since the Unix epoch by the wall clock.
pub(crate) fn present() -> u64 {
    let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    u64::try_from(since.as_millis()).unwrap_or(u64::MAX)
}

/// Writes until all is written or the system refuses; says how far it came.
fn write_some(file: &mut File, text: &[u8]) -> (usize, io::Result<()>) {
    let mut written = 0;
    while let Some(rest) = text.get(written..).filter(|rest| !rest.is_empty()) {
        match uninterrupted(|| file.write(rest)) {
            Ok(0) => return (written, Err(io::ErrorKind::WriteZero.into())),
            Ok(more) => written += more,
            Err(error) => return (written, Err(error)),
        }
    }
    (written, Ok(()))
}

#[cfg(test)]
impl Segment {
    /// Has four bytes and fails to be synced: that is what devices answer.
    pub(crate) fn unsyncable(device: &str) -> Self {
        Self {
            file: OpenOptions::new().write(true).open(device).unwrap(),
            path: PathBuf::from("a.0.prom"),
            hidden: PathBuf::new(),
            directory: PathBuf::from("."),
            published: Published::Renamed,
            millis: 0,
            opened: Instant::now(),
            len: 4,
            name_synced: false,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A segment whose hidden name could not be removed when it was published.
    fn doubled(to: &Destination, text: &[u8]) -> Segment {
        let mut segment = Segment::create(to, 0o600, 1).unwrap();
        fs::hard_link(&segment.path, &segment.hidden).unwrap();
        segment.published = Published::Doubled;
        segment.write(text).unwrap();
        segment
    }

    #[test]
    fn a_hidden_name_that_stayed_is_gone_when_the_segment_is_complete() {
        for text in [&b"a 1\n"[..], b""] {
            let directory = tempfile::tempdir().unwrap();
            let to = Destination::new(&directory.path().join("a.")).unwrap();
            let segment = doubled(&to, text);
            let (path, hidden) = (segment.path.clone(), segment.hidden.clone());
            assert!(hidden.exists());
            segment.finish(Durability::None).unwrap();
            assert!(!hidden.exists());
            assert_eq!(!text.is_empty(), path.exists());
        }
    }

    #[test]
    fn a_hidden_name_that_is_anothers_by_now_stays() {
        let directory = tempfile::tempdir().unwrap();
        let to = Destination::new(&directory.path().join("a.")).unwrap();
        let segment = doubled(&to, b"a 1\n");
        let hidden = segment.hidden.clone();
        fs::remove_file(&hidden).unwrap();
        fs::write(&hidden, "another's").unwrap();
        segment.finish(Durability::None).unwrap();
        assert_eq!("another's", fs::read_to_string(&hidden).unwrap());
    }
}
