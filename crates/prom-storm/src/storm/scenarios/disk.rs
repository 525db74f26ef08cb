//! No room for bytes, for inodes, or by a limit of the process; and then there is room again.

use std::ffi::OsString;
use std::fs;
use std::path::Path;
use std::time::Duration;

use crate::storm::account::Rules;
use crate::storm::consumer::segments;
use crate::storm::consumer_plan::ConsumerPlan;
use crate::storm::mount::Mount;
use crate::storm::outcome::Outcome;
use crate::storm::scenario::Context;
use crate::storm::stage::{SLACK, Stage};
use crate::storm::verdict::Verdict;
use crate::storm::writer_plan::WriterPlan;

fn errors() -> Rules {
    Rules { errors: true, ..Rules::default() }
}

/// Files may have 24,000 bytes, and segments are to have 65,536.
pub(crate) fn file_limit(context: &Context) -> Outcome<Verdict> {
    let mut stage = Stage::new(context.seed)?;
    stage.consume(ConsumerPlan::default())?;
    let script = "trap '' XFSZ; exec prlimit --fsize=24000 \"$0\" \"$@\"";
    let under: Vec<OsString> = ["sh", "-c", script].map(OsString::from).to_vec();
    let plan = WriterPlan { segment_size: 65_536, ..WriterPlan::new(context.pick(2_500, 20_000)) };
    stage.write_under(plan.clone(), &under)?;
    stage.write_under(WriterPlan { flush_every: 10, ..plan }, &under)?;
    stage.join_writers()?;
    let refused: u64 = stage.board.look().writers.values().map(|one| one.rejected.len()).sum();
    let mut verdict = stage.finish(&errors())?;
    if refused > context.pick(100, 800) {
        verdict.fault(format!("{refused} samples refused: it does not recover by a fresh segment"));
    }
    if !verdict.figures.iter().any(|(name, value)| *name == "segments" && *value > 4) {
        verdict.fault("the limit was not reached, so nothing was tested");
    }
    Ok(verdict)
}

pub(crate) fn bytes(context: &Context) -> Outcome<Verdict> {
    full(context, "size=256k")
}

pub(crate) fn inodes(context: &Context) -> Outcome<Verdict> {
    full(context, "nr_inodes=32")
}

/// A writer fills the disk while nobody consumes; then somebody does.
fn full(context: &Context, limit: &str) -> Outcome<Verdict> {
    let mut stage = Stage::new(context.seed)?;
    let mount = match Mount::tmpfs(stage.directory(), limit) {
        Ok(mount) => mount,
        Err(error) => return Ok(Verdict::skipped(format!("no mount: {error}"))),
    };
    let pace = Duration::from_millis(1);
    let plan = WriterPlan { flush_every: 20, pace, ..WriterPlan::endless() };
    let writer = stage.write(plan)?;
    let refusals = |news: &crate::storm::board::News| {
        news.writers.get(&writer).map_or(0, |ledger| ledger.rejected.len())
    };
    let is_full = stage.board.wait(Duration::from_secs(60), |news| refusals(news) > 100);
    let empty = empty_files(stage.directory());
    let accepted = stage.board.look().accepted();
    stage.consume(ConsumerPlan::default())?;
    let recovered =
        stage.board.wait(Duration::from_secs(1) + SLACK, |news| news.accepted() > accepted + 200);
    let slowest = stage.account()?.writers.values().map(|one| one.slowest_micros).max();
    let mut verdict = stage.finish(&errors())?;
    verdict.figure("longest_emit_us", slowest.unwrap_or(0));
    verdict.figure("empty_files", empty as u64);
    if is_full.is_none() {
        verdict.fault("the disk did not fill, so nothing was tested");
    }
    match recovered {
        Some(time) => verdict.figure("recovered_ms", time.as_millis()),
        None => verdict.fault("no samples were accepted when there was room again"),
    }
    if empty > 1 {
        verdict.fault(format!("{empty} empty files on a full disk"));
    }
    drop(stage);
    mount.end()?;
    Ok(verdict)
}

fn empty_files(directory: &Path) -> usize {
    let is_empty = |path: &std::path::PathBuf| fs::metadata(path).is_ok_and(|one| one.len() == 0);
    segments(directory).iter().filter(|path| is_empty(path)).count()
}
