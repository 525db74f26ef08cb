//! `soak`: one scenario again and again until its time is over, each round on a stage of its own.
//!
//! A round is judged and forgotten: the harness keeps its figures, neither the samples nor the notes, so
//! neither its memory nor the disk grows with the time.

use std::sync::mpsc::{RecvTimeoutError, Sender, channel};
use std::sync::{Mutex, PoisonError};
use std::thread;
use std::time::{Duration, Instant};

use crate::storm::outcome::Outcome;
use crate::storm::procfs;
use crate::storm::scenario::{Context, Scenario};
use crate::storm::totals::Totals;
use crate::storm::verdict::Verdict;

/// A storm of kills goes on for so long before it is judged.
const ROUND: u64 = 10;
/// From one line about the progress to the next.
const LINE: Duration = Duration::from_secs(10);

#[derive(Debug, Default)]
struct Progress {
    rounds: u64,
    failed: u64,
    totals: Totals,
}

pub(crate) fn soak(scenario: &Scenario, context: &Context, seconds: u64) -> Outcome<Verdict> {
    let (began, progress) = (Instant::now(), Mutex::new(Progress::default()));
    let (over, is_over) = channel();
    thread::scope(|scope| {
        let progress = &progress;
        scope.spawn(move || {
            while is_over.recv_timeout(LINE) == Err(RecvTimeoutError::Timeout) {
                println!("  {}", line(began, progress));
            }
        });
        rounds(scenario, context, Duration::from_secs(seconds), progress, over)
    })
}

/// The sender is dropped at the end, which ends the lines.
fn rounds(
    scenario: &Scenario,
    context: &Context,
    time: Duration,
    progress: &Mutex<Progress>,
    _over: Sender<()>,
) -> Outcome<Verdict> {
    let (began, mut whole) = (Instant::now(), Verdict::default());
    for round in 0.. {
        let rest = time.saturating_sub(began.elapsed());
        if rest.is_zero() && round > 0 {
            break;
        }
        let seconds = Some(rest.as_secs().clamp(1, ROUND));
        let context = Context { seconds, ..context.part(round) };
        let verdict = (scenario.run)(&context)?;
        if verdict.is_skipped().is_some() {
            return Ok(verdict);
        }
        let mut progress = progress.lock().unwrap_or_else(PoisonError::into_inner);
        progress.rounds += 1;
        progress.failed += u64::from(!verdict.faults.is_empty());
        progress.totals.add(&verdict);
        drop(progress);
        whole.join(&format!("round {round}"), verdict);
        whole.left_out.truncate(1);
    }
    whole.figure("longest_harness_kib", procfs::own_kib()?);
    Ok(whole)
}

fn line(began: Instant, progress: &Mutex<Progress>) -> String {
    let progress = progress.lock().unwrap_or_else(PoisonError::into_inner);
    let Progress { rounds, failed, totals } = &*progress;
    let (seconds, mib) = (began.elapsed().as_secs(), procfs::own_kib().unwrap_or(0) / 1024);
    let Totals { kills, samples, segments, .. } = totals;
    format!(
        "{seconds} s: {rounds} rounds, {failed} of them failed; {kills} kills, {samples} samples, \
         {segments} segments; the harness has {mib} MiB"
    )
}
