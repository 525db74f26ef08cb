//! A slow consumer, one that blocks in its callback, and a writer that is stopped.

use std::time::Duration;

use nix::sys::signal::Signal;

use crate::storm::account::Rules;
use crate::storm::consumer_plan::ConsumerPlan;
use crate::storm::outcome::Outcome;
use crate::storm::scenario::Context;
use crate::storm::stage::{SLACK, Stage};
use crate::storm::verdict::Verdict;
use crate::storm::writer_plan::{Rest, WriterPlan};

/// The flush interval of these writers and a second.
const FLOWS: Duration = Duration::from_millis(1_200);

fn plan(count: u64) -> WriterPlan {
    WriterPlan { flush_interval: Duration::from_millis(200), ..WriterPlan::new(count) }
}

/// The writers do not notice it; what it has not done yet waits in the directory.
pub(crate) fn slow(context: &Context) -> Outcome<Verdict> {
    let mut stage = Stage::new(context.seed)?;
    let slowness = Duration::from_millis(50);
    stage.consume(ConsumerPlan { slowness, ..ConsumerPlan::default() })?;
    (0..2).try_for_each(|_| stage.write(plan(context.pick(1_000, 10_000))).map(drop))?;
    stage.join_writers()?;
    let slowest = slowest(&stage);
    let mut verdict = stage.finish(&Rules::default())?;
    verdict.figure("longest_emit_us", slowest);
    Ok(verdict)
}

/// Another consumer takes everything but the segment that the blocked one holds.
pub(crate) fn blocked(context: &Context) -> Outcome<Verdict> {
    let mut stage = Stage::new(context.seed)?;
    stage.consume(ConsumerPlan { blocks: true, ..ConsumerPlan::default() })?;
    stage.write(plan(4))?;
    stage.join_writers()?;
    // The hold is taken when the file is no longer free: nothing says so but the next consumer.
    crate::storm::passing::pass(Duration::from_millis(100));
    stage.consume(ConsumerPlan::default())?;
    let count = context.pick(2_000, 20_000);
    stage.write(plan(count))?;
    stage.join_writers()?;
    let flowed = stage.board.wait(FLOWS + SLACK, |news| news.arrived() >= count);
    let held = stage.board.look().arrived() == count;
    let mut verdict = stage.finish(&Rules::default())?;
    match flowed {
        Some(time) => verdict.figure("flowed_ms", time.as_millis()),
        None => verdict.fault("a blocked consumer held up another one"),
    }
    if flowed.is_some() && !held {
        verdict.fault("nobody was blocked, so nothing was tested");
    }
    Ok(verdict)
}

/// A writer that is stopped with its segment open holds up no other.
pub(crate) fn stopped(context: &Context) -> Outcome<Verdict> {
    let mut stage = Stage::new(context.seed)?;
    let frozen = stage.write(WriterPlan { rest: Rest::Idle, ..WriterPlan::endless() })?;
    stage.board.wait(Duration::from_secs(20), |news| news.accepted() >= 400);
    stage.writer(frozen)?.signal(Signal::SIGSTOP)?;
    stage.consume(ConsumerPlan::default())?;
    let count = context.pick(2_000, 20_000);
    let other = stage.write(WriterPlan { rest: Rest::Idle, ..plan(count) })?;
    let all = |news: &crate::storm::board::News| {
        news.writers.get(&other).is_some_and(|ledger| ledger.accepted.len() >= count)
    };
    stage.board.wait(Duration::from_secs(30), all);
    let flowed = stage.board.wait(FLOWS + SLACK, |news| news.arrived() >= count);
    stage.writer(frozen)?.signal(Signal::SIGCONT)?;
    let mut verdict = stage.finish(&Rules::default())?;
    match flowed {
        Some(time) => verdict.figure("flowed_ms", time.as_millis()),
        None => verdict.fault("a stopped writer held up another one"),
    }
    Ok(verdict)
}

fn slowest(stage: &Stage) -> u64 {
    let news = stage.board.look();
    news.writers.values().map(|ledger| ledger.slowest_micros).max().unwrap_or(0)
}
