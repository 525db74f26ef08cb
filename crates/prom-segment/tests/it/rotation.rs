//! Rotation happens at the borders of collections, and gives every segment its headers.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

use prom_segment::{Lines, Loss, Observer, Writer};

use crate::segments;

fn texts(directory: &std::path::Path) -> Vec<String> {
    segments(directory).into_iter().map(|(_, text)| text).collect()
}

#[test]
fn a_collection_stays_in_one_segment_and_each_segment_has_its_headers() {
    let directory = tempfile::tempdir().unwrap();
    let mut writer = Writer::builder(directory.path().join("a.")).segment_size(40).build();
    let headers = [writer.header(b"# A\n").unwrap(), writer.header(b"# B\n").unwrap()];
    for now in [1000, 2000, 3000, 4000, 5000] {
        for (name, header) in ["a", "b"].iter().zip(headers) {
            let text = format!("{name} 1 {now}\n");
            writer
                .append_all(now, &[Lines { header: Some(header), text: text.as_bytes() }])
                .unwrap();
        }
    }
    writer.close().unwrap();
    let segment = |first: u64, second: u64| {
        format!("# A\na 1 {first}\n# B\nb 1 {first}\na 1 {second}\nb 1 {second}\n")
    };
    let last = "# A\na 1 5000\n# B\nb 1 5000\n".to_owned();
    assert_eq!(vec![segment(1000, 2000), segment(3000, 4000), last], texts(directory.path()));
}

/// The second of its samples is beyond the limit, and belongs to the first all the same.
#[test]
fn a_collection_that_crosses_the_limit_is_not_cut_there() {
    let directory = tempfile::tempdir().unwrap();
    let builder = Writer::builder(directory.path().join("a.")).background(false);
    let mut writer = builder.segment_size(30).build();
    let headers = [writer.header(b"# A\n").unwrap(), writer.header(b"# B\n").unwrap()];
    for now in [1000, 2000, 3000] {
        for (name, header) in ["a", "b"].iter().zip(headers) {
            let text = format!("{name} 1 {now}\n");
            let lines = [Lines { header: Some(header), text: text.as_bytes() }];
            writer.append_all(now, &lines).unwrap();
        }
    }
    writer.close().unwrap();
    let crossed = "# A\na 1 1000\n# B\nb 1 1000\na 1 2000\nb 1 2000\n";
    assert_eq!(vec![crossed, "# A\na 1 3000\n# B\nb 1 3000\n"], texts(directory.path()));
}

#[test]
fn a_collection_larger_than_a_segment_is_split_and_bounded() {
    let directory = tempfile::tempdir().unwrap();
    let mut writer = Writer::builder(directory.path().join("a.")).segment_size(100).build();
    for line in 0..100 {
        writer.append(1, format!("a{line:03} 1 1\n").as_bytes()).unwrap();
    }
    writer.close().unwrap();
    let texts = texts(directory.path());
    assert!(texts.iter().all(|text| text.len() <= 200 + 9), "{texts:?}");
    assert_eq!(100, texts.concat().lines().count());
    assert!(texts.len() > 5, "{texts:?}");
}

#[test]
fn a_clock_that_stands_still_has_borders_too() {
    let directory = tempfile::tempdir().unwrap();
    let mut writer = Writer::builder(directory.path().join("a.")).segment_size(64).build();
    let header = writer.header(b"# A\n").unwrap();
    for round in 0..50 {
        let text = format!("a {round} 7\n");
        writer.append_all(7, &[Lines { header: Some(header), text: text.as_bytes() }]).unwrap();
    }
    writer.close().unwrap();
    let texts = texts(directory.path());
    assert!(
        texts.iter().all(|text| text.starts_with("# A\n") && text.len() <= 64 + 8),
        "{texts:?}"
    );
}

/// The age of a segment is the time since its beginning, and not what its lines say.
#[test]
fn an_old_segment_ends_at_a_border_and_a_young_one_does_not_whatever_the_timestamps() {
    let directory = tempfile::tempdir().unwrap();
    let begin = |prefix: &str, age| {
        let builder = Writer::builder(directory.path().join(prefix)).background(false);
        let mut writer = builder.max_age(age).build();
        writer.append(1_000_000_000, b"a 1\n").unwrap();
        writer
    };
    let mut young = begin("young.", Duration::from_secs(3600));
    let path = young.path();
    for millis in [1_000_000_000_000, 0] {
        young.append(millis, b"a 2\n").unwrap();
        assert_eq!(path, young.path(), "at {millis}");
    }
    let age = Duration::from_millis(5);
    let mut old = begin("old.", age);
    let (path, begun) = (old.path(), Instant::now());
    while begun.elapsed() < age {
        std::thread::yield_now();
    }
    old.append(1_000_000_000, b"a 2\n").unwrap();
    assert_eq!(path, old.path(), "it is the same collection");
    old.append(0, b"a 3\n").unwrap();
    assert_ne!(path, old.path());
}

