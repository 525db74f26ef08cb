//! `Trial`: every point and every state of one recording, judged.

use std::collections::BTreeSet;
use std::io;

use crate::replay::disk::{Disk, State};
use crate::replay::judge::Judge;
use crate::replay::operation::Operation;
use crate::replay::promise::{Level, Promise};

/// What came of a recording.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Trial {
    pub(crate) operations: usize,
    /// Different states that the reader was put before.
    pub(crate) states: usize,
    /// The first that broke a promise.
    pub(crate) fault: Option<String>,
}

pub(crate) fn check(operations: &[Operation], level: Level) -> io::Result<Trial> {
    let judge = Judge::new()?;
    let mut trial = Trial { operations: operations.len(), ..Trial::default() };
    let mut judged = BTreeSet::<(State, Promise)>::new();
    for point in 0..=operations.len() {
        let past = operations.get(..point).unwrap_or_default();
        let disk = Disk::after(past);
        let cut = Promise::after(past, level, false);
        let states = disk.states().map(|state| (state, cut.clone()));
        let kept = (disk.kept(), Promise::after(past, level, true));
        for (state, promise) in states.chain([kept]) {
            if judged.contains(&(state.clone(), promise.clone())) {
                continue;
            }
            if let Some(fault) = judge.faults(&state, &promise)?.into_iter().next() {
                trial.fault = Some(format!("{fault}, {}, with {}", place(past), shown(&state)));
                trial.states = judged.len() + 1;
                return Ok(trial);
            }
            judged.insert((state, promise));
        }
    }
    trial.states = judged.len();
    Ok(trial)
}

fn place(past: &[Operation]) -> String {
    format!("after {} operations, the last {:?}", past.len(), past.last())
}

fn shown(state: &State) -> String {
    let files: Vec<String> = state
        .iter()
        .map(|(name, data)| format!("{name} {:?}", String::from_utf8_lossy(data)))
        .collect();
    if files.is_empty() { "no file".into() } else { files.join(", ") }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What a writer with `Durability::Flush` does for one line.
    fn careful() -> Vec<Operation> {
        let line = b"replay 1 1\n".to_vec();
        vec![
            Operation::Create { file: 0, name: ".a.tmp".into() },
            Operation::Rename { from: ".a.tmp".into(), to: "a.1.prom".into() },
            Operation::Accepted(line.clone()),
            Operation::Write { file: 0, bytes: line },
            Operation::SyncFile { file: 0 },
            Operation::SyncDirectory,
            Operation::Flushed,
            Operation::Sealed,
        ]
    }

    #[test]
    fn a_careful_writer_keeps_its_promise_in_every_state() {
        let trial = check(&careful(), Level::Flush).unwrap();
        assert_eq!(None, trial.fault);
        assert!(trial.states > 10, "{trial:?}");
    }

    #[test]
    fn each_sync_that_is_left_out_is_found() {
        for left_out in [Operation::SyncFile { file: 0 }, Operation::SyncDirectory] {
            let careless: Vec<_> = careful().into_iter().filter(|it| *it != left_out).collect();
            let fault = check(&careless, Level::Flush).unwrap().fault;
            assert!(
                fault.as_ref().is_some_and(|it| it.contains("is lost")),
                "{left_out:?}: {fault:?}"
            );
        }
    }

    #[test]
    fn an_acknowledgement_before_the_write_is_found_without_a_power_cut() {
        let mut hasty = careful();
        hasty.swap(3, 6);
        assert!(check(&hasty, Level::None).unwrap().fault.is_some());
        assert_eq!(None, check(&careful(), Level::None).unwrap().fault);
    }

    #[test]
    fn a_segment_that_was_sealed_without_a_sync_is_found_incomplete() {
        let sealed = |level| {
            let careless =
                careful().into_iter().filter(|it| *it != Operation::SyncFile { file: 0 });
            check(&careless.collect::<Vec<_>>(), level).unwrap().fault
        };
        assert!(sealed(Level::Seal).is_some_and(|fault| fault.contains("not complete")));
        assert_eq!(None, sealed(Level::None));
    }
}
