//! A signal interrupts system calls; nobody has to know.
#![expect(unsafe_code, reason = "installing a signal handler is an unsafe call in nix")]

use std::fs;
use std::io::{Read as _, Write as _};
use std::thread;

use nix::sys::signal::{SaFlags, SigAction, SigHandler, SigSet, Signal, kill, sigaction};
use prom_segment::{Reader, Writer};

use crate::child::Child;

extern "C" fn nothing(_: i32) {}

/// The state of a process, as in proc(5): `S` sleeps, `Z` has ended.
pub(crate) fn state(pid: nix::unistd::Pid) -> char {
    let stat = fs::read_to_string(format!("/proc/{pid}/stat")).unwrap();
    stat.rsplit(") ").next().unwrap().chars().next().unwrap()
}

#[test]
fn who_waits_for_a_segment_waits_through_any_number_of_signals() {
    let directory = tempfile::tempdir().unwrap();
    let mut writer = Writer::builder(directory.path().join("a.")).background(false).build();
    writer.append(1, b"a 1\n").unwrap();
    writer.flush().unwrap();
    let path = writer.path().unwrap();
    let (mut ready, says) = std::io::pipe().unwrap();
    let child = Child::run(|| {
        // Without SA_RESTART, so that the kernel does not hide the interruption.
        let handler =
            SigAction::new(SigHandler::Handler(nothing), SaFlags::empty(), SigSet::empty());
        // SAFETY: the handler does nothing.
        unsafe { sigaction(Signal::SIGUSR1, &handler) }.unwrap();
        { &says }.write_all(b"x").unwrap();
        let mut text = String::new();
        Reader::open(&path).unwrap().read_to_string(&mut text).unwrap();
        assert_eq!("a 1\n", text);
    });
    drop(says);
    ready.read_exact(&mut [0]).unwrap();
    for _ in 0..20 {
        // It sleeps nowhere but in the wait for the lock.
        while !matches!(state(child.pid()), 'S' | 'Z') {
            thread::yield_now();
        }
        if state(child.pid()) == 'S' {
            kill(child.pid(), Signal::SIGUSR1).unwrap();
        }
    }
    writer.close().unwrap();
    child.succeeds();
}
