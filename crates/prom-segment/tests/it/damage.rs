//! Every way in which a small segment can be damaged at one place.

use std::fs;
use std::path::{Path, PathBuf};

use prom_segment::Writer;

use crate::any_segment::check_file;

/// A segment as a writer leaves it, and its bytes.
fn sealed(directory: &Path) -> (PathBuf, Vec<u8>) {
    let mut writer = Writer::new(directory.join("whole."));
    let header = writer.header(b"# TYPE jobs counter\n").unwrap();
    let lines = |text| prom_segment::Lines { header: Some(header), text };
    writer.append_all(1, &[lines(b"jobs{queue=\"a\"} 1 1\njobs{queue=\"b\"} 2 1\n")]).unwrap();
    writer.append(2, b"load 0.5 2\n\nlast 3 2\n").unwrap();
    let path = writer.path().unwrap();
    writer.close().unwrap();
    let bytes = fs::read(&path).unwrap();
    (path, bytes)
}

#[test]
fn every_truncation_leaves_the_lines_before_it() {
    let directory = tempfile::tempdir().unwrap();
    let (_, bytes) = sealed(directory.path());
    for end in 0..=bytes.len() {
        check_file(directory.path(), &bytes[..end], 7);
    }
}

#[test]
fn every_flipped_bit_leaves_whole_lines() {
    let directory = tempfile::tempdir().unwrap();
    let (_, bytes) = sealed(directory.path());
    for at in 0..bytes.len() {
        for bit in 0..8 {
            let mut damaged = bytes.clone();
            damaged[at] ^= 1 << bit;
            check_file(directory.path(), &damaged, 7);
        }
    }
}

#[test]
fn every_run_of_zeros_cuts_at_the_line_before_it() {
    let directory = tempfile::tempdir().unwrap();
    let (_, bytes) = sealed(directory.path());
    for start in 0..bytes.len() {
        for end in [start + 1, (start + 20).min(bytes.len()), bytes.len()] {
            let mut damaged = bytes.clone();
            damaged[start..end].fill(0);
            check_file(directory.path(), &damaged, 7);
        }
    }
}
