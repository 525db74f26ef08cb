//! `Scene`: a directory with segments, live ones included, and the moves that most tests make.

use std::fs::{self, File};
use std::io::{self, Read as _, Write as _};
use std::path::{Path, PathBuf};
use std::thread;
use std::time::{Duration, Instant};

use nix::fcntl::{Flock, FlockArg};
use prom_segment::Reader;
use prom_watch::Watcher;
use tempfile::TempDir;

/// What must happen happens long before; a test that waits so long has failed.
pub(crate) const PATIENCE: Duration = Duration::from_secs(60);
/// Longer than any test: what is held back for so long does not happen.
pub(crate) const NEVER: Duration = Duration::from_secs(3600);

pub(crate) struct Scene(TempDir);

/// A segment that is being written, visible and locked.
pub(crate) struct Live(Flock<File>);

impl Scene {
    pub(crate) fn new() -> Self {
        Self(tempfile::tempdir().expect("a temporary directory"))
    }

    pub(crate) fn directory(&self) -> &Path {
        self.0.path()
    }

    pub(crate) fn path(&self, name: &str) -> PathBuf {
        self.0.path().join(name)
    }

    /// A watcher that is told of everything by events, or not at all.
    pub(crate) fn attentive(&self) -> Watcher {
        Watcher::builder(self.directory()).rescan_interval(NEVER).build()
    }

    /// A finished segment, there from one moment to the next.
    pub(crate) fn seal(&self, name: &str, text: &str) {
        let hidden = self.path(&format!(".{name}"));
        fs::write(&hidden, text).expect("written");
        fs::rename(&hidden, self.path(name)).expect("renamed");
    }

    pub(crate) fn seal_all(&self, names: &[&str]) {
        for name in names {
            self.seal(name, &format!("{name}\n"));
        }
    }

    pub(crate) fn live(&self, name: &str) -> Live {
        let hidden = self.path(&format!(".{name}"));
        let file = File::create_new(&hidden).expect("created");
        let file = lock(file);
        fs::rename(&hidden, self.path(name)).expect("renamed");
        Live(file)
    }

    /// The names in the directory, sorted.
    pub(crate) fn names(&self) -> Vec<String> {
        let entries = fs::read_dir(self.directory()).expect("readable");
        let name = |entry: io::Result<fs::DirEntry>| entry.expect("an entry").file_name();
        let mut names: Vec<String> =
            entries.map(|entry| name(entry).to_string_lossy().into_owned()).collect();
        names.sort();
        names
    }
}

impl Live {
    pub(crate) fn write(&mut self, text: &str) {
        self.0.write_all(text.as_bytes()).expect("written");
    }

    /// Unlocks, then closes.
    pub(crate) fn seal(self) {
        drop(self.0.unlock().expect("unlocked"));
    }
}

pub(crate) fn lock(file: File) -> Flock<File> {
    Flock::lock(file, FlockArg::LockExclusiveNonblock).map_err(|(_, error)| error).expect("locked")
}

/// The file name of a segment.
pub(crate) fn name(reader: &Reader) -> String {
    reader.path().file_name().expect("a name").to_string_lossy().into_owned()
}

pub(crate) fn text(reader: &mut Reader) -> String {
    let mut text = String::new();
    reader.read_to_string(&mut text).expect("read");
    text
}

/// Processes one segment, if there is one, and removes it.
pub(crate) fn take(watcher: &Watcher) -> Option<String> {
    let mut taken = None;
    let processed = watcher.ingest_one(|reader| {
        taken = Some(name(&reader));
        reader.unlink()
    });
    assert_eq!(taken.is_some(), processed.expect("no error"));
    taken
}

/// Processes and removes the next segment, which must come.
pub(crate) fn next(watcher: &Watcher) -> String {
    let mut taken = None;
    let processed = watcher.ingest_next(PATIENCE, |reader| {
        taken = Some(name(&reader));
        reader.unlink()
    });
    assert!(processed.expect("no error"), "no segment came");
    taken.expect("processed")
}

/// Like [`next`], and leaves the segment in place.
pub(crate) fn keep(watcher: &Watcher) -> String {
    let mut taken = None;
    let processed = watcher.ingest_next(PATIENCE, |reader| {
        taken = Some(name(&reader));
        io::Result::Ok(())
    });
    assert!(processed.expect("no error"), "no segment came");
    taken.expect("processed")
}

/// Processes and removes what can be had without waiting.
pub(crate) fn drain(watcher: &Watcher) -> Vec<String> {
    std::iter::from_fn(|| take(watcher)).collect()
}

/// Asserts that no segment comes in the given time.
#[track_caller]
pub(crate) fn silent_for(watcher: &Watcher, millis: u64) {
    let mut came = None;
    let processed = watcher.ingest_next(Duration::from_millis(millis), |reader| {
        came = Some(name(&reader));
        io::Result::Ok(())
    });
    assert_eq!((None, false), (came, processed.expect("no error")));
}

/// Waits for something that must come to pass.
#[track_caller]
pub(crate) fn eventually(mut condition: impl FnMut() -> bool) {
    let begun = Instant::now();
    while !condition() {
        assert!(begun.elapsed() < PATIENCE, "it has not come to pass");
        thread::yield_now();
    }
}
