//! A short job that leaves its metrics behind for a collector that runs later.
//!
//! `cargo run --example cron [DIRECTORY]`

use std::error::Error;
use std::path::PathBuf;
use std::time::{Instant, SystemTime, UNIX_EPOCH};

use biometrics::{Collector, Counter, Gauge};
use biometrics_prometheus::{Emitter, LabelName, Options};

static RUNS: Counter = Counter::new("backup.runs");
static SECONDS: Gauge = Gauge::new("backup.seconds");

fn main() -> Result<(), Box<dyn Error>> {
    let directory = match std::env::args_os().nth(1) {
        Some(directory) => PathBuf::from(directory),
        None => std::env::temp_dir(),
    };
    let collector = Collector::new();
    collector.register_counter(&RUNS);
    collector.register_gauge(&SECONDS);

    let started = Instant::now();
    RUNS.click();
    SECONDS.set(started.elapsed().as_secs_f64());

    // One segment for one run: nothing else rotates it, and `close` completes it and reports errors.
    let mut emitter = Emitter::builder()
        .prefix(directory.join("backup."))
        .flush_interval(Options::default().flush_interval)
        .label(LabelName::new("job")?, "backup")
        .build();
    let now = SystemTime::now().duration_since(UNIX_EPOCH)?.as_millis();
    collector.emit(&mut emitter, u64::try_from(now)?)?;
    let segment = emitter.path().unwrap_or_default();
    emitter.close()?;
    println!("left {} for the collector:", segment.display());
    print!("{}", std::fs::read_to_string(&segment)?);
    Ok(())
}
