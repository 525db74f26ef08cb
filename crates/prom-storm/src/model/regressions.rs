//! The cases that once failed, as files that are read again by every test run.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use crate::model::case::Case;

pub(crate) fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("regressions")
}

/// Writes a failing case where the tests find it.
pub(crate) fn record(name: &str, case: &Case, fault: &str) -> io::Result<PathBuf> {
    let path = folder().join(format!("{name}.txt"));
    fs::create_dir_all(folder())?;
    fs::write(&path, format!("# {}\n{case}", fault.replace('\n', " ")))?;
    Ok(path)
}

/// Every recorded case, with the name of its file.
pub(crate) fn all() -> Result<Vec<(String, Case)>, String> {
    let entries =
        fs::read_dir(folder()).map_err(|error| format!("{}: {error}", folder().display()))?;
    let mut cases = Vec::new();
    for entry in entries {
        let path = entry.map_err(|error| error.to_string())?.path();
        if path.extension().is_none_or(|extension| extension != "txt") {
            continue;
        }
        let text = fs::read_to_string(&path);
        let text = text.map_err(|error| format!("{}: {error}", path.display()))?;
        let case = Case::read(&text).map_err(|why| format!("{}: {why}", path.display()))?;
        cases.push((path.file_stem().unwrap_or_default().to_string_lossy().into_owned(), case));
    }
    cases.sort_by(|(one, _), (other, _)| one.cmp(other));
    Ok(cases)
}
