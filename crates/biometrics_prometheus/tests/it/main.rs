//! What a user of the facade meets: bytes, errors, and the way from a sensor to a consumer.
#![expect(clippy::unwrap_used, reason = "a failed test panics")]

mod any_sensor;
mod bytes;
mod child;
mod corpus;
mod emit_all;
mod fork;
mod graceful;
mod histogram;
mod part;
mod pipeline;
mod promises;
mod slash_metrics;
mod trouble;
mod vitals;

use std::fs;
use std::path::Path;

/// The texts of the segments in a directory, in the order of their names.
fn texts(directory: &Path) -> Vec<String> {
    let mut paths: Vec<_> =
        fs::read_dir(directory).unwrap().map(|entry| entry.unwrap().path()).collect();
    paths.sort();
    paths.into_iter().map(|path| fs::read_to_string(path).unwrap()).collect()
}
