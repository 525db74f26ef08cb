//! Every system call of a kind fails, the k-th alone or from the k-th on, with every error.

use std::time::Duration;

use crate::storm::account::Rules;
use crate::storm::consumer_plan::ConsumerPlan;
use crate::storm::outcome::Outcome;
use crate::storm::random::Random;
use crate::storm::scenario::Context;
use crate::storm::stage::Stage;
use crate::storm::strace;
use crate::storm::sweep::{CONSUMER_CALLS, Side, WRITER_CALLS, few};
use crate::storm::verdict::Verdict;

const ERRORS: [&str; 13] = [
    "EINTR", "EIO", "ENOSPC", "EDQUOT", "EMFILE", "ENFILE", "EACCES", "EROFS", "ENOLCK", "EAGAIN",
    "ENOENT", "EEXIST", "ENOMEM",
];
/// How long a consumer that fails for ever goes on before a fresh one takes over.
const PATIENCE: Duration = Duration::from_millis(300);

pub(crate) fn writer(context: &Context) -> Outcome<Verdict> {
    sweep(context, Side::Writer, WRITER_CALLS)
}

pub(crate) fn consumer(context: &Context) -> Outcome<Verdict> {
    sweep(context, Side::Consumer, CONSUMER_CALLS)
}

/// One error in three is tried at each call; the seed says which, so that ten seeds try them all.
fn sweep(context: &Context, side: Side, calls: &[&str]) -> Outcome<Verdict> {
    if !strace::is_there() {
        return Ok(Verdict::skipped("strace is not installed"));
    }
    let mut random = Random::new(context.seed);
    let mut verdict = Verdict::default();
    let recording = side.record(context)?;
    for call in calls {
        for k in recording.own(call)? {
            for error in ERRORS {
                // A file of which the kernel says that it is gone is not removed again.
                let believed = (*call, error) == ("unlink", "ENOENT");
                if random.below(3) != 0 || believed {
                    continue;
                }
                // An interrupted call is tried again; for ever, if it is always interrupted.
                let for_ever = random.below(2) == 0 && error != "EINTR";
                let when = if for_ever { format!("{k}+") } else { k.to_string() };
                let inject = format!("inject={call}:error={error}:when={when}");
                verdict.join(&inject, fault(context, side, &inject, error == "EINTR")?);
            }
        }
    }
    Ok(verdict)
}

fn fault(context: &Context, side: Side, inject: &str, interrupts: bool) -> Outcome<Verdict> {
    let mut stage = Stage::new(context.seed)?;
    let under = strace::under(inject);
    match side {
        Side::Writer => drop(stage.write_under(few(), &under)?),
        Side::Consumer => {
            stage.write(few())?;
            stage.join_writers()?;
            let plan = ConsumerPlan { patience: PATIENCE, ..ConsumerPlan::default() };
            stage.consume_under(plan, &under)?;
        }
    }
    stage.join_writers()?;
    stage.end_consumers()?;
    let grace = Duration::from_millis(1);
    stage.consume(ConsumerPlan { grace, ..ConsumerPlan::default() })?;
    let account = stage.account()?;
    let errors = !interrupts;
    let consumer = side == Side::Consumer;
    let rules = Rules { errors, watch_errors: errors && consumer, ..Rules::default() };
    let mut verdict = Verdict::of(&account, &rules);
    verdict.figure("faults", 1_u64);
    // A process that could not even start was not disturbed in what it does.
    if side == Side::Writer && account.writers.values().any(|ledger| !ledger.began) {
        verdict.faults.clear();
        verdict.figure("not_started", 1_u64);
    }
    Ok(verdict)
}
