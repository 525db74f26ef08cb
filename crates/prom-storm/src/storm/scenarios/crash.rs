//! SIGKILL at the k-th system call of a kind, for every k, of a writer and of a consumer.

use std::time::Duration;

use crate::storm::account::Rules;
use crate::storm::consumer_plan::ConsumerPlan;
use crate::storm::outcome::Outcome;
use crate::storm::scenario::Context;
use crate::storm::stage::Stage;
use crate::storm::strace;
use crate::storm::sweep::{CONSUMER_CALLS, Side, WRITER_CALLS, few};
use crate::storm::verdict::Verdict;

pub(crate) fn all(context: &Context) -> Outcome<Verdict> {
    if !strace::is_there() {
        return Ok(Verdict::skipped("strace is not installed"));
    }
    let mut verdict = Verdict::default();
    for (side, calls) in [(Side::Writer, WRITER_CALLS), (Side::Consumer, CONSUMER_CALLS)] {
        let recording = side.record(context)?;
        // The acknowledgements and notes are written in between, by a call of their own.
        for call in calls.iter().chain(&["writev"]) {
            for k in recording.own(call)? {
                let part = format!("{} at {call} {k}", side.name());
                verdict.join(&part, crash(context, side, call, k)?);
            }
        }
    }
    Ok(verdict)
}

fn crash(context: &Context, side: Side, call: &str, k: u64) -> Outcome<Verdict> {
    let mut stage = Stage::new(context.seed)?;
    let under = strace::under(&format!("inject={call}:signal=KILL:when={k}"));
    match side {
        Side::Writer => {
            let writer = stage.write_under(few(), &under)?;
            stage.writer(writer)?.doom();
            stage.join_writers()?;
        }
        Side::Consumer => {
            stage.write(few())?;
            stage.join_writers()?;
            let patience = Duration::from_millis(500);
            let plan = ConsumerPlan { patience, ..ConsumerPlan::default() };
            let consumer = stage.consume_under(plan, &under)?;
            stage.consumer(consumer)?.doom();
            stage.end_consumers()?;
        }
    }
    let grace = Duration::from_millis(1);
    stage.consume(ConsumerPlan { grace, ..ConsumerPlan::default() })?;
    let account = stage.account()?;
    let mut verdict = Verdict::of(&account, &Rules::default());
    verdict.figure("runs", 1_u64);
    Ok(verdict)
}
