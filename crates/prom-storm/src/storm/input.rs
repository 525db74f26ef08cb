//! `Input`: the standard input of a process, whose end is the word to come to an end.

use std::io::{Read as _, stdin};
use std::sync::{Arc, Condvar, Mutex, PoisonError};
use std::thread;

/// Shared by whoever looks and whoever waits.
#[derive(Clone, Debug)]
pub(crate) struct Input(Arc<(Mutex<bool>, Condvar)>);

impl Input {
    pub(crate) fn listen() -> Self {
        let input = Self(Arc::new((Mutex::new(false), Condvar::new())));
        let told = input.clone();
        thread::spawn(move || {
            // An error of the input ends the process as well.
            let _ = stdin().read_to_end(&mut Vec::new());
            let (over, bell) = &*told.0;
            *over.lock().unwrap_or_else(PoisonError::into_inner) = true;
            bell.notify_all();
        });
        input
    }

    pub(crate) fn is_over(&self) -> bool {
        *self.0.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(crate) fn wait(&self) {
        let (over, bell) = &*self.0;
        let guard = over.lock().unwrap_or_else(PoisonError::into_inner);
        drop(bell.wait_while(guard, |over| !*over));
    }
}
