//! `Workspace`: every text that the rules look at, read once.

use std::collections::BTreeMap;
use std::path::Path;

use super::manifest::Manifest;
use super::source::blanked;
use crate::cmd::Outcome;

/// The root manifest, the members, and every text file of the tree.
#[derive(Debug, Default)]
pub(crate) struct Workspace {
    pub(crate) root: Manifest,
    pub(crate) members: Vec<Member>,
    /// Texts by their path from the root: `.rs`, `.md`, `.toml`, `.yml`, and the CI script.
    pub(crate) texts: BTreeMap<String, String>,
    /// Where symbolic links lead, by their path from the root.
    pub(crate) links: BTreeMap<String, String>,
}

/// A member of the workspace.
#[derive(Debug, Default)]
pub(crate) struct Member {
    pub(crate) name: String,
    /// Its folder, from the root.
    pub(crate) folder: String,
    pub(crate) manifest: Manifest,
    pub(crate) sources: Vec<Source>,
}

/// A Rust file of a member.
#[derive(Debug, Default)]
pub(crate) struct Source {
    /// From the root.
    pub(crate) path: String,
    /// From the member's folder, as in `src/lib.rs`.
    pub(crate) local: String,
    pub(crate) text: String,
    /// The text with comments and literals blanked out, of the same length and lines.
    pub(crate) code: String,
}

impl Member {
    pub(crate) fn new(folder: &str, manifest: Manifest) -> Self {
        let name = manifest.get(&["package", "name"]).unwrap_or_default().to_owned();
        Self { name, folder: folder.to_owned(), manifest, sources: Vec::new() }
    }

    /// Adds a Rust file.
    pub(crate) fn add(&mut self, local: &str, text: &str) {
        let path = format!("{}/{local}", self.folder);
        let code = blanked(text);
        self.sources.push(Source { path, local: local.to_owned(), text: text.to_owned(), code });
    }

    pub(crate) fn is_published(&self) -> bool {
        self.manifest.get(&["package", "publish"]) != Some("false")
    }

    pub(crate) fn source(&self, local: &str) -> Option<&Source> {
        self.sources.iter().find(|source| source.local == local)
    }
}

impl Workspace {
    /// Reads the tree below `root`; build output and version control are left out.
    pub(crate) fn load(root: &Path) -> Outcome<Self> {
        let mut workspace = Self::default();
        workspace.walk(root, "")?;
        workspace.root = workspace.manifest("Cargo.toml")?;
        let folders: Vec<String> =
            workspace.texts.keys().filter_map(|path| member_folder(path)).collect();
        for folder in folders {
            let member = workspace.member(&folder)?;
            workspace.members.push(member);
        }
        Ok(workspace)
    }

    fn walk(&mut self, root: &Path, below: &str) -> Outcome {
        let folder = root.join(below);
        let failed = |why: std::io::Error| format!("cannot read {}: {why}", folder.display());
        for entry in std::fs::read_dir(&folder).map_err(failed)? {
            let entry = entry.map_err(failed)?;
            let Ok(name) = entry.file_name().into_string() else { continue };
            let path = if below.is_empty() { name.clone() } else { format!("{below}/{name}") };
            let kind = entry.file_type().map_err(failed)?;
            if kind.is_symlink() {
                let to = std::fs::read_link(entry.path()).map_err(failed)?;
                self.links.insert(path, to.to_string_lossy().into_owned());
            } else if kind.is_dir() && !matches!(name.as_str(), "target" | ".git") {
                self.walk(root, &path)?;
            } else if kind.is_file() && is_text(&path) {
                let text = std::fs::read_to_string(entry.path())
                    .map_err(|why| format!("cannot read {path}: {why}; texts must be UTF-8"))?;
                self.texts.insert(path, text);
            }
        }
        Ok(())
    }

    fn manifest(&self, path: &str) -> Outcome<Manifest> {
        let text = self.texts.get(path).ok_or_else(|| format!("{path} is missing"))?;
        Ok(Manifest::parse(text))
    }

    fn member(&self, folder: &str) -> Outcome<Member> {
        let mut member = Member::new(folder, self.manifest(&format!("{folder}/Cargo.toml"))?);
        for (path, text) in &self.texts {
            let local = path.strip_prefix(folder).and_then(|rest| rest.strip_prefix('/'));
            if let Some(local) = local.filter(|local| local.ends_with(".rs")) {
                member.add(local, text);
            }
        }
        Ok(member)
    }
}

/// The folder of a member, given the path of its manifest: `crates/*` and `xtask`, nothing deeper.
fn member_folder(path: &str) -> Option<String> {
    let folder = path.strip_suffix("/Cargo.toml")?;
    let name = folder.strip_prefix("crates/").unwrap_or(folder);
    let is_member = !name.contains('/') && (folder != name || folder == "xtask");
    is_member.then(|| folder.to_owned())
}

fn is_text(path: &str) -> bool {
    let extensions = [".rs", ".md", ".toml", ".yml", ".yaml", ".sh", ".py"];
    path == ".ci/run" || extensions.iter().any(|extension| path.ends_with(extension))
}

#[cfg(test)]
mod tests {
    use super::{is_text, member_folder};

    #[test]
    fn members_are_the_crates_and_the_xtask() {
        assert_eq!(
            member_folder("crates/prom-format/Cargo.toml").as_deref(),
            Some("crates/prom-format")
        );
        assert_eq!(member_folder("xtask/Cargo.toml").as_deref(), Some("xtask"));
        for other in ["Cargo.toml", "crates/prom-storm/fuzz/Cargo.toml", "other/Cargo.toml"] {
            assert_eq!(member_folder(other), None, "{other}");
        }
    }

    #[test]
    fn texts_are_told_from_data() {
        assert!(is_text("crates/a/src/lib.rs") && is_text(".ci/run") && is_text("README.md"));
        assert!(!is_text("crates/a/tests/data/a.prom") && !is_text("Cargo.lock"));
    }
}
