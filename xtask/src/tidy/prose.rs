//! What the texts say about the tree is true, and none speaks of a machine.

use std::collections::BTreeSet;

use super::finding::Finding;
use super::workspace::Workspace;

const ARCHITECTURE: &str = "ARCHITECTURE.md";

/// Folders of one machine. They are put together here, so that this file does not name them itself.
const MACHINE_PATHS: &[&str] =
    &[concat!("/wo", "rk/"), concat!("/tmp/", "bash"), concat!("/ro", "ot/")];

/// Finds crates that ARCHITECTURE.md names and that do not exist, the reverse, and paths of a machine.
pub(crate) fn check(workspace: &Workspace) -> Vec<Finding> {
    let mut findings = machine_paths(workspace);
    findings.extend(architecture(workspace));
    findings
}

fn machine_paths(workspace: &Workspace) -> Vec<Finding> {
    let mut findings = Vec::new();
    for (path, text) in &workspace.texts {
        for (number, line) in text.lines().enumerate() {
            if let Some(found) = MACHINE_PATHS.iter().find(|machine| line.contains(**machine)) {
                let advice = format!(
                    "`{found}` is a folder of one machine; write a path that everybody has"
                );
                findings.push(Finding::at(path, number + 1, advice));
            }
        }
    }
    findings
}

fn architecture(workspace: &Workspace) -> Vec<Finding> {
    let Some(text) = workspace.texts.get(ARCHITECTURE) else {
        return vec![Finding::new(
            ARCHITECTURE,
            "is missing; it names every crate and says what it is for",
        )];
    };
    let members: BTreeSet<&str> =
        workspace.members.iter().map(|member| member.name.as_str()).collect();
    let words: BTreeSet<&str> = words(text).collect();
    let unknown = words.iter().filter(|word| looks_like_a_crate(word) && !members.contains(**word));
    let unnamed = members.iter().filter(|member| !words.contains(**member));
    let unknown =
        unknown.map(|word| format!("names {word}, which is no member; correct or remove it"));
    let unnamed = unnamed.map(|member| format!("does not name {member}; say what it is for"));
    unknown.chain(unnamed).map(|advice| Finding::new(ARCHITECTURE, advice)).collect()
}

/// The maximal runs of the characters that crate names are made of.
fn words(text: &str) -> impl Iterator<Item = &str> {
    text.split(|c: char| !(c.is_ascii_alphanumeric() || c == '-' || c == '_'))
}

/// Our crates are called `prom-something`; the facade and the command are looked for by their whole names.
fn looks_like_a_crate(word: &str) -> bool {
    word.strip_prefix("prom-").is_some_and(|rest| !rest.is_empty()) || word == "promseg"
}

#[cfg(test)]
mod tests {
    use super::check;
    use crate::tidy::workspace::{Member, Workspace};

    fn findings(path: &str, text: &str) -> Vec<String> {
        let member = Member { name: "prom-format".into(), ..Member::default() };
        let mut workspace = Workspace { members: vec![member], ..Workspace::default() };
        workspace.texts.insert("ARCHITECTURE.md".into(), "`prom-format` writes text.".into());
        workspace.texts.insert(path.into(), text.into());
        check(&workspace).iter().map(ToString::to_string).collect()
    }

    fn refused(path: &str, text: &str, words: &str) {
        let found = findings(path, text);
        assert!(found.len() == 1 && found[0].contains(words), "{found:?}");
    }

    #[test]
    fn true_texts_are_clean() {
        assert_eq!(findings("README.md", "crates/prom-format"), Vec::<String>::new());
        assert_eq!(findings("README.md", "a network/of paths"), Vec::<String>::new());
    }

    #[test]
    fn a_crate_that_does_not_exist_is_found() {
        refused("ARCHITECTURE.md", "`prom-format` and prom-nothing", "names prom-nothing");
    }

    #[test]
    fn a_crate_that_is_not_named_is_found() {
        refused(
            "ARCHITECTURE.md",
            "`prometheus` reads what prom_format writes",
            "does not name prom-format",
        );
    }

    #[test]
    fn a_missing_architecture_is_found() {
        let found = check(&Workspace::default());
        assert!(found.len() == 1 && found[0].to_string().contains("is missing"), "{found:?}");
    }

    #[test]
    fn paths_of_a_machine_are_found() {
        let path = concat!("see /wo", "rk/main");
        refused("README.md", &format!("\n{path}\n"), "README.md:2");
        refused("crates/a/src/lib.rs", path, "a folder of one machine");
    }
}
