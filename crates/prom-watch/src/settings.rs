//! `Settings`: the knobs of a watcher, with their defaults.

use std::ffi::OsString;
use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use crate::mode::{Mode, Strategy};

pub(crate) const RESCAN: Duration = Duration::from_secs(5);
pub(crate) const POLL: Duration = Duration::from_secs(1);
pub(crate) const RETRY_CAP: Duration = Duration::from_secs(5);
pub(crate) const EMPTY_GRACE: Duration = Duration::from_secs(1);

const SHORTEST: Duration = Duration::from_millis(1);
const LONGEST: Duration = Duration::from_secs(24 * 60 * 60);

pub(crate) type OnMode = Arc<dyn Fn(&Mode) + Send + Sync>;

#[derive(Clone)]
pub(crate) struct Settings {
    pub(crate) strategy: Strategy,
    pub(crate) rescan: Duration,
    pub(crate) busy_cap: Option<Duration>,
    pub(crate) retry_cap: Duration,
    pub(crate) empty_grace: Duration,
    pub(crate) prefix: OsString,
    pub(crate) on_mode: Option<OnMode>,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            strategy: Strategy::default(),
            rescan: RESCAN,
            busy_cap: None,
            retry_cap: RETRY_CAP,
            empty_grace: EMPTY_GRACE,
            prefix: OsString::new(),
            on_mode: None,
        }
    }
}

impl Settings {
    /// The pause between two scans that nothing asked for.
    pub(crate) fn period(&self, mode: &Mode) -> Duration {
        match mode {
            Mode::Inotify => self.rescan,
            Mode::CatchingUp { interval } | Mode::Polling { interval, .. } => *interval,
        }
    }

    /// The longest pause of a busy segment.
    pub(crate) fn busy_cap(&self, mode: &Mode) -> Duration {
        self.busy_cap.unwrap_or_else(|| self.period(mode))
    }

    /// The interval of a polling that nobody chose.
    pub(crate) fn fallback(&self) -> Duration {
        POLL.min(self.rescan)
    }
}

/// Neither a busy loop nor beyond what an `Instant` can hold.
pub(crate) fn sane(pause: Duration) -> Duration {
    pause.clamp(SHORTEST, LONGEST)
}

impl fmt::Debug for Settings {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Settings")
            .field("strategy", &self.strategy)
            .field("rescan", &self.rescan)
            .field("busy_cap", &self.busy_cap)
            .field("retry_cap", &self.retry_cap)
            .field("empty_grace", &self.empty_grace)
            .field("prefix", &self.prefix)
            .finish_non_exhaustive()
    }
}
