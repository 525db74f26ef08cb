//! `Error`: what went wrong with which segment, with the operating system's own error inside.

use std::error;
use std::fmt;
use std::io;
use std::path::{Path, PathBuf};

/// An error of the writer or the reader.
///
/// It names the path and keeps the operating system's error: [`error::Error::source`] is that
/// [`io::Error`], with its raw code. [`From<Error> for io::Error`](#impl-From<Error>-for-Error)
/// keeps the kind and carries this error inside, so nothing is lost on the way up.
#[derive(Debug)]
pub struct Error {
    action: Action,
    path: PathBuf,
    source: io::Error,
    lost_lines: u64,
    untried: bool,
}

/// What was being done when it failed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Action {
    Accept,
    Create,
    Write,
    Sync,
    Unlock,
    Open,
    Lock,
    Read,
    Remove,
}

impl Action {
    fn as_str(self) -> &'static str {
        match self {
            Self::Accept => "cannot accept lines for",
            Self::Create => "cannot create segment",
            Self::Write => "cannot write segment",
            Self::Sync => "cannot sync segment",
            Self::Unlock => "cannot unlock segment",
            Self::Open => "cannot open",
            Self::Lock => "cannot lock",
            Self::Read => "cannot read",
            Self::Remove => "cannot remove",
        }
    }
}

impl Error {
    pub(crate) fn new(action: Action, path: impl Into<PathBuf>, source: io::Error) -> Self {
        Self { action, path: path.into(), source, lost_lines: 0, untried: false }
    }

    pub(crate) fn invalid(path: impl Into<PathBuf>, why: &'static str) -> Self {
        Self::new(Action::Accept, path, io::Error::new(io::ErrorKind::InvalidInput, why))
    }

    pub(crate) fn losing(mut self, lines: u64) -> Self {
        self.lost_lines = lines;
        self
    }

    /// An earlier failure stands for a try that was not made.
    pub(crate) fn untried(mut self) -> Self {
        self.untried = true;
        self
    }

    pub(crate) fn is_untried(&self) -> bool {
        self.untried
    }

    pub(crate) fn action(&self) -> Action {
        self.action
    }

    /// The same failure, to be told a second time.
    ///
    /// The system's error keeps its code; a message of ours is kept as text.
    pub(crate) fn again(&self) -> Self {
        let source = match self.source.raw_os_error() {
            Some(code) => io::Error::from_raw_os_error(code),
            None => io::Error::new(self.source.kind(), self.source.to_string()),
        };
        Self { source, path: self.path.clone(), ..*self }
    }

    /// The segment, or the prefix where no segment had a name yet.
    #[must_use]
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// The kind of the operating system's error.
    #[must_use]
    pub fn kind(&self) -> io::ErrorKind {
        self.source.kind()
    }

    /// The operating system's error code, where the failure came from there.
    #[must_use]
    pub fn raw_os_error(&self) -> Option<i32> {
        self.source.raw_os_error()
    }

    /// Lines that had been accepted and are given up with this error: only `close` gives any up.
    #[must_use]
    pub fn lost_lines(&self) -> u64 {
        self.lost_lines
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} `{}`: {}", self.action.as_str(), self.path.display(), self.source)?;
        match self.lost_lines {
            0 => Ok(()),
            lines => write!(f, " ({lines} accepted lines are lost)"),
        }
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
        let full = Error::new(Action::Write, "/d/a.1.prom", io::Error::from_raw_os_error(28));
        let outer = io::Error::from(full);
        assert_eq!(io::ErrorKind::StorageFull, outer.kind());
        let inner = outer.get_ref().unwrap().downcast_ref::<Error>().unwrap();
        assert_eq!(Path::new("/d/a.1.prom"), inner.path());
        assert_eq!(Some(28), inner.raw_os_error());
        assert_eq!(
            "cannot write segment `/d/a.1.prom`: No space left on device (os error 28)",
            outer.to_string()
        );
    }

    #[test]
    fn told_again_it_is_the_same() {
        let first = Error::invalid("p", "the reason").losing(3);
        assert_eq!(first.to_string(), first.again().to_string());
        let coded = Error::new(Action::Create, "p", io::Error::from_raw_os_error(13));
        assert_eq!(Some(13), coded.again().raw_os_error());
    }
}
