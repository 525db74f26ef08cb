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
    /// text without NUL.
    pub fn label(mut self, name: LabelName<'static>, value: impl Into<String>) -> Self {
        self.style.set_label(name, value.into());
        self
    }

    /// Whether every sample says which process it is from, by a label `instance` of the form
    /// `host:pid`. Each process then has series of its own. A forked child has its own number.
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
            .observer(Arc::new(Vitals))
            .build();
        Emitter::with(writer, self.style)
    }
}
