//! `Builder`: every knob of an emitter, with its default.

use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use prom_format::LabelName;
use prom_segment::{Durability, Writer};

use crate::emitter::Emitter;
use crate::options::Options;
use crate::style::{Naming, Style};
use crate::vitals::Vitals;

/// Sets up an [`Emitter`]; made by [`Emitter::builder`].
///
/// ```
/// use biometrics_prometheus::{Durability, Emitter, LabelName, Naming};
///
/// # let directory = tempfile::tempdir()?;
/// let emitter = Emitter::builder()
///     .prefix(directory.path().join("shop."))
///     .durability(Durability::Seal)
///     .naming(Naming::Total)
///     .label(LabelName::new("job")?, "shop")
///     .process_identity(true)
///     .build();
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
///
/// | knob | default |
/// |---|---|
/// | [`prefix`](Self::prefix) | `biometrics.` |
/// | [`segment_size`](Self::segment_size) | 64 MiB |
/// | [`flush_interval`](Self::flush_interval) | 30 s |
/// | [`mode`](Self::mode) | `0o640` |
/// | [`durability`](Self::durability) | [`Durability::None`] |
/// | [`background`](Self::background) | `true` |
/// | [`keep_at_most_bytes`](Self::keep_at_most_bytes) | everything is kept |
/// | [`keep_at_most_segments`](Self::keep_at_most_segments) | everything is kept |
/// | [`keep_at_most_age`](Self::keep_at_most_age) | everything is kept |
/// | [`timestamps`](Self::timestamps) | `true` |
/// | [`naming`](Self::naming) | [`Naming::Upstream`] |
/// | [`label`](Self::label) | none |
/// | [`process_identity`](Self::process_identity) | `false` |
#[derive(Debug)]
#[must_use = "a builder does nothing until `build`"]
pub struct Builder {
    options: Options,
    mode: u32,
    durability: Durability,
    background: bool,
    style: Style,
    keep: Keep,
}

/// What is kept on the disk of finished segments; everything, where nothing is said.
#[derive(Debug, Default)]
struct Keep {
    bytes: Option<u64>,
    segments: Option<usize>,
    age: Option<Duration>,
}

impl Emitter {
    /// An emitter with these options; touches no disk before the first sample.
    #[must_use]
    pub fn new(options: Options<impl Into<PathBuf>>) -> Self {
        Self::builder()
            .segment_size(options.segment_size)
            .flush_interval(options.flush_interval)
            .prefix(options.prefix)
            .build()
    }

    /// Every knob there is.
    pub fn builder() -> Builder {
        Builder::new()
    }
}

impl Builder {
    fn new() -> Self {
        Self {
            options: Options::default(),
            mode: 0o640,
            durability: Durability::None,
            background: true,
            style: Style::new(true),
            keep: Keep::default(),
        }
    }

    /// A path prefix, to which `<epoch_millis>.prom` is appended; see [`Options::prefix`].
    pub fn prefix(mut self, prefix: impl Into<PathBuf>) -> Self {
        self.options.prefix = prefix.into();
        self
    }

    /// Bytes after which a segment is complete; see [`Options::segment_size`].
    pub fn segment_size(mut self, bytes: usize) -> Self {
        self.options.segment_size = bytes;
        self
    }

    /// The age at which a segment is complete; see [`Options::flush_interval`].
    pub fn flush_interval(mut self, age: Duration) -> Self {
        self.options.flush_interval = age;
        self
    }

    /// Permission bits of new segments, whatever the umask is.
    pub fn mode(mut self, mode: u32) -> Self {
        self.mode = mode;
        self
    }

    /// What has to survive a power cut.
    pub fn durability(mut self, durability: Durability) -> Self {
        self.durability = durability;
        self
    }

    /// Whether one thread of the process, shared by all emitters, completes the segments of a program
    /// that has fallen idle. Without it, call [`Emitter::tick`] now and then.
    pub fn background(mut self, background: bool) -> Self {
        self.background = background;
        self
    }

