//! A hundred thousand segments of one sample; a writer and a consumer are killed on the way.

use std::time::Duration;

use crate::storm::account::Rules;
use crate::storm::consumer_plan::ConsumerPlan;
use crate::storm::outcome::Outcome;
use crate::storm::scenario::Context;
use crate::storm::stage::Stage;
use crate::storm::verdict::Verdict;
use crate::storm::writer_plan::WriterPlan;

const WRITERS: u64 = 8;
/// The killed writer stops half-way; without it there are still a hundred thousand.
const SEGMENTS: u64 = 13_400;
const PATIENCE: Duration = Duration::from_secs(600);

pub(crate) fn run(context: &Context) -> Outcome<Verdict> {
    let mut stage = Stage::new(context.seed)?;
    let plan = ConsumerPlan { fails_one_in: 50, ..ConsumerPlan::default() };
    let doomed = stage.consume(plan.clone())?;
    (0..2).try_for_each(|_| stage.consume(plan.clone()).map(drop))?;
    let plan = WriterPlan { segment_size: 0, ..WriterPlan::new(SEGMENTS) };
    let victim = stage.write(plan.clone())?;
    (1..WRITERS).try_for_each(|_| stage.write(plan.clone()).map(drop))?;
    stage.board.wait(PATIENCE, |news| news.accepted() > SEGMENTS * WRITERS / 3);
    stage.kill_consumer(doomed)?;
    let half = |ledger: &crate::storm::ledger::Ledger| ledger.accepted.len() > SEGMENTS / 2;
    stage.board.wait(PATIENCE, |news| news.writers.get(&victim).is_some_and(half));
    stage.kill_writer(victim)?;
    let silent = |news: &crate::storm::board::News| {
        news.writers.iter().all(|(id, ledger)| *id == victim || ledger.closed)
    };
    stage.board.wait(PATIENCE, silent);
    stage.finish(&Rules::default())
}
