//! `starve`: a thread that uses up the descriptors of its process, and gives them back, again and again.

use std::fs::File;
use std::thread;
use std::time::{Duration, Instant};

use crate::storm::input::Input;
use crate::storm::passing::pass;

const STARVING: Duration = Duration::from_millis(300);
const LOOK: Duration = Duration::from_millis(1);
const FED: Duration = Duration::from_millis(200);

/// Goes on until the input ends.
pub(crate) fn starve(input: Input) {
    thread::spawn(move || {
        while !input.is_over() {
            let (began, mut held) = (Instant::now(), Vec::new());
            // What others give back is taken as well.
            while began.elapsed() < STARVING {
                held.extend(std::iter::from_fn(|| File::open("/dev/null").ok()));
                pass(LOOK);
            }
            drop(held);
            pass(FED);
        }
    });
}
