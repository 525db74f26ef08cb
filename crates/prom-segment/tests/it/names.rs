//! Names are unique, rise, and never cost anybody a file.

use std::fs;
use std::os::unix::fs::PermissionsExt as _;
use std::thread;
use std::time::{SystemTime, UNIX_EPOCH};

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
fn unless_it_is_said_otherwise_a_file_is_for_its_owner_and_group() {
    let directory = tempfile::tempdir().unwrap();
    let mut writer = Writer::builder(directory.path().join("a.")).background(false).build();
    writer.append(1, b"a 1\n").unwrap();
    let metadata = fs::metadata(writer.path().unwrap()).unwrap();
    assert_eq!(0o640, metadata.permissions().mode() & 0o7777);
}

/// Who has fallen far behind the others does not try all of their names one by one.
#[test]
fn where_many_names_are_taken_the_search_goes_on_at_the_present() {
    let directory = tempfile::tempdir().unwrap();
    for millis in 0..100 {
        fs::write(directory.path().join(format!("a.{millis}.prom")), "").unwrap();
    }
    let before = SystemTime::now().duration_since(UNIX_EPOCH).unwrap().as_millis();
    let mut writer = Writer::builder(directory.path().join("a.")).background(false).build();
    writer.append(0, b"a 1\n").unwrap();
    let path = writer.path().unwrap();
    let name = prom_segment::SegmentName::parse(path.file_name().unwrap()).unwrap();
    // A clock that is set back meanwhile, by less than a day, does no harm.
    assert!(u128::from(name.millis()) + 86_400_000 > before, "{}", path.display());
}

/// Busy writers of one prefix fill the milliseconds for a long way ahead of the clock.
#[test]
fn a_wall_of_taken_names_ahead_of_the_clock_is_no_error() {
    let directory = tempfile::tempdir().unwrap();
    let year_2200 = 7_258_118_400_000_u64;
    for millis in year_2200..year_2200 + 12_000 {
        fs::write(directory.path().join(format!("a.{millis}.prom")), "").unwrap();
    }
    let mut writer = Writer::builder(directory.path().join("a.")).background(false).build();
    writer.append(year_2200, b"a 1\n").unwrap();
    let path = writer.path().unwrap();
    let name = prom_segment::SegmentName::parse(path.file_name().unwrap()).unwrap();
    assert!((12_000..40_000).contains(&(name.millis() - year_2200)), "{}", path.display());
}

/// A process with the number of ours may have died between the creation of a file and its name.
#[test]
fn what_an_earlier_process_left_is_not_taken_for_new() {
    let directory = tempfile::tempdir().unwrap();
    let orphans = 4000;
    for serial in 0..orphans {
        let name = format!(".a.{}.{serial}.tmp", std::process::id());
        fs::write(directory.path().join(name), "left\n").unwrap();
    }
    let mut writer = Writer::builder(directory.path().join("a.")).background(false).build();
    writer.append(1, b"a 1\n").unwrap();
    writer.close().unwrap();
    let texts = segments(directory.path()).into_iter().map(|(_, text)| text);
    assert_eq!(orphans, texts.filter(|text| text == "left\n").count());
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
