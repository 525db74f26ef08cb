//! `Reader`: a finished segment, held under a lock, given out in whole lines.

use std::fs::{File, Metadata, OpenOptions};
use std::io::{self, Read};
use std::ops::Deref;
use std::os::unix::fs::OpenOptionsExt as _;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use crate::error::{Action, Error};
use crate::extent::Extent;
use crate::identity::{Held, is_lent};
use crate::interrupt::uninterrupted;
use crate::lock;
use crate::totals::count_torn;

/// A finished segment under a lock.
///
/// [`Read`] gives the whole lines of the segment: a line that a killed writer left unfinished, and
/// everything from the first NUL on, which is what a power cut leaves, is kept back; see
/// [`torn_bytes`](Self::torn_bytes). What is appended after the opening by someone who does not
/// care about the lock is not read.
///
/// The lock is freed when the reader is dropped, and with it each [`witness`](Self::witness) and each copy of
/// its descriptor.
#[derive(Debug)]
pub struct Reader {
    /// With its metadata as it was when the lock was taken.
    held: Arc<Held>,
    path: PathBuf,
    extent: Extent,
    /// Whether its torn tail was counted.
    counted: AtomicBool,
}

/// Keeps the lock of a [`Reader`] that may be gone, and tells what became of the file; from
/// [`Reader::witness`].
#[derive(Clone, Debug)]
pub struct Witness(Arc<Held>);

/// What came of [`Reader::claim`].
#[derive(Debug)]
pub enum Claim {
    /// The segment is finished and belongs to this reader alone.
    Taken(Reader),
    /// Somebody else holds a lock: its writer, or another consumer.
    Busy,
    /// It was removed or replaced in the meantime.
    Gone,
    /// A symbolic link, directory, FIFO, socket or device; or a file with several names in a
    /// directory that anybody may write to, where it need not be the property of who named it.
    Foreign,
}

impl Reader {
    /// Opens a segment and waits until its writer has finished it. Takes a shared lock.
    ///
    /// **Blocks** for as long as a writer, in this process or another, holds the segment open.
    ///
    /// # Errors
    ///
    /// The operating system's; [`io::ErrorKind::InvalidInput`] for what is not a regular file, since
    /// symbolic links are not followed; [`io::ErrorKind::NotFound`] also if a consumer has removed the
    /// segment meanwhile. The [`Error`] is inside.
    pub fn open(path: impl AsRef<Path>) -> io::Result<Self> {
        let (path, held) = (path.as_ref(), open_regular(path.as_ref())?);
        lock::wait_shared(&held.file).map_err(|error| Error::new(Action::Lock, path, error))?;
        Self::shared(held, path)
    }

    /// Opens a segment unless it is being written. Takes a shared lock; never waits.
    ///
    /// # Errors
    ///
    /// As [`open`](Self::open).
    pub fn try_open(path: impl AsRef<Path>) -> io::Result<Option<Self>> {
        let (path, held) = (path.as_ref(), open_regular(path.as_ref())?);
        let granted = lock::try_shared(&held.file);
        if granted.map_err(|error| Error::new(Action::Lock, path, error))? {
            Self::shared(held, path).map(Some)
        } else {
            Ok(None)
        }
    }

