//! Nobody dies: every accepted sample is delivered once, with any number of writers and consumers.

use std::fs;
use std::time::Duration;

use crate::storm::account::Rules;
use crate::storm::consumer_plan::ConsumerPlan;
use crate::storm::outcome::Outcome;
use crate::storm::promtool;
use crate::storm::scenario::Context;
use crate::storm::stage::Stage;
use crate::storm::verdict::Verdict;
use crate::storm::writer_plan::WriterPlan;

/// Delivered segments that are put before `promtool`.
const JUDGED: u64 = 25;

/// Each writer has a clock that is a little ahead of the others', so names seldom meet.
pub(crate) fn clean(context: &Context) -> Outcome<Verdict> {
    let plan = WriterPlan { flush_every: 64, ..WriterPlan::new(context.pick(8_000, 40_000)) };
    let plan = WriterPlan { pace: Duration::from_micros(100), ..plan };
    let mut stage = Stage::new(context.seed)?;
    stage.consume(ConsumerPlan { keeps: JUDGED, ..ConsumerPlan::default() })?;
    let mut verdict = storm(&mut stage, 4, &plan)?;
    judge(&stage, &mut verdict)?;
    Ok(verdict)
}

/// What was delivered reads well to Prometheus' own parser.
fn judge(stage: &Stage, verdict: &mut Verdict) -> Outcome {
    if !promtool::is_there() {
        verdict.leave_out("promtool", "it is not installed");
        return Ok(());
    }
    let mut judged = 0_u64;
    for entry in fs::read_dir(stage.home())? {
        let path = entry?.path();
        if path.extension().is_some_and(|extension| extension == "prom") {
            judged += 1;
            if let Some(why) = promtool::problem(&path)? {
                verdict.fault(format!("{}: {why}", path.display()));
            }
        }
    }
    verdict.figure("judged_by_promtool", judged);
    if judged < JUDGED {
        verdict.fault(format!("only {judged} segments for promtool"));
    }
    Ok(())
}

/// No pause and no flush: all writers ask for the same names at the same time.
pub(crate) fn same_prefix(context: &Context) -> Outcome<Verdict> {
    let plan = WriterPlan::new(context.pick(8_000, 40_000));
    contend(context, 8, 2, &WriterPlan { segment_size: 1024, ..plan })
}

pub(crate) fn tiny(context: &Context) -> Outcome<Verdict> {
    let plan = WriterPlan::new(context.pick(200, 2_000));
    contend(context, 4, 3, &WriterPlan { segment_size: 0, ..plan })
}

fn contend(
    context: &Context,
    writers: usize,
    consumers: usize,
    plan: &WriterPlan,
) -> Outcome<Verdict> {
    let mut stage = Stage::new(context.seed)?;
    for _ in 0..consumers {
        stage.consume(ConsumerPlan { fails_one_in: 50, ..ConsumerPlan::default() })?;
    }
    storm(&mut stage, writers, plan)
}

fn storm(stage: &mut Stage, writers: usize, plan: &WriterPlan) -> Outcome<Verdict> {
    for _ in 0..writers {
        stage.write(plan.clone())?;
    }
    stage.join_writers()?;
    let mut verdict = stage.finish(&Rules::default())?;
    let accepted = stage.board.look().accepted();
    if accepted != plan.count * writers as u64 {
        verdict.fault(format!("only {accepted} samples were accepted"));
    }
    Ok(verdict)
}