    /// Keeps at most so many bytes of segments of this prefix, for a directory whose consumer may be
    /// away for long: whenever a segment is opened, the oldest finished ones, **which nobody has
    /// processed**, are deleted until the others are within the limits. What is being written or read
    /// stays, and the segment that was opened does not count.
    ///
    /// Those of other emitters with the same prefix count and go as well. A prefix that is the beginning
    /// of another one up to digits takes the other's for its own: `job` deletes the segments of `job1`
    /// too. So end it in a dot: `job.` and `job1.` have nothing in common.
    ///
    /// The samples in them are lost as it was asked for, and `segments_evicted` and
    /// `bytes_evicted` of [`register_biometrics`](crate::register_biometrics) count them. Nothing is
    /// removed while no segment is opened, unless there is no room for one. The prefix must not end in a
    /// digit: the first emission would refuse it. More is said at
    /// [`segment::Builder::keep_at_most_bytes`](prom_segment::Builder::keep_at_most_bytes).
    pub fn keep_at_most_bytes(mut self, bytes: u64) -> Self {
        self.keep.bytes = Some(bytes);
        self
    }

    /// Keeps at most so many segments of this prefix beside the open one; otherwise as
    /// [`keep_at_most_bytes`](Self::keep_at_most_bytes).
    pub fn keep_at_most_segments(mut self, segments: usize) -> Self {
        self.keep.segments = Some(segments);
        self
    }

    /// Keeps no segment of this prefix that began longer than this before the one that is opened, by
    /// the milliseconds in the names, or before the wall clock where that is earlier; otherwise as
    /// [`keep_at_most_bytes`](Self::keep_at_most_bytes).
    pub fn keep_at_most_age(mut self, age: Duration) -> Self {
        self.keep.age = Some(age);
        self
    }

    /// Whether samples carry their time. Without it the reader takes the time at which it reads, and
    /// a segment must hold one collection only: the textfile collector of `node_exporter` and the
    /// Pushgateway refuse timestamps, everything else here needs them.
    pub fn timestamps(mut self, timestamps: bool) -> Self {
        self.style.timestamps = timestamps;
        self
    }

    /// How counters are named.
    pub fn naming(mut self, naming: Naming) -> Self {
        self.style.naming = Some(naming);
        self
    }

    /// A label that stands on every sample; one of the same name is replaced. The value may be any
    /// text without NUL. A label `instance` gives way to [`process_identity`](Self::process_identity).
    pub fn label(mut self, name: LabelName<'static>, value: impl Into<String>) -> Self {
        self.style.set_label(name, value.into());
        self
    }

    /// Whether every sample says which process it is from, by a label `instance` of the form
    /// `host:pid`, which takes the place of a [`label`](Self::label) of that name. Each process then has
    /// series of its own. A forked child has its own number, from its first emission on whose time is
    /// not that of the emission before.
    /// A Prometheus that scrapes such a page calls the label `exported_instance`.
    pub fn process_identity(mut self, process_identity: bool) -> Self {
        self.style.process_identity = process_identity;
        self
    }

    /// Makes the emitter; touches no disk.
    #[must_use]
    pub fn build(self) -> Emitter {
        let writer = Writer::builder(self.options.prefix)
            .segment_size(u64::try_from(self.options.segment_size).unwrap_or(u64::MAX))
            .max_age(self.options.flush_interval)
            .mode(self.mode)
            .durability(self.durability)
            .background(self.background)
            .observer(Arc::new(Vitals));
        Emitter::with(self.keep.limit(writer).build(), self.style)
    }
}

impl Keep {
    fn limit(&self, mut writer: prom_segment::Builder) -> prom_segment::Builder {
        if let Some(bytes) = self.bytes {
            writer = writer.keep_at_most_bytes(bytes);
        }
        if let Some(segments) = self.segments {
            writer = writer.keep_at_most_segments(segments);
        }
        if let Some(age) = self.age {
            writer = writer.keep_at_most_age(age);
        }
        writer
    }
}
