//! `ConsumerPlan`: what a consumer process is told to do.

use std::path::PathBuf;
use std::time::Duration;

use crate::storm::options::Options;
use crate::storm::outcome::Outcome;

#[derive(Clone, Debug)]
pub(crate) struct ConsumerPlan {
    pub(crate) directory: PathBuf,
    pub(crate) notes: PathBuf,
    pub(crate) seed: u64,
    /// One callback in this many fails or panics, before it noted anything; 0 for none.
    pub(crate) fails_one_in: u64,
    /// How long each callback takes.
    pub(crate) slowness: Duration,
    /// The first callback does not return before the input ends.
    pub(crate) blocks: bool,
    /// It uses up its own descriptors, again and again.
    pub(crate) hungry: bool,
    /// When the input has ended: how long to go on without a new segment while some are left.
    pub(crate) patience: Duration,
    /// So many segments are kept beside the notes.
    pub(crate) keeps: u64,
    /// Zero for the default.
    pub(crate) rescan: Duration,
    /// How long an empty segment is left alone.
    pub(crate) grace: Duration,
}

impl Default for ConsumerPlan {
    fn default() -> Self {
        Self {
            directory: PathBuf::new(),
            notes: PathBuf::new(),
            seed: 0,
            fails_one_in: 0,
            slowness: Duration::ZERO,
            blocks: false,
            hungry: false,
            patience: Duration::from_secs(10),
            keeps: 0,
            rescan: Duration::ZERO,
            grace: Duration::from_secs(1),
        }
    }
}

impl ConsumerPlan {
    pub(crate) fn options(&self) -> Options {
        let mut options = Options::default();
        options.set("directory", self.directory.display());
        options.set("notes", self.notes.display());
        options.set("seed", self.seed);
        options.set("fails_one_in", self.fails_one_in);
        options.set("slowness", self.slowness.as_millis());
        options.set("blocks", self.blocks);
        options.set("hungry", self.hungry);
        options.set("patience", self.patience.as_millis());
        options.set("keeps", self.keeps);
        options.set("rescan", self.rescan.as_millis());
        options.set("grace", self.grace.as_millis());
        options
    }

    pub(crate) fn read(options: &Options) -> Outcome<Self> {
        Ok(Self {
            directory: options.path("directory")?,
            notes: options.path("notes")?,
            seed: options.number("seed")?,
            fails_one_in: options.number("fails_one_in")?,
            slowness: options.millis("slowness")?,
            blocks: options.text("blocks")? == "true",
            hungry: options.text("hungry")? == "true",
            patience: options.millis("patience")?,
            keeps: options.number("keeps")?,
            rescan: options.millis("rescan")?,
            grace: options.millis("grace")?,
        })
    }
}
