//! Each oracle finds the fault that it is for, and nothing else.

use super::*;
use crate::storm::ledger::Ack;

fn run(first: u64, last: u64) -> Run {
    Run { writer: 1, first, last }
}

fn delivery(name: &str, runs: &[Run]) -> Delivery {
    Delivery { name: name.into(), len: 100, torn: 0, runs: runs.to_vec() }
}

/// A consumer that removed each of these.
fn witness(deliveries: &[Delivery]) -> Witness {
    let notes = deliveries.iter().flat_map(|one| [Note::Processed(one.clone()), Note::Removed]);
    Witness { notes: notes.collect(), end: End::Success }
}

/// One writer with six accepted samples in two segments, all of them delivered.
fn sound() -> Account {
    let mut ledger = Ledger { end: End::Success, ..Ledger::default() };
    (0..6).map(Ack::Accepted).chain([Ack::Closed]).for_each(|ack| ledger.note(ack));
    let segments = [delivery("a.1.prom", &[run(0, 3)]), delivery("a.2.prom", &[run(4, 5)])];
    Account {
        writers: BTreeMap::from([(1, ledger)]),
        witnesses: vec![witness(&segments)],
        ..Account::default()
    }
}

#[track_caller]
fn check(expected: &[&str], account: &Account) {
    check_by(expected, account, &Rules::default());
}

#[track_caller]
fn check_by(expected: &[&str], account: &Account, rules: &Rules) {
    assert_eq!(expected, account.faults(rules));
}

fn ledger(account: &mut Account) -> &mut Ledger {
    account.writers.get_mut(&1).unwrap()
}

#[test]
fn a_sound_account_has_no_fault() {
    check(&[], &sound());
    check(&[], &Account::default());
}

#[test]
fn a_lost_sample_is_found() {
    let mut account = sound();
    account.witnesses[0].notes.truncate(2);
    check(&["2 samples of writer 1 lost: [4, 5]"], &account);
    check_by(&[], &account, &Rules { losses: true, ..Rules::default() });
    ledger(&mut account).lost_lines = 1;
    check(&["2 samples of writer 1 lost: [4, 5]"], &account);
    ledger(&mut account).lost_lines = 2;
    check(&[], &account);
}

#[test]
fn what_a_killed_writer_had_not_flushed_may_be_lost_within_its_buffer() {
    let mut account = sound();
    account.witnesses[0].notes.truncate(2);
    let killed = ledger(&mut account);
    (killed.closed, killed.end, killed.flushed) = (false, End::Killed, Some(3));
    check(&[], &account);
    ledger(&mut account).flushed = Some(4);
    check(&["1 samples of writer 1 lost: [4]"], &account);
    let killed = ledger(&mut account);
    killed.flushed = Some(3);
    (6..400).for_each(|id| killed.note(Ack::Accepted(id)));
    check(&["killed writer 1 lost 396 samples, more than its buffer"], &account);
}

#[test]
fn a_sample_from_nowhere_is_found() {
    let mut account = sound();
    account.witnesses.push(witness(&[delivery("a.3.prom", &[run(6, 7)])]));
    check(&["2 samples that writer 1 never had accepted: [6, 7]"], &account);
    account.writers.clear();
    check(&["1 writers that do not exist: [1]"], &account);
    let mut rejected = sound();
    ledger(&mut rejected).note(Ack::Rejected(6, "why".into()));
    rejected.witnesses.push(witness(&[delivery("a.3.prom", &[run(6, 6)])]));
    let faults = rejected.faults(&Rules { errors: true, ..Rules::default() });
    assert_eq!(["1 samples that writer 1 never had accepted: [6]"], faults[..]);
}

#[test]
fn a_repeated_segment_is_excused_once_by_a_killed_consumer_that_had_not_removed_it() {
    let second = delivery("a.2.prom", &[run(4, 5)]);
    let mut account = sound();
    account.witnesses.push(witness(std::slice::from_ref(&second)));
    let fault = "2 samples delivered twice: [(1, 4), (1, 5)]";
    check(&[fault], &account);
    // It died, but after the removal.
    account.witnesses[1].end = End::Killed;
    check(&[fault], &account);
    account.witnesses[1].notes.pop();
    check(&[], &account);
    account.witnesses.push(witness(&[second]));
    check(&[fault], &account);
}

