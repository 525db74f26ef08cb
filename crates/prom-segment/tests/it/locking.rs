//! The lock is held from before the name is seen until the segment is complete.

use std::path::Path;
use std::process::Command;
use std::sync::mpsc;
use std::thread;

use prom_segment::{Claim, Reader, Writer};

/// Whether `flock(1)`, which scripts use, gets the lock.
fn a_script_gets_it(path: &Path) -> bool {
    let status =
        Command::new("flock").args(["-n".as_ref(), path.as_os_str(), "true".as_ref()]).status();
    status.expect("flock(1) is missing: install util-linux").success()
}

#[test]
fn everybody_is_refused_until_the_segment_is_sealed() {
    let directory = tempfile::tempdir().unwrap();
    let mut writer = Writer::new(directory.path().join("a."));
    writer.append(1, b"a 1\n").unwrap();
    let path = writer.path().unwrap();
    writer.flush().unwrap();
    // Opening and closing the file in the writer's own process must not free the lock either.
    drop(std::fs::File::open(&path).unwrap());
    assert!(Reader::try_open(&path).unwrap().is_none());
    assert!(matches!(Reader::claim(&path).unwrap(), Claim::Busy));
    assert!(!a_script_gets_it(&path));
    writer.close().unwrap();
    assert!(a_script_gets_it(&path));
    assert!(Reader::try_open(&path).unwrap().is_some());
    assert!(matches!(Reader::claim(&path).unwrap(), Claim::Taken(_)));
}

#[test]
fn open_waits_for_the_end_of_the_segment() {
    let directory = tempfile::tempdir().unwrap();
    let mut writer = Writer::new(directory.path().join("a."));
    writer.append(1, b"a 1\n").unwrap();
    let path = writer.path().unwrap();
    let (sender, receiver) = mpsc::channel();
    let reader = thread::spawn(move || {
        sender.send("opening").unwrap();
        let mut text = String::new();
        std::io::Read::read_to_string(&mut Reader::open(path).unwrap(), &mut text).unwrap();
        sender.send("opened").unwrap();
        text
    });
    assert_eq!("opening", receiver.recv().unwrap());
    writer.append(2, b"a 2\n").unwrap();
    writer.flush().unwrap();
    assert!(receiver.try_recv().is_err(), "it did not wait");
    writer.append(3, b"a 3\n").unwrap();
    writer.close().unwrap();
    assert_eq!("a 1\na 2\na 3\n", reader.join().unwrap());
}

#[test]
fn of_many_who_claim_one_gets_it() {
    let directory = tempfile::tempdir().unwrap();
    let rounds = 200;
    for round in 0..rounds {
        let mut writer = Writer::new(directory.path().join("a."));
        writer.append(round, b"a 1\n").unwrap();
        let path = writer.path().unwrap();
        writer.close().unwrap();
        let taken: usize = thread::scope(|scope| {
            let claims: Vec<_> = (0..4)
                .map(|_| {
                    scope.spawn(|| match Reader::claim(&path).unwrap() {
                        Claim::Taken(reader) => {
                            reader.unlink().unwrap();
                            1
                        }
                        Claim::Busy | Claim::Gone => 0,
                        Claim::Foreign => panic!("it is a regular file"),
                    })
                })
                .collect();
            claims.into_iter().map(|claim| claim.join().unwrap()).sum()
        });
        assert_eq!(1, taken, "round {round}");
    }
}

#[test]
fn a_name_given_to_a_new_file_is_not_the_old_segment() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("a.1.prom");
    std::fs::write(&path, "old 1\n").unwrap();
    let held = Reader::open(&path).unwrap();
    std::fs::remove_file(&path).unwrap();
    assert!(matches!(Reader::claim(&path).unwrap(), Claim::Gone));
    std::fs::write(&path, "new 1\n").unwrap();
    let Claim::Taken(mut new) = Reader::claim(&path).unwrap() else { panic!("a new file") };
    let mut text = String::new();
    std::io::Read::read_to_string(&mut new, &mut text).unwrap();
    assert_eq!("new 1\n", text);
    drop(held);
}
