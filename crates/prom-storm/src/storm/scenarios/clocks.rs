//! Clocks that step, jitter, stand or begin in 1970: names stay unique, segments small, samples fresh.

use std::time::Duration;

use crate::storm::account::Rules;
use crate::storm::clock::Clock;
use crate::storm::consumer_plan::ConsumerPlan;
use crate::storm::outcome::Outcome;
use crate::storm::sample::{COLLECTION, LONGEST_LINE};
use crate::storm::scenario::Context;
use crate::storm::stage::{SLACK, Stage};
use crate::storm::verdict::Verdict;
use crate::storm::writer_plan::{Rest, WriterPlan};

const SEGMENT_SIZE: u64 = 1024;
/// A segment goes on to the end of the collection, and has its TYPE lines.
const LARGEST: u64 = SEGMENT_SIZE + 2 * COLLECTION * LONGEST_LINE;
const FLUSH_INTERVAL: Duration = Duration::from_millis(200);
const FRESH: Duration = Duration::from_millis(450);

pub(crate) fn all(context: &Context) -> Outcome<Verdict> {
    let mut verdict = Verdict::default();
    for clock in Clock::ALL {
        verdict.join(clock.name(), storm(context, clock)?);
    }
    Ok(verdict)
}

fn storm(context: &Context, clock: Clock) -> Outcome<Verdict> {
    let mut stage = Stage::new(context.seed)?;
    stage.consume(ConsumerPlan::default())?;
    let count = context.pick(800, 8_000);
    let plan = WriterPlan {
        clock,
        flush_interval: FLUSH_INTERVAL,
        segment_size: SEGMENT_SIZE.try_into()?,
        rest: Rest::Idle,
        ..WriterPlan::new(count)
    };
    (0..2).try_for_each(|_| stage.write(plan.clone()).map(drop))?;
    // They are idle from here on, and nobody closes anything.
    stage.board.wait(Duration::from_secs(30), |news| news.accepted() >= 2 * count);
    let fresh = stage.board.wait(FRESH + SLACK, |news| news.arrived() >= 2 * count);
    let account = stage.account()?;
    let mut verdict = Verdict::of(&account, &Rules::default());
    match fresh {
        Some(time) => verdict.figure("fresh_ms", time.as_millis()),
        None => verdict.fault("the last samples of the idle writers did not arrive"),
    }
    let longest = account.deliveries().map(|delivery| delivery.len).max().unwrap_or(0);
    verdict.figure("longest_segment", longest);
    if longest > LARGEST {
        verdict.fault(format!("a segment has {longest} bytes"));
    }
    stage.aftermath(&mut verdict)?;
    Ok(verdict)
}
