//! What every member's manifest and folder must have.

use super::finding::Finding;
use super::workspace::{Member, Workspace};

/// The members that stay in this repository. Everything else is published.
const UNPUBLISHED: &[&str] = &["xtask", "prom-storm", "prom-bench"];

/// The facade, whose README is the project's.
const FACADE: &str = "biometrics_prometheus";

/// Finds manifests and folders that lack something.
pub(crate) fn check(workspace: &Workspace) -> Vec<Finding> {
    let mut findings: Vec<Finding> = workspace.members.iter().flat_map(manifest).collect();
    findings.extend(workspace.members.iter().filter_map(|member| readme(workspace, member)));
    findings.extend(facade(workspace));
    findings
}

fn manifest(member: &Member) -> Vec<Finding> {
    let get = |path: &[&str]| member.manifest.get(path);
    let path = format!("{}/Cargo.toml", member.folder);
    let mut findings = Vec::new();
    let mut require = |holds: bool, advice: String| {
        if !holds {
            findings.push(Finding::new(path.clone(), advice));
        }
    };
    let folder = member.folder.rsplit('/').next();
    require(
        folder == Some(&member.name),
        format!("the package is called {}; give its folder the same name", member.name),
    );
    require(
        get(&["package", "description"]).is_some_and(|text| !text.is_empty()),
        "add a description".into(),
    );
    require(get(&["lints", "workspace"]) == Some("true"), "add `[lints] workspace = true`".into());
    for key in ["version", "edition", "rust-version", "license"] {
        require(
            get(&["package", key, "workspace"]) == Some("true"),
            format!("write `{key}.workspace = true`"),
        );
    }
    let unpublished = UNPUBLISHED.contains(&member.name.as_str());
    require(!unpublished || !member.is_published(), "add `publish = false`".into());
    require(
        unpublished || member.is_published(),
        "remove `publish = false`, or add the crate to UNPUBLISHED in xtask/src/tidy/manifests.rs"
            .into(),
    );
    findings
}

fn readme(workspace: &Workspace, member: &Member) -> Option<Finding> {
    let path = format!("{}/README.md", member.folder);
    let exists = workspace.texts.contains_key(&path) || workspace.links.contains_key(&path);
    let needed = member.folder.starts_with("crates/");
    (needed && !exists).then(|| Finding::new(path, "every crate has a README; write one"))
}

/// One README for the project and its facade, and its snippets are tested.
fn facade(workspace: &Workspace) -> Vec<Finding> {
    let Some(facade) = workspace.members.iter().find(|member| member.name == FACADE) else {
        return vec![Finding::new("crates", format!("the facade {FACADE} is missing"))];
    };
    let mut findings = Vec::new();
    let path = format!("{}/README.md", facade.folder);
    if workspace.links.get(&path).map(String::as_str) != Some("../../README.md") {
        findings.push(Finding::new(path, "make it a symbolic link to ../../README.md"));
    }
    let lib = facade.source("src/lib.rs").map(|source| source.text.as_str()).unwrap_or_default();
    if !lib.contains("include_str!(\"../README.md\")") {
        let advice = "include ../README.md as documentation, so that its snippets are tested";
        findings.push(Finding::new(format!("{}/src/lib.rs", facade.folder), advice));
    }
    findings
}

#[cfg(test)]
mod tests {
    use super::check;
    use crate::tidy::manifest::Manifest;
    use crate::tidy::workspace::{Member, Workspace};

    const GOOD: &str = "[package]\nname = \"NAME\"\ndescription = \"d\"\nversion.workspace = true\n\
        edition.workspace = true\nrust-version.workspace = true\nlicense.workspace = true\n[lints]\nworkspace = true\n";

    /// A sound workspace: the facade and one more crate, whose manifest is given.
    fn workspace(name: &str, manifest: &str) -> Workspace {
        let facade = GOOD.replace("NAME", "biometrics_prometheus");
        let mut facade = Member::new("crates/biometrics_prometheus", Manifest::parse(&facade));
        facade.add("src/lib.rs", "#![doc = include_str!(\"../README.md\")]");
        let other = Member::new(&format!("crates/{name}"), Manifest::parse(manifest));
        let mut workspace = Workspace { members: vec![facade, other], ..Workspace::default() };
        let link = "crates/biometrics_prometheus/README.md".to_owned();
        workspace.links.insert(link, "../../README.md".to_owned());
        workspace.texts.insert(format!("crates/{name}/README.md"), String::new());
        workspace
    }

    fn found(workspace: &Workspace) -> Vec<String> {
        check(workspace).iter().map(ToString::to_string).collect()
    }

    fn refused(workspace: &Workspace, words: &str) {
        let found = found(workspace);
        assert!(found.len() == 1 && found[0].contains(words), "{found:?}");
    }

    #[test]
    fn a_sound_workspace_is_clean() {
        assert_eq!(
            found(&workspace("prom-format", &GOOD.replace("NAME", "prom-format"))),
            Vec::<String>::new()
        );
    }

    #[test]
    fn whatever_a_manifest_lacks_is_found() {
        for (line, words) in [
            ("description = \"d\"\n", "description"),
            ("workspace = true\n", "lints"),
            ("license.workspace = true\n", "license"),
            ("edition.workspace = true\n", "edition"),
        ] {
            let manifest = GOOD.replace("NAME", "prom-format");
            let at = manifest.rfind(line).unwrap();
            let lacking = format!("{}{}", &manifest[..at], &manifest[at + line.len()..]);
            refused(&workspace("prom-format", &lacking), words);
        }
        refused(&workspace("prom-format", &GOOD.replace("NAME", "other")), "same name");
    }

    #[test]
    fn publishing_follows_the_table() {
        refused(
            &workspace("prom-storm", &GOOD.replace("NAME", "prom-storm")),
            "add `publish = false`",
        );
        let hidden =
            GOOD.replace("NAME", "prom-format").replace("[lints]", "publish = false\n[lints]");
        refused(&workspace("prom-format", &hidden), "remove `publish = false`");
    }

    #[test]
    fn a_missing_readme_is_found() {
        let mut workspace = workspace("prom-format", &GOOD.replace("NAME", "prom-format"));
        workspace.texts.clear();
        refused(&workspace, "write one");
    }

    #[test]
    fn a_readme_of_its_own_and_an_untested_readme_are_found() {
        let mut workspace = workspace("prom-format", &GOOD.replace("NAME", "prom-format"));
        workspace
            .links
            .insert("crates/biometrics_prometheus/README.md".into(), "README.txt".into());
        refused(&workspace, "symbolic link");
        workspace
            .links
            .insert("crates/biometrics_prometheus/README.md".into(), "../../README.md".into());
        workspace.members[0].sources[0].text.clear();
        refused(&workspace, "snippets are tested");
    }
}
