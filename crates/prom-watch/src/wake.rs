//! `Doorbell`: inotify, through `notify`, which nothing else here names. Its events are hints.

use std::ffi::OsStr;
use std::fmt;
use std::io;
use std::mem;
use std::panic::{self, AssertUnwindSafe};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;

use notify::event::{AccessKind, AccessMode, ModifyKind, RenameMode};
use notify::{
    Config, ErrorKind, Event, EventHandler, EventKind, INotifyWatcher, RecursiveMode, Watcher as _,
};

/// What may have happened; the directory is the truth.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Hint<'a> {
    /// A file that was open for writing was closed, or one was moved here.
    Written(&'a OsStr),
    /// A file was removed or moved away.
    Vanished(&'a OsStr),
    /// The kernel dropped events.
    Overflow,
    /// The directory itself was moved or removed, or the events have ended.
    Lost,
}

/// Rings until it is dropped, or until the thread of `notify` ends against its will.
pub(crate) struct Doorbell {
    /// Always there, but for the moment of its drop.
    inner: Option<INotifyWatcher>,
    ending: Arc<Ending>,
}

/// Why there is no doorbell, and the limit that is to blame, if one is.
#[derive(Debug)]
pub(crate) struct Unwatchable {
    pub(crate) source: io::Error,
    pub(crate) limit: Option<&'static str>,
}

/// What a doorbell and its thread know of each other.
#[derive(Debug, Default)]
struct Ending {
    /// Somebody relies on events. Before the watch has begun, and while the doorbell is dropped,
    /// the end of the thread is no news: it would ask for another watch at once, again and again.
    relied_on: AtomicBool,
    /// There is no thread any more, or there never was one.
    happened: AtomicBool,
}

/// Lives in the event thread and falls with it, so that its end is heard however it comes.
struct Handler<F: FnMut(Hint<'_>)> {
    ring: F,
    watched: PathBuf,
    ending: Arc<Ending>,
}

impl Doorbell {
    /// Watches an absolute path. When this returns, no later event is missed.
    ///
    /// `ring` runs on a thread that also empties the kernel's queue, so it must be quick.
    pub(crate) fn watch(
        directory: &Path,
        ring: impl FnMut(Hint<'_>) + Send + 'static,
    ) -> Result<Self, Unwatchable> {
        let ending = Arc::<Ending>::default();
        let handler = Handler { ring, watched: directory.to_owned(), ending: Arc::clone(&ending) };
        probe_threads()?;
        let inner = INotifyWatcher::new(handler, Config::default())?;
        let mut doorbell = Self { inner: Some(inner), ending };
        // The probe may have had the last thread there was. If so, the handler that the thread of
        // `notify` would have owned is gone by now.
        if doorbell.has_ended() {
            return Err(Unwatchable::without_thread());
        }
        doorbell.add(directory)?;
        // One of the two sees the other: the thread that somebody relies on it, or we its end.
        doorbell.ending.relied_on.store(true, Ordering::SeqCst);
        if doorbell.has_ended() { Err(Unwatchable::ended()) } else { Ok(doorbell) }
    }

    /// `notify` panics when its thread ends while it is being asked.
    fn add(&mut self, directory: &Path) -> Result<(), Unwatchable> {
        let Some(inner) = &mut self.inner else { return Err(Unwatchable::ended()) };
        let add = || inner.watch(directory, RecursiveMode::NonRecursive);
        let added = panic::catch_unwind(AssertUnwindSafe(add));
        added.map_err(|_| Unwatchable::ended())?.map_err(Unwatchable::from)
    }

    /// As if the event thread had ended against its will. It goes on, and nobody hears it.
    #[cfg(test)]
    pub(crate) fn end_of_thread(&self) {
        self.ending.happened.store(true, Ordering::SeqCst);
    }

    /// Whether it has fallen silent for ever.
    pub(crate) fn has_ended(&self) -> bool {
        self.ending.happened.load(Ordering::SeqCst)
    }
}

impl Drop for Doorbell {
    /// The drop of `notify` panics if its thread is gone. What is forgotten then is one descriptor
    /// of a waker and an empty channel.
    fn drop(&mut self) {
        self.ending.relied_on.store(false, Ordering::SeqCst);
        let inner = self.inner.take();
        if self.has_ended() {
            mem::forget(inner);
        } else {
            // The thread may end between the look and the drop.
            let _ = panic::catch_unwind(AssertUnwindSafe(move || drop(inner)));
        }
    }
}

impl<F: FnMut(Hint<'_>) + Send + 'static> EventHandler for Handler<F> {
    fn handle_event(&mut self, event: notify::Result<Event>) {
        match &event {
            Ok(event) => hints(event, &self.watched, &mut self.ring),
            Err(_) => (self.ring)(Hint::Lost),
        }
    }
}

impl<F: FnMut(Hint<'_>)> Drop for Handler<F> {
    fn drop(&mut self) {
        self.ending.happened.store(true, Ordering::SeqCst);
        if self.ending.relied_on.load(Ordering::SeqCst) {
            (self.ring)(Hint::Lost);
        }
    }
}

impl Unwatchable {
    pub(crate) fn ended() -> Self {
        Self { source: io::Error::other("the event thread of notify ended"), limit: None }
    }

    fn without_thread() -> Self {
        let source = io::Error::new(
            io::ErrorKind::WouldBlock,
            "the event thread of notify could not be started",
        );
        Self { source, limit: Some("RLIMIT_NPROC or pids.max") }
    }
}

/// `notify` does not look whether its thread was started. So one is started before, for nothing:
/// what `notify` leaves behind without a thread cannot be taken back.
fn probe_threads() -> Result<(), Unwatchable> {
    let probe = thread::Builder::new().name("prom-watch probe".into()).spawn(|| {});
    probe.map(|probe| drop(probe.join())).map_err(|_| Unwatchable::without_thread())
}

/// Everything else is passed over: opens and removals that are our own doing, and writes to live
/// segments, must cause neither a scan nor an open.
fn hints(event: &Event, watched: &Path, ring: &mut impl FnMut(Hint<'_>)) {
    // An overflow has no path, so it is looked for before any path is.
    if event.need_rescan() {
        return ring(Hint::Overflow);
    }
    let hint: fn(&OsStr) -> Hint<'_> = match event.kind {
        EventKind::Access(AccessKind::Close(AccessMode::Write))
        | EventKind::Modify(ModifyKind::Name(RenameMode::To)) => |name| Hint::Written(name),
        EventKind::Modify(ModifyKind::Name(RenameMode::From)) | EventKind::Remove(_) => {
            |name| Hint::Vanished(name)
        }
        _ => return,
    };
    for path in &event.paths {
        match path.file_name() {
            _ if path == watched => ring(Hint::Lost),
            Some(name) => ring(hint(name)),
            None => {}
        }
    }
}

impl From<notify::Error> for Unwatchable {
    fn from(error: notify::Error) -> Self {
        let source = match error.kind {
            ErrorKind::Io(source) => source,
            ErrorKind::MaxFilesWatch => io::Error::from_raw_os_error(nix::libc::ENOSPC),
            ErrorKind::PathNotFound => io::Error::from_raw_os_error(nix::libc::ENOENT),
            other => io::Error::other(notify::Error::new(other)),
        };
        let limit = match source.raw_os_error() {
            Some(nix::libc::ENOSPC) => Some("fs.inotify.max_user_watches"),
            Some(nix::libc::EMFILE) => Some("fs.inotify.max_user_instances or RLIMIT_NOFILE"),
            _ => None,
        };
        Self { source, limit }
    }
}

impl fmt::Debug for Doorbell {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Doorbell").finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use notify::event::{CreateKind, DataChange, Flag, MetadataKind, RemoveKind};
    use std::fs;
    use std::sync::mpsc::{self, RecvTimeoutError};
    use std::time::Duration;

    const DIRECTORY: &str = "/d";

    fn rung(event: &Event) -> Vec<String> {
        let mut heard = Vec::new();
        hints(event, Path::new(DIRECTORY), &mut |hint| heard.push(format!("{hint:?}")));
        heard
    }

    fn kind(kind: EventKind, path: &str) -> Vec<String> {
        rung(&Event::new(kind).add_path(path.into()))
    }

    #[test]
    fn completion_and_arrival_are_heard_with_the_name() {
        let closed = EventKind::Access(AccessKind::Close(AccessMode::Write));
        let arrived = EventKind::Modify(ModifyKind::Name(RenameMode::To));
        for event in [closed, arrived] {
            assert_eq!(vec!["Written(\"a.1.prom\")"], kind(event, "/d/a.1.prom"));
        }
    }

    #[test]
    fn removals_are_heard_of_files_and_of_the_directory() {
        let moved = EventKind::Modify(ModifyKind::Name(RenameMode::From));
        for event in [moved, EventKind::Remove(RemoveKind::File)] {
            assert_eq!(vec!["Vanished(\"a.1.prom\")"], kind(event, "/d/a.1.prom"));
        }
        for event in
            [moved, EventKind::Remove(RemoveKind::Folder), EventKind::Remove(RemoveKind::Other)]
        {
            assert_eq!(vec!["Lost"], kind(event, DIRECTORY));
        }
    }

    #[test]
    fn an_overflow_is_heard_although_it_has_no_path() {
        assert_eq!(vec!["Overflow"], rung(&Event::new(EventKind::Other).set_flag(Flag::Rescan)));
    }

    #[test]
    fn what_we_cause_ourselves_is_not_heard() {
        for event in [
            EventKind::Access(AccessKind::Open(AccessMode::Any)),
            EventKind::Access(AccessKind::Close(AccessMode::Read)),
            EventKind::Create(CreateKind::File),
            EventKind::Modify(ModifyKind::Data(DataChange::Any)),
            EventKind::Modify(ModifyKind::Metadata(MetadataKind::Any)),
            EventKind::Modify(ModifyKind::Name(RenameMode::Both)),
        ] {
            assert_eq!(Vec::<String>::new(), kind(event, "/d/a.1.prom"), "{event:?}");
        }
    }

    /// A thread of `notify` that panics, for the handler does.
    #[test]
    fn an_event_thread_that_ends_is_heard_and_its_doorbell_drops_in_peace() {
        let directory = tempfile::tempdir().unwrap();
        let (says, heard) = mpsc::channel();
        let doorbell = Doorbell::watch(directory.path(), move |hint| match hint {
            Hint::Written(_) => panic!("this is meant to end the event thread"),
            hint => says.send(hint == Hint::Lost).unwrap(),
        });
        let mut doorbell = doorbell.unwrap();
        assert!(!doorbell.has_ended());
        fs::write(directory.path().join("a.1.prom"), "a 1\n").unwrap();
        let lost = heard.recv_timeout(Duration::from_secs(60)).expect("the end is heard");
        assert!(lost && doorbell.has_ended());
        let refused = doorbell.add(directory.path()).unwrap_err().source.to_string();
        assert!(refused.contains("ended"), "{refused}");
        drop(doorbell);
    }

    #[test]
    fn a_doorbell_that_is_dropped_is_silent() {
        let directory = tempfile::tempdir().unwrap();
        let (says, heard) = mpsc::channel::<()>();
        let doorbell = Doorbell::watch(directory.path(), move |_| says.send(()).unwrap()).unwrap();
        drop(doorbell);
        let ended = heard.recv_timeout(Duration::from_secs(60));
        assert_eq!(Err(RecvTimeoutError::Disconnected), ended, "the thread ends, without a word");
    }

    #[test]
    fn exhausted_limits_are_named() {
        let watches = Unwatchable::from(notify::Error::new(ErrorKind::MaxFilesWatch));
        assert_eq!(Some(nix::libc::ENOSPC), watches.source.raw_os_error());
        assert_eq!(Some("fs.inotify.max_user_watches"), watches.limit);
        let instances = io::Error::from_raw_os_error(nix::libc::EMFILE);
        let instances = Unwatchable::from(notify::Error::io(instances));
        assert_eq!(Some("fs.inotify.max_user_instances or RLIMIT_NOFILE"), instances.limit);
        let missing = Unwatchable::from(notify::Error::path_not_found());
        assert_eq!((io::ErrorKind::NotFound, None), (missing.source.kind(), missing.limit));
    }
}
