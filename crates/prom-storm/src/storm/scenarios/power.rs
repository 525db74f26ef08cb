//! The power is cut: a loop mount is shut down without writing its log, and mounted again.

use std::fs;
use std::process::Stdio;
use std::time::Duration;

use crate::storm::account::Rules;
use crate::storm::consumer_plan::ConsumerPlan;
use crate::storm::mount::{Kind, Mount};
use crate::storm::options::Options;
use crate::storm::outcome::Outcome;
use crate::storm::parallel::parallel;
use crate::storm::passing::pass;
use crate::storm::process::Process;
use crate::storm::random::Random;
use crate::storm::scenario::Context;
use crate::storm::stage::Stage;
use crate::storm::verdict::Verdict;
use crate::storm::writer_plan::WriterPlan;

pub(crate) fn ext4(context: &Context) -> Outcome<Verdict> {
    storm(context, Kind::Ext4, context.pick(12, 42))
}

pub(crate) fn xfs(context: &Context) -> Outcome<Verdict> {
    storm(context, Kind::Xfs, context.pick(6, 14))
}

/// One cut in four is made while nothing is synced.
fn storm(context: &Context, kind: Kind, cuts: u64) -> Outcome<Verdict> {
    if let Some(why) = impossible(kind)? {
        return Ok(Verdict::skipped(why));
    }
    let cuts: Vec<u64> = (0..cuts).collect();
    let name = |cut: &u64| format!("cut {cut}");
    Ok(parallel(&cuts, 2, name, |cut| one_cut(&context.part(*cut), kind, cut % 4 != 3)))
}

/// Why there is no such file system here.
fn impossible(kind: Kind) -> Outcome<Option<String>> {
    let home = tempfile::tempdir()?;
    let over = home.path().join("over");
    fs::create_dir(&over)?;
    Ok(match Mount::image(kind, &home.path().join("image"), &over) {
        Ok(mount) => mount.end().map(|()| None)?,
        Err(error) => Some(format!("no loop mount of {kind:?}: {error}")),
    })
}

/// With durability, what a flush acknowledged is there; without it, what is there is sound.
fn one_cut(context: &Context, kind: Kind, syncs: bool) -> Outcome<Verdict> {
    let mut random = Random::new(context.seed);
    let mut stage = Stage::new(context.seed)?;
    let image = stage.home().join("image");
    let mount = Mount::image(kind, &image, stage.directory())?;
    let pace = Duration::from_micros(500);
    let plan = WriterPlan { syncs, pace, flush_every: 40, ..WriterPlan::endless() };
    let writers: Outcome<Vec<u64>> = (0..2).map(|_| stage.write(plan.clone())).collect();
    stage.board.wait(Duration::from_secs(20), |news| {
        news.writers.values().all(|ledger| ledger.flushed.is_some())
    });
    pass(Duration::from_millis(random.below(1_500)));
    // A sync that is going on while the file system is shut down may succeed though what it synced is
    // gone, which no power cut can do: nobody is there to be told. So what counts was told before.
    let told = stage.board.flushed();
    shut_down(stage.directory())?;
    for writer in writers? {
        stage.kill_writer(writer)?;
    }
    mount.end()?;
    let mount = Mount::again(kind, &image, stage.directory())?;
    stage.consume(ConsumerPlan::default())?;
    let rules = Rules { errors: true, losses: !syncs, power_cut: true, ..Rules::default() };
    let mut account = stage.account()?;
    for (writer, ledger) in &mut account.writers {
        ledger.flushed = told.get(writer).copied().flatten();
    }
    let mut verdict = Verdict::of(&account, &rules);
    stage.aftermath(&mut verdict)?;
    verdict.figure("power_cuts", 1_u64);
    verdict.figure("with_syncs", u64::from(syncs));
    drop(stage);
    mount.end()?;
    Ok(verdict)
}

fn shut_down(directory: &std::path::Path) -> Outcome {
    let mut options = Options::default();
    options.set("directory", directory.display());
    let (mut process, _pipe) = Process::start("shut-down", &options, &[], Stdio::inherit())?;
    match process.wait()? {
        crate::storm::ledger::End::Success => Ok(()),
        end => Err(format!("the file system was not shut down: {end:?}").into()),
    }
}
