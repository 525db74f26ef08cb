//! The writer processes that the lock checks look at from outside: this program again, started with a helper's name.

use std::io::{self, Read, Write};
use std::path::Path;
use std::time::Duration;

use biometrics::Counter;
use biometrics_prometheus::{Emitter, Options};

use crate::compat::workload::EPOCH;

/// Writes one segment, says its name, and seals it when its standard input ends.
pub(crate) const HOLD: &str = "--helper-hold";

/// Writes one segment from its creation to its end.
pub(crate) const EMIT: &str = "--helper-emit";

/// An emitter with one flushed sample.
pub(crate) fn flushed(folder: &Path) -> io::Result<Emitter> {
    let options = Options {
        segment_size: 1 << 20,
        flush_interval: Duration::from_secs(3600),
        prefix: folder.join("storm."),
    };
    let mut emitter = Emitter::new(options);
    let counter = Counter::new("storm.held");
    counter.click();
    biometrics::Emitter::emit_counter(&mut emitter, &counter, EPOCH)?;
    emitter.flush()?;
    Ok(emitter)
}

/// Runs a helper, if this is the name of one.
pub(crate) fn run(name: &str, folder: &Path) -> Option<io::Result<()>> {
    match name {
        HOLD => Some(hold(folder)),
        EMIT => Some(flushed(folder).and_then(Emitter::close)),
        _ => None,
    }
}

fn hold(folder: &Path) -> io::Result<()> {
    let emitter = flushed(folder)?;
    let mut stdout = io::stdout();
    writeln!(stdout, "{}", emitter.path().unwrap_or_default().display())?;
    stdout.flush()?;
    io::stdin().read_to_end(&mut Vec::new())?;
    emitter.close()
}
