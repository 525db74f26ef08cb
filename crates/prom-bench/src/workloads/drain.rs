//! The workload `drain`: a backlog of finished segments, each read and removed.

use std::cell::RefCell;
use std::fs::{self, File};
use std::io::{self, Read};
use std::path::{Path, PathBuf};
use std::rc::Rc;

use biometrics_prometheus::Watcher;
use nix::fcntl::{Flock, FlockArg};
use tempfile::TempDir;

use crate::contender::Contender;
use crate::outcome::{Outcome, ensure};
use crate::peers::UPSTREAM;
use crate::place::directory;
use crate::race::Race;
use crate::report::Report;
use crate::scale::Scale;
use crate::segments::{LINES, finished};
use crate::spread::Spread;

pub(crate) const NAME: &str = "drain";
const FLOOR: &str = "floor";
const OURS: &str = "ours";

/// Upstream reads the directory again for every segment: ten times as many take a hundred times as long.
const UPSTREAM_AT_MOST: usize = 1_000;

pub(crate) fn run(scale: &Scale, report: &mut Report) -> Outcome {
    let mut sizes = Vec::new();
    for (count, _) in scale.drained {
        let mut contenders =
            vec![contender(FLOOR, count, by_hand)?, contender(OURS, count, watched)?];
        if count <= UPSTREAM_AT_MOST {
            contenders.push(contender(UPSTREAM, count, by_upstream)?);
        } else {
            let why = "takes more than a minute; see the smallest";
            report.skip(NAME, format!("{UPSTREAM}, {count}"), why);
        }
        sizes.push((count, contenders, Vec::new()));
    }
    let most = scale.drained.iter().map(|(_, rounds)| *rounds).max().unwrap_or(0);
    for round in 0..most {
        for ((_, contenders, races), (_, rounds)) in sizes.iter_mut().zip(scale.drained) {
            if round < rounds {
                races.push(Round::run(contenders)?);
            }
        }
    }
    for (count, contenders, races) in &sizes {
        for contender in contenders {
            let row = format!("{}, {count}", contender.name);
            let of = |value: fn(&Round, &str) -> Outcome<f64>| spread(races, contender.name, value);
            let each = |seconds: f64| seconds * 1e6 / *count as f64;
            report.add(NAME, row.as_str(), "us a segment", of(Round::wall)?.map(each));
            report.add(NAME, row.as_str(), "us of CPU", of(Round::cpu)?.map(each));
            report.add(NAME, row.as_str(), "of floor", of(Round::of_floor)?);
            report.add(NAME, row, "of floor by the wall", of(Round::of_floor_by_wall)?);
        }
    }
    grows(&sizes.iter().map(|(_, _, races)| races.as_slice()).collect::<Vec<_>>(), report)
}

/// How many times longer the largest backlog takes than the one before it.
fn grows(sizes: &[&[Round]], report: &mut Report) -> Outcome {
    let [_, middle, large] = sizes else { return Err("three sizes are compared".into()) };
    for name in [FLOOR, OURS] {
        let mut ratios = Vec::new();
        for (middle, large) in middle.iter().zip(*large) {
            ratios.push(large.cpu(name)? / middle.cpu(name)?);
        }
        report.add(NAME, format!("{name}, the largest"), "of the middle", Spread::of(ratios));
    }
    Ok(())
}

/// One drain by each contender, one after the other.
struct Round(Race);

impl Round {
    fn run(contenders: &mut [Contender<'_>]) -> Outcome<Self> {
        Ok(Self(Race::once(contenders)?))
    }

    fn wall(&self, name: &str) -> Outcome<f64> {
        Ok(self.0.each(name, |lap| lap.wall)?.median)
    }

    fn cpu(&self, name: &str) -> Outcome<f64> {
        Ok(self.0.each(name, |lap| lap.process)?.median)
    }

    fn of_floor(&self, name: &str) -> Outcome<f64> {
        Ok(self.0.ratio(name, FLOOR, |lap| lap.process)?.median)
    }

    fn of_floor_by_wall(&self, name: &str) -> Outcome<f64> {
        Ok(self.0.ratio(name, FLOOR, |lap| lap.wall)?.median)
    }
}

fn spread(
    rounds: &[Round],
    name: &str,
    value: fn(&Round, &str) -> Outcome<f64>,
) -> Outcome<Spread> {
    let values: Vec<f64> = rounds.iter().map(|round| value(round, name)).collect::<Outcome<_>>()?;
    Ok(Spread::of(values))
}

/// Drains a directory into a buffer; gives the number of segments and of bytes.
type Drain = fn(&Path) -> Outcome<(usize, usize)>;

fn contender(name: &'static str, count: usize, drain: Drain) -> Outcome<Contender<'static>> {
    let place: Rc<RefCell<TempDir>> = Rc::new(RefCell::new(directory()?));
    let begun = Rc::clone(&place);
    let act = move || {
        let place = place.borrow();
        let (segments, bytes) = drain(place.path())?;
        ensure((segments, bytes) == (count, count * LINES.len()), || {
            format!("{name} drains {segments} of {count} segments, {bytes} bytes")
        })?;
        let left = fs::read_dir(place.path())?.count();
        ensure(left == 0, || format!("{name} leaves {left} files"))
    };
    Ok(Contender::new(name, count, act).begins(move || {
        let place = directory()?;
        finished(place.path(), count)?;
        *begun.borrow_mut() = place;
        Ok(())
    }))
}

/// One pass over the names, and what each file needs: in order, locked, read, removed.
fn by_hand(directory: &Path) -> Outcome<(usize, usize)> {
    let mut found: Vec<(u64, PathBuf)> = Vec::new();
    for entry in fs::read_dir(directory)? {
        let path = entry?.path();
        let name = path.file_name().and_then(|name| name.to_str()).unwrap_or_default();
        let millis = name.strip_suffix(".prom").and_then(|name| name.rsplit('.').next());
        let millis = millis.ok_or("a name without a time")?.parse()?;
        found.push((millis, path));
    }
    found.sort();
    let (mut text, mut bytes) = (Vec::new(), 0);
    for (_, path) in &found {
        let locked = Flock::lock(File::open(path)?, FlockArg::LockExclusiveNonblock);
        let mut locked = locked.map_err(|(_, error)| error)?;
        text.clear();
        bytes += locked.read_to_end(&mut text)?;
        fs::remove_file(path)?;
    }
    Ok((found.len(), bytes))
}

fn watched(directory: &Path) -> Outcome<(usize, usize)> {
    let watcher = Watcher::new(directory);
    let (mut segments, mut bytes, mut text) = (0, 0, Vec::new());
    while watcher.ingest_one(|mut reader| {
        text.clear();
        bytes += reader.read_to_end(&mut text)?;
        reader.unlink()
    })? {
        segments += 1;
    }
    Ok((segments, bytes))
}

/// Its watcher does not say whether there was one.
fn by_upstream(directory: &Path) -> Outcome<(usize, usize)> {
    let watcher = upstream::Watcher::new(directory.to_string_lossy().into_owned().into());
    let (mut segments, mut bytes, mut text) = (0, 0, Vec::new());
    loop {
        let before = segments;
        watcher.ingest_one(|reader| {
            text.clear();
            bytes += (&*reader).read_to_end(&mut text)?;
            segments += 1;
            reader.unlink()?;
            Ok::<(), io::Error>(())
        })?;
        if segments == before {
            return Ok((segments, bytes));
        }
    }
}
