//! `WriterPlan`: what a writer process is told to do.

use std::path::PathBuf;
use std::time::Duration;

use biometrics_prometheus::{Durability, Emitter, LabelName};

use crate::storm::clock::Clock;
use crate::storm::forking::Forking;
use crate::storm::options::Options;
use crate::storm::outcome::Outcome;
use crate::storm::sample::label;

/// What a writer does when all is emitted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Rest {
    /// Closes and ends.
    End,
    /// Closes, and lives until its input ends.
    Hold,
    /// Is idle until its input ends, and closes only then.
    Idle,
}

#[derive(Clone, Debug)]
pub(crate) struct WriterPlan {
    pub(crate) prefix: PathBuf,
    pub(crate) writer: u64,
    /// Samples; the end of the input ends it earlier.
    pub(crate) count: u64,
    pub(crate) segment_size: usize,
    pub(crate) flush_interval: Duration,
    /// Samples between two flushes; 0 for none.
    pub(crate) flush_every: u64,
    pub(crate) clock: Clock,
    /// A pause after every collection.
    pub(crate) pace: Duration,
    pub(crate) rest: Rest,
    pub(crate) forking: Forking,
    pub(crate) syncs: bool,
    /// It uses up its own descriptors, again and again.
    pub(crate) hungry: bool,
}

impl WriterPlan {
    pub(crate) fn new(count: u64) -> Self {
        Self {
            prefix: PathBuf::new(),
            writer: 0,
            count,
            segment_size: 4096,
            flush_interval: Duration::from_secs(1),
            flush_every: 0,
            clock: Clock::Steady,
            pace: Duration::ZERO,
            rest: Rest::End,
            forking: Forking::Never,
            syncs: false,
            hungry: false,
        }
    }

    /// A writer that goes on until it is told to end, or killed.
    pub(crate) fn endless() -> Self {
        Self { pace: Duration::from_micros(200), flush_every: 100, ..Self::new(u64::MAX) }
    }

    pub(crate) fn emitter(&self) -> Outcome<Emitter> {
        let durability = if self.syncs { Durability::Flush } else { Durability::None };
        Ok(Emitter::builder()
            .prefix(&self.prefix)
            .segment_size(self.segment_size)
            .flush_interval(self.flush_interval)
            .durability(durability)
            .label(LabelName::new("writer")?, label(self.writer, self.clock))
            .build())
    }

    pub(crate) fn options(&self) -> Options {
        let mut options = Options::default();
        options.set("prefix", self.prefix.display());
        options.set("writer", self.writer);
        options.set("count", self.count);
        options.set("segment_size", self.segment_size);
        options.set("flush_interval", self.flush_interval.as_millis());
        options.set("flush_every", self.flush_every);
        options.set("clock", self.clock.name());
        options.set("pace", self.pace.as_micros());
        options.set("rest", ["end", "hold", "idle"].get(self.rest as usize).unwrap_or(&"end"));
        options.set("forking", self.forking.name());
        options.set("syncs", self.syncs);
        options.set("hungry", self.hungry);
        options
    }

    pub(crate) fn read(options: &Options) -> Outcome<Self> {
        Ok(Self {
            prefix: options.path("prefix")?,
            writer: options.number("writer")?,
            count: options.number("count")?,
            segment_size: options.number("segment_size")?,
            flush_interval: options.millis("flush_interval")?,
            flush_every: options.number("flush_every")?,
            clock: Clock::named(options.text("clock")?).ok_or("no such clock")?,
            pace: Duration::from_micros(options.number("pace")?),
            rest: match options.text("rest")? {
                "hold" => Rest::Hold,
                "idle" => Rest::Idle,
                _ => Rest::End,
            },
            forking: Forking::named(options.text("forking")?).ok_or("no such forking")?,
            syncs: options.text("syncs")? == "true",
            hungry: options.text("hungry")? == "true",
        })
    }
}
