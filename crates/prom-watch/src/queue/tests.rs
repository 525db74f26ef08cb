//! The queue by itself: order, pauses, and what is remembered of a name.

use super::*;
use crate::candidate::named;

const BACKOFF: Backoff =
    Backoff { busy_cap: Duration::from_secs(5), failed_cap: Duration::from_secs(5) };

fn queue() -> (Queue, Instant) {
    let start = Instant::now();
    (Queue::new(BACKOFF, start), start)
}

fn millis(millis: u64) -> Duration {
    Duration::from_millis(millis)
}

fn offered(names: &[&str]) -> (Queue, Instant) {
    let (mut queue, start) = queue();
    for (inode, name) in (1..).zip(names) {
        assert!(queue.offer(named(name), inode, false));
    }
    (queue, start)
}

/// Pops the name and settles it.
fn settle(queue: &mut Queue, name: &str, outcome: Outcome, now: Instant) {
    let ticket = queue.pop().expect("a ready name");
    assert_eq!(named(name), ticket.candidate);
    queue.settle(ticket, outcome, now);
}

fn popped(queue: &mut Queue, now: Instant) -> Option<Ticket> {
    queue.promote(now);
    queue.pop()
}

/// Nothing is remembered of any name.
fn is_empty(queue: &Queue) -> bool {
    let known = queue.ready.len() + queue.flying.len() + queue.parked.len() + queue.done.len();
    known + queue.due.len() + queue.asked.len() == 0
}

#[test]
fn the_oldest_comes_first_wherever_it_was_heard_of() {
    let (mut queue, start) = offered(&["b.20.prom", "a.20.prom", "a.9.prom"]);
    assert!(queue.hint(named("a.10.prom")));
    assert!(!queue.hint(named("a.10.prom")), "once is enough");
    for name in ["a.9.prom", "a.10.prom", "a.20.prom", "b.20.prom"] {
        settle(&mut queue, name, Outcome::Gone, start);
    }
    assert!(queue.pop().is_none());
    assert!(is_empty(&queue));
}

#[test]
fn a_busy_name_is_due_later_and_later_and_a_scan_does_not_change_that() {
    let (mut queue, start) = offered(&["a.1.prom"]);
    let mut now = start;
    for pause in [1, 2, 4, 8, 16, 32, 64, 128, 256] {
        let ticket = popped(&mut queue, now).expect("due");
        assert!(queue.settle(ticket, Outcome::Busy, now));
        assert_eq!(Some(now + millis(pause)), queue.next_due());
        assert!(!queue.offer(named("a.1.prom"), 1, false));
        assert!(popped(&mut queue, now + millis(pause - 1)).is_none());
        now += millis(pause);
    }
    let ticket = popped(&mut queue, now).expect("due");
    queue.settle(ticket, Outcome::Busy, now);
    let due = queue.next_due().expect("parked") - now;
    assert!((millis(3750)..=millis(5000)).contains(&due), "{due:?}");
    assert_eq!((0, 1), (queue.ready(), queue.parked()));
}

#[test]
fn an_event_frees_a_parked_name_and_counts_busy_anew_but_not_failures() {
    let (mut queue, start) = offered(&["a.1.prom"]);
    for (outcome, pauses) in [(Outcome::Busy, [1, 2, 1]), (Outcome::Failed, [5, 10, 20])] {
        settle(&mut queue, "a.1.prom", outcome, start);
        assert_eq!(Some(start + millis(pauses[0])), queue.next_due());
        let ticket = popped(&mut queue, start + millis(pauses[0])).expect("due");
        queue.settle(ticket, outcome, start);
        assert_eq!(Some(start + millis(pauses[1])), queue.next_due());
        assert!(queue.hint(named("a.1.prom")));
        assert_eq!((None, 0), (queue.next_due(), queue.parked()));
        settle(&mut queue, "a.1.prom", outcome, start);
        assert_eq!(Some(start + millis(pauses[2])), queue.next_due());
        assert!(queue.hint(named("a.1.prom")));
    }
}

