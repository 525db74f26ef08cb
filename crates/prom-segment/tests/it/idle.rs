//! The last lines of a program that has fallen idle become readable by themselves.

use std::io::Read as _;
use std::time::{Duration, Instant};

use prom_segment::{Reader, Writer};

/// The bound that is promised on top of the segment's age.
const GRACE: Duration = Duration::from_millis(250);

#[test]
fn an_idle_segment_is_sealed_in_time() {
    let age = Duration::from_millis(200);
    // The bound is on the program, not on a machine that is busy with something else: one of
    // five attempts has to keep it.
    let mut late = Vec::new();
    for _ in 0..5 {
        let directory = tempfile::tempdir().unwrap();
        let mut writer = Writer::builder(directory.path().join("a.")).max_age(age).build();
        let begun = Instant::now();
        writer.append(1, b"a 1 1\n").unwrap();
        let mut text = String::new();
        Reader::open(writer.path().unwrap()).unwrap().read_to_string(&mut text).unwrap();
        let waited = begun.elapsed();
        assert_eq!("a 1 1\n", text);
        assert!(waited >= age, "sealed after {waited:?}, before its age");
        if waited <= age + GRACE {
            return;
        }
        late.push(waited);
    }
    panic!("always too late: {late:?}");
}

#[test]
fn one_thread_serves_many_writers_and_lets_them_go() {
    let directory = tempfile::tempdir().unwrap();
    let writers: Vec<Writer> = (0..20)
        .map(|id| {
            let prefix = directory.path().join(format!("w{id}."));
            let age = Duration::from_millis(20 + id % 7 * 10);
            let mut writer = Writer::builder(prefix).max_age(age).build();
            writer.append(id, format!("a {id}\n").as_bytes()).unwrap();
            writer
        })
        .collect();
    for (id, writer) in writers.iter().enumerate() {
        let path = directory.path().join(format!("w{id}.{id}.prom"));
        let mut text = String::new();
        Reader::open(&path).unwrap().read_to_string(&mut text).unwrap();
        assert_eq!(format!("a {id}\n"), text);
        assert_eq!(None, writer.path());
    }
    let tasks = std::fs::read_dir("/proc/self/task").unwrap();
    let timers = tasks
        .filter_map(|task| std::fs::read_to_string(task.unwrap().path().join("comm")).ok())
        .filter(|name| name.trim() == "prom-segment")
        .count();
    assert_eq!(1, timers);
}

#[test]
fn lines_after_the_sealing_go_to_another_segment() {
    let directory = tempfile::tempdir().unwrap();
    let age = Duration::from_millis(10);
    let mut writer = Writer::builder(directory.path().join("a.")).max_age(age).build();
    let header = writer.header(b"# A\n").unwrap();
    for now in [1, 2] {
        let text = format!("a 1 {now}\n");
        let lines = [prom_segment::Lines { header: Some(header), text: text.as_bytes() }];
        writer.append_all(now, &lines).unwrap();
        drop(Reader::open(writer.path().unwrap()).unwrap());
    }
    let texts: Vec<_> = crate::segments(directory.path());
    assert_eq!(("a.1.prom".into(), "# A\na 1 1\n".into()), texts[0]);
    assert_eq!(("a.2.prom".into(), "# A\na 1 2\n".into()), texts[1]);
}
