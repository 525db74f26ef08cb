//! `Builder`: every knob of a writer, with its default.

use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use crate::config::Config;
use crate::durability::Durability;
use crate::observer::Observer;
use crate::rotation::Rotation;
use crate::writer::Writer;

/// Sets up a [`Writer`]; made by [`Writer::builder`].
///
/// | knob | default |
/// |---|---|
/// | [`segment_size`](Self::segment_size) | 64 MiB |
/// | [`max_age`](Self::max_age) | 30 s |
/// | [`mode`](Self::mode) | `0o640` |
/// | [`durability`](Self::durability) | [`Durability::None`] |
/// | [`background`](Self::background) | `true` |
/// | [`buffer_size`](Self::buffer_size) | 8 KiB |
/// | [`buffer_limit`](Self::buffer_limit) | 1 MiB |
/// | [`observer`](Self::observer) | none |
#[derive(Debug)]
#[must_use = "a builder does nothing until `build`"]
pub struct Builder {
    config: Config,
}

impl Writer {
    /// A writer with the default knobs; touches no disk.
    #[must_use]
    pub fn new(prefix: impl Into<PathBuf>) -> Self {
        Self::builder(prefix).build()
    }

    /// Starts from a path prefix: the directory, and what the file names begin with. It is
    /// checked by the first append, which refuses a file name that begins with a dot.
    pub fn builder(prefix: impl Into<PathBuf>) -> Builder {
        Builder::new(prefix.into())
    }
}

impl Builder {
    fn new(prefix: PathBuf) -> Self {
        Self {
            config: Config {
                prefix,
                rotation: Rotation {
                    segment_size: 64 * 1024 * 1024,
                    max_age: Duration::from_secs(30),
                },
                mode: 0o640,
                durability: Durability::None,
                background: true,
                buffer_size: 8 * 1024,
                buffer_limit: 1024 * 1024,
                observer: None,
            },
        }
    }

    /// Bytes after which a segment is sealed, at the next border between two collections. A
    /// collection is split only if it alone is larger, so no segment is larger than twice this and
    /// one [`append`](Writer::append). 0 begins a segment with every append.
    pub fn segment_size(mut self, bytes: u64) -> Self {
        self.config.rotation.segment_size = bytes;
        self
    }

    /// The age, by the monotonic clock, at which a segment is sealed: at the next border, or by the
    /// timer thread within 250 ms when no lines come. 0 begins a segment at every border.
    pub fn max_age(mut self, age: Duration) -> Self {
        self.config.rotation.max_age = age;
        self
    }

    /// Permission bits of new segments. They are set whatever the umask is.
    pub fn mode(mut self, mode: u32) -> Self {
        self.config.mode = mode;
        self
    }

    /// What has to survive a power cut.
    pub fn durability(mut self, durability: Durability) -> Self {
        self.config.durability = durability;
        self
    }

    /// Whether the timer thread of the process, one for all writers, seals idle segments. Without
    /// it, call [`Writer::tick`] now and then.
    pub fn background(mut self, background: bool) -> Self {
        self.config.background = background;
        self
    }

    /// Bytes that may stay in memory when a collection ends without a flush. With the collection
    /// that is going on they are what a killed process loses.
    pub fn buffer_size(mut self, bytes: usize) -> Self {
        self.config.buffer_size = bytes;
        self
    }

    /// Bytes that may stay in memory within a collection, or while the disk fails. Lines beyond
    /// that are written out, or refused where they cannot be. One append larger than this is still
    /// accepted when nothing else waits.
    pub fn buffer_limit(mut self, bytes: usize) -> Self {
        self.config.buffer_limit = bytes;
        self
    }

    /// Is told of every segment and every failure, also those of the timer thread and of a drop.
    pub fn observer(mut self, observer: Arc<dyn Observer>) -> Self {
        self.config.observer = Some(observer);
        self
    }

    /// Makes the writer. Nothing is opened or checked before the first lines.
    #[must_use]
    pub fn build(self) -> Writer {
        Writer::with(self.config)
    }
}
