//! A consumer process: a watcher whose callback fails now and then.

use std::io::{self, Read as _, stdin};
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;
use std::time::Duration;

use prom_segment::Reader;
use prom_watch::Watcher;

use crate::storm::notes::{Note, Notebook};
use crate::storm::outcome::Outcome;
use crate::storm::plan::{ONE_FAILS_IN, parse};

/// The callback's own failure, to be told from errors of the watcher.
const PLANNED: &str = "planned failure";

/// Goes on until its standard input is closed and nothing is left to do.
pub(crate) fn run(id: &str, seed: &str, directory: &Path, notes: &Path) -> Outcome {
    let mut random = Random(seed.parse::<u64>()? ^ id.parse::<u64>()?.wrapping_mul(0x9e37_79b9));
    let mut notebook = Notebook::open(notes)?;
    let over = Arc::new(AtomicBool::new(false));
    let told = Arc::clone(&over);
    thread::spawn(move || {
        // The end of the input is the signal; an error of it ends the consumer as well.
        let _ = stdin().read_to_end(&mut Vec::new());
        told.store(true, Ordering::Relaxed);
    });
    let watcher = Watcher::new(directory);
    loop {
        let was_over = over.load(Ordering::Relaxed);
        // At the end, longer than the watcher leaves an empty file alone: the killed writer may
        // have left one.
        let patience = Duration::from_millis(if was_over { 3_000 } else { 100 });
        let step = watcher.ingest_next(patience, |segment| {
            process(segment, &mut notebook, random.next().is_multiple_of(ONE_FAILS_IN))
        });
        match step {
            Ok(false) if was_over => return Ok(()),
            Ok(_) => {}
            Err(error) if error.to_string().contains(PLANNED) => {}
            Err(error) => return Err(error.into()),
        }
    }
}

fn process(mut segment: Reader, notebook: &mut Notebook, fails: bool) -> io::Result<()> {
    let mut text = String::new();
    segment.read_to_string(&mut text)?;
    if fails {
        return Err(io::Error::other(PLANNED));
    }
    let Some((writer, number)) = parse(&text) else {
        notebook.write(&Note::Incomplete { text })?;
        return segment.unlink();
    };
    notebook.write(&Note::Processed { writer, segment: number })?;
    segment.unlink()?;
    notebook.write(&Note::Removed { writer, segment: number })
}

/// A xorshift generator: which callbacks fail has to repeat with the seed.
struct Random(u64);

impl Random {
    fn next(&mut self) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        self.0
    }
}
