//! Names are unique, rise, and never cost anybody a file.

use std::fs;
use std::os::unix::fs::PermissionsExt as _;
use std::thread;

use prom_segment::Writer;

use crate::segments;

#[test]
fn no_file_is_ever_replaced() {
    let directory = tempfile::tempdir().unwrap();
    fs::write(directory.path().join("a.42.prom"), "somebody else's\n").unwrap();
    fs::write(directory.path().join("a.43.prom"), "").unwrap();
    let mut writer = Writer::new(directory.path().join("a."));
    writer.append(42, b"mine 1\n").unwrap();
    writer.close().unwrap();
    let expected =
        [("a.42.prom", "somebody else's\n"), ("a.43.prom", ""), ("a.44.prom", "mine 1\n")];
    assert_eq!(
        expected.map(|(name, text)| (name.into(), text.into())),
        &segments(directory.path())[..]
    );
}

#[test]
fn writers_of_one_prefix_and_one_millisecond_all_get_their_files() {
    let directory = tempfile::tempdir().unwrap();
    let (writers, rounds) = (8_usize, 100_usize);
    thread::scope(|scope| {
        for id in 0..writers {
            let prefix = directory.path().join("same.");
            scope.spawn(move || {
                let mut writer = Writer::builder(prefix).segment_size(0).build();
                let mut last = 0;
                for round in 0..rounds {
                    // The clock steps back in every second round.
                    let now = 1_700_000_000_000 - u64::try_from(round % 2 * 3_600_000).unwrap();
                    writer.append(now, format!("w{id} {round}\n").as_bytes()).unwrap();
                    let path = writer.path().unwrap();
                    let name = prom_segment::SegmentName::parse(path.file_name().unwrap()).unwrap();
                    assert!(name.millis() > last, "{} after {last}", name.millis());
                    last = name.millis();
                }
                writer.close().unwrap();
            });
        }
    });
    let mut lines: Vec<String> =
        segments(directory.path()).into_iter().map(|(_, text)| text).collect();
    lines.sort();
    lines.dedup();
    assert_eq!(writers * rounds, lines.len());
    assert!(lines.iter().all(|line| line.lines().count() == 1));
}

#[test]
fn a_file_is_readable_by_its_group_whatever_the_umask() {
    for (mode, umask) in [(0o640, 0o077), (0o640, 0o000), (0o600, 0o022), (0o644, 0o077)] {
        let directory = tempfile::tempdir().unwrap();
        let prefix = directory.path().join("a.");
        crate::child::Child::run(|| {
            nix::sys::stat::umask(nix::sys::stat::Mode::from_bits_truncate(umask));
            let mut writer = Writer::builder(&prefix).mode(mode).background(false).build();
            writer.append(1, b"a 1\n").unwrap();
            writer.close().unwrap();
        })
        .succeeds();
        let metadata = fs::metadata(directory.path().join("a.1.prom")).unwrap();
        assert_eq!(mode, metadata.permissions().mode() & 0o7777, "umask {umask:o}");
    }
}

#[test]
fn a_prefix_without_a_name_is_a_directory() {
    let directory = tempfile::tempdir().unwrap();
    let mut prefix = directory.path().as_os_str().to_owned();
    prefix.push("/");
    let mut writer = Writer::new(prefix);
    writer.append(7, b"a 1\n").unwrap();
    assert_eq!(Some(directory.path().join("7.prom")), writer.path());
}

#[test]
fn a_hidden_prefix_is_refused_before_anything_is_written() {
    let directory = tempfile::tempdir().unwrap();
    let mut writer = Writer::new(directory.path().join(".a."));
    let error = writer.append(1, b"a 1\n").unwrap_err();
    assert_eq!(std::io::ErrorKind::InvalidInput, error.kind());
    assert_eq!(directory.path().join(".a."), error.path());
    writer.close().unwrap();
    assert!(segments(directory.path()).is_empty());
}
