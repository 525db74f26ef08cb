//! `Mount`: a file system that a scenario puts over a directory, and takes away at the end.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use crate::storm::outcome::Outcome;

#[derive(Debug)]
pub(crate) struct Mount(PathBuf);

impl Mount {
    pub(crate) fn tmpfs(over: &Path, options: &str) -> Outcome<Self> {
        run(Command::new("mount").args(["-t", "tmpfs", "-o", options, "storm"]).arg(over))?;
        Ok(Self(over.into()))
    }

    /// A fresh ext4 in an image file.
    pub(crate) fn ext4(image: &Path, over: &Path) -> Outcome<Self> {
        fs::File::create(image)?.set_len(48 << 20)?;
        run(Command::new("mkfs.ext4").args(["-q", "-F"]).arg(image))?;
        Self::again(image, over)
    }

    pub(crate) fn again(image: &Path, over: &Path) -> Outcome<Self> {
        run(Command::new("mount").args(["-o", "loop,commit=1"]).args([image, over]))?;
        Ok(Self(over.into()))
    }

    pub(crate) fn end(self) -> Outcome {
        let over = self.0.clone();
        std::mem::forget(self);
        run(Command::new("umount").arg(over))
    }
}

impl Drop for Mount {
    fn drop(&mut self) {
        // A scenario that failed half-way may still have processes there.
        let _ = Command::new("umount").arg("-l").arg(&self.0).output();
    }
}

fn run(command: &mut Command) -> Outcome {
    let output = command.output()?;
    if output.status.success() {
        return Ok(());
    }
    Err(String::from_utf8_lossy(&output.stderr).trim().to_owned().into())
}
