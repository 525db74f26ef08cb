//! `Builder`: a watcher with other knobs than the default ones.

use std::ffi::OsString;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use crate::mode::{Mode, Strategy};
use crate::settings::{Settings, sane};
use crate::watcher::Watcher;

/// The knobs of a [`Watcher`], from [`Watcher::builder`].
///
/// | knob | default |
/// |---|---|
/// | [`strategy`](Self::strategy) | [`Strategy::Auto`] |
/// | [`rescan_interval`](Self::rescan_interval) | 5 s |
/// | [`busy_cap`](Self::busy_cap) | the interval between scans |
/// | [`retry_cap`](Self::retry_cap) | 5 s |
/// | [`empty_grace`](Self::empty_grace) | 1 s |
/// | [`prefix`](Self::prefix) | every segment |
/// | [`on_mode`](Self::on_mode) | nobody is told |
///
/// Times are held between a millisecond and a day, [`empty_grace`](Self::empty_grace) excepted.
#[derive(Clone, Debug)]
pub struct Builder {
    directory: PathBuf,
    settings: Settings,
}

impl Watcher {
    /// Starts from the directory and the defaults.
    pub fn builder(directory: impl Into<PathBuf>) -> Builder {
        Builder { directory: directory.into(), settings: Settings::default() }
    }
}

impl Builder {
    /// How to learn of finished segments. By default inotify where it works, else a scan a second.
    #[must_use]
    pub fn strategy(mut self, strategy: Strategy) -> Self {
        self.settings.strategy = match strategy {
            Strategy::Poll(interval) => Strategy::Poll(sane(interval)),
            other => other,
        };
        self
    }

    /// How often the directory is scanned though no event asks for it. This bounds how late a
    /// segment is whose event got lost; it costs some 0.4 ms for 1,000 files. By default 5 s.
    #[must_use]
    pub fn rescan_interval(mut self, interval: Duration) -> Self {
        self.settings.rescan = sane(interval);
        self
    }

    /// The longest pause before a segment that is being written, or processed by somebody else,
    /// is tried again without an event. The pauses are 1, 2, 4 .. 256 ms, and then this. By default
    /// the rescan interval, or the interval of the polling.
    #[must_use]
    pub fn busy_cap(mut self, cap: Duration) -> Self {
        self.settings.busy_cap = Some(sane(cap));
        self
    }

    /// The longest pause before a segment that failed is tried again. The pauses are 5, 10, 20 ms
    /// and so on up to this. By default 5 s.
    #[must_use]
    pub fn retry_cap(mut self, cap: Duration) -> Self {
        self.settings.retry_cap = sane(cap);
        self
    }

    /// How old an empty, unlocked segment must be to be handed over. A writer of another make may
    /// have created it and not have locked it yet. Zero hands it over at once. By default 1 s.
    #[must_use]
    pub fn empty_grace(mut self, grace: Duration) -> Self {
        self.settings.empty_grace = if grace.is_zero() { grace } else { sane(grace) };
        self
    }

    /// Takes only segments whose file name begins so. By default all.
    #[must_use]
    pub fn prefix(mut self, prefix: impl Into<OsString>) -> Self {
        self.settings.prefix = prefix.into();
        self
    }

    /// Calls the function when the mode is first known and when it changes, on a thread that is
    /// asking for a segment, with no lock held; a backlog is two changes. The place for a line in the
    /// program's log.
    #[must_use]
    pub fn on_mode(mut self, told: impl Fn(&Mode) + Send + Sync + 'static) -> Self {
        self.settings.on_mode = Some(Arc::new(told));
        self
    }

    /// The watcher; touches nothing yet.
    #[must_use]
    pub fn build(self) -> Watcher {
        Watcher::with(self.directory, self.settings)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_that_would_spin_or_overflow_are_bent() {
        let builder = Watcher::builder("d")
            .strategy(Strategy::Poll(Duration::ZERO))
            .rescan_interval(Duration::MAX)
            .busy_cap(Duration::ZERO)
            .retry_cap(Duration::MAX)
            .empty_grace(Duration::MAX);
        let (shortest, longest) = (Duration::from_millis(1), Duration::from_secs(86_400));
        assert_eq!(Strategy::Poll(shortest), builder.settings.strategy);
        assert_eq!(longest, builder.settings.rescan);
        assert_eq!(Some(shortest), builder.settings.busy_cap);
        assert_eq!(longest, builder.settings.retry_cap);
        assert_eq!(longest, builder.settings.empty_grace);
        assert_eq!(Duration::ZERO, builder.empty_grace(Duration::ZERO).settings.empty_grace);
    }
}
