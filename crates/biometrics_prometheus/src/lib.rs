#![doc = include_str!("../README.md")]
//!
//! # Each promise and its checks
//!
//! On Linux and its own file systems. Each row names what checks it: tests of this crate, of
//! `prom-segment` and of `prom-watch` (`cargo test -p CRATE NAME`), and scenarios of the storm, by the
//! beginnings of their names (`cargo xtask storm --list`).
//!
//! | promise | tests | scenarios |
//! |---|---|---|
//! | **Nothing torn.** A consumer gets whole lines, whatever died and when. | `what_was_flushed_survives_a_kill_and_no_line_is_torn`, `torn_tails_and_zeros_are_kept_back_and_told`, `a_file_that_cannot_grow_ends_with_a_whole_line_and_the_rest_goes_on` | `kill-writers`, `disk-full`, `power-cut` |
//! | **Once, if nothing crashes.** With any number of emitters and watchers, each accepted sample is delivered once. | `every_collection_arrives_once_and_in_order`, `three_watchers_share_the_segments_of_four_writers` | `clean`, `same-prefix`, `tiny`, `exactly-once` |
//! | **At least once, if a consumer crashes.** Only the segment that it had processed and not removed comes again, and the whole of it. | `a_segment_in_the_hands_of_a_consumer_that_is_killed_comes_to_another`, `of_many_who_claim_one_gets_it` | `kill-consumers`, `kill-both`, `crash` |
//! | **What was flushed survives.** After [`Emitter::flush`] has returned `Ok`, `kill -9` costs nothing. | `what_was_flushed_survives_a_kill_and_no_line_is_torn` | `kill-writers`, `fork` |
//! | **What was accepted survives an orderly end**: a close, a drop, SIGTERM and Ctrl-C as in `examples/graceful.rs`, and a panic with [`flush_on_panic`]. | `what_was_acknowledged_before_a_sigterm_is_readable`, `a_panic_costs_nothing_that_was_accepted_if_it_flushes`, `a_flush_of_all_writes_what_each_writer_has_accepted` | `clean` |
//! | **No silent loss.** A sample that was not delivered was refused by an error, is counted by [`register_biometrics`] with the cause, or died with its process. What the last emitter loses at its end is counted after its last emission: only the error of [`Emitter::close`] tells of it. | `what_can_not_be_written_at_the_end_is_counted`, `refusals_are_counted_by_cause`, `what_a_full_disk_costs_is_counted_by_cause`, `what_a_child_leaves_to_its_parent_is_counted` | `faults-writer`, `file-limit`, `inodes-full` |
//! | **After a power cut nothing is garbled**, and with [`Durability::Flush`] what [`Emitter::flush`] acknowledged is on the disk, with its name. | `every_durability_writes_the_same_bytes` | `power-cut` |
//! | **Nobody waits for another.** A watcher never waits for an emitter, nor an emitter for a consumer or another emitter. | `no_call_waits_for_a_lock_that_is_held_for_the_whole_test` | `slow` |
//! | **One bad file stops nothing.** | `good_segments_pass_between_all_that_is_none`, `an_error_of_the_closure_comes_back_as_it_is_and_the_others_go_on` | `poison`, `faults-consumer` |
//! | **Fresh.** The last samples of an idle program are readable within the flush interval and 250 ms. | `an_idle_segment_is_sealed_in_time` | `idle` |
//! | **Bounded.** Lines in memory have a limit, a segment that of its size and one collection, and a directory that of [`Builder::keep_at_most_bytes`]. | `while_the_disk_fails_lines_gather_up_to_the_limit_and_no_further`, `a_collection_larger_than_a_segment_is_split_and_bounded`, `without_a_consumer_a_directory_keeps_what_it_may_and_one_open_segment` | `overflow`, `clocks` |
//! | **What is no segment is left alone.** Links, FIFOs and devices are not opened for data, foreign names are not removed, and no name or label forges a line. | `only_regular_files_are_read_and_nothing_waits`, `what_is_not_of_the_prefix_or_no_file_is_left_alone`, `no_label_can_forge_a_line` | `poison`, `injection` |
//! | **A forked child** neither repeats its parent's samples nor frees its parent's lock, and is not held up by what its parent's other threads were emitting. | `a_child_that_goes_on_writes_its_own_segments`, `a_child_that_only_ends_changes_nothing`, `a_child_does_not_flush_what_is_its_parents`, `a_child_is_not_stopped_by_what_the_threads_of_its_parent_held` | `fork` |
//! | **A directory that comes and goes** is an error while it is gone, and works again when it is back. | `a_missing_directory_is_named_and_the_next_emission_works`, `a_directory_that_was_removed_and_made_again_is_watched_again` | `directory` |
//!
//! # What it costs
//!
//! `cargo xtask bench` measures it, beside peers and beside floors written by hand.
//!
//! | step | cost | grows with |
//! |---|---|---|
//! | a sensor's first emission in the process | its texts are rendered and its names compared, some microseconds, under a lock | the lengths of its label and of the constant labels; a histogram's buckets share one text |
//! | each later emission | a comparison with the sensor that came next the last time, its reading, and per sample two or three copies and the digits of one number; nothing is allocated but what [`biometrics::Sensor::read`] of a histogram allocates | samples |
//! | [`Emitter::emit_all`], [`Emitter::emit_together`] | the above, and the writer's lock and a look at the clock for each 64 KiB | samples |
//! | `Collector::emit` with an [`Emitter`] | the above, and the lock and the clock for each sensor, some 40 ns | sensors |
//! | [`Emitter::flush`] | one `write(2)`; with [`Durability::Flush`] also one `fsync(2)` | bytes |
//! | a rotation | the calls that complete one file and create the next, some 10; metadata lines are written anew in the next one; with a retention also one reading of the directory | nothing; with a retention files in the directory |
//! | [`SlashMetrics`], made anew for each page | as the later emission, and 50 ns of system call; the text is allocated once it is known to be long | samples |
//! | a [`Watcher`]'s scan, at its beginning, when events were lost, after a backlog, and every five seconds | one reading of the directory, no look at any file, some 0.4 microseconds a name | files in the directory |
//! | the taking of a segment | nine system calls, its reading and its removal included | nothing |
//! | a segment that is being written | a try about every five seconds | open segments |
//!
//! # Further limits
//!
//! Beside those that are listed above:
//!
//! - An emitter that is at work on a thread at the moment of a panic is not flushed by [`flush_on_panic`].
//! - What is evicted by a retention is lost, as it was asked for. It is counted.
//! - Samples in a directory that somebody deletes, or in a segment that somebody removes while it is
//!   written, are lost and not counted: the emitter does not look for its file.
//! - A process that may write to the directory can remove or withhold segments, and hold their locks.
//! - SMB and FUSE do what their servers do for `flock(2)`, as NFS does.
#![forbid(unsafe_code)]

mod address;
mod buckets;
mod builder;
mod by_reading;
mod catalog;
mod clock;
mod emitter;
mod error;
mod options;
mod owners;
mod page;
mod sensor;
mod shelf;
mod shelves;
mod slash_metrics;
mod style;
mod vitals;
#[cfg(test)]
mod within;

pub use builder::Builder;
pub use emitter::{Emission, Emitter};
pub use error::Error;
pub use options::Options;
pub use slash_metrics::{SlashMetrics, SlashMetricsBuilder};
pub use style::Naming;
pub use vitals::register_biometrics;

pub use prom_format::{Dialect, Escaping, LabelName};
pub use prom_segment::{Durability, Flushed, Reader, flush_all, flush_on_panic};
pub use prom_watch::Watcher;

/// The text format: encoder and parser.
pub use prom_format as format;
/// The segment files: writer and reader.
pub use prom_segment as segment;
/// The directory watcher.
pub use prom_watch as watch;
