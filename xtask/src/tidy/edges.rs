//! Which crate may depend on which. The arrows point down only.

use super::finding::Finding;
use super::manifest::{Dependency, Manifest};
use super::workspace::{Member, Workspace};

/// What a member may depend on among the members of this workspace.
#[derive(Clone, Copy, Debug)]
enum Below {
    /// These and no others; development dependencies included.
    Only(&'static [&'static str]),
    /// Any: nothing depends on this one.
    All,
}

use Below::{All, Only};

/// The edges of the workspace, crates that are still to come included.
const EDGES: &[(&str, Below)] = &[
    ("prom-format", Only(&[])),
    ("prom-segment", Only(&[])),
    ("prom-watch", Only(&["prom-segment"])),
    ("prom-http", Only(&["prom-format"])),
    ("prom-shared", Only(&["prom-format"])),
    ("prom-remote", Only(&["prom-format", "prom-segment", "prom-watch"])),
    ("biometrics_prometheus", Only(&["prom-format", "prom-segment", "prom-watch"])),
    ("promseg", All),
    ("prom-storm", All),
    ("prom-bench", All),
    ("xtask", Only(&[])),
];

/// The members that may know the sensors.
const KNOW_BIOMETRICS: &[&str] = &["biometrics_prometheus", "prom-storm", "prom-bench"];

/// The member that depends on nothing at all, so that it builds in a second.
const STD_ONLY: &str = "xtask";

const TABLE: &str = "EDGES in xtask/src/tidy/edges.rs";

/// Finds every edge that the table does not allow.
pub(crate) fn check(workspace: &Workspace) -> Vec<Finding> {
    let mut findings = Vec::new();
    for member in &workspace.members {
        for dependency in member.manifest.dependencies() {
            let advice = edge(workspace, member, &dependency)
                .or_else(|| biometrics(&workspace.root, member, &dependency));
            findings.extend(advice.map(|advice| Finding::new(manifest_of(member), advice)));
        }
        if !EDGES.iter().any(|(name, _)| *name == member.name) {
            let advice = format!("{} has no row in the edge table; add it to {TABLE}", member.name);
            findings.push(Finding::new(manifest_of(member), advice));
        }
    }
    findings
}

fn manifest_of(member: &Member) -> String {
    format!("{}/Cargo.toml", member.folder)
}

fn edge(workspace: &Workspace, member: &Member, dependency: &Dependency) -> Option<String> {
    let (from, to) = (member.name.as_str(), dependency.package.as_str());
    if from == STD_ONLY {
        return Some(format!("{from} must not depend on {to}: it uses the standard library only"));
    }
    // A foreign crate of the same name as a member is inherited from nowhere.
    let is_member = workspace.members.iter().any(|member| member.name == to);
    let (_, below) = EDGES.iter().find(|(name, _)| *name == from)?;
    match below {
        Only(allowed) if is_member && !allowed.contains(&to) => {
            Some(format!("{from} must not depend on {to}; remove it, or change {TABLE} first"))
        }
        _ => None,
    }
}

fn biometrics(root: &Manifest, member: &Member, dependency: &Dependency) -> Option<String> {
    if dependency.package != "biometrics" {
        return None;
    }
    if !KNOW_BIOMETRICS.contains(&member.name.as_str()) {
        return Some(format!(
            "{} must not depend on biometrics; only the facade knows the sensors",
            member.name
        ));
    }
    let inherited = dependency.inherited.then(|| root.workspace_dependency("biometrics")).flatten();
    let from_root = inherited.and_then(|dependency| dependency.default_features);
    let without = match dependency.default_features {
        Some(defaults) => !defaults,
        None => from_root == Some(false),
    };
    (!without).then(|| {
        "biometrics brings 18 crates with its default features and 2 without; set default-features = false".to_owned()
    })
}

#[cfg(test)]
mod tests {
    use super::check;
    use crate::tidy::manifest::Manifest;
    use crate::tidy::workspace::{Member, Workspace};

    const ROOT: &str =
        "[workspace.dependencies]\nbiometrics = { version = \"0.15\", default-features = false }\n";

    /// A workspace of all crates, in which `name` has these dependency tables.
    fn findings(root: &str, name: &str, tables: &str) -> Vec<String> {
        let mut members = Vec::new();
        for known in [
            "prom-format",
            "prom-segment",
            "prom-watch",
            "biometrics_prometheus",
            "prom-storm",
            "xtask",
        ] {
            let tables = if known == name { tables } else { "" };
            let manifest = Manifest::parse(&format!("[package]\nname = \"{known}\"\n{tables}"));
            members.push(Member::new(&format!("crates/{known}"), manifest));
        }
        let workspace = Workspace { root: Manifest::parse(root), members, ..Workspace::default() };
        check(&workspace).iter().map(ToString::to_string).collect()
    }

    fn refused(name: &str, tables: &str, words: &str) {
        let found = findings(ROOT, name, tables);
        assert_eq!(found.len(), 1, "{found:?}");
        assert!(found[0].contains(words), "{found:?}");
    }

    fn allowed(name: &str, tables: &str) {
        assert_eq!(findings(ROOT, name, tables), Vec::<String>::new());
    }

    #[test]
    fn edges_of_the_table_are_allowed() {
        allowed("prom-watch", "[dependencies]\nprom-segment.workspace = true\n");
        allowed(
            "prom-format",
            "[dependencies]\nitoa = \"1\"\n[dev-dependencies]\nproptest = \"1\"\n",
        );
        allowed(
            "prom-storm",
            "[dependencies]\nprom-watch.workspace = true\nbiometrics.workspace = true\n",
        );
    }

    #[test]
    fn any_other_edge_is_found() {
        refused(
            "prom-segment",
            "[dependencies]\nprom-format = { path = \"../prom-format\" }\n",
            "prom-segment must not depend on prom-format",
        );
        refused(
            "prom-format",
            "[dev-dependencies]\nprom-segment.workspace = true\n",
            "prom-format must not depend on prom-segment",
        );
        refused(
            "prom-watch",
            "[target.'cfg(unix)'.dependencies]\nfmt = { package = \"prom-format\", workspace = true }\n",
            "prom-watch must not depend on prom-format",
        );
    }

    #[test]
    fn the_xtask_depends_on_nothing() {
        refused("xtask", "[dependencies]\nxshell = \"0.2\"\n", "standard library only");
    }

    #[test]
    fn only_the_facade_knows_biometrics() {
        refused("prom-watch", "[dependencies]\nbiometrics.workspace = true\n", "only the facade");
    }

    #[test]
    fn default_features_of_biometrics_are_found() {
        let facade = "biometrics_prometheus";
        allowed(
            facade,
            "[dependencies]\nbiometrics = { version = \"0.15\", default-features = false }\n",
        );
        refused(facade, "[dependencies]\nbiometrics = \"0.15\"\n", "default-features = false");
        refused(
            facade,
            "[dependencies]\nbiometrics = { workspace = true, default-features = true }\n",
            "default-features = false",
        );
        let found = findings(
            "[workspace.dependencies]\nbiometrics = \"0.15\"\n",
            facade,
            "[dependencies]\nbiometrics.workspace = true\n",
        );
        assert_eq!(found.len(), 1, "{found:?}");
    }

    #[test]
    fn a_crate_without_a_row_is_found() {
        let manifest = Manifest::parse("[package]\nname = \"prom-new\"\n");
        let members = vec![Member::new("crates/prom-new", manifest)];
        let found = check(&Workspace { members, ..Workspace::default() });
        assert!(found.len() == 1 && found[0].to_string().contains("no row"), "{found:?}");
    }
}
