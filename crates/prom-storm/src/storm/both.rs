//! A process with a writer and a consumer in it, on one thread or on two.

use std::thread;
use std::time::{Duration, Instant};

use crate::storm::consumer::{self, Consuming};
use crate::storm::consumer_plan::ConsumerPlan;
use crate::storm::input::Input;
use crate::storm::options::Options;
use crate::storm::outcome::Outcome;
use crate::storm::sample::COLLECTION;
use crate::storm::writer::Writing;
use crate::storm::writer_plan::WriterPlan;

pub(crate) fn run(options: &Options) -> Outcome {
    let (plan, other) = (WriterPlan::read(options)?, ConsumerPlan::read(options)?);
    let input = Input::listen();
    let consuming = Consuming::quiet(other.clone(), input)?;
    if options.number::<u64>("threads")? == 1 {
        one_thread(plan, consuming, &other)
    } else {
        two_threads(plan, consuming, &other)
    }
}

fn one_thread(plan: WriterPlan, mut consuming: Consuming, other: &ConsumerPlan) -> Outcome {
    let count = plan.count;
    let mut writing = Writing::begin(plan)?;
    for id in 0..count {
        writing.step(id)?;
        if id % COLLECTION == 0 {
            // Its own segment is open, and must not be taken.
            consuming.step(Duration::ZERO)?;
        }
    }
    writing.close()?;
    drain(consuming, other)
}

fn two_threads(plan: WriterPlan, consuming: Consuming, other: &ConsumerPlan) -> Outcome {
    let other = other.clone();
    let count = plan.count;
    let (closed, is_closed) = std::sync::mpsc::channel::<()>();
    let consumer = thread::spawn(move || {
        let mut consuming = consuming;
        let mut stepped = Ok(true);
        while stepped.is_ok() && is_closed.try_recv() == Err(std::sync::mpsc::TryRecvError::Empty) {
            stepped = consuming.step(Duration::from_millis(20)).map_err(|error| error.to_string());
        }
        stepped?;
        drain(consuming, &other).map_err(|error| error.to_string())
    });
    let mut writing = Writing::begin(plan)?;
    for id in 0..count {
        writing.step(id)?;
    }
    writing.close()?;
    drop(closed);
    Ok(consumer.join().map_err(|_| "the consumer panicked")??)
}

fn drain(mut consuming: Consuming, plan: &ConsumerPlan) -> Outcome {
    let mut last = Instant::now();
    loop {
        if consuming.step(Duration::from_millis(50))? {
            last = Instant::now();
        } else if consumer::is_drained(&plan.directory) || last.elapsed() > plan.patience {
            return consuming.end();
        }
    }
}
