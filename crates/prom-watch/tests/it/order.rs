//! Which segments are taken, and in what order.

use std::fs;
use std::time::{Duration, SystemTime};

use prom_segment::Writer;
use prom_watch::Watcher;

use crate::scene::{Scene, drain, eventually, next, take, text};

#[test]
fn the_milliseconds_in_the_name_decide_and_not_the_modification_time() {
    let scene = Scene::new();
    scene.seal_all(&["b.30.prom", "a.200.prom", "a.1000.prom", "c.5.prom", "a.30.prom"]);
    for (name, age) in [("c.5.prom", 0), ("a.1000.prom", 9000)] {
        let file = fs::File::options().append(true).open(scene.path(name)).unwrap();
        file.set_modified(SystemTime::now() - Duration::from_secs(age)).unwrap();
    }
    let watcher = Watcher::new(scene.directory());
    let expected = ["c.5.prom", "a.30.prom", "b.30.prom", "a.200.prom", "a.1000.prom"];
    assert_eq!(expected.as_slice(), drain(&watcher));
    assert_eq!(Vec::<String>::new(), scene.names());
}

#[test]
fn a_segment_that_comes_later_but_is_older_goes_first() {
    let scene = Scene::new();
    let watcher = scene.attentive();
    scene.seal_all(&["a.2.prom", "a.3.prom"]);
    assert_eq!("a.2.prom", next(&watcher));
    scene.seal("a.1.prom", "late\n");
    eventually(|| watcher.stats().ready == 2);
    assert_eq!(["a.1.prom", "a.3.prom"], [next(&watcher), next(&watcher)]);
}

#[test]
fn only_segments_are_taken_and_other_files_stay_as_they_are() {
    let scene = Scene::new();
    let foreign = ["README.md", "a.prom", "a.1.prom.gz", ".a.1.prom", "a.1.promx", "prom"];
    for name in foreign {
        fs::write(scene.path(name), name).unwrap();
    }
    let before = foreign.map(|name| fs::metadata(scene.path(name)).unwrap().modified().unwrap());
    scene.seal_all(&["a.2.prom", "3.prom"]);
    let watcher = Watcher::new(scene.directory());
    assert_eq!(["a.2.prom", "3.prom"].as_slice(), drain(&watcher));
    for (name, modified) in foreign.into_iter().zip(before) {
        assert_eq!(name, fs::read_to_string(scene.path(name)).unwrap());
        assert_eq!(modified, fs::metadata(scene.path(name)).unwrap().modified().unwrap());
    }
    assert_eq!(2, watcher.stats().tries, "the others were not even tried");
}

#[test]
fn a_prefix_limits_what_is_taken_by_scan_and_by_event() {
    let scene = Scene::new();
    scene.seal_all(&["app.1.prom", "other.2.prom"]);
    let watcher = Watcher::builder(scene.directory()).prefix("app.").build();
    assert_eq!(Some("app.1.prom".into()), take(&watcher));
    scene.seal_all(&["other.3.prom", "app.4.prom"]);
    assert_eq!("app.4.prom", next(&watcher));
    assert_eq!(None, take(&watcher));
    assert_eq!(["other.2.prom", "other.3.prom"].as_slice(), scene.names());
}

#[test]
fn what_a_writer_writes_arrives_whole_and_in_its_order() {
    let scene = Scene::new();
    let watcher = scene.attentive();
    assert_eq!(None, take(&watcher));
    let mut writer = Writer::builder(scene.path("app.")).background(false).build();
    let mut written = Vec::new();
    for timestamp in 1000..1100_u64 {
        let line = format!("ticks {timestamp} {timestamp}\n");
        writer.append(timestamp, line.as_bytes()).unwrap();
        writer.rotate().unwrap();
        written.push(line);
    }
    writer.close().unwrap();
    let mut arrived = Vec::new();
    while arrived.len() < written.len() {
        let more = watcher.ingest_next(crate::scene::PATIENCE, |mut reader| {
            arrived.push(text(&mut reader));
            reader.unlink()
        });
        assert!(more.unwrap());
    }
    assert_eq!(written, arrived);
    assert_eq!(Vec::<String>::new(), scene.names());
}
