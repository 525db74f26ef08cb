//! `Tree`: a copy of the workspace in which rules may be taken out.

use std::collections::BTreeMap;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use super::variant::Variant;
use crate::cmd::Outcome;

/// The copy. Only what differs is ever written, so that cargo builds no more than that anew.
#[derive(Debug)]
pub(crate) struct Tree {
    folder: PathBuf,
}

/// The copy with a rule taken out; dropping it brings the rule back.
#[derive(Debug)]
pub(crate) struct Broken {
    originals: BTreeMap<PathBuf, String>,
}

impl Tree {
    /// Makes the copy equal to the workspace.
    pub(crate) fn copy(workspace: &Path, folder: &Path) -> Outcome<Self> {
        let copied = walk(workspace).and_then(|files| {
            files.iter().try_for_each(|file| refresh(&workspace.join(file), &folder.join(file)))?;
            fs::create_dir_all(folder)?;
            let mut strays = walk(folder)?.into_iter().filter(|file| !files.contains(file));
            strays.try_for_each(|stray| fs::remove_file(folder.join(stray)))
        });
        copied.map_err(|why| format!("cannot copy the tree to {}: {why}", folder.display()))?;
        Ok(Self { folder: folder.to_owned() })
    }

    pub(crate) fn folder(&self) -> &Path {
        &self.folder
    }

    /// Takes the variant's rule out.
    pub(crate) fn broken(&self, variant: &Variant) -> Outcome<Broken> {
        let mut originals = BTreeMap::new();
        let mut texts = BTreeMap::<PathBuf, String>::new();
        for hunk in &variant.hunks {
            let path = self.folder.join(&hunk.file);
            let failed = |why| format!("variant {}: {why}", variant.name);
            if !texts.contains_key(&path) {
                let text = fs::read_to_string(&path);
                let text = text.map_err(|why| failed(format!("{}: {why}", hunk.file)))?;
                originals.insert(path.clone(), text.clone());
                texts.insert(path.clone(), text);
            }
            if let Some(text) = texts.get_mut(&path) {
                *text = hunk.apply(text).map_err(failed)?;
            }
        }
        let broken = Broken { originals };
        texts.iter().try_for_each(|(path, text)| write(path, text))?;
        Ok(broken)
    }
}

impl Drop for Broken {
    fn drop(&mut self) {
        for (path, text) in &self.originals {
            // What stays broken is made good by the next copy.
            let _ = write(path, text);
        }
    }
}

fn write(path: &Path, text: &str) -> Outcome {
    fs::write(path, text).map_err(|why| format!("cannot write {}: {why}", path.display()))
}

/// The files below a folder, by their paths from there; build output and version control are left out.
fn walk(folder: &Path) -> io::Result<Vec<PathBuf>> {
    let (mut files, mut folders) = (Vec::new(), vec![PathBuf::new()]);
    while let Some(below) = folders.pop() {
        for entry in fs::read_dir(folder.join(&below))? {
            let entry = entry?;
            let path = below.join(entry.file_name());
            let left_out = [".git", "target"].iter().any(|name| entry.file_name() == *name);
            if entry.path().is_dir() && !left_out {
                folders.push(path);
            } else if entry.path().is_file() {
                files.push(path);
            }
        }
    }
    Ok(files)
}

fn refresh(from: &Path, to: &Path) -> io::Result<()> {
    let wanted = fs::read(from)?;
    if fs::read(to).is_ok_and(|present| present == wanted) {
        return Ok(());
    }
    to.parent().map_or(Ok(()), fs::create_dir_all)?;
    fs::write(to, wanted)
}

#[cfg(test)]
mod tests {
    use super::{Tree, Variant, fs};

    #[test]
    fn a_copy_is_broken_and_made_good_again() {
        let home = std::env::temp_dir().join(format!("xtask-tree.{}", std::process::id()));
        let (from, to) = (home.join("from"), home.join("to"));
        for folder in ["from/src", "from/target", "to/src"] {
            fs::create_dir_all(home.join(folder)).unwrap();
        }
        for (file, text) in [("from/src/a.rs", "a\nb\n"), ("from/target/x", ""), ("to/src/old", "")]
        {
            fs::write(home.join(file), text).unwrap();
        }
        let tree = Tree::copy(&from, &to).unwrap();
        assert!(!to.join("target").exists() && !to.join("src/old").exists());
        let text = "rule: r\ncaught-by: scenario s\nfile: src/a.rs\n--- before\nb\n--- after\n";
        let variant = Variant::parse("v", &format!("{text}c\n--- end\n")).unwrap();
        let read = || fs::read_to_string(tree.folder().join("src/a.rs")).unwrap();
        let broken = tree.broken(&variant).unwrap();
        assert_eq!("a\nc\n", read());
        assert!(tree.broken(&variant).unwrap_err().starts_with("variant v: the variant is stale"));
        drop(broken);
        assert_eq!("a\nb\n", read());
        fs::remove_dir_all(home).unwrap();
    }
}
