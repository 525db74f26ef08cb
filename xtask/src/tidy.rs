//! `cargo xtask tidy`: the project's own rules, each a function from the workspace's texts to what breaks the rule.

mod docs;
mod edges;
mod finding;
mod lengths;
mod manifest;
mod manifests;
mod modules;
mod prose;
mod source;
mod workspace;

use crate::cmd::{Outcome, root};
use finding::Finding;
use workspace::Workspace;

/// A rule: it looks at the whole workspace and returns what breaks it.
type Rule = fn(&Workspace) -> Vec<Finding>;

const RULES: &[Rule] =
    &[edges::check, manifests::check, modules::check, lengths::check, docs::check, prose::check];

/// Fails with every finding of every rule; says nothing when there is none.
pub(crate) fn run() -> Outcome {
    let workspace = Workspace::load(&root())?;
    let findings: Vec<String> =
        RULES.iter().flat_map(|rule| rule(&workspace)).map(|finding| finding.to_string()).collect();
    if findings.is_empty() {
        return Ok(());
    }
    Err(format!("tidy found {}:\n  {}", findings.len(), findings.join("\n  ")))
}

/// The names of the crates that users can depend on, by their folders.
pub(crate) fn published() -> Outcome<Vec<String>> {
    members(true)
}

/// The names of the members that stay in this repository.
pub(crate) fn unpublished() -> Outcome<Vec<String>> {
    members(false)
}

fn members(published: bool) -> Outcome<Vec<String>> {
    let workspace = Workspace::load(&root())?;
    let wanted = workspace.members.iter().filter(|member| member.is_published() == published);
    Ok(wanted.map(|member| member.name.clone()).collect())
}
