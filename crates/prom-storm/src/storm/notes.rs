//! What a consumer notes of each segment, in a file that only it writes.

use std::fs::{File, OpenOptions};
use std::io::Write as _;
use std::path::Path;

use crate::storm::outcome::Outcome;

/// One thing that happened to a consumer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Note {
    /// A whole segment was processed.
    Processed { writer: u64, segment: u64 },
    /// It was removed after that.
    Removed { writer: u64, segment: u64 },
    /// What was handed out was not a whole segment.
    Incomplete { text: String },
}

pub(crate) struct Notebook(File);

impl Notebook {
    pub(crate) fn open(path: &Path) -> Outcome<Self> {
        Ok(Self(OpenOptions::new().append(true).create_new(true).open(path)?))
    }

    /// One write for one note, so that a kill leaves whole notes.
    pub(crate) fn write(&mut self, note: &Note) -> std::io::Result<()> {
        self.0.write_all(render(note).as_bytes())
    }
}

fn render(note: &Note) -> String {
    match note {
        Note::Processed { writer, segment } => format!("processed {writer} {segment}\n"),
        Note::Removed { writer, segment } => format!("removed {writer} {segment}\n"),
        Note::Incomplete { text } => format!("incomplete {text:?}\n"),
    }
}

pub(crate) fn read(text: &str) -> Outcome<Vec<Note>> {
    text.lines().map(parse).collect()
}

fn parse(line: &str) -> Outcome<Note> {
    let words: Vec<&str> = line.splitn(3, ' ').collect();
    Ok(match *words.as_slice() {
        ["processed", writer, segment] => {
            Note::Processed { writer: writer.parse()?, segment: segment.parse()? }
        }
        ["removed", writer, segment] => {
            Note::Removed { writer: writer.parse()?, segment: segment.parse()? }
        }
        ["incomplete", ..] => Note::Incomplete { text: line.to_owned() },
        _ => return Err(format!("not a note: {line:?}").into()),
    })
}
