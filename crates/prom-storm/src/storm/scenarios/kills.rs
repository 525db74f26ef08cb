//! kill -9, again and again, of writers, of consumers, and of both.

use std::time::{Duration, Instant};

use crate::storm::account::Rules;
use crate::storm::consumer_plan::ConsumerPlan;
use crate::storm::outcome::Outcome;
use crate::storm::passing::pass;
use crate::storm::random::Random;
use crate::storm::scenario::Context;
use crate::storm::stage::Stage;
use crate::storm::verdict::Verdict;
use crate::storm::writer_plan::WriterPlan;

pub(crate) fn writers(context: &Context) -> Outcome<Verdict> {
    storm(context, 4, 0, context.pick(60, 400))
}

pub(crate) fn consumers(context: &Context) -> Outcome<Verdict> {
    storm(context, 0, 3, context.pick(60, 400))
}

pub(crate) fn both(context: &Context) -> Outcome<Verdict> {
    storm(context, 4, 3, context.pick(80, 500))
}

/// `writers` and `consumers` of each kind may be killed; there are others that live.
fn storm(context: &Context, writers: usize, consumers: usize, kills: u64) -> Outcome<Verdict> {
    let mut stage = Stage::new(context.seed)?;
    let mut random = Random::new(context.seed);
    stage.consume(consumer())?;
    stage.write(writer(&mut random))?;
    let mut mortal_writers = Vec::new();
    for _ in 0..writers {
        mortal_writers.push(stage.write(writer(&mut random))?);
    }
    let mut mortal_consumers = Vec::new();
    for _ in 0..consumers {
        mortal_consumers.push(stage.consume(consumer())?);
    }
    let (began, mut killed) = (Instant::now(), 0);
    while !context.is_over(began, killed, kills) {
        pass(Duration::from_micros(500 + random.below(25_000)));
        let victim = random.index(writers + consumers);
        if let Some(id) = mortal_writers.get_mut(victim) {
            stage.kill_writer(*id)?;
            *id = stage.write(writer(&mut random))?;
        } else if let Some(id) = mortal_consumers.get_mut(victim - writers) {
            stage.kill_consumer(*id)?;
            *id = stage.consume(consumer())?;
        }
        killed += 1;
    }
    let mut verdict = stage.finish(&Rules::default())?;
    if stage.board.look().accepted() == 0 {
        verdict.fault("nothing was written");
    }
    Ok(verdict)
}

/// Segments and flushes of many sizes, so that the kills meet every state.
fn writer(random: &mut Random) -> WriterPlan {
    let segment_size = [0, 500, 4096, 65_536].get(random.index(4)).copied().unwrap_or(0);
    let flush_every = [1, 7, 100, 1000].get(random.index(4)).copied().unwrap_or(1);
    let pace = Duration::from_micros(100 + random.below(400));
    let flush_interval = Duration::from_millis(50 + random.below(500));
    WriterPlan { segment_size, flush_every, pace, flush_interval, ..WriterPlan::endless() }
}

fn consumer() -> ConsumerPlan {
    ConsumerPlan { fails_one_in: 50, ..ConsumerPlan::default() }
}
