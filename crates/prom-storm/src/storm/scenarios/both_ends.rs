//! An emitter and a watcher in one process, on one thread and on two.

use crate::storm::account::Rules;
use crate::storm::outcome::Outcome;
use crate::storm::scenario::Context;
use crate::storm::stage::Stage;
use crate::storm::verdict::Verdict;
use crate::storm::writer_plan::WriterPlan;

pub(crate) fn all(context: &Context) -> Outcome<Verdict> {
    let mut verdict = Verdict::default();
    for threads in [1, 2] {
        let mut stage = Stage::new(context.seed)?;
        let plan = WriterPlan::new(context.pick(6_000, 40_000));
        let plan = WriterPlan { segment_size: 2048, flush_every: 10, ..plan };
        // Two such processes are watchers of each other's segments, too.
        stage.write_and_consume(plan.clone(), threads)?;
        stage.write_and_consume(plan, threads)?;
        stage.join_writers()?;
        verdict.join(&format!("{threads} threads"), stage.finish(&Rules::default())?);
    }
    Ok(verdict)
}
