//! More segments than the kernel's queue of events holds, behind a consumer that is stopped.

use std::time::Duration;

use nix::sys::signal::Signal;

use crate::storm::account::Rules;
use crate::storm::board::News;
use crate::storm::consumer_plan::ConsumerPlan;
use crate::storm::outcome::Outcome;
use crate::storm::scenario::Context;
use crate::storm::stage::Stage;
use crate::storm::verdict::Verdict;
use crate::storm::writer_plan::WriterPlan;

pub(crate) fn stopped(context: &Context) -> Outcome<Verdict> {
    let mut stage = Stage::new(context.seed)?;
    // A scan that nothing asks for comes later than the end of the scenario.
    let rescan = Duration::from_secs(3600);
    let consumer = stage.consume(ConsumerPlan { rescan, ..ConsumerPlan::default() })?;
    stage.write(WriterPlan::new(4))?;
    if stage.board.wait(Duration::from_secs(20), |news| news.arrived() >= 4).is_none() {
        return Err("the consumer does not watch".into());
    }
    stage.stop(consumer)?;
    let segments = context.pick(9_000, 20_000);
    let plan = WriterPlan { segment_size: 0, ..WriterPlan::new(segments / 3) };
    (0..3).try_for_each(|_| stage.write(plan.clone()).map(drop))?;
    stage.join_writers()?;
    stage.consumer(consumer)?.signal(Signal::SIGCONT)?;
    let drained = stage.board.wait(Duration::from_secs(120), News::all_arrived);
    let mut verdict = stage.finish(&Rules::default())?;
    match drained {
        Some(time) => verdict.figure("drained_ms", time.as_millis()),
        None => verdict.fault("the backlog was not drained"),
    }
    if !verdict.figures.iter().any(|(name, _)| *name == "overflows") {
        verdict.fault("the kernel's queue did not overflow, so nothing was tested");
    }
    Ok(verdict)
}
