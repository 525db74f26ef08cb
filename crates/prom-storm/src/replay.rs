//! The replay: a short run of the real writer is recorded by strace, and every state of the disk that a
//! power cut can leave of it is put before the real reader.
//!
//! A cut can come after any call. What was synced by then is on the disk; of the rest any part may be: a
//! name or not, a write in full, in half, as NUL, or not at all, in any order that leaves the changes
//! of one file's names in theirs. That is more than one file system does, so a promise that holds in
//! all these states does not lean on the habits of one.

mod control;
mod disk;
mod judge;
mod operation;
mod parse;
mod promise;
mod record;
mod script;
mod session;
mod trial;

pub use session::{Report, play, replay, run};
