//! `Error`: what a watcher could not do, to which path, with the operating system's own error inside.

use std::error;
use std::fmt;
use std::io;
use std::path::{Path, PathBuf};

/// An error of the watcher itself; what a caller's closure returns is handed back as it is.
///
/// It names the directory or the segment and keeps the operating system's error as its
/// [`source`](error::Error::source). `From<Error> for io::Error` keeps the kind and carries this
/// error inside, where [`io::Error::get_ref`] and `downcast_ref` find it.
#[derive(Debug)]
pub struct Error {
    failed: Failed,
    path: PathBuf,
    source: io::Error,
    limit: Option<&'static str>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Failed {
    Look,
    Scan,
    Watch,
    Take,
}

impl Failed {
    fn as_str(self) -> &'static str {
        match self {
            Self::Look => "cannot look at directory",
            Self::Scan => "cannot scan directory",
            Self::Watch => "cannot watch directory",
            Self::Take => "cannot take segment",
        }
    }
}

impl Error {
    pub(crate) fn look(directory: &Path, source: io::Error) -> Self {
        Self::new(Failed::Look, directory, source)
    }

    pub(crate) fn scan(directory: &Path, source: io::Error) -> Self {
        Self::new(Failed::Scan, directory, source)
    }

    /// `limit` names the setting to raise where the kernel's answer alone would mislead: a full
    /// table of watches is reported as a full disk.
    pub(crate) fn watch(directory: &Path, source: io::Error, limit: Option<&'static str>) -> Self {
        Self { limit, ..Self::new(Failed::Watch, directory, source) }
    }

    pub(crate) fn take(segment: &Path, source: io::Error) -> Self {
        Self::new(Failed::Take, segment, source)
    }

    fn new(failed: Failed, path: &Path, source: io::Error) -> Self {
        Self { failed, path: path.to_owned(), source, limit: None }
    }

    /// The directory or the segment that is concerned.
    #[must_use]
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// The kind of the operating system's error.
    #[must_use]
    pub fn kind(&self) -> io::ErrorKind {
        self.source.kind()
    }

    /// Whether one segment is concerned and not the directory; the others are not held up by it.
    #[must_use]
    pub fn is_segment(&self) -> bool {
        self.failed == Failed::Take
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // The segment crate's own error names the path already.
        if self
            .source
            .get_ref()
            .is_some_and(<dyn error::Error + Send + Sync>::is::<prom_segment::Error>)
        {
            return self.source.fmt(f);
        }
        write!(f, "{} `{}`: {}", self.failed.as_str(), self.path.display(), self.source)?;
        self.limit.map_or(Ok(()), |limit| write!(f, " (limited by {limit})"))
    }
}

impl error::Error for Error {
    fn source(&self) -> Option<&(dyn error::Error + 'static)> {
        Some(&self.source)
    }
}

impl From<Error> for io::Error {
    fn from(error: Error) -> Self {
        Self::new(error.kind(), error)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_way_into_io_error_loses_nothing() {
        let outer = io::Error::from(Error::take(
            Path::new("/d/a.1.prom"),
            io::Error::from_raw_os_error(nix::libc::EACCES),
        ));
        assert_eq!(io::ErrorKind::PermissionDenied, outer.kind());
        assert_eq!(
            "cannot take segment `/d/a.1.prom`: Permission denied (os error 13)",
            outer.to_string()
        );
        let inner = outer.get_ref().unwrap().downcast_ref::<Error>().unwrap();
        assert_eq!(Path::new("/d/a.1.prom"), inner.path());
        assert!(inner.is_segment());
        let system = error::Error::source(inner).unwrap().downcast_ref::<io::Error>().unwrap();
        assert_eq!(Some(nix::libc::EACCES), system.raw_os_error());
    }

    #[test]
    fn an_exhausted_limit_names_its_setting() {
        let full = io::Error::from_raw_os_error(nix::libc::ENOSPC);
        let error = Error::watch(Path::new("/d"), full, Some("fs.inotify.max_user_watches"));
        assert!(!error.is_segment());
        assert_eq!(
            "cannot watch directory `/d`: No space left on device (os error 28) \
             (limited by fs.inotify.max_user_watches)",
            error.to_string()
        );
    }
}
