//! An attacker: swaps what is under a few names as quickly as it can, until it is killed.

use std::fs;
use std::os::unix::fs::symlink;
use std::path::Path;

use nix::sys::stat::Mode;
use nix::unistd::mkfifo;

use crate::storm::options::Options;
use crate::storm::outcome::Outcome;
use crate::storm::random::Random;

const NAMES: u64 = 4;
/// What a consumer would take, and remove.
const BAIT: &str = "bait 1 1\n";

pub(crate) fn run(options: &Options) -> Outcome {
    let (directory, target) = (options.path("directory")?, options.path("target")?);
    let kinds: Vec<&str> = options.text("kinds")?.split(' ').collect();
    let mut random = Random::new(options.number("seed")?);
    loop {
        let name = directory.join(format!("poison.{}.prom", random.below(NAMES)));
        let aside = directory.join("poison.aside");
        let kind = kinds.get(random.index(kinds.len())).copied().unwrap_or("symlink");
        // Whatever cannot be done because the consumer was quicker is tried again.
        if kind == "hardlink" {
            // It belongs to the owner of the target, and in a sticky directory only he moves it.
            let _ = fs::remove_file(&name);
            let _ = fs::hard_link(&target, &name);
            continue;
        }
        let _ = fs::write(&name, BAIT);
        let _ = make(kind, &target, &aside);
        if kind == "directory" {
            let _ = fs::remove_file(&name);
        }
        let _ = fs::rename(&aside, &name);
        let _ = fs::remove_file(&aside).or_else(|_| fs::remove_dir(&aside));
        if random.below(2) == 0 {
            let _ = fs::remove_file(&name).or_else(|_| fs::remove_dir(&name));
        }
    }
}

fn make(kind: &str, target: &Path, aside: &Path) -> Outcome {
    match kind {
        "fifo" => mkfifo(aside, Mode::S_IRWXU)?,
        "directory" => fs::create_dir(aside)?,
        _ => symlink(target, aside)?,
    }
    Ok(())
}