#[test]
fn by_hand_a_segment_ends_when_it_is_asked_to() {
    let directory = tempfile::tempdir().unwrap();
    let mut writer = Writer::builder(directory.path().join("a."))
        .max_age(Duration::from_millis(1))
        .background(false)
        .build();
    assert!(!writer.tick().unwrap(), "nothing is open");
    writer.append(1, b"a 1 1\n").unwrap();
    let path = writer.path().unwrap();
    // The collection may be going on for 50 ms: the tick says no until then, and then yes.
    while !writer.tick().unwrap() {
        std::thread::yield_now();
    }
    assert_eq!(None, writer.path());
    assert!(prom_segment::Reader::try_open(&path).unwrap().is_some());
    writer.append(2, b"a 1 2\n").unwrap();
    writer.rotate().unwrap();
    writer.append(3, b"a 1 3\n").unwrap();
    writer.close().unwrap();
    assert_eq!(vec!["a 1 1\n", "a 1 2\n", "a 1 3\n"], texts(directory.path()));
}

#[test]
fn a_tick_leaves_a_collection_alone_that_may_be_going_on() {
    let directory = tempfile::tempdir().unwrap();
    let builder = Writer::builder(directory.path().join("a.")).background(false);
    let mut writer = builder.max_age(Duration::from_millis(1)).build();
    let begun = Instant::now();
    writer.append(1, b"a 1\n").unwrap();
    while !writer.tick().unwrap() {
        std::thread::yield_now();
    }
    assert!(begun.elapsed() >= Duration::from_millis(50), "{:?}", begun.elapsed());
}

#[test]
fn an_age_beyond_the_clock_never_comes() {
    let directory = tempfile::tempdir().unwrap();
    let mut writer = Writer::builder(directory.path().join("a."))
        .max_age(Duration::MAX)
        .background(true)
        .build();
    writer.append(1, b"a 1 1\n").unwrap();
    writer.append(2, b"a 1 2\n").unwrap();
    assert!(!writer.tick().unwrap());
    writer.close().unwrap();
    assert_eq!(vec!["a 1 1\na 1 2\n"], texts(directory.path()));
}

#[test]
fn text_that_no_reader_would_give_back_is_refused() {
    let directory = tempfile::tempdir().unwrap();
    let mut writer = Writer::new(directory.path().join("a."));
    for bad in [&b"a 1"[..], b"a 1\nb", b"a \0\n"] {
        assert_eq!(std::io::ErrorKind::InvalidInput, writer.append(1, bad).unwrap_err().kind());
        assert!(writer.header(bad).is_err());
    }
    let good = Lines { header: None, text: b"a 1\n" };
    let bad = Lines { header: None, text: b"b 1" };
    assert!(writer.append_all(1, &[good, bad]).is_err(), "all or none");
    writer.append_all(1, &[good, good]).unwrap();
    writer.close().unwrap();
    assert_eq!(vec!["a 1\na 1\n"], texts(directory.path()));
}

#[derive(Default)]
struct Missed(AtomicU64);

impl Observer for Missed {
    fn missed(&self, lines: u64, _: Loss) {
        self.0.fetch_add(lines, Ordering::SeqCst);
    }
}

#[test]
fn lines_that_are_refused_together_are_counted_each() {
    for texts in [&["a 1", "b 1\n"][..], &["a 1", "b 1"], &["a 1\n", "b 1", "c 1\n"]] {
        let (directory, missed) = (tempfile::tempdir().unwrap(), Arc::<Missed>::default());
        let observer = Arc::<Missed>::clone(&missed);
        let mut writer = Writer::builder(directory.path().join("a.")).observer(observer).build();
        let lines: Vec<_> =
            texts.iter().map(|text| Lines { header: None, text: text.as_bytes() }).collect();
        let error = writer.append_all(1, &lines).unwrap_err();
        assert!(error.to_string().contains("does not end in a line break"), "{error}");
        assert_eq!(texts.len() as u64, missed.0.load(Ordering::SeqCst), "{texts:?}");
    }
}
