//! `parallel`: independent parts of a scenario, some at a time. Most of a part is waiting.

use std::sync::Mutex;
use std::sync::PoisonError;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;

use crate::storm::outcome::Outcome;
use crate::storm::verdict::Verdict;

/// Runs all jobs, at most so many at a time; the verdicts are joined under the jobs' names.
pub(crate) fn parallel<J: Sync>(
    jobs: &[J],
    workers: usize,
    name: impl Fn(&J) -> String + Sync,
    run: impl Fn(&J) -> Outcome<Verdict> + Sync,
) -> Verdict {
    let (next, whole) = (AtomicUsize::new(0), Mutex::new(Verdict::default()));
    let work = || {
        while let Some(job) = jobs.get(next.fetch_add(1, Ordering::Relaxed)) {
            let verdict = run(job).unwrap_or_else(|error| Verdict {
                faults: vec![format!("the harness stumbled: {error}")],
                ..Verdict::default()
            });
            whole.lock().unwrap_or_else(PoisonError::into_inner).join(&name(job), verdict);
        }
    };
    thread::scope(|scope| {
        for _ in 0..workers {
            scope.spawn(work);
        }
    });
    whole.into_inner().unwrap_or_else(PoisonError::into_inner)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_job_is_run_once_and_an_error_is_a_fault() {
        let jobs: Vec<u64> = (0..50).collect();
        let whole = parallel(&jobs, 4, ToString::to_string, |job| {
            let mut verdict = Verdict::default();
            verdict.figure("sum", *job);
            if *job == 7 { Err("no".into()) } else { Ok(verdict) }
        });
        assert_eq!("sum 1218", whole.to_string());
        assert_eq!(["7: the harness stumbled: no"], whole.faults[..]);
    }
}
