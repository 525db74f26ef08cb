//! `Judge`: the real watcher and reader, on a directory that a power cut could have left.

use std::collections::BTreeSet;
use std::fs;
use std::io::{self, Read as _};
use std::path::Path;
use std::time::Duration;

use prom_segment::Reader;
use prom_watch::{Strategy, Watcher};
use tempfile::TempDir;

use crate::replay::disk::State;
use crate::replay::promise::Promise;
use crate::replay::script::HEADER;

/// Memory, where there is such a file system: there are thousands of states.
const MEMORY: &str = "/dev/shm";

#[derive(Debug)]
pub(crate) struct Judge {
    directory: TempDir,
    watcher: Watcher,
}

/// A segment that was handed over.
#[derive(Debug)]
struct Delivery {
    name: String,
    text: Vec<u8>,
}

impl Judge {
    pub(crate) fn new() -> io::Result<Self> {
        let memory = Path::new(MEMORY);
        let builder = tempfile::Builder::new();
        let directory =
            if memory.is_dir() { builder.tempdir_in(memory)? } else { builder.tempdir()? };
        let watcher = Watcher::builder(directory.path())
            .strategy(Strategy::Poll(Duration::from_secs(1)))
            .empty_grace(Duration::ZERO)
            .build();
        Ok(Self { directory, watcher })
    }

    /// What is wrong when the machine comes up with this state.
    pub(crate) fn faults(&self, state: &State, promise: &Promise) -> io::Result<Vec<String>> {
        for (name, data) in state {
            fs::write(self.directory.path().join(name), data)?;
        }
        let deliveries = self.drain(state.len())?;
        let mut faults = faults(&deliveries, promise);
        for entry in fs::read_dir(self.directory.path())? {
            let entry = entry?;
            let name = entry.file_name().to_string_lossy().into_owned();
            if !name.starts_with('.') {
                faults.push(format!("{name} was left behind"));
            }
            fs::remove_file(entry.path())?;
        }
        Ok(faults)
    }

    /// Takes what there is; more than there was would be a fault that the judgement finds.
    fn drain(&self, files: usize) -> io::Result<Vec<Delivery>> {
        let mut deliveries = Vec::new();
        for _ in 0..=files {
            let took = self.watcher.ingest_one(|reader| {
                deliveries.push(Delivery::of(reader)?);
                Ok::<(), io::Error>(())
            })?;
            if !took {
                break;
            }
        }
        Ok(deliveries)
    }
}

impl Delivery {
    fn of(mut reader: Reader) -> io::Result<Self> {
        let mut text = Vec::new();
        reader.read_to_end(&mut text)?;
        let name = reader.path().file_name().unwrap_or_default().to_string_lossy().into_owned();
        reader.unlink()?;
        Ok(Self { name, text })
    }
}

fn faults(deliveries: &[Delivery], promise: &Promise) -> Vec<String> {
    let mut faults = Vec::new();
    let mut delivered = BTreeSet::new();
    for Delivery { name, text } in deliveries {
        if name.starts_with('.') {
            faults.push(format!("{name} was handed over"));
        }
        for line in text.split_inclusive(|byte| *byte == b'\n').map(<[u8]>::to_vec) {
            let shown = String::from_utf8_lossy(&line).into_owned();
            if line == HEADER.as_bytes() {
                continue;
            }
            if !promise.accepted.contains(&line) {
                faults.push(format!("{name} holds {shown:?}, which nobody emitted"));
            } else if !delivered.insert(line) {
                faults.push(format!("{shown:?} came twice"));
            }
        }
        if promise.complete.get(name).is_some_and(|complete| complete != text) {
            faults.push(format!("{name} was sealed, and is not complete"));
        }
    }
    let lost = promise.owed.difference(&delivered).map(|line| String::from_utf8_lossy(line));
    faults.extend(lost.map(|line| format!("{line:?} was acknowledged, and is lost")));
    faults
}

#[cfg(test)]
mod tests {
    use super::*;

    type Files = &'static [(&'static str, &'static [u8])];

    fn promise() -> Promise {
        let lines = [b"a 1\n".to_vec(), b"a 2\n".to_vec()];
        Promise {
            accepted: lines.clone().into(),
            owed: lines[..1].iter().cloned().collect(),
            complete: [("a.2.prom".to_owned(), b"a 2\n".to_vec())].into(),
        }
    }

    #[test]
    fn the_reader_is_judged_by_what_it_hands_over() {
        let judge = Judge::new().unwrap();
        let cases: &[(Files, &[&str])] = &[
            (&[("a.1.prom", b"a 1\n")], &[]),
            (&[("a.1.prom", b"a 1\na 2"), (".a.7.0.tmp", b"a 2\n")], &[]),
            (&[("a.1.prom", b"a 1\n\0\0\0\0"), ("a.2.prom", b"a 2\n")], &[]),
            (&[("a.1.prom", b"")], &["lost"]),
            (&[(".a.7.0.tmp", b"a 1\n")], &["lost"]),
            (&[("a.1.prom", b"a 1\n3\n")], &["nobody"]),
            (&[("a.1.prom", b"a 1\n"), ("a.3.prom", b"a 1\n")], &["twice"]),
            (&[("a.1.prom", b"a 1\n"), ("a.2.prom", b"a 2")], &["not complete"]),
        ];
        for (files, words) in cases {
            let named = files.iter().map(|(name, data)| ((*name).to_owned(), data.to_vec()));
            let found = judge.faults(&named.collect(), &promise()).unwrap();
            assert_eq!(words.len(), found.len(), "{files:?}: {found:?}");
            assert!(
                words.iter().zip(&found).all(|(word, found)| found.contains(word)),
                "{found:?}"
            );
        }
    }
}
