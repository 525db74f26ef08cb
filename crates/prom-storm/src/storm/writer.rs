//! A writer process: one segment after the other, each acknowledged once it is sealed.

use std::io::{Write as _, stdout};
use std::path::Path;

use prom_segment::Writer;

use crate::storm::outcome::Outcome;
use crate::storm::plan::text;

pub(crate) fn run(id: &str, segments: &str, directory: &Path) -> Outcome {
    let (id, segments): (u64, u64) = (id.parse()?, segments.parse()?);
    // All writers share a prefix and a clock that hardly moves, so they meet in their names.
    let mut writer = Writer::builder(directory.join("storm.")).segment_size(0).build();
    let mut acknowledged = stdout().lock();
    for segment in 0..segments {
        writer.append(1_700_000_000_000 + segment, text(id, segment).as_bytes())?;
        // Every other one is sealed by the next append, which comes right after.
        if segment % 2 == 0 {
            writer.rotate()?;
        }
        if let Some(sealed) = segment.checked_sub(1) {
            writeln!(acknowledged, "{sealed}")?;
        }
    }
    writer.close()?;
    writeln!(acknowledged, "{}", segments - 1)?;
    Ok(())
}