    /// Takes a finished segment for this reader alone; never waits.
    ///
    /// The exclusive lock and a look at the path afterwards make sure that of all who try, in this
    /// process and others, one gets it, and nobody gets it again once it was removed.
    ///
    /// # Errors
    ///
    /// The operating system's, except those that [`Claim`] has a word for. The [`Error`] is inside.
    pub fn claim(path: impl AsRef<Path>) -> io::Result<Claim> {
        let path = path.as_ref();
        let opened = open_file(path, false).and_then(|file| {
            let metadata = uninterrupted(|| file.metadata())?;
            Ok((file, metadata))
        });
        let (file, metadata) = match opened {
            Ok(opened) => opened,
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Claim::Gone),
            Err(error) if is_foreign(&error) => return Ok(Claim::Foreign),
            Err(error) => return Err(Error::new(Action::Open, path, error).into()),
        };
        if !metadata.is_file() {
            return Ok(Claim::Foreign);
        }
        let held = Held::new(file, metadata);
        let claimed = lock_for_claim(held, path);
        let claimed = claimed.map_err(|error| Error::new(Action::Lock, path, error))?;
        let Some(held) = claimed else { return Ok(Claim::Busy) };
        let Some(named) = named(path, &held)? else { return Ok(Claim::Gone) };
        // Not before the lock is held: a segment that is being published has two names.
        let lent = is_lent(path, &named);
        if lent.map_err(|error| Error::new(Action::Open, path, error))? {
            return Ok(Claim::Foreign);
        }
        Ok(Claim::Taken(Self::locked(held, path, named)))
    }

    /// A consumer may have taken the segment away while we waited for the lock.
    fn shared(held: Held, path: &Path) -> io::Result<Self> {
        let Some(named) = named(path, &held)? else {
            return Err(Error::new(Action::Open, path, io::ErrorKind::NotFound.into()).into());
        };
        Ok(Self::locked(held, path, named))
    }

    fn locked(mut held: Held, path: &Path, metadata: Metadata) -> Self {
        let extent = Extent::new(metadata.len());
        held.metadata = metadata;
        let (held, path) = (Arc::new(held), path.to_owned());
        Self { held, path, extent, counted: AtomicBool::new(false) }
    }

    /// The path it was opened by.
    #[must_use]
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// The length of the file in bytes when the lock was taken, a torn tail included.
    #[must_use]
    #[expect(
        clippy::len_without_is_empty,
        reason = "an empty file and no whole line are two things"
    )]
    pub fn len(&self) -> u64 {
        self.extent.len()
    }

    /// The metadata of the file when the lock was taken; costs no call. [`File::metadata`] asks anew.
    #[must_use]
    pub fn metadata_at_lock(&self) -> &Metadata {
        &self.held.metadata
    }

    /// Shares the lock: it is freed when this reader and all its witnesses are dropped.
    #[must_use]
    pub fn witness(&self) -> Witness {
        Witness(Arc::clone(&self.held))
    }

    /// How many bytes at the end are no whole lines, and are kept back: 0 for a sealed segment,
    /// more when its writer was killed or the power failed. Reads the part of the file that was not
    /// read yet.
    ///
    /// # Errors
    ///
    /// The operating system's, with the [`Error`] inside.
    pub fn torn_bytes(&self) -> io::Result<u64> {
        let whole = self.extent.find_end(&self.held.file);
        let whole = whole.map_err(|error| Error::new(Action::Read, &self.path, error))?;
        let torn = self.extent.len() - whole;
        self.found_torn(torn);
        Ok(torn)
    }

    fn found_torn(&self, bytes: u64) {
        if bytes > 0 && !self.counted.swap(true, Ordering::Relaxed) {
            count_torn(bytes);
        }
    }

    /// Removes the segment while it is still locked.
    ///
    /// After a [`claim`](Self::claim) nobody takes it again. A shared lock keeps writers and claims
    /// away, but not other readers. Linux removes names, not files: should somebody who holds no
    /// lock remove the segment in the moment between the last look and the removal, and a writer
    /// take its very name, then that writer's file is removed.
    ///
    /// # Errors
    ///
    /// The operating system's, with the [`Error`] inside. That somebody else has removed it is no
    /// error, and a file that has got its name since then is left alone.
    pub fn unlink(self) -> io::Result<()> {
        let removed = self.held.remove(&self.path);
        Ok(removed.map_err(|error| Error::new(Action::Remove, &self.path, error))?)
    }
}

impl Witness {
    /// Whether the segment is gone: [`Reader::unlink`] has removed it, or it has no name any more. One whose
    /// name leads to another file, which `unlink` leaves alone, is not.
    #[must_use]
    pub fn is_removed(&self) -> bool {
        self.0.is_removed()
    }
}