#[test]
fn a_segment_that_comes_again_comes_whole() {
    let mut account = sound();
    let part = delivery("a.2.prom", &[run(4, 4)]);
    let notes = vec![Note::Processed(part)];
    account.witnesses.push(Witness { notes, end: End::Killed });
    check(&["a.2.prom was delivered again in part"], &account);
}

#[test]
fn damage_is_found_unless_it_was_planted() {
    let problem = |name: &str| Note::Problem { name: name.into(), what: "alien".into() };
    let mut account = sound();
    account.witnesses[0].notes.push(problem("a.9.prom"));
    check(&["1 problems in segments: [\"alien in a.9.prom\"]"], &account);
    account.witnesses[0].notes.pop();
    account.witnesses[0].notes.push(problem("poison.9.prom"));
    check_by(&[], &account, &Rules { foreign: Some("poison."), ..Rules::default() });
    let mut torn = sound();
    torn.witnesses.push(witness(&[Delivery { torn: 3, ..delivery("a.3.prom", &[]) }]));
    check(&["1 torn or empty segments: [\"a.3.prom\"]"], &torn);
    let killed = ledger(&mut torn);
    (killed.end, killed.closed, killed.flushed) = (End::Killed, false, Some(5));
    check(&[], &torn);
}

#[test]
fn errors_are_found_unless_they_are_expected() {
    let mut account = sound();
    ledger(&mut account).note(Ack::FlushFailed("no".into()));
    account.witnesses[0].notes.push(Note::Error("gone".into()));
    check(
        &["1 errors told to writer 1: [\"no\"]", "1 errors of the watcher: [\"gone\"]"],
        &account,
    );
    check_by(&[], &account, &Rules { errors: true, watch_errors: true, ..Rules::default() });
}

#[test]
fn what_is_left_and_who_ended_badly_is_found() {
    let mut account = sound();
    account.left.push("a.3.prom".into());
    account.hidden = 1;
    let left = "1 segments left behind: [\"a.3.prom\"]";
    check(&[left, "1 hidden files left behind"], &account);
    let mut account = sound();
    ledger(&mut account).end = End::Badly("signal 11".into());
    account.witnesses[0].end = End::Badly("status 101".into());
    check(
        &[
            "writer 1 ended with Badly(\"signal 11\")",
            "consumer 0 ended with Badly(\"status 101\")",
        ],
        &account,
    );
}

#[test]
fn what_an_error_left_in_doubt_is_covered_by_no_later_flush() {
    let mut account = sound();
    let six = [Ack::Accepted(6), Ack::FlushFailed("no".into()), Ack::Accepted(7), Ack::Flushed];
    let mut ledger = Ledger { end: End::Killed, ..Ledger::default() };
    (0..6).map(Ack::Accepted).chain([Ack::Flushed]).chain(six).for_each(|ack| ledger.note(ack));
    account.writers.insert(1, ledger);
    let rules = Rules { errors: true, sync_fails: true, power_cut: true, ..Rules::default() };
    check_by(&["1 samples of writer 1 lost: [7]"], &account, &rules);
    let rules = Rules { sync_fails: false, ..rules };
    check_by(&["2 samples of writer 1 lost: [6, 7]"], &account, &rules);
}

#[test]
fn only_the_last_flush_before_the_first_error_may_have_been_in_vain() {
    let ledger = |flushes: [u64; 2]| {
        let mut ledger = Ledger { end: End::Killed, ..Ledger::default() };
        for id in 0..10 {
            ledger.note(Ack::Accepted(id));
            if flushes.contains(&id) {
                ledger.note(Ack::Flushed);
            }
        }
        ledger.note(Ack::FlushFailed("no".into()));
        ledger
    };
    let mut account = sound();
    let rules = Rules { errors: true, sync_fails: true, power_cut: true, ..Rules::default() };
    // The first six have arrived.
    account.writers.insert(1, ledger([5, 8]));
    check_by(&[], &account, &rules);
    assert_eq!(3, account.broken_word(&rules));
    account.writers.insert(1, ledger([7, 8]));
    check_by(&["2 samples of writer 1 lost: [6, 7]"], &account, &rules);
    let rules = Rules { sync_fails: false, ..rules };
    check_by(&["3 samples of writer 1 lost: [6, 7, 8]"], &account, &rules);
}

#[test]
fn repeats_are_passed_over_only_where_the_kernel_lied() {
    let mut account = sound();
    let again = account.witnesses[0].clone();
    account.witnesses.push(again);
    assert!(!account.faults(&Rules::default()).is_empty());
    check_by(&[], &account, &Rules { repeats: true, ..Rules::default() });
}
