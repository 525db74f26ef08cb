//! A backlog is drained in a time that grows with its length, and not with the square of it.

use std::time::Duration;

use crate::storm::account::Rules;
use crate::storm::board::News;
use crate::storm::consumer_plan::ConsumerPlan;
use crate::storm::outcome::Outcome;
use crate::storm::scenario::Context;
use crate::storm::stage::Stage;
use crate::storm::verdict::Verdict;
use crate::storm::writer_plan::WriterPlan;

const SEGMENTS: u64 = 20_000;
const PATIENCE: Duration = Duration::from_secs(300);
/// A machine that has other things to do is given so many chances.
const ATTEMPTS: u64 = 4;

pub(crate) fn run(context: &Context) -> Outcome<Verdict> {
    let mut verdict = Verdict::default();
    for attempt in 0..ATTEMPTS {
        let (mut once, mut twice) = (Vec::new(), Vec::new());
        for round in 0..3 {
            let context = context.part(attempt * 3 + round);
            once.push(drain(&context, SEGMENTS, &mut verdict)?);
            twice.push(drain(&context, 2 * SEGMENTS, &mut verdict)?);
        }
        let (once, twice) = (median(once), median(twice));
        verdict.figures.retain(|(name, _)| !name.starts_with("drained"));
        verdict.figure("drained_once_ms", once.as_millis());
        verdict.figure("drained_twice_ms", twice.as_millis());
        if twice <= once * 22 / 10 {
            return Ok(verdict);
        }
    }
    verdict.fault("twice the backlog takes more than 2.2 times the time, at each attempt");
    Ok(verdict)
}

fn median(mut times: Vec<Duration>) -> Duration {
    times.sort();
    times.get(times.len() / 2).copied().unwrap_or_default()
}

/// How long a consumer takes for so many segments.
fn drain(context: &Context, segments: u64, verdict: &mut Verdict) -> Outcome<Duration> {
    let mut stage = Stage::new(context.seed)?;
    let plan = WriterPlan { segment_size: 0, ..WriterPlan::new(segments / 2) };
    (0..2).try_for_each(|_| stage.write(plan.clone()).map(drop))?;
    stage.join_writers()?;
    stage.consume(ConsumerPlan::default())?;
    let first = stage.board.wait(PATIENCE, |news| news.arrived() > 0);
    let rest = stage.board.wait(PATIENCE, News::all_arrived);
    let account = stage.account()?;
    verdict.join(&format!("{segments} segments"), Verdict::of(&account, &Rules::default()));
    Ok(first.zip(rest).map(|(first, rest)| first + rest).ok_or("the backlog was not drained")?)
}