#[test]
fn one_thread_at_a_time_tries_a_name_and_what_is_heard_meanwhile_is_kept() {
    let cases = [
        (Outcome::Gone, "ready: a new file has the name"),
        (Outcome::Done(Identity::invented(1)), "ready: it may have changed"),
    ];
    for (outcome, expected) in cases {
        let (mut queue, start) = offered(&["a.1.prom"]);
        let ticket = queue.pop().expect("ready");
        assert!(!queue.hint(named("a.1.prom")));
        assert!(!queue.offer(named("a.1.prom"), 1, false));
        assert!(queue.pop().is_none(), "it is being tried");
        assert!(queue.settle(ticket, outcome, start));
        assert_eq!(1, queue.ready(), "{expected}");
    }
    for outcome in [Outcome::Busy, Outcome::Failed, Outcome::Empty(millis(1000))] {
        let (mut queue, start) = offered(&["a.1.prom"]);
        let ticket = queue.pop().expect("ready");
        queue.hint(named("a.1.prom"));
        queue.settle(ticket, outcome, start);
        assert_eq!((0, 1), (queue.ready(), queue.parked()), "{outcome:?} comes back by itself");
    }
}

/// Our own removal is heard of, too, and often before the closure has returned.
#[test]
fn a_removal_during_a_try_is_news_only_if_the_file_seems_to_be_kept() {
    for (outcome, ready) in [(Outcome::Gone, 0), (Outcome::Done(Identity::invented(1)), 1)] {
        let (mut queue, start) = offered(&["a.1.prom"]);
        let ticket = queue.pop().expect("ready");
        assert!(!queue.vanished(named("a.1.prom")));
        queue.settle(ticket, outcome, start);
        assert_eq!(ready, queue.ready(), "{outcome:?}");
    }
    let (mut queue, start) = offered(&["a.1.prom"]);
    let ticket = queue.pop().expect("ready");
    queue.hint(named("a.1.prom"));
    queue.vanished(named("a.1.prom"));
    queue.settle(ticket, Outcome::Gone, start);
    assert_eq!(1, queue.ready(), "the weightier thing counts");
}

#[test]
fn a_scan_after_lost_events_frees_what_was_busy_and_nothing_else() {
    let others = [Outcome::Failed, Outcome::Empty(millis(1000))];
    for (outcome, freed) in [(Outcome::Busy, true), (others[0], false), (others[1], false)] {
        let (mut queue, start) = offered(&["a.1.prom"]);
        settle(&mut queue, "a.1.prom", outcome, start);
        assert!(!queue.offer(named("a.1.prom"), 1, false));
        assert_eq!(freed, queue.offer(named("a.1.prom"), 1, true), "{outcome:?}");
        assert_eq!(usize::from(!freed), queue.parked());
    }
}

/// The consumer keeps a file, somebody replaces it, and the kernel drops the events of that.
#[test]
fn a_scan_after_lost_events_doubts_even_what_is_being_tried() {
    for (verify, ready) in [(false, 0), (true, 1)] {
        let (mut queue, start) = offered(&["a.1.prom"]);
        let ticket = queue.pop().expect("ready");
        queue.begin_scan();
        queue.offer(named("a.1.prom"), 1, verify);
        queue.end_scan();
        queue.settle(ticket, Outcome::Done(Identity::invented(1)), start);
        assert_eq!(ready, queue.ready(), "verify: {verify}");
    }
}

#[test]
fn a_done_name_is_asked_about_when_there_is_doubt_only() {
    let identity = Identity::invented(1);
    let (mut queue, start) = offered(&["a.1.prom"]);
    settle(&mut queue, "a.1.prom", Outcome::Done(identity), start);
    let mut scan = |inode: Option<u64>, verify| {
        queue.begin_scan();
        if let Some(inode) = inode {
            queue.offer(named("a.1.prom"), inode, verify);
        }
        queue.end_scan();
        let asked = queue.pop();
        if let Some(ticket) = asked.clone() {
            assert_eq!(Some(identity), ticket.known);
            queue.settle(ticket, Outcome::Done(identity), start);
        }
        assert_eq!((0, 1), (queue.ready(), queue.done()));
        asked.is_some()
    };
    assert!(!scan(Some(1), false), "seen as it was");
    assert!(scan(Some(1), true), "an inode number proves nothing where events were lost");
    assert!(scan(Some(2), false), "another file");
    assert!(scan(None, false), "not seen");
    assert!(!scan(Some(1), false), "seen as it was");
    for heard in [Queue::hint, Queue::vanished] {
        assert!(heard(&mut queue, named("a.1.prom")));
        settle(&mut queue, "a.1.prom", Outcome::Done(identity), start);
    }
    assert!(queue.hint(named("a.1.prom")));
    settle(&mut queue, "a.1.prom", Outcome::Gone, start);
    assert_eq!(0, queue.done());
    assert!(is_empty(&queue));
}

