//! The workload `files`: collections that go into a file, each flushed.

use std::cell::RefCell;
use std::fs::{self, File};
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};
use std::rc::Rc;
use std::time::Duration;

use biometrics_prometheus::{Emitter, Options};
use tempfile::TempDir;

use crate::contender::{Contender, samples};
use crate::floor::Floor;
use crate::mixed::{Mixed, NOW};
use crate::outcome::{Outcome, ensure};
use crate::peers::UPSTREAM;
use crate::place::directory;
use crate::race::Race;
use crate::report::Report;
use crate::scale::Scale;
use crate::spread::Spread;

pub(crate) const NAME: &str = "files";
pub(crate) const FLOOR: &str = "floor, one write(2) each";
pub(crate) const OURS: &str = "ours, together";
pub(crate) const COLLECTED: &str = "ours, through a Collector";
pub(crate) const BY_SENSOR: &str = "ours, sensor by sensor";

/// No segment of a lap is full or old.
const NEVER_FULL: usize = 1 << 40;
const NEVER_OLD: Duration = Duration::from_secs(24 * 3600);

pub(crate) fn run(scale: &Scale, report: &mut Report) -> Outcome {
    let sensors = Mixed::service();
    same_bytes(&sensors)?;
    let mut contenders = contenders(&sensors)?;
    let race = Race::run(&mut contenders, scale.rounds, scale.file_collections)?;
    let count = sensors.samples() as f64;
    for contender in &contenders {
        let name = contender.name;
        let cpu = race.each(name, |lap| lap.process)?;
        report.add(NAME, name, "ns of CPU a sample", cpu.map(|seconds| seconds * 1e9 / count));
        report.add(NAME, name, "of floor", race.ratio(name, FLOOR, |lap| lap.process)?);
        report.add(NAME, name, "of floor by the wall", race.ratio(name, FLOOR, |lap| lap.wall)?);
        if name == UPSTREAM {
            report.add(NAME, name, "of ours", race.ratio(name, OURS, |lap| lap.process)?);
        }
    }
    for contender in &mut contenders {
        let writes = writes(contender, scale.file_collections)?;
        report.add(NAME, contender.name, "write(2) a collection", Spread::exactly(writes));
    }
    Ok(())
}

/// Everybody who writes files.
pub(crate) fn contenders(sensors: &Mixed) -> Outcome<Vec<Contender<'_>>> {
    Ok(vec![
        floor(sensors)?,
        ours(sensors)?,
        collected(sensors)?,
        by_sensor(sensors)?,
        upstream(sensors)?,
    ])
}

fn writes(contender: &mut Contender<'_>, times: usize) -> Outcome<f64> {
    contender.begin()?;
    let before = write_calls()?;
    contender.act(times)?;
    Ok((write_calls()? - before) as f64 / times as f64)
}

/// The write(2) calls of this process, of any of its threads.
fn write_calls() -> Outcome<u64> {
    let text = fs::read_to_string("/proc/self/io")?;
    let calls = text.lines().find_map(|line| line.strip_prefix("syscw: "));
    Ok(calls.ok_or("no write calls in /proc/self/io")?.parse()?)
}

/// Two collections by each: floor and ours are the same to the byte, upstream has as many samples.
fn same_bytes(sensors: &Mixed) -> Outcome {
    let [floor, ours, theirs] =
        [FloorFile::new(sensors)?.two()?, two(sensors, our_emitter)?, two(sensors, their_emitter)?];
    ensure(floor == ours, || {
        format!("we write {} bytes, and the floor {}", ours.len(), floor.len())
    })?;
    let at_once = without_the_collector(&at_once(sensors)?)?;
    ensure(at_once == ours, || {
        format!("at once we write {} bytes, and one by one {}", at_once.len(), ours.len())
    })?;
    let counts = [&ours, &theirs].map(|text| samples(text));
    let [expected, theirs] = [2 * sensors.samples(), counts[1] + 2 * sensors.histograms.len()];
    ensure(counts[0] == expected && theirs == expected, || {
        format!("of {expected} samples we write {}, and upstream {theirs}", counts[0])
    })
}

/// An emitter of either side, and what its flush is.
trait Flush: biometrics::Emitter<Error = io::Error> {
    fn flush(&mut self) -> io::Result<()>;
}

impl Flush for Emitter {
    fn flush(&mut self) -> io::Result<()> {
        Self::flush(self)
    }
}

impl Flush for upstream::Emitter {
    fn flush(&mut self) -> io::Result<()> {
        Self::flush(self)
    }
}

fn our_emitter(directory: &Path) -> Emitter {
    let prefix = directory.join("ours.");
    Emitter::new(Options { segment_size: NEVER_FULL, flush_interval: NEVER_OLD, prefix })
}

fn their_emitter(directory: &Path) -> upstream::Emitter {
    let prefix = directory.join("theirs.").to_string_lossy().into_owned();
    let prefix = prefix.into();
    upstream::Emitter::new(upstream::Options {
        segment_size: NEVER_FULL,
        flush_interval: NEVER_OLD,
        prefix,
    })
}

fn two<E: Flush>(sensors: &Mixed, emitter: fn(&Path) -> E) -> Outcome<Vec<u8>> {
    let directory = directory()?;
    let mut emitter = emitter(directory.path());
    for now in [NOW, NOW + 1] {
        sensors.emit(&mut emitter, now)?;
        emitter.flush()?;
    }
    drop(emitter);
    only_file(directory.path())
}

