//! A disk that has taken the data fails at the sync: the segment is given up, and no later sync that says
//! Ok covers what was in it.
//!
//! ext4 itself breaks its word once. When its journal fails in the background, the first `fsync(2)` after
//! that may say Ok and have synced nothing; the next call says that something is wrong. Programs of a dozen lines,
//! which only write and sync, see it in two of three runs: always at the last sync before their first
//! error, and at no other. So that one is not held against the writer.

use std::fs;
use std::time::Duration;

use crate::storm::account::Rules;
use crate::storm::consumer_plan::ConsumerPlan;
use crate::storm::mount::{Kind, Mount};
use crate::storm::outcome::Outcome;
use crate::storm::passing::pass;
use crate::storm::scenario::Context;
use crate::storm::stage::Stage;
use crate::storm::verdict::Verdict;
use crate::storm::writer_plan::WriterPlan;

const PATIENCE: Duration = Duration::from_secs(60);

pub(crate) fn run(context: &Context) -> Outcome<Verdict> {
    let mut verdict = Verdict::default();
    for round in 0..context.pick(1, 4) {
        let part = storm(&context.part(round))?;
        let skipped = part.skipped.is_some();
        verdict.join(&format!("round {round}"), part);
        if skipped {
            break;
        }
    }
    Ok(verdict)
}

/// The image lies on a file system that is too small for it.
fn storm(context: &Context) -> Outcome<Verdict> {
    let mut stage = Stage::new(context.seed)?;
    let small = stage.home().join("small");
    fs::create_dir(&small)?;
    let disk = match Mount::tmpfs(&small, "size=3m") {
        Ok(mount) => mount,
        Err(error) => return Ok(Verdict::skipped(format!("no mount: {error}"))),
    };
    let image = small.join("image");
    let mount = match Mount::image(Kind::Ext4, &image, stage.directory()) {
        Ok(mount) => mount,
        Err(error) => return Ok(Verdict::skipped(format!("no loop mount: {error}"))),
    };
    // A killed writer that flushed is owed what a flush acknowledged, and nothing else.
    let plan = WriterPlan { syncs: true, flush_every: 40, ..WriterPlan::endless() };
    let plan = WriterPlan { segment_size: 16_384, pace: Duration::from_millis(1), ..plan };
    let writers: Outcome<Vec<u64>> = (0..2).map(|_| stage.write(plan.clone())).collect();
    let writers = writers?;
    let failed = |news: &crate::storm::board::News| {
        news.writers.values().all(|ledger| ledger.doubtful.len() > 0)
    };
    let did_fail = stage.board.wait(PATIENCE, failed);
    // They go on for a while: a later sync that says Ok is held to its word.
    pass(Duration::from_millis(500));
    disk.change("size=64m")?;
    for writer in writers {
        stage.kill_writer(writer)?;
    }
    // What only the memory of the kernel holds is forgotten.
    mount.end()?;
    let mount = Mount::again(Kind::Ext4, &image, stage.directory())?;
    stage.consume(ConsumerPlan::default())?;
    let account = stage.account()?;
    let doubtful: u64 = account.writers.values().map(|ledger| ledger.doubtful.len()).sum();
    let rules = Rules { errors: true, power_cut: true, sync_fails: true, ..Rules::default() };
    let mut verdict = Verdict::of(&account, &rules);
    verdict.figure("reported_as_not_synced", doubtful);
    verdict.if_any("acknowledged_by_a_failed_journal", account.broken_word(&rules));
    if did_fail.is_none() {
        verdict.fault("no sync failed, so nothing was tested");
    }
    stage.aftermath(&mut verdict)?;
    drop(stage);
    mount.end()?;
    disk.end()?;
    Ok(verdict)
}
