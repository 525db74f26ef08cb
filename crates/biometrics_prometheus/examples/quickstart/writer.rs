//! A writer process: an ordinary program with its vitals in static sensors.

use std::error::Error;
use std::fs;
use std::io::{Write as _, stdout};
use std::path::Path;
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

use biometrics::{Collector, Counter, Histogram, Sensor as _};
use biometrics_prometheus::{Emitter, LabelName};
use sig_fig_histogram::LockFreeHistogram;

use crate::audit::Account;
use crate::walk;

static FILES: Counter = Counter::new("quickstart.files");
static LINES: Counter = Counter::new("quickstart.lines");
static BYTES: Counter = Counter::new("quickstart.bytes");
static SIZES_BUCKETS: LockFreeHistogram<63> = LockFreeHistogram::new(1);
static SIZES: Histogram = Histogram::new("quickstart.file.size.bytes", &SIZES_BUCKETS);

/// The steady writer goes over the sources for this long, and ends with the file at hand.
const WORK: Duration = Duration::from_secs(1);

pub(crate) fn run(name: &str, sources: &Path, segments: &Path) -> Result<(), Box<dyn Error>> {
    let collector = Collector::new();
    for counter in [&FILES, &LINES, &BYTES] {
        collector.register_counter(counter);
    }
    collector.register_histogram(&SIZES);
    let mut emitter = Emitter::builder()
        .prefix(segments.join(format!("{name}.")))
        .segment_size(64 * 1024)
        .label(LabelName::new("writer")?, name)
        .build();

    let started = Instant::now();
    let mut now = 0;
    for file in std::iter::repeat_with(|| walk::files(sources)).flatten() {
        read(&file);
        now = later_than(now)?;
        emitter.emit_all(&collector, now)?;
        emitter.flush()?;
        acknowledge(now)?;
        // The doomed writer goes on until it is killed.
        if name == "steady" && started.elapsed() >= WORK {
            break;
        }
    }
    emitter.close()?;
    Ok(())
}

fn read(file: &Path) {
    let Ok(contents) = fs::read(file) else { return };
    FILES.click();
    LINES.count(contents.iter().map(|byte| u64::from(*byte == b'\n')).sum());
    BYTES.count(contents.len() as u64);
    SIZES.observe(contents.len() as f64);
}

/// The time in milliseconds, and in any case later than the last one.
fn later_than(last: u64) -> Result<u64, Box<dyn Error>> {
    let now = SystemTime::now().duration_since(UNIX_EPOCH)?.as_millis();
    Ok(u64::try_from(now)?.max(last + 1))
}

/// Tells the parent process what the flush has made safe.
fn acknowledge(timestamp_ms: u64) -> Result<(), Box<dyn Error>> {
    let account =
        Account { timestamp_ms, files: FILES.read(), lines: LINES.read(), bytes: BYTES.read() };
    writeln!(stdout(), "{account}")?;
    Ok(stdout().flush()?)
}
