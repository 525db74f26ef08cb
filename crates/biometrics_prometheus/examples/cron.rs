//! A short job that leaves its metrics behind for a collector that runs later.
//!
//! `cargo run --example cron [DIRECTORY]` measures the working directory, and leaves a segment in
//! DIRECTORY, by default that for temporary files.

use std::error::Error;
use std::path::PathBuf;
use std::time::{Instant, SystemTime, UNIX_EPOCH};

use biometrics::{Counter, Emitter as _, Gauge};
use biometrics_prometheus::{Emitter, LabelName};

static FILES: Counter = Counter::new("census.files");
static BYTES: Counter = Counter::new("census.bytes");
static SECONDS: Gauge = Gauge::new("census.duration.seconds");

fn main() -> Result<(), Box<dyn Error>> {
    let directory = std::env::args_os().nth(1).map_or_else(std::env::temp_dir, PathBuf::from);
    let started = Instant::now();
    for entry in std::fs::read_dir(".")? {
        FILES.click();
        BYTES.count(entry?.metadata()?.len());
    }
    SECONDS.set(started.elapsed().as_secs_f64());

    let mut emitter = Emitter::builder()
        .prefix(directory.join("census."))
        .label(LabelName::new("job")?, "census")
        .build();
    let now = u64::try_from(SystemTime::now().duration_since(UNIX_EPOCH)?.as_millis())?;
    emitter.emit_counter(&FILES, now)?;
    emitter.emit_counter(&BYTES, now)?;
    emitter.emit_gauge(&SECONDS, now)?;
    let segment = emitter.path().unwrap_or_default();
    // Dropping the emitter would complete the segment too, but could not report an error.
    emitter.close()?;

    println!("left {} for the collector:", segment.display());
    print!("{}", std::fs::read_to_string(&segment)?);
    Ok(())
}
