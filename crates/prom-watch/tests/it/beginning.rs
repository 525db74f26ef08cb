//! The first look at a directory: what is sealed around it is found by the scan or by an event.

use std::thread;

use crate::scene::{Scene, eventually, next};

/// The scan is counted when it begins. Whatever is sealed from here on may be too late for it, and the slow
/// rescan is not due within the test's time: so the events must have been asked for before.
#[test]
fn what_is_sealed_during_the_first_scan_is_found_by_its_event() {
    let names: Vec<String> = (10..40).map(|millis| format!("a.{millis}.prom")).collect();
    for _ in 0..5 {
        let scene = Scene::new();
        let watcher = scene.attentive();
        thread::scope(|scope| {
            let taken = scope.spawn(|| names.iter().map(|_| next(&watcher)).collect::<Vec<_>>());
            eventually(|| watcher.stats().scans > 0);
            names.iter().for_each(|name| scene.seal(name, "text\n"));
            let mut taken = taken.join().unwrap();
            taken.sort();
            assert_eq!(names, taken);
        });
    }
}
