//! `Finding`: one place that breaks a rule, and what to do about it.

use std::fmt;

/// One place that breaks a rule.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Finding {
    /// A path relative to the workspace, with a line where there is one.
    place: String,
    /// What is wrong and what to do.
    advice: String,
}

impl Finding {
    pub(crate) fn new(place: impl Into<String>, advice: impl Into<String>) -> Self {
        Self { place: place.into(), advice: advice.into() }
    }

    /// A finding at a line, counted from one.
    pub(crate) fn at(path: &str, line: usize, advice: impl Into<String>) -> Self {
        Self::new(format!("{path}:{line}"), advice)
    }
}

impl fmt::Display for Finding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.place, self.advice)
    }
}
