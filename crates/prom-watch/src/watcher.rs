//! `Watcher`: hands each finished segment of a directory to its caller.

use std::io;
use std::mem;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::{Duration, Instant};

use prom_segment::Reader;

use crate::engine::Engine;
use crate::mode::Mode;
use crate::settings::Settings;
use crate::stats::Stats;

/// Takes the finished segments of one directory, the oldest first, each of them once.
///
/// Any number of watchers, in this process and in others, may share a directory: a segment is
/// locked for one of them while it is processed. Any number of threads may share a watcher: each
/// processes another segment.
#[derive(Debug)]
pub struct Watcher {
    engine: Arc<Engine>,
}

impl Watcher {
    /// A watcher of a directory, with the defaults of [`Builder`](crate::Builder).
    ///
    /// Touches nothing before the first segment is asked for; the directory need not exist yet.
    #[must_use]
    pub fn new(directory: impl Into<PathBuf>) -> Self {
        Self::with(directory.into(), Settings::default())
    }

    pub(crate) fn with(directory: PathBuf, settings: Settings) -> Self {
        Self { engine: Arc::new(Engine::new(directory, settings)) }
    }

    /// Processes the oldest finished segment, if there is one; never waits. Says whether there
    /// was one.
    ///
    /// Before it says no it reads the directory, and tries up to 16 of the segments that were being
    /// written when they were tried last: a segment that was completed before the call is found by
    /// it. With more live segments than that, one of them may be found by a later call only.
    ///
    /// The closure runs on this thread, with no lock of the watcher held. With `Ok` the segment
    /// is done: normally the closure removes it with [`Reader::unlink`]; if it leaves it in place,
    /// this watcher does not hand it out again while it is unchanged. With an error or a panic it
    /// stays, is handed out again after a pause of 5 ms that doubles up to
    /// [`Builder::retry_cap`](crate::Builder::retry_cap), and holds up no other segment meanwhile.
    ///
    /// # Errors
    ///
    /// What the closure returns, unchanged. Otherwise an [`io::Error`] with an
    /// [`Error`](crate::Error) inside:
    ///
    /// - A segment that cannot be opened, each time it is tried, with the pauses above. Others are
    ///   not held up: call again.
    /// - A directory that is missing or cannot be read, in each call that finds no segment in
    ///   hand. As soon as it is there it is watched.
    ///
    /// # Panics
    ///
    /// Only if the closure does.
    pub fn ingest_one<E: From<io::Error>>(
        &self,
        process: impl FnMut(Reader) -> Result<(), E>,
    ) -> Result<bool, E> {
        let looked = self.engine.turn();
        if let Some(taken) = self.engine.take().map_err(io::Error::from)? {
            return taken.hand_to(process).map(|()| true);
        }
        looked.and_then(|scanned| self.engine.look_again(scanned)).map_err(io::Error::from)?;
        match self.engine.take().map_err(io::Error::from)? {
            Some(taken) => taken.hand_to(process).map(|()| true),
            None => Ok(false),
        }
    }

    /// Processes the oldest finished segment, or waits for the next one to be finished, at most
    /// for the given time. Says whether there was one.
    ///
    /// Otherwise as [`ingest_one`](Self::ingest_one). With a timeout of zero it does not wait.
    ///
    /// # Errors
    ///
    /// As [`ingest_one`](Self::ingest_one), but a directory that stays missing is reported at
    /// once, then after 50 ms, and so on up to once a second, and when a call's time is over: a
    /// loop around this method does not spin.
    ///
    /// # Panics
    ///
    /// Only if the closure does.
    pub fn ingest_next<E: From<io::Error>>(
        &self,
        timeout: Duration,
        process: impl FnMut(Reader) -> Result<(), E>,
    ) -> Result<bool, E> {
        let deadline = Instant::now().checked_add(timeout);
        let mut looks_again = true;
        loop {
            let looked = self.engine.turn();
            if let Some(taken) = self.engine.take().map_err(io::Error::from)? {
                return taken.hand_to(process).map(|()| true);
            }
            let now = Instant::now();
            let ends = deadline.is_some_and(|deadline| deadline <= now);
            if let Err(error) = looked
                && self.engine.shared().lock().schedule.report(now, ends)
            {
                return Err(io::Error::from(error).into());
            }
            if ends {
                // The end of a backlog makes a turn due, which finds what came during it.
                if mem::take(&mut looks_again) && self.engine.shared().lock().schedule.is_due(now) {
                    continue;
                }
                return Ok(false);
            }
            self.engine.shared().wait(deadline);
        }
    }

    /// The directory, as it was given.
    #[must_use]
    pub fn directory(&self) -> &Path {
        self.engine.directory()
    }

    /// How the directory is watched and why; `None` before the first call that looks at it.
    ///
    /// It changes when a backlog is found and when it is taken, when inotify has no room
    /// (`fs.inotify.max_user_instances`), and when the path comes to lead to another file system. [`Builder::on_mode`](crate::Builder::on_mode) tells of
    /// each change.
    #[must_use]
    pub fn mode(&self) -> Option<Mode> {
        self.engine.shared().lock().mode.clone()
    }

    /// What was done so far, and what is in hand.
    #[must_use]
    pub fn stats(&self) -> Stats {
        self.engine.shared().lock().stats()
    }

    #[cfg(feature = "stream")]
    pub(crate) fn engine(&self) -> &Arc<Engine> {
        &self.engine
    }
}
