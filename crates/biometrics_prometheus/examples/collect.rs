//! A small collector daemon: takes every finished segment of a directory and removes it.
//!
//! `cargo run --example collect DIRECTORY` runs until Ctrl-C. Without a directory it shows itself on a
//! temporary one: a program in it leaves three segments, and the daemon ends after them.

use std::error::Error;
use std::io::{self, Read as _};
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU32, Ordering};
use std::time::Duration;

use biometrics::{Counter, Emitter as _};
use biometrics_prometheus::{Emitter, Options, Reader, Watcher};

fn main() -> Result<(), Box<dyn Error>> {
    let stop = Arc::new(AtomicBool::new(false));
    let stopped = Arc::clone(&stop);
    ctrlc::set_handler(move || stopped.store(true, Ordering::Relaxed))?;
    match std::env::args_os().nth(1) {
        Some(directory) => collect(Path::new(&directory), &stop, u32::MAX),
        None => {
            let directory = tempfile::tempdir()?;
            leave_segments(directory.path(), 3)?;
            collect(directory.path(), &stop, 3)
        }
    }
}

fn collect(directory: &Path, stop: &AtomicBool, limit: u32) -> Result<(), Box<dyn Error>> {
    let watcher = Watcher::new(directory);
    let taken = AtomicU32::new(0);
    while !stop.load(Ordering::Relaxed) && taken.load(Ordering::Relaxed) < limit {
        // The time is how long Ctrl-C may take, not how often the directory is looked at.
        let outcome = watcher.ingest_next(Duration::from_millis(200), process);
        match outcome {
            Ok(processed) => _ = taken.fetch_add(processed.into(), Ordering::Relaxed),
            // It names the file, which is tried again later; the others are not held up.
            Err(error) => eprintln!("{error}"),
        }
    }
    println!("took {} segments", taken.load(Ordering::Relaxed));
    Ok(())
}

/// Ships one segment. Here it only counts; with an error the segment would come again.
fn process(mut reader: Reader) -> io::Result<()> {
    let mut text = String::new();
    reader.read_to_string(&mut text)?;
    let samples = text.lines().filter(|line| !line.starts_with('#')).count();
    println!("{}: {samples} samples", reader.path().display());
    // Only now that it is processed: after a crash in between it would come again.
    reader.unlink()
}

fn leave_segments(directory: &Path, count: u64) -> io::Result<()> {
    let counter = Counter::new("demo.ticks");
    let prefix = directory.join("demo.");
    let mut emitter = Emitter::new(Options { segment_size: 0, prefix, ..Options::default() });
    for now in 0..count {
        counter.click();
        emitter.emit_counter(&counter, now)?;
    }
    emitter.close()
}
