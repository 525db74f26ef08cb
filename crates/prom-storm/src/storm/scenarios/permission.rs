//! The directory may not be entered for a while, by processes that are not root.

use std::ffi::OsString;
use std::fs::{self, Permissions};
use std::os::unix::fs::{PermissionsExt as _, chown};
use std::path::Path;
use std::process::Command;
use std::time::Duration;

use crate::storm::account::Rules;
use crate::storm::board::News;
use crate::storm::consumer_plan::ConsumerPlan;
use crate::storm::outcome::Outcome;
use crate::storm::scenario::Context;
use crate::storm::stage::Stage;
use crate::storm::verdict::Verdict;
use crate::storm::writer_plan::{Rest, WriterPlan};

const NOBODY: u32 = 65_534;
const PATIENCE: Duration = Duration::from_secs(60);

pub(crate) fn lost(context: &Context) -> Outcome<Verdict> {
    let as_nobody = as_nobody();
    if let Some(why) = cannot_run(&as_nobody) {
        return Ok(Verdict::skipped(why));
    }
    let mut stage = Stage::new(context.seed)?;
    for path in [stage.home(), stage.directory()] {
        chown(path, Some(NOBODY), Some(NOBODY))?;
    }
    stage.consume_under(ConsumerPlan::default(), &as_nobody)?;
    let flush_interval = Duration::from_millis(100);
    let plan = WriterPlan { flush_interval, rest: Rest::Idle, ..WriterPlan::endless() };
    let plan = WriterPlan { segment_size: 1024, pace: Duration::from_millis(1), ..plan };
    let writer = stage.write_under(plan, &as_nobody)?;
    stage.board.wait(PATIENCE, |news| news.arrived() > 100);
    let mut unhealed = None;
    // Nothing at all; names and no files; files and no new names.
    for mode in [0o000, 0o444, 0o555].into_iter().cycle().take(context.pick(3, 9)) {
        let refused = |news: &News| news.writers.get(&writer).map_or(0, |one| one.rejected.len());
        let before = refused(&stage.board.look());
        fs::set_permissions(stage.directory(), Permissions::from_mode(mode))?;
        let told = stage.board.wait(PATIENCE, |news| refused(news) > before);
        fs::set_permissions(stage.directory(), Permissions::from_mode(0o755))?;
        let arrived = stage.board.look().arrived();
        let healed = stage.board.wait(PATIENCE, |news| news.arrived() > arrived + 200);
        if told.is_none() || healed.is_none() {
            unhealed = Some(mode);
        }
    }
    let rules = Rules { errors: true, watch_errors: true, ..Rules::default() };
    let mut verdict = stage.finish(&rules)?;
    if let Some(mode) = unhealed {
        verdict.fault(format!("no error, or no recovery, after mode {mode:o}"));
    }
    Ok(verdict)
}

/// The command line that starts a process as somebody without rights.
pub(crate) fn as_nobody() -> Vec<OsString> {
    let words = ["setpriv", "--reuid=65534", "--regid=65534", "--clear-groups"];
    words.map(OsString::from).to_vec()
}

/// Why no process can be started so: only root may, and the program must be within reach.
pub(crate) fn cannot_run(under: &[OsString]) -> Option<String> {
    let own = std::env::current_exe().ok()?;
    let reach = std::env::temp_dir();
    let mut words = under.iter();
    let mut command = Command::new(words.next()?);
    match command.args(words).arg(own).arg("--list").current_dir(reach).output() {
        Ok(output) if output.status.success() => None,
        Ok(output) => Some(String::from_utf8_lossy(&output.stderr).trim().to_owned()),
        Err(error) => Some(format!("setpriv: {error}")),
    }
}

/// Lets everybody pass through to what is in a directory.
pub(crate) fn open_to_all(directory: &Path, mode: u32) -> Outcome {
    Ok(fs::set_permissions(directory, Permissions::from_mode(mode))?)
}
