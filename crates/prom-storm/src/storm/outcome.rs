//! `Outcome`: what the processes of a storm end with.

use std::error::Error;

/// Any error ends a process; the harness reports it.
pub(crate) type Outcome<T = ()> = Result<T, Box<dyn Error>>;
