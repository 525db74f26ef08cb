//! Segment files that are locked before they are visible, never overwritten and never read half-written.
//!
//! ```
//! use std::io::Read as _;
//! use prom_segment::{Reader, Writer};
//!
//! let directory = tempfile::tempdir()?;
//! let mut writer = Writer::new(directory.path().join("app."));
//! writer.append(1_700_000_000_000, b"requests 1 1700000000000\n")?;
//! let path = writer.path().expect("lines were appended");
//! assert_eq!(directory.path().join("app.1700000000000.prom"), path);
//! assert!(Reader::try_open(&path)?.is_none(), "it is being written");
//! writer.close()?;
//!
//! let mut text = String::new();
//! Reader::open(&path)?.read_to_string(&mut text)?;
//! assert_eq!("requests 1 1700000000000\n", text);
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! # From the top
//!
//! A [`Writer`] appends lines to a file `<prefix><epoch_millis>.prom` and begins the next one when
//! the first is large or old enough. [`Builder`] has its knobs. A [`Reader`] takes a finished
//! segment; [`Reader::open`] waits for it, [`Reader::try_open`] and [`Reader::claim`] never do.
//! The bytes are the caller's affair: this crate knows lines, and [`Header`] lines that every
//! segment needs once.
//!
//! [`flush_all`] and [`flush_on_panic`] flush the writers of a process that ends in another way than by
//! dropping them. [`Builder::keep_at_most_bytes`] and its like bound what a directory keeps when nobody
//! reads. An [`Observer`] hears of everything, with the cause of each [`Loss`].
//!
//! # The life of a segment
//!
//! 1. A hidden file in the same directory, `.<base><pid>.<n>.tmp`, created with `O_EXCL`.
//! 2. Locked by `flock(2)`, exclusively.
//! 3. Renamed to its name by `renameat2(2)` with `RENAME_NOREPLACE`. If the name is taken, the
//!    next millisecond is tried. Names of one writer rise strictly, whatever the clock does.
//! 4. Filled with whole lines.
//! 5. Complete: unlocked, then closed.
//!
//! A writer that dies leaves a segment as after step 4, with the lock freed by the kernel; its last
//! line may be torn, and readers cut it off. Between steps 1 and 3 it leaves a hidden empty file;
//! a later writer of the same prefix removes it when it is an hour old. Where the file system knows no
//! `RENAME_NOREPLACE`, step 3 is a link and an unlink; a writer that dies between them leaves a hidden
//! second name, which a later one removes whatever its age.
//!
//! # Guarantees
//!
//! - Whoever sees the name of a segment finds it locked until it is complete.
//! - No file is ever replaced.
//! - A reader gets whole lines without NUL, or nothing.
//! - Lines that were accepted are written, or the error of [`Writer::close`] says how many are not,
//!   or the process died before a flush.
//! - An idle program's segment is complete within [`Builder::max_age`] and 250 ms.
//! - `EINTR` never surfaces. A forked child neither writes its parent's lines nor frees its lock.
//!
//! # Known problems
//!
//! - `flock` works through one mount: a writer and a reader that see the directory through different
//!   mounts (a container's overlay and its backing directory) do not see each other's locks. On
//!   NFS it depends on the server.
//! - A process that is killed loses what it had not flushed: at most the collection that is going on
//!   and [`Builder::buffer_size`] bytes.
//! - Appending, flushing and closing write to the disk now and then, and block as long as it does.
//!   The timer thread serves all writers of the process: a sync that hangs holds up the others. So
//!   does [`flush_all`], which takes one writer after the other, whatever its patience is.
//! - A segment that one writer is just evicting is locked, and counts for another writer of the prefix
//!   that opens a segment at this moment, which may evict one more than it must.
//! - ext4 breaks its word once when a disk fails under it: the first `fsync(2)` after its journal has failed may
//!   say Ok and have synced nothing (Linux 6.18; two of three runs of a program that does nothing else). So
//!   what the last [`Writer::flush`] before the first error covered may be lost, even with [`Durability::Flush`].
//! - [`Durability::Seal`] does not sync the directory, so a power cut may lose the name of a segment.
//! - A reader frees its lock by closing the file, so a child that was forked meanwhile holds it until it
//!   ends or executes another program. A writer unlocks by hand, and has not got this problem.
//! - A child that was forked while the timer thread was completing a segment keeps that file open
//!   until it ends or executes another program.

#![forbid(unsafe_code)]

#[cfg(doctest)]
#[doc = include_str!("../README.md")]
struct Readme;

mod batch;
mod builder;
mod collection;
mod config;
mod directory;
mod durability;
mod error;
mod evict;
mod extent;
mod flush;
mod identity;
mod interrupt;
mod lines;
mod lock;
mod loss;
mod name;
mod observer;
mod pending;
mod probe;
mod publish;
mod reader;
mod retention;
mod retry;
mod rotation;
mod segment;
mod shared;
mod state;
mod sweep;
mod timer;
mod totals;
mod untold;
mod writer;

pub use batch::{Batch, Part};
pub use builder::Builder;
pub use durability::Durability;
pub use error::Error;
pub use flush::{Flushed, flush_all, flush_on_panic};
#[doc(hidden)] // The watcher keeps the same rule by the same code; nobody else is meant to.
pub use interrupt::uninterrupted;
pub use lines::{Header, Lines};
pub use loss::Loss;
pub use name::SegmentName;
pub use observer::Observer;
pub use reader::{Claim, Reader, Witness};
pub use totals::{Totals, totals};
pub use writer::Writer;
