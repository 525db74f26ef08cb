//! `within_a_minute`: a bound for what must not wait, in unit tests.

use std::sync::mpsc;
use std::thread;
use std::time::Duration;

/// Runs it on a thread of its own; one that waits for ever ends the process, since nothing else ends the
/// thread.
pub(crate) fn within_a_minute<T: Send>(work: impl FnOnce() -> T + Send) -> T {
    thread::scope(|scope| {
        let (sender, receiver) = mpsc::channel::<()>();
        let worker = scope.spawn(move || {
            let done = work();
            drop(sender);
            done
        });
        let ended = receiver.recv_timeout(Duration::from_secs(60));
        if ended == Err(mpsc::RecvTimeoutError::Timeout) {
            std::process::abort();
        }
        worker.join().unwrap()
    })
}
