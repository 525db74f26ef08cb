//! The power is cut: a loop mount is shut down without writing its log, and mounted again.

use std::fs;
use std::time::Duration;

use crate::storm::account::Rules;
use crate::storm::consumer_plan::ConsumerPlan;
use crate::storm::mount::Mount;
use crate::storm::options::Options;
use crate::storm::outcome::Outcome;
use crate::storm::passing::pass;
use crate::storm::process::Process;
use crate::storm::random::Random;
use crate::storm::scenario::Context;
use crate::storm::stage::Stage;
use crate::storm::verdict::Verdict;
use crate::storm::writer_plan::WriterPlan;

pub(crate) fn ext4(context: &Context) -> Outcome<Verdict> {
    let mut verdict = Verdict::default();
    for cut in 0..12 {
        let part = one_cut(&context.part(cut), cut % 3 != 2)?;
        let skipped = part.skipped.is_some();
        verdict.join(&format!("cut {cut}"), part);
        if skipped {
            break;
        }
    }
    Ok(verdict)
}

/// With durability, what a flush acknowledged is there; without it, what is there is sound.
fn one_cut(context: &Context, syncs: bool) -> Outcome<Verdict> {
    let mut random = Random::new(context.seed);
    let mut stage = Stage::new(context.seed)?;
    let image = stage.home().join("image");
    let mount = match Mount::ext4(&image, stage.directory()) {
        Ok(mount) => mount,
        Err(error) => return Ok(Verdict::skipped(format!("no loop mount: {error}"))),
    };
    let pace = Duration::from_micros(500);
    let plan = WriterPlan { syncs, pace, flush_every: 40, ..WriterPlan::endless() };
    let writers: Outcome<Vec<u64>> = (0..2).map(|_| stage.write(plan.clone())).collect();
    stage.board.wait(Duration::from_secs(20), |news| {
        news.writers.values().all(|ledger| ledger.flushed.is_some())
    });
    pass(Duration::from_millis(random.below(1_500)));
    shut_down(stage.directory())?;
    for writer in writers? {
        stage.kill_writer(writer)?;
    }
    mount.end()?;
    let mount = Mount::again(&image, stage.directory())?;
    // The shut down file system has these, too, when it was not synced.
    fs::remove_dir_all(stage.directory().join("lost+found"))?;
    stage.consume(ConsumerPlan::default())?;
    let rules = Rules { errors: true, losses: !syncs, power_cut: true, ..Rules::default() };
    let mut verdict = stage.finish(&rules)?;
    verdict.figure("power_cuts", 1_u64);
    drop(stage);
    mount.end()?;
    Ok(verdict)
}

fn shut_down(directory: &std::path::Path) -> Outcome {
    let mut options = Options::default();
    options.set("directory", directory.display());
    let (mut process, _pipe) = Process::start("shut-down", &options, &[])?;
    match process.wait()? {
        crate::storm::ledger::End::Success => Ok(()),
        end => Err(format!("the file system was not shut down: {end:?}").into()),
    }
}
