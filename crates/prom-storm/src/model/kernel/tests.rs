//! The kernel of the model does what Linux does.

use super::{Event, Kernel, Lock, Refusal};
use crate::model::command::{Loss, Tail};

const NOTHING: Loss = Loss { names: 0, files: 0, tail: Tail::Dropped };

fn text(kernel: &Kernel, name: &str) -> Option<Vec<u8>> {
    Some(kernel.file(kernel.lookup(name)?)?.data.clone())
}

#[test]
fn a_lock_belongs_to_the_open_file_and_ends_with_its_last_holder() {
    let mut kernel = Kernel::new(0);
    let writer = kernel.create(1, "a").unwrap();
    assert!(kernel.try_lock(writer, Lock::Exclusive));
    kernel.fork(1, 2);
    let reader = kernel.open(3, "a", false).unwrap();
    assert!(!kernel.try_lock(reader, Lock::Shared));
    kernel.close(1, writer);
    kernel.release(writer);
    assert!(!kernel.try_lock(reader, Lock::Shared), "the child still has the file");
    kernel.close(2, writer);
    assert!(!kernel.try_lock(reader, Lock::Shared), "it is closed, and not released yet");
    kernel.release(writer);
    assert!(kernel.try_lock(reader, Lock::Shared));
    let rival = kernel.open(4, "a", false).unwrap();
    assert!(kernel.try_lock(rival, Lock::Shared));
    assert!(!kernel.try_lock(rival, Lock::Exclusive));
}

#[test]
fn a_close_is_told_under_the_name_that_the_open_file_bears() {
    let mut kernel = Kernel::new(1);
    kernel.watch(0);
    let renamed = kernel.create(1, ".a").unwrap();
    assert_eq!(Ok(None), kernel.rename(".a", "a", false));
    let linked = kernel.create(1, ".b").unwrap();
    kernel.link(".b", "b").unwrap();
    kernel.close(1, renamed);
    kernel.close(1, linked);
    let written = |name: &str| Some(Event::Written(name.into()));
    assert_eq!(written("a"), kernel.hear(0), "the arrival, with which the close is merged");
    assert_eq!(written(".b"), kernel.hear(0));
    assert_eq!(None, kernel.hear(0));
}

#[test]
fn a_full_queue_says_so_once() {
    let mut kernel = Kernel::new(1);
    kernel.watch(0);
    for number in 0..20 {
        let handle = kernel.create(1, &number.to_string()).unwrap();
        kernel.close(1, handle);
    }
    let mut events = Vec::new();
    while let Some(event) = kernel.hear(0) {
        events.push(event);
    }
    assert_eq!(7, events.len());
    assert_eq!(Some(&Event::Overflow), events.last());
}

#[test]
fn a_name_survives_by_the_sync_of_its_directory_alone() {
    let mut kernel = Kernel::new(0);
    let handle = kernel.create(1, ".a").unwrap();
    kernel.rename(".a", "a", false).unwrap();
    kernel.append(handle, b"one\n");
    kernel.sync_file(handle);
    let mut unnamed = kernel.clone();
    unnamed.cut(NOTHING);
    assert_eq!(Vec::<String>::new(), unnamed.names());
    kernel.sync_directory().unwrap();
    kernel.append(handle, b"two\n");
    for (tail, expected) in [
        (Tail::Dropped, &b"one\n"[..]),
        (Tail::Torn, b"one\ntw"),
        (Tail::Zeroed, b"one\n\0\0\0\0"),
        (Tail::Kept, b"one\ntwo\n"),
    ] {
        let mut cut = kernel.clone();
        cut.cut(Loss { tail, ..NOTHING });
        assert_eq!(Some(expected.to_vec()), text(&cut, "a"));
    }
}

#[test]
fn changes_of_one_file_reach_the_disk_in_their_order() {
    let mut kernel = Kernel::new(0);
    kernel.create(1, ".a").unwrap();
    kernel.rename(".a", "a", false).unwrap();
    kernel.create(1, "b").unwrap();
    let names = |mask| {
        let mut cut = kernel.clone();
        cut.cut(Loss { names: mask, ..NOTHING });
        cut.names()
    };
    assert_eq!(Vec::<String>::new(), names(0b010), "no rename of what was not created");
    assert_eq!(vec![".a"], names(0b001));
    assert_eq!(vec!["b"], names(0b100));
    assert_eq!(vec!["a", "b"], names(0b111));
}

#[test]
fn names_are_refused_as_the_system_refuses_them() {
    let mut kernel = Kernel::new(0);
    kernel.create(1, "a").unwrap();
    kernel.create(1, "b").unwrap();
    assert_eq!(Err(Refusal::Exists), kernel.rename("a", "b", false));
    assert_eq!(Err(Refusal::Exists), kernel.link("a", "b"));
    assert_eq!(Err(Refusal::Exists), kernel.create(1, "a"));
    kernel.remove_directory();
    assert_eq!(Err(Refusal::Missing), kernel.create(1, "c"));
    assert_eq!(Err(Refusal::Missing), kernel.sync_directory());
    kernel.make_directory();
    assert_eq!(Vec::<String>::new(), kernel.names());
}
