#![doc = include_str!("../README.md")]
#![forbid(unsafe_code)]

mod buckets;
mod builder;
mod catalog;
mod clock;
mod emitter;
mod error;
mod options;
mod page;
mod sensor;
mod shelf;
mod slash_metrics;
mod style;
mod vitals;

pub use builder::Builder;
pub use emitter::Emitter;
pub use error::Error;
pub use options::Options;
pub use slash_metrics::{SlashMetrics, SlashMetricsBuilder};
pub use style::Naming;
pub use vitals::register_biometrics;

pub use prom_format::{Dialect, Escaping, LabelName};
pub use prom_segment::{Durability, Reader};
pub use prom_watch::Watcher;

/// The text format: encoder and parser.
pub use prom_format as format;
/// The segment files: writer and reader.
pub use prom_segment as segment;
/// The directory watcher.
pub use prom_watch as watch;
