//! `Mount`: a file system that a scenario puts over a directory, and takes away at the end.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::thread;
use std::time::{Duration, Instant};

use crate::storm::outcome::Outcome;

/// How long a file system may be busy at its end, and the pause between two tries.
const PATIENCE: Duration = Duration::from_secs(30);
const PAUSE: Duration = Duration::from_millis(20);

#[derive(Debug)]
pub(crate) struct Mount(PathBuf);

/// A file system in an image file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    Ext4,
    Xfs,
}

impl Kind {
    fn bytes(self) -> u64 {
        match self {
            Self::Ext4 => 48 << 20,
            // `mkfs.xfs` makes none that is smaller.
            Self::Xfs => 320 << 20,
        }
    }

    fn make(self) -> (&'static str, &'static [&'static str]) {
        match self {
            Self::Ext4 => ("mkfs.ext4", &["-q", "-F"]),
            Self::Xfs => ("mkfs.xfs", &["-q", "-f"]),
        }
    }

    fn mount(self) -> &'static str {
        match self {
            Self::Ext4 => "loop,commit=1",
            Self::Xfs => "loop",
        }
    }
}

impl Mount {
    pub(crate) fn tmpfs(over: &Path, options: &str) -> Outcome<Self> {
        run(Command::new("mount").args(["-t", "tmpfs", "-o", options, "storm"]).arg(over))?;
        Ok(Self(over.into()))
    }

    /// A fresh file system in an image file.
    pub(crate) fn image(kind: Kind, image: &Path, over: &Path) -> Outcome<Self> {
        fs::File::create(image)?.set_len(kind.bytes())?;
        let (program, options) = kind.make();
        run(Command::new(program).args(options).arg(image))?;
        Self::again(kind, image, over)
    }

    pub(crate) fn again(kind: Kind, image: &Path, over: &Path) -> Outcome<Self> {
        run(Command::new("mount").args(["-o", kind.mount()]).args([image, over]))?;
        Ok(Self(over.into()))
    }

    /// What is in one directory, over another.
    pub(crate) fn bind(what: &Path, over: &Path) -> Outcome<Self> {
        run(Command::new("mount").arg("--bind").args([what, over]))?;
        Ok(Self(over.into()))
    }

    /// Changes the options of what is mounted.
    pub(crate) fn change(&self, options: &str) -> Outcome {
        let options = format!("remount,{options}");
        run(Command::new("mount").args(["-o", &options]).arg(&self.0))
    }

    /// Takes it out of sight, whoever still has a file open in it.
    pub(crate) fn detach(self) -> Outcome {
        let over = self.0.clone();
        std::mem::forget(self);
        run(Command::new("umount").arg("-l").arg(over))
    }

    /// A loop device lets go of its image a moment after the file system in it is gone: until then what holds
    /// the image is busy.
    #[expect(clippy::disallowed_methods, reason = "nothing tells when a loop device lets go")]
    pub(crate) fn end(self) -> Outcome {
        let given_up = Instant::now() + PATIENCE;
        loop {
            match run(Command::new("umount").arg(&self.0)) {
                Ok(()) => break,
                Err(why) if Instant::now() > given_up || !why.to_string().contains("busy") => {
                    return Err(why);
                }
                Err(_) => thread::sleep(PAUSE),
            }
        }
        std::mem::forget(self);
        Ok(())
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
