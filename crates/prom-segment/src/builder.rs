//! `Builder`: every knob of a writer, with its default.

use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use crate::config::Config;
use crate::durability::Durability;
use crate::observer::Observer;
use crate::retention::Retention;
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
/// | [`keep_at_most_bytes`](Self::keep_at_most_bytes) | everything is kept |
/// | [`keep_at_most_segments`](Self::keep_at_most_segments) | everything is kept |
/// | [`keep_at_most_age`](Self::keep_at_most_age) | everything is kept |
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
                retention: Retention::default(),
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

    /// Keeps at most so many bytes of segments of this prefix in the directory.
    ///
    /// Whenever a segment is opened, the oldest finished ones are removed, by the milliseconds in
    /// their names, until the others are within the limits: a loss that was asked for, told to
    /// [`Observer::evicted`]. It is for directories whose consumer may be away for long.
    ///
    /// - Segments of other writers with the same prefix, live or dead, count and go as well.
    /// - A segment that is locked, because it is being written or read, stays and counts.
    /// - The segment that was opened does not count, so a directory holds this much and one
    ///   segment for each writer. Nothing is removed while no segment is opened, except where the
    ///   disk or a quota has no room for another file: then what is too much goes, at most once a
    ///   second, and the segment is tried once more.
    /// - A segment that cannot be removed is told to [`Observer::failed`] at each eviction, and counts
    ///   until its turn comes: older ones may go for it, younger ones do not.
    /// - What no writer of this prefix makes stays and does not count: links, directories, FIFOs, a
    ///   number with zeros in front, and, where anybody may write, a file with a second name.
    /// - The writer is held up as long as it takes, which matters where much has gathered before.
    /// - It costs one reading of the directory for each segment, and a `stat` of each file if
    ///   bytes are limited or anybody may write to the directory.
    ///
    /// The prefix must not end in a digit then, which the first append would refuse, and a prefix
    /// that is the beginning of another one, up to digits, takes the other's segments for its own.
    pub fn keep_at_most_bytes(mut self, bytes: u64) -> Self {
        self.config.retention.bytes = Some(bytes);
        self
    }

    /// Keeps at most so many segments of this prefix beside the one that is open; otherwise as
    /// [`keep_at_most_bytes`](Self::keep_at_most_bytes).
    pub fn keep_at_most_segments(mut self, segments: usize) -> Self {
        self.config.retention.segments = Some(segments);
        self
    }

    /// Keeps no segment of this prefix whose milliseconds are more than this before those of the
    /// segment that is opened, or before the wall clock where that is earlier; otherwise as
    /// [`keep_at_most_bytes`](Self::keep_at_most_bytes).
    ///
    /// So neither one timestamp from the future nor a clock that is ahead makes fresh segments old. A
    /// segment that has its name from the future stays until then.
    pub fn keep_at_most_age(mut self, age: Duration) -> Self {
        self.config.retention.age = Some(age);
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
