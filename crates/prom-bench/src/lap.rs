//! `Lap`: what one stretch of work took, by each clock.

use std::time::Duration;

use nix::time::{ClockId, clock_gettime};

use crate::outcome::Outcome;

/// Seconds by three clocks.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Lap {
    pub(crate) wall: f64,
    /// Processor time of the thread that works.
    pub(crate) thread: f64,
    /// Processor time of all threads of the process, in the kernel too.
    pub(crate) process: f64,
}

impl Lap {
    /// Times the work.
    pub(crate) fn of(work: impl FnOnce() -> Outcome) -> Outcome<Self> {
        let before = Self::now()?;
        work()?;
        let after = Self::now()?;
        Ok(Self {
            wall: after.wall - before.wall,
            thread: after.thread - before.thread,
            process: after.process - before.process,
        })
    }

    fn now() -> Outcome<Self> {
        let read = |clock| Ok::<_, nix::Error>(Duration::from(clock_gettime(clock)?).as_secs_f64());
        Ok(Self {
            wall: read(ClockId::CLOCK_MONOTONIC)?,
            thread: read(ClockId::CLOCK_THREAD_CPUTIME_ID)?,
            process: read(ClockId::CLOCK_PROCESS_CPUTIME_ID)?,
        })
    }
}
