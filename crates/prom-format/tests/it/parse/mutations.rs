//! Every prefix, every deletion of a byte and every bit flip of each file of the corpus.

#![expect(clippy::indexing_slicing, reason = "a wrong index must fail the test")]

use crate::parse::any_input::check_any_input;
use crate::parse::corpus::{DIALECTS, files};

/// The long files are long by repetition only.
const MAX_LEN: usize = 600;

fn mutate(bytes: &[u8]) {
    for (at, &byte) in bytes.iter().enumerate() {
        let (before, after) = bytes.split_at(at);
        check_any_input(before);
        check_any_input(&[before, &after[1..]].concat());
        for bit in 0..8 {
            check_any_input(&[before, &[byte ^ 1 << bit], &after[1..]].concat());
        }
    }
}

fn mutate_all(kind: &str) {
    let folders = DIALECTS.map(|(name, _)| format!("{name}/{kind}"));
    let texts = folders.iter().flat_map(|folder| files(folder)).map(|(_, bytes)| bytes);
    texts.filter(|bytes| bytes.len() <= MAX_LEN).for_each(|bytes| mutate(&bytes));
}

#[test]
fn damaged_accepted_files() {
    mutate_all("accept");
}

#[test]
fn damaged_refused_files() {
    mutate_all("reject");
}
