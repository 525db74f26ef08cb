//! The workload `one`: a single counter as text in memory, which is all overhead.

use crate::mixed::Mixed;
use crate::outcome::Outcome;
use crate::report::Report;
use crate::scale::Scale;
use crate::workloads::encode;

pub(crate) const NAME: &str = "one";

/// As many collections as take some milliseconds.
const TIMES: usize = 500;

pub(crate) fn run(scale: &Scale, report: &mut Report) -> Outcome {
    encode::compare(NAME, &Mixed::one(), scale.rounds, scale.collections * TIMES, report)
}
