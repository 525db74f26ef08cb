//! A consumer process: a watcher that notes every segment before it removes it.

use std::ffi::OsStr;
use std::fs::{self, File};
use std::io::{self, IoSlice, Read as _, Write as _};
use std::os::fd::AsFd as _;
use std::os::unix::ffi::OsStrExt as _;
use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};
use std::path::{Path, PathBuf};
use std::sync::mpsc::{Receiver, channel};
use std::time::{Duration, Instant};

use biometrics_prometheus::{Reader, Watcher};
use nix::dir::{Dir, Type};
use nix::fcntl::OFlag;
use nix::sys::stat::Mode;

use crate::storm::consumer_plan::ConsumerPlan;
use crate::storm::contents::Contents;
use crate::storm::hunger::starve;
use crate::storm::input::Input;
use crate::storm::notes::{Delivery, Note, Notebook};
use crate::storm::options::Options;
use crate::storm::outcome::Outcome;
use crate::storm::passing::pass;
use crate::storm::random::Random;

/// The callback's own failure, to be told from errors of the watcher.
const PLANNED: &str = "planned failure";
/// No segment of a storm is longer; a planted one may be.
const LONGEST: u64 = 1 << 20;

/// A watcher with its notebook.
#[derive(Debug)]
pub(crate) struct Consuming {
    watcher: Watcher,
    modes: Receiver<String>,
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
    /// The standard output, unless it is somebody else's.
    stdout: Option<File>,
}

impl Consuming {
    /// One that does not say on the standard output how far it is.
    pub(crate) fn quiet(plan: ConsumerPlan, input: Input) -> Outcome<Self> {
        let mut consuming = Self::begin(plan, input)?;
        consuming.desk.stdout = None;
        Ok(consuming)
    }

    pub(crate) fn begin(plan: ConsumerPlan, input: Input) -> Outcome<Self> {
        let (told, modes) = channel();
        let mut watcher = Watcher::builder(&plan.directory).empty_grace(plan.grace).on_mode(
            // Nobody listens any more when the process ends.
            move |mode| drop(told.send(mode.to_string())),
        );
        if !plan.rescan.is_zero() {
            watcher = watcher.rescan_interval(plan.rescan);
        }
        let stdout = Some(io::stdout().as_fd().try_clone_to_owned()?.into());
        let (notebook, random) = (Notebook::open(&plan.notes)?, Random::new(plan.seed));
        let desk = Desk { plan, input, notebook, random, delivered: 0, stdout };
        Ok(Self { watcher: watcher.build(), modes, desk })
    }

    /// Takes one segment, or waits for one; says whether there was any progress.
    pub(crate) fn step(&mut self, wait: Duration) -> Outcome<bool> {
        let Self { watcher, modes, desk } = self;
        let stepped = catch_unwind(AssertUnwindSafe(|| {
            watcher.ingest_next(wait, |segment| desk.process(segment))
        }));
        // The note of a removal has to follow that of its delivery, so this one is not written at once.
        for mode in modes.try_iter() {
            desk.notebook.write(&Note::Mode(mode))?;
        }
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
        // The rest is read as well, as any consumer would, and is not kept.
        io::copy(&mut segment, &mut io::sink())?;
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
        self.keep(&name, &bytes)?;
        let delivery = Delivery { name, len: segment.len(), torn, runs: contents.runs };
        self.notebook.write(&Note::Processed(delivery))?;
        self.tell(samples)?;
        segment.unlink()?;
        self.notebook.write(&Note::Removed)
    }

    /// Keeps the first few for a judge.
    fn keep(&mut self, name: &str, bytes: &[u8]) -> io::Result<()> {
        if self.plan.keeps == 0 {
            return Ok(());
        }
        self.plan.keeps -= 1;
        fs::write(self.plan.notes.with_extension(format!("{}.{name}", self.plan.keeps)), bytes)
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

    /// One `writev(2)`, as the notes are written: the number of samples so far.
    fn tell(&mut self, samples: u64) -> io::Result<()> {
        self.delivered += samples;
        let Some(stdout) = &mut self.stdout else { return Ok(()) };
        let count = self.delivered.to_string();
        let written =
            stdout.write_vectored(&[IoSlice::new(count.as_bytes()), IoSlice::new(b"\n")])?;
        if written == count.len() + 1 { Ok(()) } else { Err(io::ErrorKind::WriteZero.into()) }
    }
}

/// Goes on until its input has ended and nothing is left to take.
pub(crate) fn run(options: &Options) -> Outcome {
    let plan = ConsumerPlan::read(options)?;
    let input = Input::listen();
    let mut consuming = Consuming::begin(plan.clone(), input.clone())?;
    if plan.hungry {
        starve(input.clone());
    }
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

/// Whether the directory could be read and holds no segment.
pub(crate) fn is_drained(directory: &Path) -> bool {
    look(directory).is_ok_and(|segments| segments.is_empty())
}

/// The regular files that have a segment's name.
pub(crate) fn segments(directory: &Path) -> Vec<PathBuf> {
    look(directory).unwrap_or_default()
}

/// Looked for here without the code under test, and by `nix`, since std's `ReadDir` panics when a
/// fault hits its end.
fn look(directory: &Path) -> nix::Result<Vec<PathBuf>> {
    let flags = OFlag::O_RDONLY | OFlag::O_DIRECTORY | OFlag::O_CLOEXEC;
    let mut segments = Vec::new();
    for entry in Dir::open(directory, flags, Mode::empty())? {
        let entry = entry?;
        let name = entry.file_name().to_bytes();
        if entry.file_type() == Some(Type::File) && is_segment(&String::from_utf8_lossy(name)) {
            segments.push(directory.join(OsStr::from_bytes(name)));
        }
    }
    Ok(segments)
}

fn is_segment(name: &str) -> bool {
    let stem = name.strip_suffix(".prom").unwrap_or_default();
    !stem.starts_with('.') && stem.ends_with(|last: char| last.is_ascii_digit())
}
