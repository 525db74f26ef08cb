//! `Stats`: what a watcher has done so far, and what it has in hand; `Totals`: all watchers of the process.

use std::sync::atomic::{AtomicU64, Ordering};

/// Counters since the watcher was made, and how many names it knows now.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Stats {
    /// Passes over the directory's names.
    pub scans: u64,
    /// Times that the kernel dropped events; each caused a scan.
    pub overflows: u64,
    /// Times that the directory was watched anew, the first time included.
    pub watches: u64,
    /// Tries to take a segment, successful or not.
    pub tries: u64,
    /// Segments handed over.
    pub taken: u64,
    /// Segments that the closure had removed when it returned; those of a stream are not seen.
    pub removed: u64,
    /// Times that a segment was left alone for a while.
    pub parkings: u64,
    /// Of these, times that it could not be opened, or that the closure failed or panicked. The
    /// others were being written or processed, or were empty.
    pub failed: u64,
    /// Names to be tried without waiting.
    pub ready: usize,
    /// Names left alone for a while: being written, being processed, failed.
    pub parked: usize,
    /// Segments that were processed and left in place.
    pub done: usize,
}

/// Counters of all watchers of this process since its start, those that are gone included; from
/// [`totals`]. Each field is the sum of that of [`Stats`].
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Totals {
    /// Passes over a directory's names.
    pub scans: u64,
    /// Times that the kernel dropped events.
    pub overflows: u64,
    /// Times that a directory was watched anew, the first time included.
    pub watches: u64,
    /// Tries to take a segment.
    pub tries: u64,
    /// Segments handed over.
    pub taken: u64,
    /// Segments that were removed by those they were handed to.
    pub removed: u64,
    /// Times that a segment was left alone for a while.
    pub parkings: u64,
    /// Of these, times that it could not be opened or processed.
    pub failed: u64,
}

/// What all watchers of this process have done so far. The counters are read one after the other.
#[must_use]
pub fn totals() -> Totals {
    let read = |counter: &AtomicU64| counter.load(Ordering::Relaxed);
    Totals {
        scans: read(&SCANS),
        overflows: read(&OVERFLOWS),
        watches: read(&WATCHES),
        tries: read(&TRIES),
        taken: read(&TAKEN),
        removed: read(&REMOVED),
        parkings: read(&PARKINGS),
        failed: read(&FAILED),
    }
}

static SCANS: AtomicU64 = AtomicU64::new(0);
static OVERFLOWS: AtomicU64 = AtomicU64::new(0);
static WATCHES: AtomicU64 = AtomicU64::new(0);
static TRIES: AtomicU64 = AtomicU64::new(0);
static TAKEN: AtomicU64 = AtomicU64::new(0);
static REMOVED: AtomicU64 = AtomicU64::new(0);
static PARKINGS: AtomicU64 = AtomicU64::new(0);
static FAILED: AtomicU64 = AtomicU64::new(0);

/// The counters of one watcher. Whatever it counts, the process counts too.
#[derive(Debug, Default)]
pub(crate) struct Counted(Stats);

impl Counted {
    pub(crate) fn stats(&self) -> Stats {
        self.0
    }

    pub(crate) fn scan(&mut self) {
        count(&mut self.0.scans, &SCANS);
    }

    pub(crate) fn overflow(&mut self) {
        count(&mut self.0.overflows, &OVERFLOWS);
    }

    pub(crate) fn watch(&mut self) {
        count(&mut self.0.watches, &WATCHES);
    }

    pub(crate) fn attempt(&mut self) {
        count(&mut self.0.tries, &TRIES);
    }

    pub(crate) fn take(&mut self) {
        count(&mut self.0.taken, &TAKEN);
    }

    pub(crate) fn remove(&mut self) {
        count(&mut self.0.removed, &REMOVED);
    }

    pub(crate) fn park(&mut self) {
        count(&mut self.0.parkings, &PARKINGS);
    }

    pub(crate) fn fail(&mut self) {
        self.park();
        count(&mut self.0.failed, &FAILED);
    }
}

fn count(own: &mut u64, total: &AtomicU64) {
    *own += 1;
    total.fetch_add(1, Ordering::Relaxed);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_process_counts_what_its_watchers_count() {
        let steps: [fn(&mut Counted); 8] = [
            Counted::scan,
            Counted::overflow,
            Counted::watch,
            Counted::attempt,
            Counted::take,
            Counted::remove,
            Counted::park,
            Counted::fail,
        ];
        let before = totals();
        let mut counted = Counted::default();
        steps.iter().for_each(|step| step(&mut counted));
        let (own, after) = (counted.stats(), totals());
        assert_eq!((1, 1, 1, 1), (own.scans, own.overflows, own.watches, own.tries));
        assert_eq!((1, 1, 2, 1), (own.taken, own.removed, own.parkings, own.failed));
        // Other tests have watchers of their own, at the same time.
        assert!(after.scans > before.scans && after.overflows > before.overflows);
        assert!(after.watches > before.watches && after.tries > before.tries);
        assert!(after.taken > before.taken && after.removed > before.removed);
        assert!(after.parkings >= before.parkings + 2 && after.failed > before.failed);
    }
}
