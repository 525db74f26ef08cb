//! A writer forks, with and without executing another program; its children end, emit, or just live.

use std::time::Duration;

use crate::storm::account::Rules;
use crate::storm::consumer_plan::ConsumerPlan;
use crate::storm::forking::Forking;
use crate::storm::outcome::Outcome;
use crate::storm::scenario::Context;
use crate::storm::stage::{SLACK, Stage};
use crate::storm::verdict::Verdict;
use crate::storm::writer_plan::{Rest, WriterPlan};

/// Nothing may be held back by a child for longer than a flush interval and what a look takes.
const LIMIT: Duration = Duration::from_millis(450);

pub(crate) fn all(context: &Context) -> Outcome<Verdict> {
    let mut verdict = Verdict::default();
    for forking in Forking::ALL.into_iter().filter(|forking| *forking != Forking::Never) {
        verdict.join(forking.name(), storm(context, forking)?);
    }
    Ok(verdict)
}

fn storm(context: &Context, forking: Forking) -> Outcome<Verdict> {
    let mut stage = Stage::new(context.seed)?;
    stage.consume(ConsumerPlan::default())?;
    let count = context.pick(600, 4_000);
    let flush_interval = Duration::from_millis(200);
    let plan = WriterPlan { forking, flush_interval, rest: Rest::Hold, ..WriterPlan::new(count) };
    let writers: Outcome<Vec<u64>> = (0..3).map(|_| stage.write(plan.clone())).collect();
    let writers = writers?;
    // All have closed, and live on with their children until they are told to end.
    let children =
        if matches!(forking, Forking::Emit | Forking::Idle) { 8 * count / 40 } else { 0 };
    let all = (count + children) * writers.len() as u64;
    let closed = stage.board.wait(Duration::from_secs(30), |news| {
        news.accepted() >= all && news.writers.values().all(|ledger| ledger.closed)
    });
    let late = stage.board.wait(LIMIT + SLACK, |news| news.arrived() >= all);
    let arrived = stage.board.look().arrived();
    let mut verdict = stage.finish(&Rules::default())?;
    match late {
        Some(time) => verdict.figure("held_ms", time.as_millis()),
        None => verdict.fault(format!("{arrived} of {all} arrived while the children lived")),
    }
    if closed.is_none() {
        verdict.fault("the writers and their children did not get ready");
    }
    Ok(verdict)
}
