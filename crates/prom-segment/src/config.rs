//! `Config`: what a writer was built with.

use std::fmt;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Instant;

use crate::durability::Durability;
use crate::error::Error;
use crate::loss::Loss;
use crate::name::Destination;
use crate::observer::Observer;
use crate::retention::Retention;
use crate::rotation::Rotation;

pub(crate) struct Config {
    pub(crate) prefix: PathBuf,
    pub(crate) rotation: Rotation,
    pub(crate) retention: Retention,
    pub(crate) mode: u32,
    pub(crate) durability: Durability,
    /// Whether the process's timer thread seals idle segments.
    pub(crate) background: bool,
    /// Between two collections, this many bytes wait in memory at most.
    pub(crate) buffer_size: usize,
    /// Within a collection, or while the disk fails, this many.
    pub(crate) buffer_limit: usize,
    pub(crate) observer: Option<Arc<dyn Observer>>,
}

/// For writers without an observer.
struct Nobody;

impl Observer for Nobody {}

impl Config {
    pub(crate) fn observer(&self) -> &dyn Observer {
        self.observer.as_deref().unwrap_or(&Nobody)
    }

    /// Tells of lines that an append refused.
    pub(crate) fn refused(&self, lines: u64, refusal: &Error) {
        self.observer().missed(lines, Loss::of(refusal));
    }

    /// Where segments go, if the prefix is fit for it.
    pub(crate) fn destination(&self) -> Result<Destination, Error> {
        let invalid = |why| Error::invalid(&self.prefix, why);
        let to = Destination::new(&self.prefix).map_err(invalid)?;
        if self.retention.is_limited() && to.ends_in_digit() {
            return Err(invalid(
                "the prefix ends in a digit, so no old segment is known by its name",
            ));
        }
        Ok(to)
    }

    /// When a segment opened at that time is old enough; `None` where that is beyond the clock.
    pub(crate) fn over_age(&self, opened: Instant) -> Option<Instant> {
        opened.checked_add(self.rotation.max_age)
    }
}

impl fmt::Debug for Config {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Config")
            .field("prefix", &self.prefix)
            .field("rotation", &self.rotation)
            .field("retention", &self.retention)
            .field("mode", &format_args!("{:#o}", self.mode))
            .field("durability", &self.durability)
            .field("background", &self.background)
            .field("buffer_size", &self.buffer_size)
            .field("buffer_limit", &self.buffer_limit)
            .finish_non_exhaustive()
    }
}
