//! A program uses up its descriptors, and gives some back, again and again.

use std::ffi::OsString;
use std::time::{Duration, Instant};

use crate::storm::account::Rules;
use crate::storm::board::News;
use crate::storm::consumer_plan::ConsumerPlan;
use crate::storm::outcome::Outcome;
use crate::storm::passing::pass;
use crate::storm::procfs::cpu_time;
use crate::storm::scenario::Context;
use crate::storm::stage::Stage;
use crate::storm::verdict::Verdict;
use crate::storm::writer_plan::WriterPlan;

const PATIENCE: Duration = Duration::from_secs(60);

pub(crate) fn run(context: &Context) -> Outcome<Verdict> {
    let mut stage = Stage::new(context.seed)?;
    let under: Vec<OsString> = ["prlimit", "--nofile=48"].map(OsString::from).to_vec();
    let consumer =
        stage.consume_under(ConsumerPlan { hungry: true, ..ConsumerPlan::default() }, &under)?;
    let pace = Duration::from_millis(2);
    let plan = WriterPlan { hungry: true, pace, flush_every: 20, ..WriterPlan::endless() };
    let plan = WriterPlan { segment_size: 400, ..plan };
    let writers = [stage.write_under(plan.clone(), &under)?, stage.write_under(plan, &under)?];
    stage.board.wait(PATIENCE, |news| news.accepted() > 0);
    let began = (Instant::now(), cpu_time(stage.consumer(consumer)?.pid()?)?);
    let refused = |news: &News| news.writers.values().all(|ledger| !ledger.errors.is_empty());
    let starved = stage.board.wait(PATIENCE, refused);
    pass(Duration::from_secs(context.pick(2, 10)).saturating_sub(began.0.elapsed()));
    let (time, busy) = (began.0.elapsed(), cpu_time(stage.consumer(consumer)?.pid()?)? - began.1);
    for writer in writers {
        stage.writer(writer)?.tell_to_end();
    }
    let rules = Rules { errors: true, watch_errors: true, ..Rules::default() };
    let account = stage.account()?;
    let mut verdict = Verdict::of(&account, &rules);
    verdict.figure("consumer_busy_percent", busy.as_millis() * 100 / time.as_millis().max(1));
    let complaints =
        account.notes().filter(|note| matches!(note, crate::storm::notes::Note::Error(_)));
    verdict.figure("watch_errors", complaints.count() as u64);
    if starved.is_none() {
        verdict.fault("no writer ran out of descriptors, so nothing was tested");
    }
    // Most of it is the samples; a loop that spins takes all there is.
    if busy > time / 2 {
        verdict.fault(format!("the consumer was busy for {busy:.1?} of {time:.1?}"));
    }
    stage.aftermath(&mut verdict)?;
    Ok(verdict)
}
