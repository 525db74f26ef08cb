//! What holds for any bytes as a file name. The fuzz target `file_names` runs this file too.

use std::ffi::OsStr;
use std::fs;
use std::os::unix::ffi::OsStrExt as _;
use std::path::Path;

use prom_segment::{SegmentName, Writer};

/// The milliseconds of a writer's segments: as many digits as today, and one more.
const MILLIS: [u64; 3] = [9, 10, 1_700_000_000_000];

/// The bytes are a file name, and the prefix of a writer.
pub(crate) fn check_any_name(bytes: &[u8]) {
    check_parse(bytes);
    check_writer(bytes);
}

fn parse(bytes: &[u8]) -> Option<SegmentName<'_>> {
    SegmentName::parse(OsStr::from_bytes(bytes))
}

/// A name is a segment's exactly if it has the documented form, and then its parts are the name again.
fn check_parse(bytes: &[u8]) {
    let stem = bytes.strip_suffix(b".prom");
    let has_form = stem.and_then(<[u8]>::last).is_some_and(u8::is_ascii_digit);
    let name = parse(bytes);
    assert_eq!(has_form && !bytes.starts_with(b"."), name.is_some(), "{bytes:?}");
    let Some(name) = name else { return };
    let prefix = name.prefix().as_bytes();
    assert!(!prefix.last().is_some_and(u8::is_ascii_digit), "{bytes:?}");
    let digits = stem.unwrap().strip_prefix(prefix).unwrap();
    let digits = std::str::from_utf8(digits).unwrap();
    assert!(digits.bytes().all(|digit| digit.is_ascii_digit()), "{digits}");
    let canonical = [prefix, format!("{}.prom", name.millis()).as_bytes()].concat();
    match digits.parse::<u64>() {
        Ok(millis) => assert_eq!(millis, name.millis()),
        Err(_) => assert_eq!(u64::MAX, name.millis(), "{digits}"),
    }
    if digits == name.millis().to_string() {
        assert_eq!(canonical, bytes);
    }
    assert_eq!(Some(name), parse(&canonical), "{bytes:?}");
}

/// Whatever prefix a writer takes, its segments are found, and in the order in which they were begun.
fn check_writer(base: &[u8]) {
    let directory = tempfile::tempdir().unwrap();
    // A slash would lead to another directory.
    let base: Vec<u8> = base.iter().map(|byte| if *byte == b'/' { b'_' } else { *byte }).collect();
    let prefix = directory.path().join("a").with_file_name(OsStr::from_bytes(&base));
    let mut writer = Writer::builder(prefix).background(false).build();
    let mut made = Vec::new();
    for millis in MILLIS {
        if writer.append(millis, b"a 1\n").is_err() {
            break;
        }
        made.push(writer.path().unwrap());
        writer.rotate().unwrap();
    }
    drop(writer);
    assert_eq!(listed(directory.path()), made.len(), "{base:?} left something else behind");
    let names = made.iter().map(|path| SegmentName::parse(path.file_name().unwrap()));
    let millis: Vec<u64> = names.map(|name| name.unwrap().millis()).collect();
    assert!(millis.is_sorted(), "{base:?}: {millis:?}");
    let refused = base.starts_with(b".") || base.iter().any(|byte| matches!(byte, 0 | b'\n'));
    let fits = base.len() + "1700000000000.prom".len() <= 200;
    assert!(!refused || made.is_empty(), "{base:?}");
    assert!(refused || !fits || made.len() == MILLIS.len(), "{base:?}");
}

fn listed(directory: &Path) -> usize {
    fs::read_dir(directory).unwrap().count()
}
