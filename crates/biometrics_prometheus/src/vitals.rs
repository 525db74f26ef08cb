//! The vitals of this crate itself, as `biometrics` counters.

use std::path::Path;

use biometrics::{Collector, Counter};
use prom_segment::Observer;

static SEGMENTS_OPENED: Counter = Counter::new("biometrics_prometheus.segments_opened");
static SEGMENTS_SEALED: Counter = Counter::new("biometrics_prometheus.segments_sealed");
static BYTES_SEALED: Counter = Counter::new("biometrics_prometheus.bytes_sealed");
static FAILURES: Counter = Counter::new("biometrics_prometheus.failures");
static LINES_LOST: Counter = Counter::new("biometrics_prometheus.lines_lost");

/// Registers this crate's own counters: segments opened and sealed, bytes sealed, failures of the
/// disk, and accepted lines that an emitter could not write before it was dropped.
pub fn register_biometrics(collector: &Collector) {
    for counter in [&SEGMENTS_OPENED, &SEGMENTS_SEALED, &BYTES_SEALED, &FAILURES, &LINES_LOST] {
        collector.register_counter(counter);
    }
}

/// Counts what happens to the segments of every emitter of the process.
#[derive(Debug)]
pub(crate) struct Vitals;

impl Observer for Vitals {
    fn opened(&self, _: &Path) {
        SEGMENTS_OPENED.click();
    }

    fn sealed(&self, _: &Path, bytes: u64) {
        SEGMENTS_SEALED.click();
        BYTES_SEALED.count(bytes);
    }

    fn failed(&self, _: &prom_segment::Error) {
        FAILURES.click();
    }

    fn lost(&self, lines: u64) {
        LINES_LOST.count(lines);
    }
}
