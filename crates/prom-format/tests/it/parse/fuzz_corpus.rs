//! The corpora of the fuzz targets, run without a fuzzer.

use std::fs;
use std::path::Path;

use crate::parse::any_input::check_any_input;
use crate::parse::any_plan::check_any_plan;

fn replay(target: &str, check: fn(&[u8])) {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("fuzz/corpus").join(target);
    let mut count = 0;
    for entry in fs::read_dir(&folder).unwrap_or_else(|e| panic!("{}: {e}", folder.display())) {
        check(&fs::read(entry.unwrap().path()).unwrap());
        count += 1;
    }
    assert!(count > 0, "{} is empty", folder.display());
}

#[test]
fn parse_any() {
    replay("parse_any", check_any_input);
}

#[test]
fn round_trip() {
    replay("round_trip", check_any_plan);
}
