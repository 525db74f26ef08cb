//! `Failure`: why a check did not pass.

use std::error::Error;
use std::fmt;

/// What a check, or a part of one, comes to.
pub(crate) type Verdict<T = ()> = Result<T, Failure>;

/// Why a check did not pass, in words. Any error becomes one, so that a check that cannot run fails.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Failure(String);

impl Failure {
    pub(crate) fn new(why: impl Into<String>) -> Self {
        Self(why.into())
    }

    /// The same failure, said of something.
    pub(crate) fn of(self, what: impl fmt::Display) -> Self {
        Self(format!("{what}: {self}"))
    }
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl<E: Error> From<E> for Failure {
    fn from(error: E) -> Self {
        let mut why = error.to_string();
        let mut source = error.source();
        while let Some(cause) = source {
            why = format!("{why}: {cause}");
            source = cause.source();
        }
        Self(why)
    }
}

/// Fails unless `holds`, with words that are made only then.
pub(crate) fn ensure(holds: bool, why: impl FnOnce() -> String) -> Verdict {
    if holds { Ok(()) } else { Err(Failure::new(why())) }
}
