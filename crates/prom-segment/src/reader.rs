//! `Reader`: a finished segment, held under a lock, given out in whole lines.

use std::fs::{self, File, OpenOptions};
use std::io::{self, Read};
use std::ops::Deref;
use std::os::unix::fs::OpenOptionsExt as _;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, Ordering};

use crate::error::{Action, Error};
use crate::extent::Extent;
use crate::identity::{is_lent, leads_to};
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
/// The lock is freed when the reader is dropped.
#[derive(Debug)]
pub struct Reader {
    file: File,
    path: PathBuf,
    extent: Extent,
    /// Whether its torn tail was counted.
    counted: AtomicBool,
}

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
        let (path, file) = (path.as_ref(), open_regular(path.as_ref())?);
        lock::wait_shared(&file).map_err(|error| Error::new(Action::Lock, path, error))?;
        Self::shared(file, path)
    }

    /// Opens a segment unless it is being written. Takes a shared lock; never waits.
    ///
    /// # Errors
    ///
    /// As [`open`](Self::open).
    pub fn try_open(path: impl AsRef<Path>) -> io::Result<Option<Self>> {
        let (path, file) = (path.as_ref(), open_regular(path.as_ref())?);
        let granted = lock::try_shared(&file);
        if granted.map_err(|error| Error::new(Action::Lock, path, error))? {
            Self::shared(file, path).map(Some)
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
        let claimed = lock_for_claim(file, path);
        match claimed.map_err(|error| Error::new(Action::Lock, path, error))? {
            None => Ok(Claim::Busy),
            Some(file) if !still(path, &file)? => Ok(Claim::Gone),
            // Not before the lock is held: a segment that is being published has two names.
            Some(file) if lent(path, &file)? => Ok(Claim::Foreign),
            Some(file) => Self::locked(file, path).map(Claim::Taken),
        }
    }

    /// A consumer may have taken the segment away while we waited for the lock.
    fn shared(file: File, path: &Path) -> io::Result<Self> {
        if still(path, &file)? {
            Self::locked(file, path)
        } else {
            Err(Error::new(Action::Open, path, io::ErrorKind::NotFound.into()).into())
        }
    }

    fn locked(file: File, path: &Path) -> io::Result<Self> {
        let metadata = uninterrupted(|| file.metadata());
        let metadata = metadata.map_err(|error| Error::new(Action::Read, path, error))?;
        let extent = Extent::new(metadata.len());
        Ok(Self { file, path: path.to_owned(), extent, counted: AtomicBool::new(false) })
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

    /// How many bytes at the end are no whole lines, and are kept back: 0 for a sealed segment,
    /// more when its writer was killed or the power failed. Reads the part of the file that was not
    /// read yet.
    ///
    /// # Errors
    ///
    /// The operating system's, with the [`Error`] inside.
    pub fn torn_bytes(&self) -> io::Result<u64> {
        let whole = self.extent.find_end(&self.file);
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
        if !still(&self.path, &self.file)? {
            return Ok(());
        }
        match uninterrupted(|| fs::remove_file(&self.path)) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => {
                Err(Error::new(Action::Remove, &self.path, error).into())
            }
            _ => Ok(()),
        }
    }
}

impl Read for Reader {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let read = self.extent.read(&self.file, buffer);
        let read = read.map_err(|error| Error::new(Action::Read, &self.path, error))?;
        if read == 0 && !buffer.is_empty() {
            self.found_torn(self.extent.rest());
        }
        Ok(read)
    }
}

/// The file itself, for its metadata. Reading from it directly passes by the cut at the last whole
/// line, and unlocking it gives the segment away.
impl Deref for Reader {
    type Target = File;

    fn deref(&self) -> &File {
        &self.file
    }
}

/// `O_NONBLOCK` keeps the open of a FIFO from waiting; it means nothing for regular files.
fn open_file(path: &Path, write: bool) -> io::Result<File> {
    let flags = nix::libc::O_NOFOLLOW | nix::libc::O_NONBLOCK;
    OpenOptions::new().read(true).write(write).custom_flags(flags).open(path)
}

fn open_regular(path: &Path) -> io::Result<File> {
    let opened = open_file(path, false).and_then(|file| {
        let regular = uninterrupted(|| file.metadata())?.is_file();
        if regular { Ok(file) } else { Err(io::Error::new(io::ErrorKind::InvalidInput, IRREGULAR)) }
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
fn lock_for_claim(file: File, path: &Path) -> io::Result<Option<File>> {
    match lock::try_exclusive(&file) {
        Err(error) if error.raw_os_error() == Some(nix::libc::EBADF) => {
            let file = open_file(path, true)?;
            Ok(lock::try_exclusive(&file)?.then_some(file))
        }
        granted => Ok(granted?.then_some(file)),
    }
}

fn still(path: &Path, file: &File) -> io::Result<bool> {
    Ok(leads_to(path, file).map_err(|error| Error::new(Action::Open, path, error))?)
}

fn lent(path: &Path, file: &File) -> io::Result<bool> {
    Ok(is_lent(path, file).map_err(|error| Error::new(Action::Open, path, error))?)
}
