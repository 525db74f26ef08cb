//! `Untold`: a failure that waits for a caller who can be told of it.

use crate::error::{Action, Error};

/// One failure; of several the first, unless a later one is graver.
///
/// A failed write or creation leaves the lines in memory, where another try mends it. A failed sync
/// is grave: its lines are in a file and not on the disk, and no try brings them there.
#[derive(Debug, Default)]
pub(crate) struct Untold(Option<Error>);

impl Untold {
    pub(crate) fn keep(&mut self, error: Error) {
        if self.0.is_none() || (is_grave(&error) && !self.is_grave()) {
            self.0 = Some(error);
        }
    }

    /// Tells it; the next call tells nothing.
    pub(crate) fn tell(&mut self) -> Result<(), Error> {
        self.0.take().map_or(Ok(()), Err)
    }

    /// Whether lines are not where they should be, although none is left in memory.
    pub(crate) fn is_grave(&self) -> bool {
        self.0.as_ref().is_some_and(is_grave)
    }
}

fn is_grave(error: &Error) -> bool {
    error.action() == Action::Sync
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::io::ErrorKind;
    use std::path::Path;

    #[test]
    fn a_failed_sync_takes_the_place_of_what_can_be_mended_and_keeps_it() {
        let error = |action, path: &str| Error::new(action, path, ErrorKind::Other.into());
        let mut untold = Untold::default();
        untold.tell().unwrap();
        untold.keep(error(Action::Write, "first"));
        untold.keep(error(Action::Create, "second"));
        assert!(!untold.is_grave());
        untold.keep(error(Action::Sync, "third"));
        untold.keep(error(Action::Sync, "fourth"));
        untold.keep(error(Action::Write, "fifth"));
        assert!(untold.is_grave());
        assert_eq!(Path::new("third"), untold.tell().unwrap_err().path());
        assert!(!untold.is_grave());
        untold.tell().unwrap();
    }
}
