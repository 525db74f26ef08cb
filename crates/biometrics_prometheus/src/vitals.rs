//! The vitals of this crate itself, as `biometrics` counters.

use std::io;
use std::path::Path;
use std::ptr;
use std::sync::atomic::{AtomicU64, Ordering};

use biometrics::{Collector, Counter};
use prom_segment::{Loss, Observer};

macro_rules! counters {
    ($($name:ident = $label:literal;)*) => {
        $(static $name: Counter = Counter::new(concat!("biometrics_prometheus.", $label));)*
        /// In the order of the table.
        static ALL: &[&Counter] = &[$(&$name),*];
    };
}

counters! {
    SEGMENTS_OPENED = "segments_opened";
    SEGMENTS_SEALED = "segments_sealed";
    BYTES_SEALED = "bytes_sealed";
    FAILURES = "failures";
    LINES_LOST = "lines_lost";
    LINES_LOST_CLOSE = "lines_lost_close";
    LINES_LOST_DROP = "lines_lost_drop";
    LINES_LEFT_FORK = "lines_left_fork";
    LINES_REFUSED_CREATE = "lines_refused_create";
    LINES_REFUSED_WRITE = "lines_refused_write";
    LINES_REFUSED_LIMIT = "lines_refused_limit";
    LINES_REFUSED_INVALID = "lines_refused_invalid";
    SENSORS_REFUSED = "sensors_refused";
    SEGMENTS_EVICTED = "segments_evicted";
    BYTES_EVICTED = "bytes_evicted";
    ORPHANS_SWEPT = "orphans_swept";
    TORN_TAILS = "torn_tails";
    TORN_BYTES = "torn_bytes";
    WATCHER_SCANS = "watcher_scans";
    WATCHER_OVERFLOWS = "watcher_overflows";
    WATCHER_REWATCHES = "watcher_rewatches";
    SEGMENTS_TAKEN = "segments_taken";
    SEGMENTS_REMOVED = "segments_removed";
    SEGMENTS_PARKED = "segments_parked";
    SEGMENTS_FAILED = "segments_failed";
}

/// Registers this crate's own counters: what the emitters, readers and watchers of this process did,
/// and what they lost, by cause. Each name begins with `biometrics_prometheus.`, and counts from the
/// start of the process; a forked child goes on from the values of its parent.
///
/// Register them once: a collector that has them twice writes every series twice.
///
/// | counter | unit | moves when |
/// |---|---|---|
/// | `segments_opened` | segments | an emitter has given a file its name |
/// | `segments_sealed` | segments | an emitter has completed a file that is not empty |
/// | `bytes_sealed` | bytes | the same, by the size of the file |
/// | `failures` | errors | the system refused something to an emitter: to create, write, sync, unlock or remove a file, or to read the directory for the retention |
/// | `lines_lost` | lines | accepted lines are given up: the sum of the next two |
/// | `lines_lost_close` | lines | [`Emitter::close`](crate::Emitter::close) could not write them, and its error says so |
/// | `lines_lost_drop` | lines | the drop of an emitter could not write them, and this says so |
/// | `lines_left_fork` | lines | a forked child goes on with an emitter, and leaves to its parent what that had accepted; lost only if the parent ends without a flush |
/// | `lines_refused_create` | lines | an emission failed because no segment could be created |
/// | `lines_refused_write` | lines | an emission failed because lines before it could not be written |
/// | `lines_refused_limit` | lines | an emission failed because a failing disk was left alone for a moment, and the memory for lines was full |
/// | `lines_refused_invalid` | lines | an emission failed because of a prefix or a constant label that cannot be used |
/// | `sensors_refused` | emissions | an emitter or a page refused a sensor whose name is taken or is none; see [`Error`](crate::Error) |
/// | `segments_evicted` | segments | an emitter removed a finished segment that it was told not to keep; see [`Builder::keep_at_most_bytes`](crate::Builder::keep_at_most_bytes) |
/// | `bytes_evicted` | bytes | the same, by the size of the file |
/// | `orphans_swept` | files | an emitter removed an empty hidden file of one that had died, an hour later |
/// | `torn_tails` | segments | a reader met an end that is no whole line, each time a segment is read |
/// | `torn_bytes` | bytes | the same, by the bytes that were kept back |
/// | `watcher_scans` | scans | a watcher reads the names of its directory |
/// | `watcher_overflows` | overflows | the kernel dropped events of a watcher; a scan follows |
/// | `watcher_rewatches` | times | a watcher begins to watch a directory, the first time included |
/// | `segments_taken` | segments | a watcher handed a segment over |
/// | `segments_removed` | segments | it was removed by the closure it was handed to |
/// | `segments_parked` | times | a watcher leaves a segment alone for a while: it is being written, is in other hands, is empty, or failed |
/// | `segments_failed` | times | of these, that it could not be opened, or that the closure failed or panicked |
///
/// What an emitter loses when it is closed or dropped is counted after its last emission. Another emitter
/// or a page can still write it; at the end of the program only the error of
/// [`Emitter::close`](crate::Emitter::close) tells.
///
/// A line is a sample. Nothing that was refused was accepted: the sum of the samples that arrive and
/// of the lines lost is what the emissions accepted, except for what dies with a process.
///
/// The last nine come from readers and watchers, which know nothing of `biometrics`. They are brought
/// up to date by this call, and whenever `segments_opened` is emitted by an
/// [`Emitter`](crate::Emitter) or a [`SlashMetrics`](crate::SlashMetrics); with an emitter of
/// another make they stand still. [`segment::totals`](prom_segment::totals) and
/// [`watch::totals`](prom_watch::totals) tell the same at any time, and
/// [`Watcher::stats`](crate::Watcher::stats) of one watcher.
pub fn register_biometrics(collector: &Collector) {
    catch_up();
    for counter in ALL {
        collector.register_counter(counter);
    }
}

