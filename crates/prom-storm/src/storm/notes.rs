//! What a consumer notes, in a file that only it writes.

use std::fs::{File, OpenOptions};
use std::io::{self, IoSlice, Write as _};
use std::path::Path;

use crate::storm::contents::Run;
use crate::storm::outcome::Outcome;

/// A segment as it was handed over.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Delivery {
    pub(crate) name: String,
    pub(crate) len: u64,
    pub(crate) torn: u64,
    pub(crate) runs: Vec<Run>,
}

/// One thing that happened to a consumer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Note {
    /// A segment was processed.
    Processed(Delivery),
    /// The last one was removed after that.
    Removed,
    /// Something in the segment of this name should not be there.
    Problem { name: String, what: String },
    /// The watcher reported an error.
    Error(String),
    /// The watcher said how it watches.
    Mode(String),
    /// At the end: how often the kernel dropped events, and how many scans there were.
    Stats { overflows: u64, scans: u64 },
}

impl Note {
    fn line(&self) -> String {
        match self {
            Self::Processed(Delivery { name, len, torn, runs }) => {
                let runs: Vec<String> = runs.iter().map(ToString::to_string).collect();
                format!("p {} {len} {torn} {}\n", word(name), runs.join(","))
            }
            Self::Removed => "u\n".into(),
            Self::Problem { name, what } => format!("x {} {}\n", word(name), one_line(what)),
            Self::Error(error) => format!("e {}\n", one_line(error)),
            Self::Mode(mode) => format!("m {}\n", one_line(mode)),
            Self::Stats { overflows, scans } => format!("s {overflows} {scans}\n"),
        }
    }

    fn parse(line: &str) -> Option<Self> {
        let words: Vec<&str> = line.splitn(5, ' ').collect();
        Some(match *words.as_slice() {
            ["p", name, len, torn, runs] => {
                let runs: Option<Vec<Run>> =
                    runs.split(',').filter(|run| !run.is_empty()).map(Run::parse).collect();
                Self::Processed(Delivery {
                    name: name.into(),
                    len: len.parse().ok()?,
                    torn: torn.parse().ok()?,
                    runs: runs?,
                })
            }
            ["u"] => Self::Removed,
            ["x", name, ..] => {
                Self::Problem { name: name.into(), what: line.splitn(3, ' ').nth(2)?.into() }
            }
            ["e", ..] => Self::Error(line.split_once(' ')?.1.into()),
            ["m", ..] => Self::Mode(line.split_once(' ')?.1.into()),
            ["s", overflows, scans] => {
                Self::Stats { overflows: overflows.parse().ok()?, scans: scans.parse().ok()? }
            }
            _ => return None,
        })
    }
}

fn word(name: &str) -> String {
    name.chars().map(|c| if c.is_control() || c == ' ' { '?' } else { c }).collect()
}

fn one_line(text: &str) -> String {
    text.chars().map(|c| if c.is_control() { ' ' } else { c }).take(300).collect()
}

/// The file of one consumer.
#[derive(Debug)]
pub(crate) struct Notebook(File);

impl Notebook {
    pub(crate) fn open(path: &Path) -> io::Result<Self> {
        Ok(Self(OpenOptions::new().append(true).create_new(true).open(path)?))
    }

    /// By `writev(2)`, which faults put into the code under test do not reach.
    pub(crate) fn write(&mut self, note: &Note) -> io::Result<()> {
        let line = note.line();
        let (head, tail) = line.split_at(1);
        let parts = [IoSlice::new(head.as_bytes()), IoSlice::new(tail.as_bytes())];
        let written = self.0.write_vectored(&parts)?;
        if written == line.len() { Ok(()) } else { Err(io::ErrorKind::WriteZero.into()) }
    }
}

/// Reads a notebook. A last note without its line end was never finished, and does not count.
pub(crate) fn read(text: &str) -> Outcome<Vec<Note>> {
    let whole = text.rsplit_once('\n').map_or("", |(whole, _)| whole);
    let parse = |line| Note::parse(line).ok_or_else(|| format!("not a note: {line:?}").into());
    whole.split('\n').filter(|line| !line.is_empty()).map(parse).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn notes_survive_the_file_and_half_a_note_is_none() {
        let run = |first, last| Run { writer: 2, first, last };
        let runs = vec![run(0, 4), run(8, 8)];
        let notes = vec![
            Note::Processed(Delivery { name: "a.1.prom".into(), len: 9, torn: 1, runs }),
            Note::Removed,
            Note::Processed(Delivery::default()),
            Note::Problem { name: "b.1.prom".into(), what: "alien line: \"x y\"".into() },
            Note::Error("cannot open `x`: why".into()),
            Note::Mode("watching with inotify".into()),
            Note::Stats { overflows: 1, scans: 22 },
        ];
        let notes: Vec<Note> = notes
            .into_iter()
            .map(|note| match note {
                Note::Processed(empty) if empty.name.is_empty() => {
                    Note::Processed(Delivery { name: "n".into(), ..empty })
                }
                note => note,
            })
            .collect();
        let text: String = notes.iter().map(Note::line).collect();
        assert_eq!(notes, read(&text).unwrap());
        assert_eq!(notes[..6], read(&text[..text.len() - 1]).unwrap());
        assert!(read("q\n").is_err());
    }
}
