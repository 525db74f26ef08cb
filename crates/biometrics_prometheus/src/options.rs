//! `Options`: the three settings that every emitter has.

use std::path::PathBuf;
use std::time::Duration;

/// Where segments go, and when one is complete. [`Emitter::builder`](crate::Emitter::builder) has
/// every further knob.
///
/// | field | default |
/// |---|---|
/// | `segment_size` | 64 MiB |
/// | `flush_interval` | 30 s |
/// | `prefix` | `biometrics.` in the working directory |
///
/// The defaults have a [`PathBuf`] for a prefix, so `..Options::default()` goes with a `PathBuf` only:
///
/// ```
/// use biometrics_prometheus::Options;
///
/// let options = Options { prefix: "metrics/shop.".into(), ..Options::default() };
/// assert_eq!(64 << 20, options.segment_size);
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Options<P = PathBuf> {
    /// Bytes after which a segment is sealed, at the border between two collections. Approximate: a
    /// collection is split only if it alone is larger. 0 begins a segment with every sensor.
    pub segment_size: usize,
    /// The age at which a segment is sealed, by the monotonic clock. It happens at the border between
    /// two collections, or within 250 ms by a thread of the process when the program is idle. 0 begins
    /// a segment with every collection.
    pub flush_interval: Duration,
    /// A path prefix, to which `<epoch_millis>.prom` is appended: `metrics/app.` gives
    /// `metrics/app.1726547192000.prom`. The directory has to exist; without a slash at its end the last
    /// part is the beginning of the file names, even if there is a directory of that name. The file
    /// name must not begin with a dot, since watchers pass over hidden files, and should not end in
    /// a digit, since watchers would take it for a part of the time.
    pub prefix: P,
}

impl Default for Options {
    fn default() -> Self {
        Self {
            segment_size: 64 * 1024 * 1024,
            flush_interval: Duration::from_secs(30),
            prefix: PathBuf::from("biometrics."),
        }
    }
}