/// Called for every counter that is emitted: the first of ours brings the others up to date, which
/// stand behind it in a collector.
pub(crate) fn before(counter: &Counter) {
    if ptr::eq(counter, &SEGMENTS_OPENED) {
        catch_up();
    }
}

pub(crate) fn sensor_refused() {
    SENSORS_REFUSED.click();
}

/// What readers and watchers had counted when the counters caught up with them last. Without a lock,
/// which a forked child might inherit from a thread that it has not got.
static CAUGHT_UP: [AtomicU64; PULLED] = [const { AtomicU64::new(0) }; PULLED];
const PULLED: usize = 9;

fn catch_up() {
    let (readers, watchers) = (prom_segment::totals(), prom_watch::totals());
    let pulled: [(&Counter, u64); PULLED] = [
        (&TORN_TAILS, readers.torn_tails),
        (&TORN_BYTES, readers.torn_bytes),
        (&WATCHER_SCANS, watchers.scans),
        (&WATCHER_OVERFLOWS, watchers.overflows),
        (&WATCHER_REWATCHES, watchers.watches),
        (&SEGMENTS_TAKEN, watchers.taken),
        (&SEGMENTS_REMOVED, watchers.removed),
        (&SEGMENTS_PARKED, watchers.parkings),
        (&SEGMENTS_FAILED, watchers.failed),
    ];
    for ((counter, total), caught_up) in pulled.into_iter().zip(&CAUGHT_UP) {
        // Another thread may have read its totals later, and come here sooner.
        let before = caught_up.fetch_max(total, Ordering::Relaxed);
        if total > before {
            counter.count(total - before);
        }
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

    /// A prefix that cannot be used is refused without asking the system.
    fn failed(&self, error: &prom_segment::Error) {
        let asked = error.raw_os_error().is_some() || error.kind() != io::ErrorKind::InvalidInput;
        if asked {
            FAILURES.click();
        }
    }

    fn lost(&self, lines: u64) {
        LINES_LOST.count(lines);
    }

    fn missed(&self, lines: u64, why: Loss) {
        let counter = match why {
            Loss::Close => &LINES_LOST_CLOSE,
            Loss::Drop => &LINES_LOST_DROP,
            Loss::Fork => &LINES_LEFT_FORK,
            Loss::Create => &LINES_REFUSED_CREATE,
            Loss::Limit => &LINES_REFUSED_LIMIT,
            Loss::Invalid => &LINES_REFUSED_INVALID,
            _ => &LINES_REFUSED_WRITE,
        };
        counter.count(lines);
    }

    fn evicted(&self, _: &Path, bytes: u64) {
        SEGMENTS_EVICTED.click();
        BYTES_EVICTED.count(bytes);
    }

    fn swept(&self, orphans: u64) {
        ORPHANS_SWEPT.count(orphans);
    }
}
