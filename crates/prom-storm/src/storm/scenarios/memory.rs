//! The memory of a consumer stays small, whatever lies in its directory.

use std::ffi::OsString;
use std::fs::{self, File};
use std::io::{BufWriter, Write as _};
use std::path::{Path, PathBuf};
use std::time::Duration;

use crate::storm::account::Rules;
use crate::storm::board::News;
use crate::storm::consumer_plan::ConsumerPlan;
use crate::storm::outcome::Outcome;
use crate::storm::procfs::peak_kib;
use crate::storm::scenario::Context;
use crate::storm::stage::Stage;
use crate::storm::verdict::Verdict;
use crate::storm::writer_plan::WriterPlan;

const LARGEST_KIB: u64 = 32 * 1024;
const LIMIT: u64 = 64 << 20;
const PATIENCE: Duration = Duration::from_secs(300);

pub(crate) fn run(context: &Context) -> Outcome<Verdict> {
    let mut stage = Stage::new(context.seed)?;
    let group = Group::new(stage.home());
    let files = context.pick(10_000, 100_000);
    let plan = WriterPlan { segment_size: 0, ..WriterPlan::new(files / 4) };
    (0..4).try_for_each(|_| stage.write(plan.clone()).map(drop))?;
    stage.join_writers()?;
    plant(stage.directory(), context.pick(64, 1024))?;
    let under = group.as_ref().map_or_else(|_| Vec::new(), Group::under);
    let patience = Duration::from_secs(20);
    let consumer =
        stage.consume_under(ConsumerPlan { patience, ..ConsumerPlan::default() }, &under)?;
    let drained = stage.board.wait(PATIENCE, News::all_arrived);
    // Behind all of that there is somebody who writes as ever.
    stage.write(WriterPlan::new(1000))?;
    stage.join_writers()?;
    let passed = stage.board.wait(PATIENCE, News::all_arrived);
    let memory = peak_kib(stage.consumer(consumer)?.pid()?)?;
    let account = stage.account()?;
    let mut verdict =
        Verdict::of(&account, &Rules { foreign: Some("poison."), ..Rules::default() });
    verdict.figure("longest_rss_kib", memory);
    if memory > LARGEST_KIB {
        verdict.fault(format!("the consumer had {memory} KiB in memory"));
    }
    if drained.is_none() || passed.is_none() {
        verdict.fault("the good segments were not delivered");
    }
    if let Err(why) = &group {
        verdict.leave_out("a memory cgroup of 64 MiB", &why.to_string());
    }
    stage.aftermath(&mut verdict)?;
    Ok(verdict)
}

/// One line that ends after so many MiB, one that never ends, and a hole of 10 GiB.
fn plant(directory: &Path, mib: usize) -> Outcome {
    let chunk = vec![b'x'; 1 << 20];
    for (name, end) in [("poison.1.prom", "\n"), ("poison.2.prom", "")] {
        let mut file = BufWriter::new(File::create(directory.join(name))?);
        (0..mib).try_for_each(|_| file.write_all(&chunk))?;
        file.write_all(end.as_bytes())?;
        file.flush()?;
    }
    Ok(File::create(directory.join("poison.3.prom"))?.set_len(10 << 30)?)
}

/// A control group, of either version, with a limit to its memory.
#[derive(Debug)]
struct Group(PathBuf);

impl Group {
    fn new(home: &Path) -> Outcome<Self> {
        let name = home.file_name().unwrap_or_default();
        let roots =
            [("/sys/fs/cgroup/memory", "memory.limit_in_bytes"), ("/sys/fs/cgroup", "memory.max")];
        for (root, limit) in roots {
            let group = Path::new(root).join(name);
            if fs::create_dir(&group).is_err() {
                continue;
            }
            let group = Self(group);
            if fs::write(group.0.join(limit), LIMIT.to_string()).is_ok() {
                return Ok(group);
            }
        }
        Err("no such group can be made here".into())
    }

    /// The command line that starts a process in it.
    fn under(&self) -> Vec<OsString> {
        let procs = self.0.join("cgroup.procs");
        let script = format!("echo $$ > '{}' && exec \"$0\" \"$@\"", procs.display());
        ["sh", "-c", &script].map(OsString::from).to_vec()
    }
}

impl Drop for Group {
    fn drop(&mut self) {
        // The kernel refuses it while a process is in it, which only a scenario that failed leaves.
        let _ = fs::remove_dir(&self.0);
    }
}
