//! What a segment promises, tried on real files and processes.
#![expect(clippy::unwrap_used, clippy::expect_used, reason = "a failed test panics")]

mod any_name;
mod any_segment;
mod calls;
mod causes;
mod child;
mod closing;
mod corpus;
mod crash;
mod damage;
mod descriptors;
mod evicting;
mod eviction_trouble;
mod flushing;
mod fork;
mod idle;
mod life;
mod locking;
mod names;
mod part;
mod reading;
mod rotation;
mod signals;
mod skip;
mod trouble;

use std::fs;
use std::path::Path;

use prom_segment::SegmentName;

/// The names of the files in a directory, in the order of their milliseconds, and what is in them.
fn segments(directory: &Path) -> Vec<(String, String)> {
    let mut found: Vec<_> = fs::read_dir(directory)
        .unwrap()
        .map(|entry| entry.unwrap())
        .map(|entry| {
            let text = String::from_utf8(fs::read(entry.path()).unwrap()).unwrap();
            (entry.file_name().into_string().unwrap(), text)
        })
        .collect();
    found.sort_by_key(|(name, _)| SegmentName::parse(name.as_ref()).map(|name| name.millis()));
    found
}
