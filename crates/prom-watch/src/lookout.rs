//! `Lookout`: which directory is being watched, and by what means.

use std::fs;
use std::io;
use std::os::unix::fs::MetadataExt as _;
use std::path::{self, Path};
use std::sync::Arc;
use std::time::{Duration, Instant};

use prom_segment::uninterrupted;

use crate::error::Error;

use crate::mode::{Mode, PollReason, Strategy, silent_file_system};
use crate::settings::Settings;
use crate::shared::Shared;
use crate::wake::{Doorbell, Unwatchable};

/// How long a directory is polled that inotify had no room for, before it is tried again.
const SECOND_TRY: Duration = Duration::from_secs(60);

#[derive(Debug, Default)]
pub(crate) struct Lookout {
    doorbell: Option<Doorbell>,
    identity: Option<(u64, u64)>,
    retry_at: Option<Instant>,
}

/// What a look has changed.
#[derive(Debug, Default)]
pub(crate) struct Look {
    /// The directory is watched anew in this way, so all of it must be read again.
    pub(crate) mode: Option<Mode>,
    /// There are no events although they were asked for.
    pub(crate) trouble: Option<Error>,
}

impl Lookout {
    /// Makes sure that the directory which now has this path is the one that is watched.
    pub(crate) fn look(
        &mut self,
        directory: &Path,
        settings: &Settings,
        shared: &Arc<Shared>,
        rewatch: bool,
    ) -> Result<Look, Error> {
        let retry = self.retry_at.is_some_and(|moment| moment <= Instant::now());
        let identity = identify(directory);
        if !rewatch && !retry && identity.as_ref().ok() == self.identity.as_ref() {
            return Ok(Look::default());
        }
        let silent = self.doorbell.as_ref().is_some_and(Doorbell::has_ended);
        *self = Self::default();
        let identity = identity.map_err(|error| Error::look(directory, error))?;
        let look = self.watch(directory, settings, shared, silent)?;
        // If the path was given to another directory meanwhile, the watch may be on either.
        let steady = look.trouble.is_none() && identify(directory).is_ok_and(|now| now == identity);
        self.identity = steady.then_some(identity);
        Ok(look)
    }

    /// Lets the events go, and keeps the directory in view.
    pub(crate) fn rest(&mut self) {
        self.doorbell = None;
    }

    /// `silent` says that events have just ended by themselves. What ended once may end again at
    /// once, so they are not asked for before [`SECOND_TRY`].
    fn watch(
        &mut self,
        directory: &Path,
        settings: &Settings,
        shared: &Arc<Shared>,
        silent: bool,
    ) -> Result<Look, Error> {
        let polling = |interval, reason| {
            Ok(Look { mode: Some(Mode::Polling { interval, reason }), trouble: None })
        };
        match settings.strategy {
            Strategy::Poll(interval) => return polling(interval, PollReason::Asked),
            Strategy::Inotify => {}
            Strategy::Auto => {
                if let Some(name) = silent_file_system(directory) {
                    return polling(settings.fallback(), PollReason::FileSystem(name));
                }
            }
        }
        let doorbell = if silent { Err(Unwatchable::ended()) } else { ring_for(directory, shared) };
        let error = match doorbell {
            Ok(doorbell) => {
                self.doorbell = Some(doorbell);
                return Ok(Look { mode: Some(Mode::Inotify), trouble: None });
            }
            Err(unwatchable) if concerns_directory(&unwatchable.source) => {
                return Err(Error::look(directory, unwatchable.source));
            }
            Err(Unwatchable { source, limit }) => Error::watch(directory, source, limit),
        };
        if settings.strategy == Strategy::Inotify {
            return Ok(Look { mode: None, trouble: Some(error) });
        }
        self.retry_at = Some(Instant::now() + SECOND_TRY);
        polling(settings.fallback(), PollReason::InotifyFailed(error.to_string()))
    }
}

fn ring_for(directory: &Path, shared: &Arc<Shared>) -> Result<Doorbell, Unwatchable> {
    let absolute =
        path::absolute(directory).map_err(|source| Unwatchable { source, limit: None })?;
    let shared = Arc::clone(shared);
    Doorbell::watch(&absolute, move |hint| shared.hear(hint))
}

/// Device and inode number; a link is followed to the directory it means at this moment.
fn identify(directory: &Path) -> io::Result<(u64, u64)> {
    let metadata = uninterrupted(|| fs::metadata(directory))?;
    if !metadata.is_dir() {
        return Err(io::ErrorKind::NotADirectory.into());
    }
    Ok((metadata.dev(), metadata.ino()))
}

/// Polling would fail for the same reason.
fn concerns_directory(error: &io::Error) -> bool {
    use io::ErrorKind::{NotADirectory, NotFound, PermissionDenied};
    matches!(error.kind(), NotFound | NotADirectory | PermissionDenied)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::backoff::Backoff;
    use crate::candidate::Filter;
    use crate::queue::Queue;
    use crate::schedule::Schedule;

    fn shared() -> Arc<Shared> {
        let backoff = Backoff { busy_cap: SECOND_TRY, failed_cap: SECOND_TRY };
        let queue = Queue::new(backoff, Instant::now());
        Arc::new(Shared::new(Filter::new("".into()), queue, Schedule::new(SECOND_TRY)))
    }

    fn polls(look: &Look) -> bool {
        matches!(look.mode, Some(Mode::Polling { reason: PollReason::InotifyFailed(_), .. }))
    }

    #[test]
    fn a_directory_that_is_polled_for_want_of_inotify_is_tried_again_when_its_time_comes() {
        let directory = tempfile::tempdir().unwrap();
        let (settings, shared) = (Settings::default(), shared());
        let mut lookout = Lookout::default();
        let look = |lookout: &mut Lookout| {
            lookout.look(directory.path(), &settings, &shared, false).unwrap()
        };
        assert_eq!(Some(Mode::Inotify), look(&mut lookout).mode);
        lookout.doorbell.as_ref().unwrap().end_of_thread();
        // What the event thread says last is that all must be looked at.
        lookout.identity = None;
        assert!(polls(&look(&mut lookout)), "events that ended are not asked for at once");
        assert_eq!(None, look(&mut lookout).mode, "nothing changes before the time has come");
        lookout.retry_at = Some(Instant::now());
        assert_eq!(Some(Mode::Inotify), look(&mut lookout).mode);
        assert_eq!(None, lookout.retry_at);
    }

    #[test]
    fn who_asked_for_events_and_nothing_else_is_told_that_they_ended() {
        let directory = tempfile::tempdir().unwrap();
        let settings = Settings { strategy: Strategy::Inotify, ..Settings::default() };
        let (mut lookout, shared) = (Lookout::default(), shared());
        let look = |lookout: &mut Lookout| {
            lookout.look(directory.path(), &settings, &shared, true).unwrap()
        };
        assert_eq!(Some(Mode::Inotify), look(&mut lookout).mode);
        lookout.doorbell.as_ref().unwrap().end_of_thread();
        let look_without = look(&mut lookout);
        let trouble = look_without.trouble.expect("there are no events").to_string();
        assert!(trouble.contains(directory.path().to_str().unwrap()), "{trouble}");
        assert_eq!(Some(Mode::Inotify), look(&mut lookout).mode, "the next turn tries again");
    }
}
