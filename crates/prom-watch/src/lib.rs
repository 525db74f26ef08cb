//! Takes every finished segment of a directory exactly once, and never waits for one that is being written.
//!
//! ```
//! use std::io::{self, Read as _};
//! use std::time::Duration;
//! use prom_segment::Writer;
//! use prom_watch::Watcher;
//!
//! # let directory = tempfile::tempdir()?;
//! # let directory = directory.path();
//! let mut live = Writer::new(directory.join("app."));
//! live.append(1_700_000_000_000, b"requests 1 1700000000000\n")?;
//! live.flush()?;
//! let mut finished = Writer::new(directory.join("job."));
//! finished.append(1_700_000_000_001, b"jobs 1 1700000000001\n")?;
//! finished.close()?;
//!
//! let watcher = Watcher::new(directory);
//! let mut text = String::new();
//! while watcher.ingest_next(Duration::from_millis(10), |mut segment| {
//!     segment.read_to_string(&mut text)?;
//!     segment.unlink()
//! })? {}
//! assert_eq!("jobs 1 1700000000001\n", text, "the other one is being written");
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! # From the top
//!
//! A [`Watcher`] hands the segments `<prefix><epoch_millis>.prom` of one directory to a closure, as a
//! [`prom_segment::Reader`], in the order of the milliseconds. [`Watcher::ingest_one`] never
//! waits; [`Watcher::ingest_next`] waits for the next one. [`Builder`] has the knobs, [`Mode`] says
//! how the directory is watched, [`Stats`] what was done; [`totals`] is
//! the same for all watchers of the process. With the feature `stream` there is
//! `Watcher::stream` for async programs; it needs no runtime of its own.
//!
//! # Guarantees
//!
//! - **Exactly once, on success.** A segment is claimed with an exclusive lock, and looked at again
//!   under the lock; among all watchers of all processes one has it, and once it was removed nobody
//!   gets it again. A closure that fails, panics or dies with its process leaves the segment to be
//!   tried again, so a closure that has an effect and then fails has that effect twice.
//! - **Never half-written.** A segment is handed out when its writer has unlocked it or is dead,
//!   and the reader cuts a torn last line off.
//! - **Never held up.** No call waits for a lock. A segment that is being written, cannot be opened,
//!   or fails in the closure is left alone for a while, and the others go on.
//! - **Nothing is missed.** The kernel's events are hints, and the directory is the truth: it is
//!   scanned at first, when the kernel dropped events, when the directory was moved, replaced or
//!   came back, after a backlog, and every [`Builder::rescan_interval`] anyway.
//! - **A backlog is quick.** A scan that finds 256 new segments or more turns the events off until none is
//!   left to be tried ([`Mode::CatchingUp`]): most would tell of the watcher's own opens and removals.
//!   Meanwhile the directory is scanned once a rescan interval. A segment that is finished meanwhile, and is
//!   older than what is left, may wait that long.
//! - **Oldest first** among the finished segments that are known, by the name; a file's times never
//!   matter.
//! - **Nothing else is touched.** Hidden files and names of another form are passed over, and what is
//!   no regular file is not opened. Symbolic links are not followed, but for the directory itself.
//! - **Idle is idle.** Opens and removals of its own cause no scan. A live segment is tried nine
//!   times in its first half second, then once per rescan interval, and once after each backlog.
//! - Memory is about 200 bytes for each name that is known.
//!
//! # What happens to a segment
//!
//! | the closure | the segment |
//! |---|---|
//! | removes it and returns `Ok` | is gone |
//! | returns `Ok` | is remembered as done, by inode, size and modification time; not handed out again by this watcher unless one of these changes |
//! | returns `Err` or panics | comes again after 5, 10, 20 ms and so on up to [`Builder::retry_cap`] |
//!
//! An empty one that nobody locks is handed over, as an empty reader, when it is older than
//! [`Builder::empty_grace`].
//!
//! # Errors
//!
//! Calls return the closure's error as it is, or an [`io::Error`](std::io::Error) with an [`Error`]
//! inside that names the directory or the segment. A segment that vanished is no error.
//!
//! # Known problems
//!
//! - **Writer and watcher must use the same mount.** Through different ones, such as a container's
//!   overlay and its backing directory, locks are not shared, and a live segment looks finished.
//! - **NFS, SMB, CIFS, 9p and FUSE** report no changes made elsewhere, so the directory is polled
//!   there, once a second. Whether locks work is up to the server; on NFS an exclusive lock needs
//!   permission to write the file.
//! - **inotify is limited** to 128 instances per user by default
//!   (`fs.inotify.max_user_instances`); a watcher is one. When there is no room the directory is
//!   polled, [`Watcher::mode`] and [`Builder::on_mode`] say so, and inotify is tried again once a
//!   minute. A watcher with inotify has one thread. During a backlog it gives its instance back, and
//!   somebody else may take it.
//! - What one watcher keeps, another one processes, too; so does the same program after a restart.
//! - Order holds among what is finished. A segment that was being written, or has failed, comes
//!   after younger ones.
//! - After `fork(2)` the child has no threads to hear events; make another watcher there.

#![forbid(unsafe_code)]

#[cfg(doctest)]
#[doc = include_str!("../README.md")]
struct Readme;

mod backoff;
mod builder;
mod candidate;
mod claim;
mod engine;
mod error;
mod identity;
mod lookout;
mod mode;
mod queue;
mod scan;
mod schedule;
mod settings;
mod shared;
mod stats;
#[cfg(feature = "stream")]
mod stream;
mod wake;
mod watcher;

pub use builder::Builder;
pub use error::Error;
pub use mode::{Mode, PollReason, Strategy};
pub use stats::{Stats, Totals, totals};
#[cfg(feature = "stream")]
pub use stream::Segments;
pub use watcher::Watcher;
