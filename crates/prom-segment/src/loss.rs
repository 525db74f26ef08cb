//! `Loss`: why lines come to no segment.

use crate::error::{Action, Error};

/// Why lines that were handed to a writer are not in a segment of its own.
///
/// The first four were refused: [`append_all`](crate::Writer::append_all) returned the error, and
/// the caller may bring them again. The next two had been accepted.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Loss {
    /// Refused: the text is not fit to be read back, or the prefix not fit to be a name.
    Invalid,
    /// Refused: no segment could be created.
    Create,
    /// Refused: lines before these could not be written, or their segment not be completed.
    Write,
    /// Refused: while a failing disk is left alone, lines gather in memory, and there is no more
    /// room; see [`Builder::buffer_limit`](crate::Builder::buffer_limit).
    Limit,
    /// Accepted, and given up by [`Writer::close`](crate::Writer::close), whose error tells of them.
    Close,
    /// Accepted, and given up by a drop, which can tell nobody but the observer.
    Drop,
    /// Accepted before a fork, and left to the parent by the child that goes on. They are lost only
    /// if the parent ends without a flush, as one does that makes a daemon of its child.
    Fork,
}

impl Loss {
    /// Why lines were refused with this error.
    pub(crate) fn of(refusal: &Error) -> Self {
        match refusal.action() {
            _ if refusal.is_untried() => Self::Limit,
            Action::Accept => Self::Invalid,
            Action::Create => Self::Create,
            _ => Self::Write,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::io;

    #[test]
    fn a_refusal_has_the_cause_that_its_error_names() {
        let failed = |action| Error::new(action, "a.", io::ErrorKind::StorageFull.into());
        assert_eq!(Loss::Invalid, Loss::of(&Error::invalid("a.", "why")));
        assert_eq!(Loss::Create, Loss::of(&failed(Action::Create)));
        for action in [Action::Write, Action::Sync, Action::Unlock, Action::Remove] {
            assert_eq!(Loss::Write, Loss::of(&failed(action)));
        }
        for action in [Action::Write, Action::Create] {
            assert_eq!(Loss::Limit, Loss::of(&failed(action).again().untried()));
        }
    }
}
