//! The watcher on real directories, against real locks, processes and kernel events.

#![expect(clippy::expect_used, clippy::unwrap_used, reason = "a test fails by panicking")]

mod backlog;
mod beginning;
mod calls;
mod child;
mod directory;
mod done;
mod errors;
mod failing;
mod idle;
mod limits;
mod live;
mod order;
mod overflow;
mod poison;
mod polling;
mod rivals;
mod scene;
mod skip;
#[cfg(feature = "stream")]
mod stream;
mod threads;
mod waiting;
