//! The workload `idle`: what a consumer costs that waits beside live segments.

use std::time::Duration;

use biometrics_prometheus::Watcher;

use crate::lap::Lap;
use crate::outcome::{Outcome, ensure};
use crate::place::directory;
use crate::report::Report;
use crate::scale::Scale;
use crate::segments::all_live;
use crate::spread::Spread;

pub(crate) const NAME: &str = "idle";

/// The short pauses of live segments, which are looked at again, add up to half a second.
const SETTLES: Duration = Duration::from_secs(1);

pub(crate) fn run(scale: &Scale, report: &mut Report) -> Outcome {
    let [none, some, _] = scale.live;
    for count in [none, some] {
        let directory = directory()?;
        let held = all_live(directory.path(), count)?;
        let watcher = Watcher::new(directory.path());
        let wait = |time| {
            let came = watcher.ingest_next(time, biometrics_prometheus::Reader::unlink)?;
            ensure(!came, || "a live segment came".into())
        };
        wait(SETTLES.min(scale.idle))?;
        let lap = Lap::of(|| wait(scale.idle))?;
        let percent = Spread::exactly(lap.process / lap.wall * 100.0);
        report.add(NAME, format!("ours, {count} live"), "% of a CPU", percent);
        drop(held);
    }
    Ok(())
}
