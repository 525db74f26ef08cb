//! `Side` and `Recording`: which system calls a short run of a writer or a consumer makes.

use std::ops::RangeInclusive;
use std::path::PathBuf;
use std::time::Duration;

use tempfile::TempDir;

use crate::storm::consumer_plan::ConsumerPlan;
use crate::storm::outcome::Outcome;
use crate::storm::scenario::Context;
use crate::storm::stage::Stage;
use crate::storm::strace;
use crate::storm::writer_plan::WriterPlan;

pub(crate) const WRITER_CALLS: &[&str] = &[
    "openat",
    "fchmod",
    "flock",
    "renameat2",
    "write",
    "ftruncate",
    "unlink",
    "fsync",
    "close",
    "clone3",
];
pub(crate) const CONSUMER_CALLS: &[&str] = &[
    "openat",
    "statx",
    "flock",
    "pread64",
    "read",
    "getdents64",
    "unlink",
    "inotify_init1",
    "inotify_add_watch",
    "inotify_rm_watch",
    "epoll_create1",
    "epoll_ctl",
    "epoll_wait",
    "close",
    "clone3",
];

/// Which of the two is under strace.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Side {
    Writer,
    Consumer,
}

/// A run short enough to be repeated for every call it makes: three segments and a flush in each.
pub(crate) fn few() -> WriterPlan {
    let flush_interval = Duration::from_secs(3600);
    WriterPlan {
        segment_size: 300,
        flush_every: 6,
        syncs: true,
        flush_interval,
        ..WriterPlan::new(20)
    }
}

/// The calls of an undisturbed run.
#[derive(Debug)]
pub(crate) struct Recording {
    _home: TempDir,
    file: PathBuf,
    mark: &'static str,
}

impl Side {
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Writer => "writer",
            Self::Consumer => "consumer",
        }
    }

    pub(crate) fn record(self, context: &Context) -> Outcome<Recording> {
        let home = tempfile::tempdir()?;
        let file = home.path().join("calls");
        let under = strace::recording(&file);
        let mut stage = Stage::new(context.seed)?;
        let mark = match self {
            Self::Writer => {
                stage.write_under(few(), &under)?;
                "egan"
            }
            Self::Consumer => {
                stage.write(few())?;
                stage.join_writers()?;
                stage.consume_under(ConsumerPlan::default(), &under)?;
                "consumer0.notes\", O_WRONLY"
            }
        };
        stage.join_writers()?;
        stage.account()?;
        Ok(Recording { _home: home, file, mark })
    }
}

impl Recording {
    /// Which calls of this kind are the process' own, and not its start's. At most sixteen of them.
    pub(crate) fn own(&self, call: &str) -> Outcome<RangeInclusive<u64>> {
        let calls = strace::calls(&self.file, call, self.mark)?;
        Ok(calls.before + 1..=calls.total.min(calls.before + 16))
    }
}
