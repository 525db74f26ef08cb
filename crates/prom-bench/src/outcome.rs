//! `Outcome`: what a step of a measurement ends with.

use std::error::Error;

/// An error ends the whole run: a figure of something that failed is no figure.
pub(crate) type Outcome<T = ()> = Result<T, Box<dyn Error>>;

/// Fails with the sentence unless the condition holds.
pub(crate) fn ensure(holds: bool, why: impl FnOnce() -> String) -> Outcome {
    if holds { Ok(()) } else { Err(why().into()) }
}
