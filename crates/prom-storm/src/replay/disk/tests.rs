//! Which states a power cut can leave, and which it cannot.

use std::collections::BTreeSet;

use super::{Disk, State};
use crate::replay::operation::Operation;

fn create(file: usize, name: &str) -> Operation {
    Operation::Create { file, name: name.into() }
}

fn write(text: &str) -> Operation {
    Operation::Write { file: 0, bytes: text.as_bytes().to_vec() }
}

fn states(operations: &[Operation]) -> BTreeSet<State> {
    Disk::after(operations).states().collect()
}

fn contents(operations: &[Operation]) -> BTreeSet<Vec<u8>> {
    states(operations).into_iter().filter_map(|state| state.get("a").cloned()).collect()
}

#[test]
fn a_write_is_there_in_full_in_half_as_nul_or_not() {
    let named = [create(0, "a"), Operation::SyncDirectory, write("abcd")];
    let expected: [&[u8]; 4] = [b"", b"ab", b"abcd", b"\0\0\0\0"];
    assert_eq!(BTreeSet::from(expected.map(<[u8]>::to_vec)), contents(&named));
    let synced = [&named[..], &[Operation::SyncFile { file: 0 }]].concat();
    assert_eq!(BTreeSet::from([b"abcd".to_vec()]), contents(&synced));
}

#[test]
fn writes_reach_the_disk_in_any_order() {
    let found = contents(&[create(0, "a"), Operation::SyncDirectory, write("ab"), write("cd")]);
    for expected in [&b"abcd"[..], b"\0\0cd", b"a\0cd", b"ab\0\0", b"ab", b"abc", b"\0\0\0\0"] {
        assert!(found.contains(expected), "{expected:?}");
    }
    assert!(!found.contains(&b"cd"[..]), "no write moves to the place of another");
}

#[test]
fn a_name_is_certain_only_when_its_directory_was_synced() {
    let renamed = [create(0, ".a"), Operation::Rename { from: ".a".into(), to: "a".into() }];
    let names = |operations: &[Operation]| -> BTreeSet<Vec<String>> {
        states(operations).iter().map(|state| state.keys().cloned().collect()).collect()
    };
    let expected = [vec![], vec![".a".to_owned()], vec!["a".to_owned()]];
    assert_eq!(BTreeSet::from(expected), names(&renamed));
    let file_synced = [&renamed[..], &[Operation::SyncFile { file: 0 }]].concat();
    assert_eq!(3, names(&file_synced).len(), "the sync of a file is none of its name");
    let synced = [&renamed[..], &[Operation::SyncDirectory]].concat();
    assert_eq!(BTreeSet::from([vec!["a".to_owned()]]), names(&synced));
}

#[test]
fn changes_of_different_files_are_independent_and_links_are_one_file() {
    let two = [create(0, "a"), create(1, "b")];
    assert_eq!(4, states(&two).len());
    let link = Operation::Link { from: ".a".into(), to: "a".into() };
    let linked = [create(0, ".a"), link, Operation::Unlink { name: ".a".into() }];
    assert_eq!(4, states(&linked).len(), "nothing, the hidden name, both, the last name");
    let state = Disk::after(&[&linked[..], &[write("x")]].concat()).kept();
    assert_eq!(State::from([("a".to_owned(), b"x".to_vec())]), state);
}