#[test]
fn what_becomes_done_during_a_scan_need_not_be_seen_by_it() {
    let (mut queue, start) = offered(&["a.1.prom"]);
    queue.begin_scan();
    settle(&mut queue, "a.1.prom", Outcome::Done(Identity::invented(1)), start);
    queue.end_scan();
    assert_eq!(0, queue.ready());
    queue.begin_scan();
    queue.end_scan();
    assert_eq!(1, queue.ready());
}

/// The consumer moved it away, and the event came before the consumer had returned.
#[test]
fn a_name_that_vanished_while_it_was_processed_is_asked_about_when_it_is_done() {
    let (mut queue, start) = offered(&["a.1.prom"]);
    let ticket = queue.pop().expect("ready");
    assert!(!queue.vanished(named("a.1.prom")));
    assert!(queue.settle(ticket, Outcome::Done(Identity::invented(1)), start));
    settle(&mut queue, "a.1.prom", Outcome::Gone, start);
    assert!(is_empty(&queue));
}

/// It is gone, and its own removal is no reason to look for it again.
#[test]
fn a_name_that_was_removed_while_it_was_processed_is_forgotten() {
    let (mut queue, start) = offered(&["a.1.prom"]);
    let ticket = queue.pop().expect("ready");
    queue.vanished(named("a.1.prom"));
    assert!(!queue.settle(ticket, Outcome::Gone, start));
    assert!(is_empty(&queue));
}

#[test]
fn a_removal_of_a_name_that_is_not_done_is_no_news() {
    let (mut queue, start) = offered(&["a.1.prom", "a.2.prom"]);
    settle(&mut queue, "a.1.prom", Outcome::Busy, start);
    for name in ["a.1.prom", "a.2.prom", "a.3.prom"] {
        assert!(!queue.vanished(named(name)), "{name}");
    }
    assert_eq!((1, 1), (queue.ready(), queue.parked()));
}

#[test]
fn an_empty_segment_has_waited_once_its_pause_is_over() {
    let (mut queue, start) = offered(&["a.1.prom"]);
    let ticket = queue.pop().expect("ready");
    assert!(!ticket.waited_while_empty());
    queue.settle(ticket, Outcome::Empty(millis(1000)), start);
    let mut touched = queue.clone();
    assert!(popped(&mut queue, start + millis(999)).is_none());
    let ticket = popped(&mut queue, start + millis(1000)).expect("due");
    assert!(ticket.waited_while_empty());
    // Somebody has closed it after writing meanwhile: the wait begins anew.
    touched.hint(named("a.1.prom"));
    assert!(!touched.pop().expect("ready").waited_while_empty());
}

#[test]
fn a_crowd_that_is_due_is_tried_in_portions() {
    let (mut queue, start) = queue();
    for number in 0..1000 {
        queue.offer(named(&format!("a.{number}.prom")), number, false);
    }
    while let Some(ticket) = queue.pop() {
        queue.settle(ticket, Outcome::Busy, start);
    }
    let later = start + millis(1);
    let mut steps = 0;
    while queue.next_due().is_some_and(|due| due <= later) {
        queue.promote(later);
        assert!((1..=16).contains(&queue.ready()), "{}", queue.ready());
        while let Some(ticket) = queue.pop() {
            queue.settle(ticket, Outcome::Busy, later);
        }
        steps += 1;
    }
    assert_eq!(1000_usize.div_ceil(PROMOTED_AT_ONCE), steps, "each of them was tried");
}
