//! `NameError`: why a text is not a metric or label name.

use core::error::Error;
use core::fmt;

/// Why a text is not a metric or label name.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct NameError {
    pub(crate) noun: Noun,
    pub(crate) fault: Fault,
}

impl NameError {
    /// The illegal character, if that is what is wrong.
    #[must_use]
    pub const fn character(self) -> Option<char> {
        match self.fault {
            Fault::Illegal { character, .. } => Some(character),
            Fault::Empty | Fault::Reserved => None,
        }
    }

    /// Where the fault begins, in bytes from the start of the name.
    #[must_use]
    pub const fn offset(self) -> usize {
        match self.fault {
            Fault::Illegal { offset, .. } => offset,
            Fault::Empty | Fault::Reserved => 0,
        }
    }
}

impl fmt::Display for NameError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let noun = match self.noun {
            Noun::Metric => "metric",
            Noun::Label => "label",
        };
        match self.fault {
            Fault::Empty => write!(f, "the {noun} name is empty"),
            Fault::Reserved => write!(f, "the {noun} name starts with `__`, which is reserved"),
            Fault::Illegal { character, offset } => {
                write!(f, "the {noun} name has an illegal character {character:?} at byte {offset}")
            }
        }
    }
}

impl Error for NameError {}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) enum Noun {
    Metric,
    Label,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) enum Fault {
    Empty,
    Reserved,
    Illegal { character: char, offset: usize },
}
