//! `Hunt`: many cases from one seed, and the smallest one that fails.

use std::cell::Cell;

use prom_segment::Durability;
use proptest::test_runner::{Config, RngAlgorithm, TestCaseError, TestError, TestRng, TestRunner};

use crate::model::case::Case;
use crate::model::machine::Setup;
use crate::model::reduce::reduce;
use crate::model::strategy::cases;
use crate::model::weakness::Weakness;

/// Tries of proptest to make a failing case smaller.
const SHRINKS: u32 = 20_000;

/// What to look for, and where.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Hunt {
    pub(crate) cases: u32,
    pub(crate) seed: u64,
    pub(crate) weakness: Option<Weakness>,
}

#[derive(Clone, Debug)]
pub(crate) struct Catch {
    /// Cases that were judged before one failed.
    pub(crate) cases: u64,
    pub(crate) steps: u64,
    /// The smallest case that fails, and what is wrong with it.
    pub(crate) violation: Option<(Case, String)>,
}

impl Hunt {
    /// The same seed finds the same case, always.
    pub(crate) fn run(self) -> Catch {
        let (judged, steps, failed) = (Cell::new(0), Cell::new(0), Cell::new(false));
        let outcome = self.runner().run(&cases(), |case| {
            let judgement = case.judge(self.weakness);
            if !failed.get() {
                judged.set(judged.get() + 1);
                steps.set(steps.get() + judgement.steps);
            }
            match judgement.faults.first() {
                None => Ok(()),
                Some(fault) => {
                    failed.set(true);
                    Err(TestCaseError::fail(fault.clone()))
                }
            }
        });
        let violation = match outcome {
            Ok(()) => None,
            Err(TestError::Fail(_, case)) => Some(self.smallest(case)),
            Err(TestError::Abort(reason)) => Some((nothing(), format!("aborted: {reason}"))),
        };
        Catch { cases: judged.get(), steps: steps.get(), violation }
    }

    fn smallest(self, case: Case) -> (Case, String) {
        let case = reduce(case, |case| !case.judge(self.weakness).faults.is_empty());
        let fault = case.judge(self.weakness).faults.swap_remove(0);
        (case, fault)
    }

    pub(crate) fn runner(self) -> TestRunner {
        let config = Config {
            cases: self.cases,
            failure_persistence: None,
            max_shrink_iters: SHRINKS,
            ..Config::default()
        };
        let mut seed = [0; 32];
        for (place, byte) in seed.iter_mut().zip(self.seed.to_le_bytes().iter().cycle()) {
            *place = *byte;
        }
        TestRunner::new_with_rng(config, TestRng::from_seed(RngAlgorithm::ChaCha, &seed))
    }
}

fn nothing() -> Case {
    Case { setup: Setup { durability: Durability::None, linked: false }, commands: Vec::new() }
}
