//! Somebody else swaps links, FIFOs and directories under the names of segments, in a directory that
//! everybody may write to, while a consumer drains it.

use std::ffi::OsString;
use std::fs::{self, File};
use std::path::Path;
use std::process::Stdio;
use std::time::{Duration, Instant};

use nix::fcntl::{Flock, FlockArg};

use crate::storm::account::Rules;
use crate::storm::consumer_plan::ConsumerPlan;
use crate::storm::notes::Note;
use crate::storm::options::Options;
use crate::storm::outcome::Outcome;
use crate::storm::process::Process;
use crate::storm::scenario::Context;
use crate::storm::scenarios::permission::{as_nobody, cannot_run, open_to_all};
use crate::storm::stage::Stage;
use crate::storm::verdict::Verdict;
use crate::storm::writer_plan::WriterPlan;

const SECRET: &str = "secret 1 1\n";

pub(crate) fn links(context: &Context) -> Outcome<Verdict> {
    let as_nobody = as_nobody();
    if let Some(why) = cannot_run(&as_nobody) {
        return Ok(Verdict::skipped(why));
    }
    let (mut verdict, locked) = storm(context, "symlink fifo directory", &as_nobody)?;
    if locked > 0 {
        verdict.fault(format!("the target was locked at {locked} looks"));
    }
    Ok(verdict)
}

/// The kernel refuses links to the files of others, `fs.protected_hardlinks`, except to root: so root
/// plays the attacker. A claim has to lock a file before it can tell how many names it has.
pub(crate) fn hard_links(context: &Context) -> Outcome<Verdict> {
    if !nix::unistd::geteuid().is_root() {
        return Ok(Verdict::skipped("only root may link to the files of others"));
    }
    storm(context, "hardlink", &[]).map(|(verdict, _)| verdict)
}

/// The verdict, and how often the target was found locked.
fn storm(context: &Context, kinds: &str, attacker: &[OsString]) -> Outcome<(Verdict, u64)> {
    let mut stage = Stage::new(context.seed)?;
    open_to_all(stage.home(), 0o755)?;
    open_to_all(stage.directory(), 0o1777)?;
    let target = stage.home().join("target");
    fs::write(&target, SECRET)?;
    let mut options = Options::default();
    options.set("directory", stage.directory().display());
    options.set("target", target.display());
    options.set("kinds", kinds);
    options.set("seed", context.seed);
    // A link alone is no event that a consumer waits for.
    let rescan = Duration::from_millis(10);
    stage.consume(ConsumerPlan { rescan, ..ConsumerPlan::default() })?;
    let pace = Duration::from_millis(1);
    let writer = stage.write(WriterPlan { pace, ..WriterPlan::endless() })?;
    let (mut attacker, _pipe) = Process::start("attacker", &options, attacker, Stdio::null())?;
    let (began, mut locked, mut looks) = (Instant::now(), 0_u64, 0_u64);
    while began.elapsed() < Duration::from_secs(context.pick(3, 10)) {
        looks += 1;
        locked += u64::from(is_locked(&target)?);
        crate::storm::passing::pass(Duration::from_micros(200));
    }
    attacker.kill()?;
    attacker.wait()?;
    stage.writer(writer)?.tell_to_end();
    clear(stage.directory())?;
    let account = stage.account()?;
    let rules =
        Rules { foreign: Some("poison."), watch_errors: true, errors: true, ..Rules::default() };
    let mut verdict = Verdict::of(&account, &rules);
    verdict.figure("looks", looks);
    let tells =
        |note: &&Note| matches!(note, Note::Problem { what, .. } if what.contains("secret"));
    let leaks = account.notes().filter(tells).count();
    if leaks > 0 {
        verdict.fault(format!("the target was delivered {leaks} times"));
    }
    if fs::read_to_string(&target).ok().as_deref() != Some(SECRET) {
        verdict.fault("the target was removed or changed");
    }
    stage.aftermath(&mut verdict)?;
    Ok((verdict, locked))
}

fn is_locked(target: &Path) -> Outcome<bool> {
    Ok(Flock::lock(File::open(target)?, FlockArg::LockSharedNonblock).is_err())
}

/// What the attacker has left that no consumer takes.
fn clear(directory: &Path) -> Outcome {
    for entry in fs::read_dir(directory)? {
        let entry = entry?;
        if entry.file_name().to_string_lossy().starts_with("poison.") {
            // The consumer may take it at the same time.
            let _ = fs::remove_file(entry.path()).or_else(|_| fs::remove_dir(entry.path()));
        }
    }
    Ok(())
}
