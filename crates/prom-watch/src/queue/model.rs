//! The model: every interleaving of writers, kernel, watchers and accidents, around the real queue.
//!
//! What is modelled: a directory, inodes with locks, the kernel's event queue with its overflow, a
//! directory read that is not atomic, writers that seal by an explicit unlock or by dying, and
//! consumers that fail, die, remove or keep. Time is abstract: a parked name may be tried again as
//! soon as that can succeed, and never merely because time has passed, so the slow rescan does
//! not hide a lost segment.
//!
//! Each weakened variant shows that the model can find the error which that part prevents.

mod rules;
mod search;
mod station;
mod steps;
mod thread;
mod world;

use rules::{Publish, Rules, Weakness};
use search::{Verdict, search};

/// Two segments of one writer, one watcher with one thread, and no accident.
const PLAIN: Rules = Rules {
    writers: &[&[0, 1]],
    publish: Publish::Hidden,
    explicit_unlock: true,
    stations: 1,
    early: false,
    threads: 1,
    failures: 0,
    deaths: 0,
    keep: false,
    capacity: 8,
    events: true,
    rescan: false,
    rests: false,
    weakness: None,
};

/// One segment, two watchers.
const RIVALS: Rules = Rules { writers: &[&[0]], stations: 2, ..PLAIN };

#[track_caller]
fn check(expected: Verdict, rules: Rules) {
    let found = search(rules);
    assert_eq!(expected, found.verdict, "after {} states:\n{}", found.states, found.trace);
}

#[track_caller]
fn holds(rules: Rules) {
    check(Verdict::Holds, rules);
}

#[test]
fn one_watcher_misses_nothing() {
    holds(PLAIN);
    holds(Rules { explicit_unlock: false, ..PLAIN });
    holds(Rules { failures: 2, ..PLAIN });
}

#[test]
fn rivals_share_without_loss_or_repetition() {
    holds(RIVALS);
    holds(Rules { explicit_unlock: false, failures: 1, ..RIVALS });
    holds(Rules { deaths: 1, ..RIVALS });
    holds(Rules { explicit_unlock: false, deaths: 1, failures: 1, ..RIVALS });
}

#[test]
fn rivals_share_two_segments_with_a_failure() {
    let early = Rules { writers: &[&[0, 1]], early: true, ..RIVALS };
    holds(Rules { failures: 1, ..early });
    holds(Rules { explicit_unlock: false, ..early });
    holds(Rules { stations: 3, writers: &[&[0]], ..early });
}

#[test]
fn threads_share_one_watcher() {
    holds(Rules { threads: 2, ..PLAIN });
    holds(Rules { threads: 2, explicit_unlock: false, failures: 1, ..PLAIN });
}

#[test]
fn a_name_that_is_given_again_is_another_segment() {
    holds(Rules { writers: &[&[0, 0]], failures: 1, ..PLAIN });
    holds(Rules { writers: &[&[0, 0]], threads: 2, ..PLAIN });
    holds(Rules { writers: &[&[0, 0]], early: true, ..RIVALS });
}

#[test]
fn what_is_kept_is_processed_once_and_its_successor_too() {
    let keep = Rules { keep: true, ..PLAIN };
    holds(keep);
    holds(Rules { writers: &[&[0, 0]], failures: 1, ..keep });
    holds(Rules { writers: &[&[0, 0]], threads: 2, ..keep });
    holds(Rules { writers: &[&[0, 0]], explicit_unlock: false, capacity: 1, ..keep });
}

#[test]
fn an_overflow_is_made_good_by_a_scan() {
    let tight = Rules { capacity: 1, ..PLAIN };
    holds(tight);
    holds(Rules { writers: &[&[0], &[1]], explicit_unlock: false, early: true, ..tight });
    holds(Rules { writers: &[&[0]], stations: 2, failures: 1, early: true, ..tight });
    check(Verdict::Stuck, Rules { weakness: Some(Weakness::NoScanAfterOverflow), ..tight });
}

#[test]
fn a_watcher_that_rests_during_a_backlog_misses_nothing() {
    let rests = Rules { rests: true, ..PLAIN };
    holds(rests);
    holds(Rules { explicit_unlock: false, failures: 1, ..rests });
    holds(Rules { threads: 2, ..rests });
    holds(Rules { keep: true, writers: &[&[0, 0]], ..rests });
    holds(Rules { deaths: 1, rests: true, ..RIVALS });
    check(Verdict::Stuck, Rules { weakness: Some(Weakness::NoScanAfterRest), ..rests });
}

#[test]
fn events_are_for_speed_only() {
    let deaf = Rules { events: false, rescan: true, ..PLAIN };
    holds(deaf);
    holds(Rules { writers: &[&[0, 0]], failures: 1, ..deaf });
    holds(Rules { stations: 2, writers: &[&[0]], ..deaf });
    check(Verdict::Stuck, Rules { rescan: false, ..deaf });
}

#[test]
fn a_scan_before_the_watch_leaves_a_segment_behind() {
    let weak = Some(Weakness::ScanBeforeWatch);
    check(Verdict::Stuck, Rules { writers: &[&[0]], weakness: weak, ..PLAIN });
}

#[test]
fn a_busy_segment_that_is_dropped_is_left_behind() {
    let weak = Some(Weakness::DropBusy);
    // The event was sent before the watch, and the lock is freed after the try.
    check(
        Verdict::Stuck,
        Rules { writers: &[&[0]], explicit_unlock: false, weakness: weak, ..PLAIN },
    );
    // Nothing tells a watcher that its rival has died.
    check(Verdict::Stuck, Rules { deaths: 1, weakness: weak, ..RIVALS });
}

#[test]
fn a_lock_without_a_look_at_the_path_processes_twice() {
    check(Verdict::Twice, Rules { weakness: Some(Weakness::NoIdentityCheck), ..RIVALS });
}

#[test]
fn a_shared_lock_processes_twice() {
    check(Verdict::Twice, Rules { weakness: Some(Weakness::SharedLock), ..RIVALS });
}

#[test]
fn a_segment_that_is_visible_before_it_is_locked_needs_the_grace_for_empty_ones() {
    let open = Rules { writers: &[&[0]], publish: Publish::CreateThenLock, ..PLAIN };
    holds(open);
    holds(Rules { stations: 2, ..open });
    check(Verdict::Early, Rules { weakness: Some(Weakness::NoGrace), ..open });
}
