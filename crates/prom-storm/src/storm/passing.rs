//! `pass`: lets time pass, where nothing but the passing of time will do.

use std::thread;
use std::time::Duration;

/// The pace of a writer, the slowness of a consumer, the moment of a kill.
#[expect(clippy::disallowed_methods, reason = "the passing of time is what is wanted")]
pub(crate) fn pass(time: Duration) {
    thread::sleep(time);
}