fn at_once(sensors: &Mixed) -> Outcome<Vec<u8>> {
    let (directory, collector) = (directory()?, sensors.collector());
    let mut emitter = our_emitter(directory.path());
    for now in [NOW, NOW + 1] {
        emitter.emit_all(&collector, now)?;
        emitter.flush()?;
    }
    drop(emitter);
    only_file(directory.path())
}

/// Its own counters change with every emission.
fn without_the_collector(text: &[u8]) -> Outcome<Vec<u8>> {
    let lines = std::str::from_utf8(text)?.split_inclusive('\n');
    Ok(lines.filter(|line| !line.contains("biometrics_collector_")).collect::<String>().into())
}

fn only_file(directory: &Path) -> Outcome<Vec<u8>> {
    let paths: Vec<PathBuf> = fs::read_dir(directory)?
        .map(|entry| entry.map(|entry| entry.path()))
        .collect::<Result<_, _>>()?;
    match paths.as_slice() {
        [path] => Ok(fs::read(path)?),
        _ => Err(format!("{} files instead of one", paths.len()).into()),
    }
}

/// The sensors themselves, as the floor and upstream have them.
fn ours(sensors: &Mixed) -> Outcome<Contender<'_>> {
    emitting(OURS, sensors, our_emitter, |emitter, now| {
        emitter.emit_together(|emission| sensors.emit(emission, now))
    })
}

/// Through a collector, as most programs do it; the collector's own ten counters come on top.
fn collected(sensors: &Mixed) -> Outcome<Contender<'_>> {
    let collector = sensors.collector();
    emitting(COLLECTED, sensors, our_emitter, move |emitter, now| emitter.emit_all(&collector, now))
}

fn by_sensor(sensors: &Mixed) -> Outcome<Contender<'_>> {
    emitting(BY_SENSOR, sensors, our_emitter, |emitter, now| sensors.emit(emitter, now))
}

fn upstream(sensors: &Mixed) -> Outcome<Contender<'_>> {
    emitting(UPSTREAM, sensors, their_emitter, |emitter, now| sensors.emit(emitter, now))
}

/// An emitter, when it emitted last, and where.
struct Emitting<E> {
    emitter: E,
    now: u64,
    directory: TempDir,
}

impl<E> Emitting<E> {
    fn new(emitter: fn(&Path) -> E) -> Outcome<Self> {
        let directory = directory()?;
        Ok(Self { emitter: emitter(directory.path()), now: NOW, directory })
    }
}

/// Emits and flushes; a new emitter in a new directory for each lap.
fn emitting<'a, E: Flush + 'static>(
    name: &'static str,
    sensors: &'a Mixed,
    emitter: fn(&Path) -> E,
    mut emit: impl FnMut(&mut E, u64) -> io::Result<()> + 'a,
) -> Outcome<Contender<'a>> {
    let state = Rc::new(RefCell::new(Emitting::new(emitter)?));
    let begun = Rc::clone(&state);
    let act = move || {
        let Emitting { emitter, now, directory } = &mut *state.borrow_mut();
        debug_assert!(directory.path().exists());
        *now += 1;
        emit(emitter, *now)?;
        Ok(emitter.flush()?)
    };
    Ok(Contender::new(name, sensors.samples(), act).begins(move || {
        *begun.borrow_mut() = Emitting::new(emitter)?;
        Ok(())
    }))
}

/// The floor's text in a file.
struct FloorFile {
    floor: Rc<Floor>,
    text: Vec<u8>,
    now: u64,
    file: Option<File>,
    directory: TempDir,
}

impl FloorFile {
    fn new(sensors: &Mixed) -> Outcome<Self> {
        let (floor, directory) = (Rc::new(Floor::new(sensors)), directory()?);
        Ok(Self { floor, text: Vec::new(), now: NOW - 1, file: None, directory })
    }

    fn again(&mut self) -> Outcome {
        (self.file, self.directory) = (None, directory()?);
        Ok(())
    }

    fn collect(&mut self) -> Outcome {
        self.now += 1;
        self.text.clear();
        self.floor.write(&mut self.text, self.now, self.file.is_none());
        let path = self.directory.path().join("floor.prom");
        let file = match self.file.take() {
            Some(file) => file,
            None => File::create_new(path)?,
        };
        self.file.insert(file).write_all(&self.text)?;
        Ok(())
    }

    fn two(mut self) -> Outcome<Vec<u8>> {
        self.collect()?;
        self.collect()?;
        only_file(self.directory.path())
    }
}

fn floor(sensors: &Mixed) -> Outcome<Contender<'_>> {
    let file = Rc::new(RefCell::new(FloorFile::new(sensors)?));
    let begun = Rc::clone(&file);
    let contender = Contender::new(FLOOR, sensors.samples(), move || file.borrow_mut().collect());
    Ok(contender.begins(move || begun.borrow_mut().again()))
}

#[cfg(test)]
mod tests {
    use super::same_bytes;
    use crate::mixed::Mixed;

    #[test]
    fn the_floor_writes_our_files() {
        same_bytes(&Mixed::service()).unwrap();
    }
}