impl Read for Reader {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let read = self.extent.read(&self.held.file, buffer);
        let read = read.map_err(|error| Error::new(Action::Read, &self.path, error))?;
        if read == 0 && !buffer.is_empty() {
            self.found_torn(self.extent.rest());
        }
        Ok(read)
    }

    /// One look for all that there is room for, where a reader of unknown length begins with a small
    /// one. A length is no more than a claim, for a file may have holes: so the pieces grow.
    fn read_to_end(&mut self, text: &mut Vec<u8>) -> io::Result<usize> {
        let (before, mut piece) = (text.len(), FIRST_PIECE);
        loop {
            let begin = text.len();
            let room = usize::try_from(self.extent.rest()).unwrap_or(piece).min(piece);
            // To look once more for nothing would double a vector that is just full.
            if room == 0 {
                return Ok(begin - before);
            }
            text.try_reserve(room)?;
            text.resize(begin + room, 0);
            let read = self.read(text.get_mut(begin..).unwrap_or_default());
            text.truncate(begin + *read.as_ref().unwrap_or(&0));
            if read? == 0 {
                return Ok(begin - before);
            }
            piece = piece.saturating_mul(2).min(LAST_PIECE);
        }
    }
}

const FIRST_PIECE: usize = 64 * 1024;
const LAST_PIECE: usize = 1024 * 1024;

/// The file itself, for its metadata. Reading from it directly passes by the cut at the last whole
/// line, and unlocking it gives the segment away.
impl Deref for Reader {
    type Target = File;

    fn deref(&self) -> &File {
        &self.held.file
    }
}

/// `O_NONBLOCK` keeps the open of a FIFO from waiting; it means nothing for regular files.
fn open_file(path: &Path, write: bool) -> io::Result<File> {
    let flags = nix::libc::O_NOFOLLOW | nix::libc::O_NONBLOCK;
    OpenOptions::new().read(true).write(write).custom_flags(flags).open(path)
}

fn open_regular(path: &Path) -> io::Result<Held> {
    let opened = open_file(path, false).and_then(|file| {
        let metadata = uninterrupted(|| file.metadata())?;
        let held = metadata.is_file().then(|| Held::new(file, metadata));
        held.ok_or_else(|| io::Error::new(io::ErrorKind::InvalidInput, IRREGULAR))
    });
    let opened = opened.map_err(|error| match is_foreign(&error) {
        true => io::Error::new(io::ErrorKind::InvalidInput, IRREGULAR),
        false => error,
    });
    Ok(opened.map_err(|error| Error::new(Action::Open, path, error))?)
}

const IRREGULAR: &str = "not a regular file";

/// `ELOOP` is the answer of `O_NOFOLLOW` to a symbolic link, `ENXIO` that of a socket.
fn is_foreign(error: &io::Error) -> bool {
    matches!(error.raw_os_error(), Some(nix::libc::ELOOP | nix::libc::ENXIO))
}

/// Opened for reading, so that our own close is no `IN_CLOSE_WRITE` to other watchers. NFS wants a
/// descriptor open for writing before it locks exclusively, and says `EBADF` otherwise.
fn lock_for_claim(held: Held, path: &Path) -> io::Result<Option<Held>> {
    match lock::try_exclusive(&held.file) {
        Err(error) if error.raw_os_error() == Some(nix::libc::EBADF) => {
            let file = open_file(path, true)?;
            let metadata = uninterrupted(|| file.metadata())?;
            // What took the place of a regular file meanwhile is not locked.
            let granted = metadata.is_file() && lock::try_exclusive(&file)?;
            Ok(granted.then(|| Held::new(file, metadata)))
        }
        granted => Ok(granted?.then_some(held)),
    }
}

fn named(path: &Path, held: &Held) -> io::Result<Option<Metadata>> {
    Ok(held.named(path).map_err(|error| Error::new(Action::Open, path, error))?)
}
