//! `Config`: what a writer was built with.

use std::fmt;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Instant;

use crate::durability::Durability;
use crate::observer::Observer;
use crate::rotation::Rotation;

pub(crate) struct Config {
    pub(crate) prefix: PathBuf,
    pub(crate) rotation: Rotation,
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

impl Config {
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
            .field("mode", &format_args!("{:#o}", self.mode))
            .field("durability", &self.durability)
            .field("background", &self.background)
            .field("buffer_size", &self.buffer_size)
            .field("buffer_limit", &self.buffer_limit)
            .finish_non_exhaustive()
    }
}
