//! What cannot be opened is reported with its name, each time it is tried, and holds up nothing.

use std::fs::{self, Permissions};
use std::io;
use std::os::unix::fs::PermissionsExt as _;
use std::time::Duration;

use prom_watch::Watcher;

use crate::child::{self, Child};
use crate::scene::{PATIENCE, Scene};

/// To root everything is readable, so the watcher is played by another user.
const NOBODY: u32 = 65_534;

fn mode(path: &std::path::Path, mode: u32) {
    fs::set_permissions(path, Permissions::from_mode(mode)).unwrap();
}

#[test]
fn an_unreadable_segment_is_reported_and_the_others_are_taken() {
    let scene = Scene::new();
    scene.seal_all(&["a.1.prom", "a.2.prom", "a.3.prom"]);
    mode(&scene.path("a.1.prom"), 0o000);
    let mut child = Child::start("errors::child_that_meets_one", scene.directory(), Some(NOBODY));
    assert_eq!(Some("refused and the others taken".into()), child.hears());
    mode(&scene.path("a.1.prom"), 0o644);
    child.go_on();
    child.succeed();
    assert_eq!(Vec::<String>::new(), scene.names());
}

#[test]
#[ignore = "a part of the test above"]
fn child_that_meets_one() {
    let directory = child::directory();
    let watcher = Watcher::builder(&directory).retry_cap(Duration::from_millis(40)).build();
    let mut refusals = 0;
    let mut taken = Vec::new();
    while refusals < 4 || taken.len() < 2 {
        let result = watcher.ingest_next(PATIENCE, |reader| {
            taken.push(crate::scene::name(&reader));
            reader.unlink()
        });
        let Err(error) = result else { continue };
        assert_eq!(io::ErrorKind::PermissionDenied, error.kind());
        let inner = error.get_ref().unwrap().downcast_ref::<prom_watch::Error>().unwrap();
        assert_eq!(directory.join("a.1.prom"), inner.path());
        assert!(inner.is_segment());
        let message = error.to_string();
        assert_eq!(1, message.matches("a.1.prom").count(), "{message}");
        refusals += 1;
    }
    assert_eq!(["a.2.prom", "a.3.prom"].as_slice(), taken);
    // Each try is one report.
    assert_eq!(4 + 2, watcher.stats().tries);
    child::say("refused and the others taken");
    child::wait_for_parent();
    while taken.len() < 3 {
        let result = watcher.ingest_next(PATIENCE, |reader| {
            taken.push(crate::scene::name(&reader));
            reader.unlink()
        });
        assert!(result.is_err() || taken.len() == 3);
    }
}

#[test]
fn a_directory_that_becomes_unreadable_is_reported_until_it_is_readable() {
    let scene = Scene::new();
    let mut child = Child::start("errors::child_that_is_shut_out", scene.directory(), Some(NOBODY));
    assert_eq!(Some("watching".into()), child.hears());
    mode(scene.directory(), 0o000);
    child.go_on();
    assert_eq!(Some("shut out".into()), child.hears());
    mode(scene.directory(), 0o777);
    scene.seal("a.2.prom", "text\n");
    child.go_on();
    child.succeed();
    assert_eq!(Vec::<String>::new(), scene.names());
}

#[test]
#[ignore = "a part of the test above"]
fn child_that_is_shut_out() {
    let directory = child::directory();
    let watcher = Watcher::builder(&directory).rescan_interval(Duration::from_millis(50)).build();
    let unlink = prom_segment::Reader::unlink;
    assert!(!watcher.ingest_one(unlink).unwrap());
    child::say("watching");
    child::wait_for_parent();
    let error = watcher.ingest_next(PATIENCE, unlink).unwrap_err();
    assert_eq!(io::ErrorKind::PermissionDenied, error.kind());
    let inner = error.get_ref().unwrap().downcast_ref::<prom_watch::Error>().unwrap();
    assert_eq!(directory, inner.path());
    child::say("shut out");
    child::wait_for_parent();
    while !watcher.ingest_next(PATIENCE, unlink).unwrap_or(false) {}
}
