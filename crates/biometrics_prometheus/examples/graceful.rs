//! A program that loses nothing to Ctrl-C, to SIGTERM, or to a panic.
//!
//! `cargo run --example graceful DIRECTORY` emits twenty times a second until a signal ends it. Without a
//! directory it shows itself on a temporary one, and ends after ten rounds.

use std::error::Error;
use std::path::Path;
use std::sync::mpsc::{self, Receiver, RecvTimeoutError};
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use biometrics::{Counter, Emitter as _, Sensor as _};
use biometrics_prometheus::{Emitter, Options, flush_on_panic};

static ROUNDS: Counter = Counter::new("graceful.rounds");

fn main() -> Result<(), Box<dyn Error>> {
    run(std::env::args_os().nth(1).as_ref().map(Path::new))
}

pub(crate) fn run(directory: Option<&Path>) -> Result<(), Box<dyn Error>> {
    // Should a panic abort the process, what emitters have in memory is written before.
    flush_on_panic();
    let (sender, stop) = mpsc::channel();
    // SIGINT, SIGTERM and SIGHUP, on a thread of their own. A program whose main loop cannot be told
    // would call `flush_all` here, with some patience for emitters at work, and exit.
    ctrlc::set_handler(move || _ = sender.send(()))?;
    if let Some(directory) = directory {
        return work(directory, u64::MAX, &stop);
    }
    let directory = tempfile::tempdir()?;
    work(directory.path(), 10, &stop)?;
    for entry in std::fs::read_dir(directory.path())? {
        print!("{}", std::fs::read_to_string(entry?.path())?);
    }
    Ok(())
}

fn work(directory: &Path, rounds: u64, stop: &Receiver<()>) -> Result<(), Box<dyn Error>> {
    let prefix = directory.join("graceful.");
    // So long an interval that nothing is sealed meanwhile by itself.
    let flush_interval = Duration::from_secs(3600);
    let mut emitter = Emitter::new(Options { prefix, flush_interval, ..Options::default() });
    while ROUNDS.read() < rounds {
        ROUNDS.click();
        let now = SystemTime::now().duration_since(UNIX_EPOCH)?.as_millis();
        emitter.emit_counter(&ROUNDS, u64::try_from(now)?)?;
        println!("emitted {}", ROUNDS.read());
        // A signal ends the pause.
        match stop.recv_timeout(Duration::from_millis(50)) {
            Err(RecvTimeoutError::Timeout) => {}
            Ok(()) | Err(RecvTimeoutError::Disconnected) => break,
        }
    }
    // Writes what is in memory and completes the segment; a drop would, too, but tells no error.
    Ok(emitter.close()?)
}
