//! `Doorbell`: inotify, through `notify`, which nothing else here names. Its events are hints.

use std::ffi::OsStr;
use std::fmt;
use std::io;
use std::path::Path;
use std::thread;

use notify::event::{AccessKind, AccessMode, ModifyKind, RenameMode};
use notify::{Config, ErrorKind, Event, EventKind, INotifyWatcher, RecursiveMode, Watcher as _};

/// What may have happened; the directory is the truth.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Hint<'a> {
    /// A file that was open for writing was closed, or one was moved here.
    Written(&'a OsStr),
    /// A file was removed or moved away.
    Vanished(&'a OsStr),
    /// The kernel dropped events.
    Overflow,
    /// The directory itself was moved or removed, or the events ended.
    Lost,
}

/// Rings until it is dropped.
pub(crate) struct Doorbell(#[expect(dead_code, reason = "held for its `Drop`")] INotifyWatcher);

/// Why there is no doorbell, and the limit that is to blame, if one is.
#[derive(Debug)]
pub(crate) struct Unwatchable {
    pub(crate) source: io::Error,
    pub(crate) limit: Option<&'static str>,
}

impl Doorbell {
    /// Watches an absolute path. When this returns, no later event is missed.
    ///
    /// `ring` runs on a thread that also empties the kernel's queue, so it must be quick.
    pub(crate) fn watch(
        directory: &Path,
        mut ring: impl FnMut(Hint<'_>) + Send + 'static,
    ) -> Result<Self, Unwatchable> {
        let watched = directory.to_owned();
        let handler = move |event: notify::Result<Event>| match &event {
            Ok(event) => hints(event, &watched, &mut ring),
            Err(_) => ring(Hint::Lost),
        };
        probe_threads()?;
        let mut inner = INotifyWatcher::new(handler, Config::default())?;
        inner.watch(directory, RecursiveMode::NonRecursive)?;
        Ok(Self(inner))
    }
}

/// `notify` starts a thread, does not look whether that succeeded, and panics when it talks to one
/// that is not there. So one is started before, for nothing.
fn probe_threads() -> Result<(), Unwatchable> {
    let probe = thread::Builder::new().name("prom-watch probe".into()).spawn(|| {});
    let limit = Some("RLIMIT_NPROC or pids.max");
    probe.map(|probe| drop(probe.join())).map_err(|source| Unwatchable { source, limit })
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
