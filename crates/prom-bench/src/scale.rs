//! `Scale`: how much is measured.

use std::time::Duration;

/// The numbers of a run.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Scale {
    /// Rounds of a race, each with a lap of every contender.
    pub(crate) rounds: usize,
    /// Collections in one lap of the encoders, and passes in one of the parsers.
    pub(crate) collections: usize,
    /// Collections that go into one file.
    pub(crate) file_collections: usize,
    pub(crate) labelled: [usize; 2],
    /// The three numbers of segments that are drained, and how often each.
    pub(crate) drained: [(usize, usize); 3],
    /// The three numbers of live segments.
    pub(crate) live: [usize; 3],
    /// Segments that are handed over before those that count.
    pub(crate) handed_over_before: usize,
    pub(crate) handed_over: usize,
    pub(crate) hand_over_rounds: usize,
    pub(crate) idle: Duration,
    /// Samples that are written or read under callgrind, at least, beside those of the first job.
    pub(crate) instructed: usize,
    /// Contenders of each workload that run under callgrind.
    pub(crate) contenders: usize,
}

impl Scale {
    pub(crate) const FULL: Self = Self {
        rounds: 11,
        collections: 40,
        file_collections: 100,
        labelled: [1_000, 100_000],
        drained: [(1_000, 7), (10_000, 5), (100_000, 3)],
        live: [0, 1_000, 10_000],
        handed_over_before: 250,
        handed_over: 800,
        hand_over_rounds: 5,
        idle: Duration::from_secs(10),
        instructed: 40_000,
        contenders: usize::MAX,
    };

    /// Enough to see that everything works.
    pub(crate) const QUICK: Self = Self {
        rounds: 1,
        collections: 2,
        file_collections: 3,
        labelled: [100, 1_000],
        drained: [(20, 1), (50, 1), (100, 1)],
        live: [0, 10, 100],
        handed_over_before: 2,
        handed_over: 20,
        hand_over_rounds: 1,
        idle: Duration::from_millis(100),
        instructed: 8_000,
        contenders: 1,
    };
}
