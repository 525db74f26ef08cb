//! The directory is missing at first, deleted and recreated, renamed, and replaced by a link.

use std::fs;
use std::os::unix::fs::symlink;
use std::time::Duration;

use crate::storm::account::Rules;
use crate::storm::consumer_plan::ConsumerPlan;
use crate::storm::outcome::Outcome;
use crate::storm::scenario::Context;
use crate::storm::stage::{SLACK, Stage};
use crate::storm::verdict::Verdict;
use crate::storm::writer_plan::{Rest, WriterPlan};

/// The watcher is there again.
const LIMIT: Duration = Duration::from_secs(2);

#[derive(Clone, Copy, Debug)]
enum Step {
    MissingAtFirst,
    Recreated,
    Renamed,
    Linked,
}

pub(crate) fn missing(context: &Context) -> Outcome<Verdict> {
    storm(context, Step::MissingAtFirst)
}

pub(crate) fn recreated(context: &Context) -> Outcome<Verdict> {
    storm(context, Step::Recreated)
}

pub(crate) fn renamed(context: &Context) -> Outcome<Verdict> {
    storm(context, Step::Renamed)
}

pub(crate) fn linked(context: &Context) -> Outcome<Verdict> {
    storm(context, Step::Linked)
}

fn storm(context: &Context, step: Step) -> Outcome<Verdict> {
    let mut stage = Stage::new(context.seed)?;
    if matches!(step, Step::MissingAtFirst) {
        fs::remove_dir(stage.directory())?;
    }
    stage.consume(ConsumerPlan::default())?;
    let plan = WriterPlan { flush_interval: Duration::from_millis(100), ..WriterPlan::endless() };
    let old = stage.write(WriterPlan { rest: Rest::Idle, ..plan })?;
    let has = |news: &crate::storm::board::News| {
        news.writers.get(&old).is_some_and(|one| one.accepted.len() + one.rejected.len() >= 200)
    };
    stage.board.wait(Duration::from_secs(20), has);
    for _ in 0..context.pick(2, 10) {
        disturb(&stage, step)?;
    }
    // A writer that knows nothing of it gets through, and so does the one that lived through it.
    let before = stage.board.look().arrived();
    let count = 40;
    stage.write(WriterPlan::new(count))?;
    let armed = stage.board.wait(LIMIT + SLACK, |news| news.arrived() >= before + count);
    let now = stage.board.look().writers.get(&old).map_or(0, |one| one.accepted.len());
    let healed = stage.board.wait(LIMIT + SLACK, |news| {
        news.writers.get(&old).is_some_and(|one| one.accepted.len() > now + 100)
    });
    let rules = Rules { errors: true, watch_errors: true, losses: true, ..Rules::default() };
    let account = stage.account()?;
    let mut verdict = Verdict::of(&account, &rules);
    match armed {
        Some(time) => verdict.figure("armed_ms", time.as_millis()),
        None => verdict.fault("the watcher was not there again in time"),
    }
    if healed.is_none() {
        verdict.fault("the writer that lived through it did not recover");
    }
    if account.unremoved(&Rules::default()).is_empty() && has_repeats(&account) {
        verdict.fault("samples were delivered twice");
    }
    let arrived = account.delivered(&rules).0;
    let newest = arrived.get(&old).and_then(crate::storm::ids::Ids::last);
    if newest.is_none_or(|newest| newest < now) {
        verdict.fault("nothing of the writer that lived through it arrived afterwards");
    }
    stage.aftermath(&mut verdict)?;
    Ok(verdict)
}

fn has_repeats(account: &crate::storm::account::Account) -> bool {
    !account.delivered(&Rules::default()).1.is_empty()
}

fn disturb(stage: &Stage, step: Step) -> Outcome {
    let (directory, aside) = (stage.directory(), stage.home().join("aside"));
    let began = stage.board.look().accepted();
    match step {
        Step::MissingAtFirst => {
            if !directory.exists() {
                fs::create_dir(directory)?;
            }
        }
        Step::Recreated => {
            // A segment may appear while the directory is being emptied.
            while fs::remove_dir_all(directory).is_err() {}
            fs::create_dir(directory)?;
        }
        Step::Renamed => {
            let _ = fs::remove_dir_all(&aside);
            fs::rename(directory, &aside)?;
            fs::create_dir(directory)?;
        }
        Step::Linked => {
            if fs::symlink_metadata(directory)?.is_symlink() {
                fs::remove_file(directory)?;
            } else {
                fs::rename(directory, stage.home().join("first"))?;
            }
            let target =
                stage.home().join(format!("target{}", fs::read_dir(stage.home())?.count()));
            fs::create_dir(&target)?;
            symlink(&target, directory)?;
        }
    }
    stage.board.wait(Duration::from_secs(5), |news| news.accepted() > began + 100);
    Ok(())
}
