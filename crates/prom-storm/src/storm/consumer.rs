//! A consumer process: a watcher that notes every segment before it removes it.

use std::fs;
use std::io::{self, Read as _, Write as _};
use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use biometrics_prometheus::{Reader, Watcher};

use crate::storm::consumer_plan::ConsumerPlan;
use crate::storm::contents::Contents;
use crate::storm::input::Input;
use crate::storm::notes::{Delivery, Note, Notebook};
use crate::storm::options::Options;
use crate::storm::outcome::Outcome;
use crate::storm::passing::pass;
use crate::storm::random::Random;

/// The callback's own failure, to be told from errors of the watcher.
const PLANNED: &str = "planned failure";
/// No segment of a storm is longer; a planted one may be.
const LONGEST: u64 = 64 << 20;

/// A watcher with its notebook.
#[derive(Debug)]
pub(crate) struct Consuming {
    watcher: Watcher,
    desk: Desk,
}

/// What a callback works with.
#[derive(Debug)]
struct Desk {
    plan: ConsumerPlan,
    input: Input,
    notebook: Notebook,
    random: Random,
    delivered: u64,
    /// Whether the standard output is somebody else's.
    quiet: bool,
}

impl Consuming {
    /// One that does not say on the standard output how far it is.
    pub(crate) fn quiet(plan: ConsumerPlan, input: Input) -> Outcome<Self> {
        let mut consuming = Self::begin(plan, input)?;
        consuming.desk.quiet = true;
        Ok(consuming)
    }

    pub(crate) fn begin(plan: ConsumerPlan, input: Input) -> Outcome<Self> {
        let mut watcher = Watcher::builder(&plan.directory).empty_grace(plan.grace);
        if !plan.rescan.is_zero() {
            watcher = watcher.rescan_interval(plan.rescan);
        }
        let (notebook, random) = (Notebook::open(&plan.notes)?, Random::new(plan.seed));
        let desk = Desk { plan, input, notebook, random, delivered: 0, quiet: false };
        Ok(Self { watcher: watcher.build(), desk })
    }

    /// Takes one segment, or waits for one; says whether there was any progress.
    pub(crate) fn step(&mut self, wait: Duration) -> Outcome<bool> {
        let Self { watcher, desk } = self;
        let stepped = catch_unwind(AssertUnwindSafe(|| {
            watcher.ingest_next(wait, |segment| desk.process(segment))
        }));
        match stepped {
            Ok(Ok(progress)) => Ok(progress),
            Ok(Err(error)) if error.to_string() == PLANNED => Ok(true),
            Ok(Err(error)) => {
                desk.notebook.write(&Note::Error(error.to_string()))?;
                Ok(false)
            }
            Err(panic) if panic.is::<&'static str>() => Ok(true),
            Err(panic) => resume_unwind(panic),
        }
    }

    pub(crate) fn end(mut self) -> Outcome {
        let stats = self.watcher.stats();
        let note = Note::Stats { overflows: stats.overflows, scans: stats.scans };
        Ok(self.desk.notebook.write(&note)?)
    }
}

impl Desk {
    fn process(&mut self, mut segment: Reader) -> io::Result<()> {
        let mut bytes = Vec::new();
        segment.by_ref().take(LONGEST).read_to_end(&mut bytes)?;
        let contents = Contents::of(&String::from_utf8_lossy(&bytes));
        self.take_time();
        if self.plan.fails_one_in > 0 && self.random.below(self.plan.fails_one_in) == 0 {
            if self.random.below(2) == 0 {
                // Not by `panic!`, which would print.
                resume_unwind(Box::new(PLANNED));
            }
            return Err(io::Error::other(PLANNED));
        }
        let name = segment.path().file_name().unwrap_or_default().to_string_lossy().into_owned();
        for what in contents.problems.into_iter().take(3) {
            self.notebook.write(&Note::Problem { name: name.clone(), what })?;
        }
        let samples: u64 = contents.runs.iter().map(|run| run.last + 1 - run.first).sum();
        let torn = segment.torn_bytes()?;
        let delivery = Delivery { name, len: segment.len(), torn, runs: contents.runs };
        self.notebook.write(&Note::Processed(delivery))?;
        self.tell(samples)?;
        segment.unlink()?;
        self.notebook.write(&Note::Removed)
    }

    fn take_time(&mut self) {
        if self.plan.blocks {
            self.input.wait();
            self.plan.blocks = false;
        }
        if !self.plan.slowness.is_zero() {
            pass(self.plan.slowness);
        }
    }

    /// One `write(2)`: the number of samples so far.
    fn tell(&mut self, samples: u64) -> io::Result<()> {
        self.delivered += samples;
        if self.quiet {
            return Ok(());
        }
        let line = format!("{}\n", self.delivered);
        let mut stdout = io::stdout().lock();
        stdout.write_all(line.as_bytes())?;
        stdout.flush()
    }
}

/// Goes on until its input has ended and nothing is left to take.
pub(crate) fn run(options: &Options) -> Outcome {
    let plan = ConsumerPlan::read(options)?;
    let input = Input::listen();
    let mut consuming = Consuming::begin(plan.clone(), input.clone())?;
    let mut last = Instant::now();
    loop {
        let over = input.is_over();
        if consuming.step(Duration::from_millis(50))? || !over {
            last = Instant::now();
        } else if is_drained(&plan.directory) || last.elapsed() > plan.patience {
            return consuming.end();
        }
    }
}

/// `ReadDir` panics when a directory cannot be closed; a fault that hits this look is not the watcher's.
fn is_drained(directory: &Path) -> bool {
    catch_unwind(|| segments(directory).is_empty()).unwrap_or(false)
}

/// The regular files that have a segment's name. Looked for here without the code under test.
pub(crate) fn segments(directory: &Path) -> Vec<PathBuf> {
    let names = fs::read_dir(directory).into_iter().flatten().flatten();
    let is_segment = |path: &PathBuf| {
        let name = path.file_name().unwrap_or_default().to_string_lossy();
        let stem = name.strip_suffix(".prom").unwrap_or_default();
        !stem.starts_with('.')
            && stem.ends_with(|last: char| last.is_ascii_digit())
            && fs::symlink_metadata(path).is_ok_and(|metadata| metadata.is_file())
    };
    names.map(|entry| entry.path()).filter(is_segment).collect()
}
