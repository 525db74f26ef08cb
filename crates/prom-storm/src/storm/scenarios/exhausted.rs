//! inotify has no room: the directory is polled, which is said once, and watched again later.
//!
//! The limits are those of a user namespace that only the consumer is in.

use std::ffi::OsString;
use std::process::Command;
use std::time::Duration;

use crate::storm::account::Rules;
use crate::storm::board::News;
use crate::storm::consumer_plan::ConsumerPlan;
use crate::storm::notes::Note;
use crate::storm::outcome::Outcome;
use crate::storm::parallel::parallel;
use crate::storm::scenario::Context;
use crate::storm::stage::Stage;
use crate::storm::verdict::Verdict;
use crate::storm::writer_plan::{Rest, WriterPlan};

const LIMITS: [&str; 2] = ["max_inotify_instances", "max_inotify_watches"];
const PATIENCE: Duration = Duration::from_secs(60);
/// The watcher tries inotify again every minute.
const AGAIN: Duration = Duration::from_secs(75);

pub(crate) fn run(context: &Context) -> Outcome<Verdict> {
    let probe = Command::new("unshare").args(["-Ur", "sh", "-c", &set(LIMITS[0], 0)]).output();
    match probe {
        Ok(output) if output.status.success() => {}
        Ok(output) => {
            let why = String::from_utf8_lossy(&output.stderr).trim().to_owned();
            return Ok(Verdict::skipped(format!("no user namespace: {why}")));
        }
        Err(error) => return Ok(Verdict::skipped(format!("unshare: {error}"))),
    }
    let name = |limit: &&str| (*limit).to_owned();
    Ok(parallel(&LIMITS, 2, name, |limit| storm(context, limit)))
}

fn storm(context: &Context, limit: &str) -> Outcome<Verdict> {
    let mut stage = Stage::new(context.seed)?;
    let script = format!("{} && exec \"$0\" \"$@\"", set(limit, 0));
    let under: Vec<OsString> = ["unshare", "-Ur", "sh", "-c", &script].map(OsString::from).to_vec();
    let consumer = stage.consume_under(ConsumerPlan::default(), &under)?;
    let flush_interval = Duration::from_millis(100);
    let count = context.pick(2_000, 20_000);
    let plan = WriterPlan { flush_interval, rest: Rest::Idle, ..WriterPlan::new(count) };
    stage.write(plan)?;
    stage.board.wait(PATIENCE, |news| news.accepted() >= count);
    let polled = stage.board.wait(PATIENCE, News::all_arrived);
    if context.full {
        let pid = stage.consumer(consumer)?.pid()?.to_string();
        let enter = ["--user", "--preserve-credentials", "-t", &pid, "sh", "-c", &set(limit, 100)];
        if !Command::new("nsenter").args(enter).status()?.success() {
            return Err("the limit was not lifted".into());
        }
        crate::storm::passing::pass(AGAIN);
        let other = stage.write(WriterPlan::new(40))?;
        stage.join_writer(other)?;
    }
    let account = stage.account()?;
    let mut verdict = Verdict::of(&account, &Rules::default());
    if polled.is_none() {
        verdict.fault("the samples did not arrive by polling");
    }
    judge(context, &account.notes().collect::<Vec<_>>(), &mut verdict);
    if !context.full {
        verdict.leave_out(limit, "back to inotify takes a minute: with --full");
    }
    stage.aftermath(&mut verdict)?;
    Ok(verdict)
}

/// One word about the polling and, when there is room again, one about inotify.
fn judge(context: &Context, notes: &[&Note], verdict: &mut Verdict) {
    let mode = |note: &&Note| match note {
        Note::Mode(mode) => Some(mode.clone()),
        _ => None,
    };
    let modes: Vec<String> = notes.iter().filter_map(mode).collect();
    let polls = modes.iter().filter(|mode| mode.starts_with("polling")).count();
    let expected = if context.full { 2 } else { 1 };
    if polls != 1 || modes.len() != expected {
        verdict.fault(format!("the watcher said of its mode: {modes:?}"));
    }
    verdict.figure("went_back_to_inotify", modes.len().saturating_sub(polls) as u64);
}

fn set(limit: &str, value: u64) -> String {
    format!("echo {value} > /proc/sys/user/{limit}")
}
