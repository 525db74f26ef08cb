//! `Lab`: the folder that a run works in, below the build folder, and gone when the run ends.

use std::path::{Path, PathBuf};

use tempfile::TempDir;

use crate::compat::failure::{Failure, Verdict};

/// Where a run puts its files.
#[derive(Debug)]
pub(crate) struct Lab {
    /// Kept from run to run, as the compiler's output is.
    build: PathBuf,
    scratch: TempDir,
}

impl Lab {
    pub(crate) fn new() -> Verdict<Self> {
        let build = build_folder()?;
        let below = build.join("compat");
        std::fs::create_dir_all(&below)?;
        let scratch = tempfile::Builder::new().prefix("run.").tempdir_in(below)?;
        Ok(Self { build, scratch })
    }

    /// An empty folder of this name; one that is there from before is emptied.
    pub(crate) fn folder(&self, name: &str) -> Verdict<PathBuf> {
        let folder = self.scratch.path().join(name);
        if folder.exists() {
            std::fs::remove_dir_all(&folder)?;
        }
        std::fs::create_dir_all(&folder)?;
        Ok(folder)
    }

    /// The compiler's output, shared with whatever else is compiled.
    pub(crate) fn build(&self) -> &Path {
        &self.build
    }
}

/// The build folder: this program was built into `BUILD/PROFILE` or, as a test, `BUILD/PROFILE/deps`.
fn build_folder() -> Verdict<PathBuf> {
    let program = std::env::current_exe()?;
    let mut above = program.ancestors().skip(1).filter(|folder| !folder.ends_with("deps"));
    let build = above.nth(1).ok_or_else(|| Failure::new("this program is in no build folder"))?;
    Ok(build.to_path_buf())
}
