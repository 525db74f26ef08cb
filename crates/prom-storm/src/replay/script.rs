//! The writer that is recorded: few lines, three flushes, two segments.

use std::io::{self, Write as _};
use std::path::Path;

use prom_segment::{Durability, Header, Lines, Writer};

use crate::replay::promise::Level;

/// What the lines on its output begin with, which tell the recording what was acknowledged.
pub(crate) const MARK: &str = "replay: ";
pub(crate) const HEADER: &str = "# TYPE replay counter\n";

pub(crate) fn line(number: u64) -> String {
    format!("replay {number} {}\n", millis(number))
}

fn millis(number: u64) -> u64 {
    1_700_000_000_000 + number
}

/// Emits, flushes, rotates and closes, and says so.
pub(crate) fn write(directory: &Path, level: Level) -> io::Result<()> {
    let durability = match level {
        Level::None => Durability::None,
        Level::Seal => Durability::Seal,
        Level::Flush => Durability::Flush,
    };
    let builder = Writer::builder(directory.join("replay.")).background(false);
    let mut writer = builder.durability(durability).build();
    let header = writer.header(HEADER.as_bytes())?;
    append(&mut writer, header, 1)?;
    append(&mut writer, header, 2)?;
    writer.flush()?;
    say("flushed")?;
    append(&mut writer, header, 3)?;
    writer.flush()?;
    say("flushed")?;
    writer.rotate()?;
    say("sealed")?;
    append(&mut writer, header, 4)?;
    writer.flush()?;
    say("flushed")?;
    append(&mut writer, header, 5)?;
    writer.close()?;
    say("sealed")
}

fn append(writer: &mut Writer, header: Header, number: u64) -> io::Result<()> {
    let text = line(number);
    let lines = Lines { header: Some(header), text: text.as_bytes() };
    writer.append_all(millis(number), &[lines])?;
    say(&format!("accepted {text}"))
}

/// One line, in one `write(2)`.
fn say(what: &str) -> io::Result<()> {
    let mut output = io::stdout().lock();
    output.write_all(format!("{MARK}{}\n", what.trim_end()).as_bytes())?;
    output.flush()
}
