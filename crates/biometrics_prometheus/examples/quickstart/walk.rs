//! The files below a directory.

use std::fs;
use std::path::{Path, PathBuf};

/// Every regular file, but for hidden ones and what a build has made. What cannot be read is left out.
pub(crate) fn files(directory: &Path) -> impl Iterator<Item = PathBuf> {
    let mut open = vec![directory.to_owned()];
    let mut found = Vec::new();
    std::iter::from_fn(move || {
        while found.is_empty() {
            let entries = fs::read_dir(open.pop()?).into_iter().flatten().flatten();
            for entry in entries.filter(|entry| is_source(&entry.file_name().to_string_lossy())) {
                match entry.file_type() {
                    Ok(kind) if kind.is_dir() => open.push(entry.path()),
                    Ok(kind) if kind.is_file() => found.push(entry.path()),
                    _ => {}
                }
            }
        }
        found.pop()
    })
}

fn is_source(name: &str) -> bool {
    !name.starts_with('.') && name != "target"
}
