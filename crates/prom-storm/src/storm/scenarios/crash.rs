//! SIGKILL at the k-th system call of a kind, for every k, of a writer and of a consumer.

use std::time::Duration;

use crate::storm::account::Rules;
use crate::storm::consumer_plan::ConsumerPlan;
use crate::storm::outcome::Outcome;
use crate::storm::parallel::parallel;
use crate::storm::random::Random;
use crate::storm::scenario::Context;
use crate::storm::stage::Stage;
use crate::storm::strace;
use crate::storm::sweep::{Side, WORKERS, few};
use crate::storm::verdict::Verdict;

pub(crate) fn writer(context: &Context) -> Outcome<Verdict> {
    sweep(context, Side::Writer)
}

pub(crate) fn consumer(context: &Context) -> Outcome<Verdict> {
    sweep(context, Side::Consumer)
}

fn sweep(context: &Context, side: Side) -> Outcome<Verdict> {
    if !strace::is_there() {
        return Ok(Verdict::skipped("strace is not installed"));
    }
    let mut random = Random::new(context.seed);
    let recording = side.record(context)?;
    let mut targets = recording.targets(&mut random);
    // The acknowledgements and notes are written in between, by a call of their own.
    targets.push(recording.target("writev".into(), &mut random));
    let jobs: Vec<(String, u64)> = targets
        .into_iter()
        .flat_map(|target| target.ks.into_iter().map(move |k| (target.call.clone(), k)))
        .collect();
    let name = |(call, k): &(String, u64)| format!("{} at {call} {k}", side.name());
    let mut verdict = parallel(&jobs, WORKERS, name, |(call, k)| crash(context, side, call, *k));
    let killed = verdict.sum(&["killed_writers", "killed_consumers"]);
    if killed < verdict.sum(&["runs"]) / 2 {
        verdict.fault(format!("only {killed} were killed, so little was tested"));
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
