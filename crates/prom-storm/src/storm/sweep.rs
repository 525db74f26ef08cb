//! `Side` and `Recording`: which system calls a short run of a writer or a consumer makes.

use std::fs;
use std::time::Duration;

use crate::storm::consumer_plan::ConsumerPlan;
use crate::storm::outcome::Outcome;
use crate::storm::random::Random;
use crate::storm::scenario::Context;
use crate::storm::stage::Stage;
use crate::storm::strace;
use crate::storm::writer_plan::WriterPlan;

/// Calls that are tried even if the recording happens not to have them: a failure leads to them.
const WRITER_CALLS: &[&str] = &["ftruncate", "unlink", "link"];
const CONSUMER_CALLS: &[&str] = &["inotify_rm_watch"];

/// Calls that are left alone.
const EXCEPTIONS: &[&str] = &[
    // Memory: the allocator of a Rust program aborts the process.
    "brk",
    "mmap",
    "mprotect",
    "mremap",
    "munmap",
    "madvise",
    // They cannot fail, or glibc and std take it for granted when they start and end threads.
    "clock_nanosleep",
    "exit",
    "exit_group",
    "futex",
    "getpid",
    "getrandom",
    "gettid",
    "prctl",
    "restart_syscall",
    "rseq",
    "rt_sigprocmask",
    "rt_sigreturn",
    "sched_getaffinity",
    "sched_yield",
    "set_robust_list",
    "sigaltstack",
    // The harness' own: acknowledgements and notes.
    "writev",
];

/// Of the calls of one kind the first are all disturbed, and of those that follow a choice.
const ALL_OF: usize = 16;
const SOME_OF: usize = 8;

/// Parts of a sweep that run at a time; most of each is waiting.
pub(crate) const WORKERS: usize = 8;

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

/// A consumer that looks often enough to notice soon what it is not told.
pub(crate) fn brisk() -> ConsumerPlan {
    let (rescan, grace) = (Duration::from_millis(200), Duration::from_millis(1));
    ConsumerPlan { rescan, grace, ..ConsumerPlan::default() }
}

/// The calls of an undisturbed run.
#[derive(Debug)]
pub(crate) struct Recording {
    text: String,
    side: Side,
}

/// The k-th calls of a kind that are worth disturbing.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Target {
    pub(crate) call: String,
    pub(crate) ks: Vec<u64>,
    /// How many there are besides.
    pub(crate) others: u64,
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
        match self {
            Self::Writer => drop(stage.write_under(few(), &under)?),
            Self::Consumer => {
                stage.write(few())?;
                stage.join_writers()?;
                stage.consume_under(brisk(), &under)?;
            }
        }
        stage.join_writers()?;
        stage.account()?;
        let text = String::from_utf8_lossy(&fs::read(&file)?).into_owned();
        Ok(Recording { text, side: self })
    }

    /// What the first line holds that a process writes when it is up.
    fn mark(self) -> &'static str {
        match self {
            Self::Writer => "egan",
            Self::Consumer => "consumer0.notes\", O_WRONLY",
        }
    }

    fn more_calls(self) -> &'static [&'static str] {
        match self {
            Self::Writer => WRITER_CALLS,
            Self::Consumer => CONSUMER_CALLS,
        }
    }
}

impl Recording {
    /// Every call that the process makes when it is up, but for the exceptions.
    pub(crate) fn targets(&self, random: &mut Random) -> Vec<Target> {
        let names = strace::names(&self.text, self.side.mark());
        let more = self.side.more_calls().iter().map(|name| (*name).to_owned());
        let mut names: Vec<String> = names.into_iter().chain(more).collect();
        names.sort();
        names.dedup();
        let worth = names.into_iter().filter(|name| !EXCEPTIONS.contains(&name.as_str()));
        worth.map(|call| self.target(call, random)).collect()
    }

    pub(crate) fn target(&self, call: String, random: &mut Random) -> Target {
        let own = strace::own_calls(&self.text, &call, self.side.mark());
        let mut ks: Vec<u64> = own.into_iter().collect();
        let mut rest = ks.split_off(ALL_OF.min(ks.len()));
        for _ in 0..SOME_OF.min(rest.len()) {
            ks.push(rest.swap_remove(random.index(rest.len())));
        }
        Target { call, ks, others: rest.len() as u64 }
    }
}
