//! The corpus of the fuzz target, run without a fuzzer.

use std::fs;
use std::path::Path;

use crate::any_sensor::check_any_sensor;

#[test]
fn sensor_names() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/data/corpus/sensor_names");
    let mut count = 0;
    for entry in fs::read_dir(&folder).unwrap_or_else(|e| panic!("{}: {e}", folder.display())) {
        let path = entry.unwrap().path();
        // A failed test shows what it printed: the last line is the input that did it.
        println!("{}", path.display());
        check_any_sensor(&fs::read(path).unwrap());
        count += 1;
    }
    assert!(count > 0, "{} is empty", folder.display());
}
