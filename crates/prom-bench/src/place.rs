//! Where files are written: beside the program, which is on a disk, while a temporary folder may not be.

use std::env;

use tempfile::TempDir;

use crate::outcome::Outcome;

/// A new directory that ends with its value.
pub(crate) fn directory() -> Outcome<TempDir> {
    let program = env::current_exe()?;
    let folder = program.parent().ok_or("the program is in no folder")?;
    Ok(tempfile::Builder::new().prefix("bench").tempdir_in(folder)?)
}
