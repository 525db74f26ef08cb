//! Every system call fails: the k-th alone, some in a row, or all from the k-th on, with every error.

use std::time::Duration;

use crate::storm::account::{Account, Rules};
use crate::storm::complaints::Complaints;
use crate::storm::consumer::is_drained;
use crate::storm::consumer_plan::ConsumerPlan;
use crate::storm::ledger::End;
use crate::storm::outcome::Outcome;
use crate::storm::parallel::parallel;
use crate::storm::random::Random;
use crate::storm::scenario::Context;
use crate::storm::stage::Stage;
use crate::storm::strace;
use crate::storm::sweep::{Side, Target, WORKERS, brisk, few};
use crate::storm::verdict::Verdict;
use crate::storm::writer_plan::WriterPlan;

const ERRORS: [&str; 13] = [
    "EINTR", "EIO", "ENOSPC", "EDQUOT", "EMFILE", "ENFILE", "EACCES", "EROFS", "ENOLCK", "EAGAIN",
    "ENOENT", "EEXIST", "ENOMEM",
];
/// How long a consumer that fails for ever goes on before a fresh one takes over.
const RESIGNED: Duration = Duration::from_millis(300);
/// And how long one whose fault is lifted may go on without any progress.
const RECOVERY: Duration = Duration::from_secs(10);
/// Calls in a row that fail before the fault is lifted.
const ROW: u64 = 4;

/// For how long a call goes on to fail.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Span {
    Once,
    /// Some times in a row; then the fault is lifted, and the process lives on.
    Row,
    /// As long as the process lives.
    Ever,
}

#[derive(Clone, Debug)]
struct Fault {
    call: String,
    k: u64,
    error: &'static str,
    span: Span,
}

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
    let targets = side.record(context)?.targets(&mut random);
    let mut faults: Vec<Fault> = targets.iter().flat_map(of_target).collect();
    // Without `--full` the seed says which; ten seeds try them all.
    faults.retain(|_| context.full || random.below(10) == 0);
    let name = |fault: &Fault| fault.inject();
    let mut verdict = parallel(&faults, WORKERS, name, |fault| disturb(context, side, fault));
    verdict.figure("calls", targets.len() as u64);
    let others: u64 = targets.iter().map(|target| target.others).sum();
    if others > 0 {
        verdict.figure("ks_left_out_by_the_seed", others);
    }
    Ok(verdict)
}

fn of_target(target: &Target) -> Vec<Fault> {
    let mut faults = Vec::new();
    for k in &target.ks {
        for error in ERRORS {
            for span in [Span::Once, Span::Row, Span::Ever] {
                let fault = Fault { call: target.call.clone(), k: *k, error, span };
                if fault.is_possible() {
                    faults.push(fault);
                }
            }
        }
    }
    faults
}

impl Fault {
    /// An interrupted call is made again; for ever, if it is always interrupted. And `mio` empties an
    /// eventfd that is full, and writes again: one that stays full after that is no eventfd.
    fn is_possible(&self) -> bool {
        let endless = self.error == "EINTR" || (self.call == "write" && self.error == "EAGAIN");
        !endless || self.span != Span::Ever
    }

    fn inject(&self) -> String {
        let Self { call, k, error, span } = self;
        let until = match span {
            Span::Once => String::new(),
            Span::Row => format!("..{}", k + ROW - 1),
            Span::Ever => "+".into(),
        };
        format!("inject={call}:error={error}:when={k}{until}")
    }

    /// The kernel says of a file that it is gone: it is believed, and not removed again.
    fn lies(&self) -> bool {
        self.error == "ENOENT"
    }

    /// The process goes on without the fault. Not so where a thread is started for each try, since
    /// strace counts in each thread anew; nor where the harness is lied to as well.
    fn is_lifted(&self) -> bool {
        self.span != Span::Ever && self.call != "inotify_add_watch" && !self.lies()
    }

    fn rules(&self, side: Side) -> Rules {
        let errors = self.error != "EINTR";
        let watch_errors = errors && side == Side::Consumer;
        Rules { errors, watch_errors, repeats: self.lies(), ..Rules::default() }
    }

    /// Samples that a writer may be refused: one for each call that failed.
    fn refusals(&self) -> u64 {
        match self.span {
            Span::Once => 1,
            Span::Row => ROW,
            Span::Ever => u64::MAX,
        }
    }
}

fn disturb(context: &Context, side: Side, fault: &Fault) -> Outcome<Verdict> {
    let mut stage = Stage::new(context.seed)?;
    stage.keep_complaints();
    let under = strace::under(&fault.inject());
    match side {
        Side::Writer => drop(stage.write_under(lively(fault), &under)?),
        Side::Consumer => {
            stage.write(few())?;
            stage.join_writers()?;
            stage.consume_under(resigning(fault), &under)?;
        }
    }
    stage.join_writers()?;
    stage.end_consumers()?;
    let left = !is_drained(stage.directory());
    if left {
        stage.consume(brisk())?;
    }
    let account = stage.account()?;
    let mut verdict = Verdict::of(&account, &fault.rules(side));
    verdict.figure("faults", 1_u64);
    if side == Side::Consumer && left && fault.is_lifted() {
        verdict.fault("the consumer did not recover");
    }
    judge_writers(&account, fault, &mut verdict);
    Complaints::of(&stage.complaints()?).judge(&mut verdict);
    if !has_started(&account) {
        verdict.faults.clear();
        verdict.figure("not_started", 1_u64);
    }
    Ok(verdict)
}

/// A process that could not even start was not disturbed in what it does: strace counts the calls of
/// each thread apart, so the first one of some thread is also the first one of the loader.
fn has_started(account: &Account) -> bool {
    account.writers.values().all(|ledger| ledger.began)
        && account.witnesses.iter().all(|witness| witness.end != End::Unloaded)
}

fn judge_writers(account: &Account, fault: &Fault, verdict: &mut Verdict) {
    for ledger in account.writers.values() {
        let refused = ledger.rejected.len();
        if refused > fault.refusals() {
            verdict.fault(format!("{refused} samples were refused: {:?}", ledger.errors.first()));
        }
    }
}

/// A writer whose fault is lifted gets the time to notice it.
fn lively(fault: &Fault) -> WriterPlan {
    match fault.span {
        Span::Row => WriterPlan { count: 60, pace: Duration::from_millis(8), ..few() },
        Span::Once | Span::Ever => few(),
    }
}

fn resigning(fault: &Fault) -> ConsumerPlan {
    let patience = if fault.is_lifted() { RECOVERY } else { RESIGNED };
    ConsumerPlan { patience, ..brisk() }
}
