//! The model's own tests: the correct one survives, each weak one is found.

use std::time::{SystemTime, UNIX_EPOCH};

use prom_segment::{Durability, Writer};
use proptest::strategy::{Strategy as _, ValueTree as _};

use super::case::Case;
use super::command::{Command, Slice, WRITERS, Write};
use super::hunt::Hunt;
use super::ledger::Figures;
use super::machine::Setup;
use super::queue::candidate;
use super::strategy::cases;
use super::weakness::Weakness;
use super::world::World;
use super::{reduce, regressions};

const BASE_SEED: u64 = 1;
const CASES: u32 = 2_000;
/// Cases in which each weakness has to be found, and commands it has to shrink to.
const BOUND: u32 = 20_000;
const SHRUNK: usize = 8;

#[track_caller]
fn survives(seed: u64) {
    let catch = Hunt { cases: CASES, seed, weakness: None }.run();
    if let Some((case, fault)) = catch.violation {
        let recorded = regressions::record(&format!("seed-{seed}"), &case, &fault);
        panic!("{fault}, recorded in {recorded:?}:\n{case}");
    }
    assert_eq!(u64::from(CASES), catch.cases);
}

#[test]
fn the_model_survives_what_it_has_always_survived() {
    survives(BASE_SEED);
}

#[test]
fn the_model_survives_what_is_new() {
    let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap();
    let seed = u64::try_from(since.as_nanos()).unwrap();
    println!("cargo xtask model --cases {CASES} --seed {seed}");
    survives(seed);
}

#[test]
fn every_weakness_is_found_and_shrinks_to_a_handful_of_commands() {
    for weakness in Weakness::ALL {
        let name = weakness.name();
        let catch = Hunt { cases: BOUND, seed: BASE_SEED, weakness: Some(weakness) }.run();
        let Some((case, fault)) = catch.violation else {
            panic!("{name} was not found in {BOUND} cases");
        };
        println!("{name}: {fault}, in case {}:\n{case}", catch.cases);
        assert!(case.commands.len() <= SHRUNK, "{name} needs {} commands", case.commands.len());
        assert_eq!(Vec::<String>::new(), case.judge(None).faults, "{name} is not to blame");
    }
}

#[test]
fn recorded_cases_fail_with_their_weakness_and_never_without() {
    let recorded = regressions::all().unwrap();
    for (name, case) in &recorded {
        assert_eq!(Vec::<String>::new(), case.judge(None).faults, "{name}");
        if let Some(weakness) = Weakness::named(name) {
            assert!(!case.judge(Some(weakness)).faults.is_empty(), "{name} is found no more");
            assert!(case.commands.len() <= SHRUNK, "{name}");
        }
    }
    for weakness in Weakness::ALL {
        let name = weakness.name();
        assert!(recorded.iter().any(|(recorded, _)| recorded == name), "{name} has no file");
    }
}

fn some_cases(count: u32) -> impl Iterator<Item = Case> {
    let hunt = Hunt { cases: count, seed: BASE_SEED, weakness: None };
    let mut runner = hunt.runner();
    (0..count).map(move |_| cases().new_tree(&mut runner).unwrap().current())
}

#[test]
fn a_case_is_read_back_as_it_was_written() {
    for case in some_cases(300) {
        assert_eq!(Ok(&case), Case::read(&case.to_string()).as_ref());
    }
    for bad in ["", "case none", "case none rename\nwriter 0 sing", "case none rename\nkill 1"] {
        assert!(Case::read(bad).is_err(), "{bad:?}");
    }
}

#[test]
fn the_cases_are_not_idle() {
    let mut sum = Figures::default();
    for case in some_cases(1_000) {
        let Figures { accepted, delivered, repeated, outlived } = case.judge(None).figures;
        sum.accepted += accepted;
        sum.delivered += delivered;
        sum.repeated += repeated;
        sum.outlived += outlived;
    }
    println!("{sum:?}");
    assert!(sum.accepted > 3_000 && sum.delivered > 2_000, "{sum:?}");
    assert!(sum.repeated > 20 && sum.outlived > 20, "{sum:?}");
}

#[test]
fn the_same_seed_finds_the_same_case() {
    let hunt = Hunt { cases: BOUND, seed: 5, weakness: Some(Weakness::NoDirectorySync) };
    let (one, other) = (hunt.run(), hunt.run());
    assert!(one.violation.is_some());
    assert_eq!((one.cases, one.steps, one.violation), (other.cases, other.steps, other.violation));
}

#[test]
fn reduction_takes_away_what_is_not_needed() {
    let setup = Setup { durability: Durability::None, linked: false };
    let emit = Command::Write(1, Write::Emit, Slice::Calls(3));
    let commands = vec![Command::Pass, emit, Command::MakeDirectory, emit, Command::Pass];
    let is_emission = |command: &&Command| matches!(command, Command::Write(_, Write::Emit, _));
    let two_emissions = |case: &Case| case.commands.iter().filter(is_emission).count() >= 2;
    let reduced = reduce::reduce(Case { setup, commands }, two_emissions);
    assert_eq!(vec![Command::Write(0, Write::Emit, Slice::All); 2], reduced.commands);
}

/// The model states the rule of `name::next_millis` again, which is private; so both name segments here.
#[test]
fn the_names_of_the_model_are_those_of_the_writer() {
    let directory = tempfile::tempdir().unwrap();
    let mut real = Writer::builder(directory.path().join("m.")).background(false).build();
    let mut world = World::new(Setup { durability: Durability::None, linked: false }, None);
    world.machine.stands = true;
    for time in [500, 500, 400, 503, 1, 900, 899] {
        real.append(time, b"a 1\n").unwrap();
        real.rotate().unwrap();
        world.machine.kernel.now = time;
        for operation in [Write::Emit, Write::Rotate] {
            world.carry_out(Command::Write(0, operation, Slice::All));
        }
    }
    let entries = std::fs::read_dir(directory.path()).unwrap();
    let mut names: Vec<String> =
        entries.map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect();
    names.sort();
    assert_eq!(names, world.machine.kernel.names());
    assert!(names.iter().all(|name| candidate(name).is_some()), "{names:?}");
}

#[test]
fn a_child_takes_the_slot_behind_the_writers() {
    let mut world = World::new(Setup { durability: Durability::None, linked: false }, None);
    for command in [Command::Write(1, Write::Emit, Slice::All), Command::Fork(1)] {
        world.carry_out(command);
    }
    let taken = world.writers.iter().map(Option::is_some).collect::<Vec<_>>();
    assert_eq!(vec![false, true, false, true], taken);
    assert_eq!(4, 2 * WRITERS);
}
