//! `Run`: a program that keeps its vitals in segments, and a consumer that drains them.

use std::io::{self, Read};
use std::path::Path;
use std::time::Duration;

use biometrics_prometheus::{Emitter, Options, Reader, Watcher};

use crate::compat::failure::{Verdict, ensure};
use crate::compat::truth::Truth;
use crate::compat::workload::{EPOCH, Emit, STEP, Sensors};

/// How often a run emits.
pub(crate) const ROUNDS: u64 = 12;

/// The segments of a run in the order they were handed over, and what they must hold.
#[derive(Clone, Debug)]
pub(crate) struct Run {
    pub(crate) segments: Vec<String>,
    pub(crate) truths: Vec<Truth>,
}

/// How long the last segments may take to be handed over.
const PATIENCE: Duration = Duration::from_secs(30);

/// Where one segment ends and the next begins.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Cut {
    /// At the border between two emissions, when the segment has about this size.
    Size(usize),
    /// At every border.
    EveryEmission,
}

impl Run {
    /// Emits round after round, and drains the directory while it does so.
    pub(crate) fn new(folder: &Path, cut: Cut) -> Verdict<Self> {
        let flush_interval = Duration::from_secs(3600);
        let segment_size = if let Cut::Size(size) = cut { size } else { usize::MAX };
        let mut emitter =
            Emitter::new(Options { segment_size, flush_interval, prefix: folder.join("storm.") });
        let watcher = Watcher::new(folder);
        let sensors = Sensors::new();
        let (mut segments, mut truths) = (Vec::new(), Vec::new());
        for round in 0..ROUNDS {
            sensors.work(round);
            let now = EPOCH + round * STEP;
            truths.push(Truth::of(&sensors, round + 1, now));
            sensors.emit(&mut emitter, now)?;
            if cut == Cut::EveryEmission {
                emitter.rotate()?;
            }
            while watcher.ingest_one(|reader| take(reader, &mut segments))? {}
        }
        emitter.close()?;
        while std::fs::read_dir(folder)?.count() > 0 {
            let taken = watcher.ingest_next(PATIENCE, |reader| take(reader, &mut segments))?;
            ensure(taken, || format!("{} keeps segments that nobody writes", folder.display()))?;
        }
        Ok(Self { segments, truths })
    }
}

/// Takes the text of a finished segment, and the segment away.
fn take(mut reader: Reader, segments: &mut Vec<String>) -> io::Result<()> {
    let mut text = String::new();
    reader.read_to_string(&mut text)?;
    segments.push(text);
    reader.unlink()
}
