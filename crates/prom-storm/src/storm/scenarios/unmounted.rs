//! What is mounted over the directory is taken away, and comes back: both places are drained.

use std::fs;
use std::time::Duration;

use crate::storm::account::Rules;
use crate::storm::board::News;
use crate::storm::consumer_plan::ConsumerPlan;
use crate::storm::mount::Mount;
use crate::storm::outcome::Outcome;
use crate::storm::scenario::Context;
use crate::storm::stage::Stage;
use crate::storm::verdict::Verdict;
use crate::storm::writer_plan::{Rest, WriterPlan};

const PATIENCE: Duration = Duration::from_secs(60);
/// Samples that a segment of 4096 bytes may hold.
const IN_A_SEGMENT: usize = 4096 / 32;

pub(crate) fn run(context: &Context) -> Outcome<Verdict> {
    let mut stage = Stage::new(context.seed)?;
    let storage = stage.home().join("storage");
    fs::create_dir(&storage)?;
    let mut mount = match Mount::bind(&storage, stage.directory()) {
        Ok(mount) => mount,
        Err(error) => return Ok(Verdict::skipped(format!("no mount: {error}"))),
    };
    stage.consume(ConsumerPlan::default())?;
    let flush_interval = Duration::from_millis(100);
    let plan = WriterPlan { flush_interval, rest: Rest::Idle, ..WriterPlan::endless() };
    stage.write(plan)?;
    let mut rearmed = true;
    let rounds = context.pick(2, 6);
    for _ in 0..rounds {
        rearmed &= gets_on(&stage);
        mount.detach()?;
        rearmed &= gets_on(&stage);
        mount = Mount::bind(&storage, stage.directory())?;
    }
    rearmed &= gets_on(&stage);
    stage.end_writers()?;
    // A segment that is covered by the mount, or was, is there as soon as its place is.
    let covered = stage.board.wait(Duration::from_secs(3), News::all_arrived);
    mount.detach()?;
    let rules = Rules { errors: true, watch_errors: true, repeats: true, ..Rules::default() };
    let account = stage.account()?;
    let mut verdict = Verdict::of(&account, &rules);
    // The segment in hand cannot be removed by its path when that leads elsewhere.
    let (repeats, excused) = (account.delivered(&rules).1.len(), 2 * rounds * IN_A_SEGMENT);
    if repeats > excused {
        verdict.fault(format!("{repeats} samples were delivered twice"));
    }
    stage.aftermath(&mut verdict)?;
    verdict.figure("was_covered", u64::from(covered.is_none()));
    if !rearmed {
        verdict.fault("the watcher was not there again in time");
    }
    Ok(verdict)
}

fn gets_on(stage: &Stage) -> bool {
    let before = stage.board.look().arrived();
    stage.board.wait(PATIENCE, |news| news.arrived() > before + 200).is_some()
}
