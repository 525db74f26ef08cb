//! The corpora of the fuzz targets, run without a fuzzer.

use std::fs;
use std::path::Path;

use crate::parse::any_input::check_any_input;
use crate::parse::any_plan::check_any_plan;

fn replay(target: &str, check: fn(&[u8])) {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/data/corpus").join(target);
    let mut count = 0;
    for entry in fs::read_dir(&folder).unwrap_or_else(|e| panic!("{}: {e}", folder.display())) {
        let path = entry.unwrap().path();
        // A failed test shows what it printed: the last line is the input that did it.
        println!("{}", path.display());
        check(&fs::read(path).unwrap());
        count += 1;
    }
    assert!(count > 0, "{} is empty", folder.display());
}

#[test]
fn parser() {
    replay("parser", check_any_input);
}

#[test]
fn round_trip() {
    replay("round_trip", check_any_plan);
}
