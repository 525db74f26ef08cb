//! No two modules of a crate import each other, not even the long way round.

use std::collections::{BTreeMap, BTreeSet};

use super::finding::Finding;
use super::source::{Token, tokens, without_tests};
use super::workspace::{Member, Source, Workspace};

/// A module's path from the crate root, as in `tidy::modules`; the root is empty.
type Path = Vec<String>;

/// What each module imports.
type Graph = BTreeMap<Path, BTreeSet<Path>>;

/// Finds module cycles, and imports through the crate root, which would hide them.
pub(crate) fn check(workspace: &Workspace) -> Vec<Finding> {
    workspace.members.iter().flat_map(member).collect()
}

fn member(member: &Member) -> Vec<Finding> {
    let files: Vec<(Path, &Source)> = member
        .sources
        .iter()
        .filter_map(|source| Some((module_path(&source.local)?, source)))
        .collect();
    let known: BTreeSet<Path> = files.iter().map(|(path, _)| path.clone()).collect();
    let mut findings = Vec::new();
    let mut graph = Graph::new();
    for (path, source) in &files {
        for (line, to) in imports(&source.code, path, &known) {
            if to.is_empty() && !path.is_empty() {
                let advice =
                    "imports through the crate root; import from the module that defines the name";
                findings.push(Finding::at(&source.path, line, advice));
            } else if to != *path {
                graph.entry(path.clone()).or_default().insert(to);
            }
        }
    }
    // The root assembles the crate and may import everything.
    graph.remove(&Path::new());
    findings.extend(cycles(&graph).into_iter().map(|cycle| {
        let advice = format!("module cycle {cycle}; move what both need into a module below them");
        Finding::new(format!("{}/src", member.folder), advice)
    }));
    findings
}

/// The module that a file holds; none for files outside the library, such as tests and binaries.
fn module_path(local: &str) -> Option<Path> {
    let inside = local.strip_prefix("src/")?.strip_suffix(".rs")?;
    if inside.starts_with("bin/") {
        return None;
    }
    let mut path: Path = inside.split('/').map(str::to_owned).collect();
    let last = path.last().map(String::as_str);
    if path.len() == 1 && matches!(last, Some("lib" | "main")) || last == Some("mod") {
        path.pop();
    }
    Some(path)
}

/// The modules of this crate that some code of module `own` names, with the line of each.
fn imports(code: &str, own: &Path, known: &BTreeSet<Path>) -> Vec<(usize, Path)> {
    let all = tokens(code);
    let tokens = without_tests(&all);
    let text = |at: usize| tokens.get(at).map_or("", |token| token.text);
    let mut found = Vec::new();
    let mut inline: Vec<(String, usize)> = Vec::new();
    let mut depth = 0;
    for (at, token) in tokens.iter().enumerate() {
        match token.text {
            "mod" if text(at + 2) == "{" => inline.push((text(at + 1).to_owned(), depth)),
            "{" => depth += 1,
            "}" => {
                depth = depth.saturating_sub(1);
                inline.retain(|(_, opened_at)| *opened_at < depth);
            }
            name if starts_path(&tokens, at) => {
                let here: Path = own
                    .iter()
                    .cloned()
                    .chain(inline.iter().map(|(name, _)| name.clone()))
                    .collect();
                let child = [own.clone(), vec![name.to_owned()]].concat();
                let is_root_word = matches!(name, "crate" | "self" | "super");
                if is_root_word || known.contains(&child) {
                    let mut paths = Vec::new();
                    path_tree(&tokens, at, &Vec::new(), &mut paths);
                    found
                        .extend(paths.iter().map(|path| (token.line, resolve(path, &here, known))));
                }
            }
            _ => {}
        }
    }
    found
}

/// A name that is followed by `::` and does not itself follow one, nor the `in` of a visibility.
fn starts_path(tokens: &[Token<'_>], at: usize) -> bool {
    let text = |at: Option<usize>| at.and_then(|at| tokens.get(at)).map_or("", |token| token.text);
    let follows = text(at.checked_sub(1));
    text(Some(at + 1)) == "::" && !matches!(follows, "::" | "in")
}

/// Collects the paths of a use tree, or the single path of an expression; returns the index after it.
fn path_tree<'a>(
    tokens: &[Token<'a>],
    mut at: usize,
    prefix: &[&'a str],
    paths: &mut Vec<Vec<&'a str>>,
) -> usize {
    let text = |at: usize| tokens.get(at).map_or("", |token| token.text);
    let mut path = prefix.to_vec();
    loop {
        if text(at) == "{" {
            at += 1;
            while !matches!(text(at), "}" | "") {
                at = if text(at) == "," { at + 1 } else { path_tree(tokens, at, &path, paths) };
            }
            return at + 1;
        }
        // A macro lives at the root wherever it is defined.
        if text(at + 1) == "!" {
            return at + 1;
        }
        path.push(text(at));
        at += 1;
        if text(at) == "::" && text(at + 1) != "<" {
            at += 1;
            continue;
        }
        while text(at) == "as" {
            at += 2;
        }
        paths.push(path);
        return at;
    }
}

/// The deepest module that a path written in module `here` leads through.
fn resolve(path: &[&str], here: &Path, known: &BTreeSet<Path>) -> Path {
    let mut names = path.iter().peekable();
    let mut module = here.clone();
    if names.next_if(|name| **name == "crate").is_some() {
        module.clear();
    }
    while let Some(name) = names.next_if(|name| matches!(**name, "self" | "super")) {
        if *name == "super" {
            module.pop();
        }
    }
    // Inline modules have no file of their own; what they hold belongs to the file around them.
    while !module.is_empty() && !known.contains(&module) {
        module.pop();
    }
    for name in names {
        let below = [module.clone(), vec![(*name).to_owned()]].concat();
        if !known.contains(&below) {
            break;
        }
        module = below;
    }
    module
}

/// Each cycle once, written as `a -> b -> a`.
fn cycles(graph: &Graph) -> Vec<String> {
    let mut seen: BTreeSet<BTreeSet<&Path>> = BTreeSet::new();
    let mut found = Vec::new();
    for start in graph.keys() {
        let Some(cycle) = way_back(graph, start) else { continue };
        if seen.insert(cycle.iter().copied().collect()) {
            let names: Vec<String> = cycle.iter().map(|path| path.join("::")).collect();
            found.push(names.join(" -> "));
        }
    }
    found
}

/// The shortest way from a module back to itself.
fn way_back<'a>(graph: &'a Graph, start: &'a Path) -> Option<Vec<&'a Path>> {
    let mut ways: Vec<Vec<&Path>> = vec![vec![start]];
    let mut reached = BTreeSet::new();
    while !ways.is_empty() {
        let mut longer = Vec::new();
        for way in ways {
            for next in way.last().and_then(|last| graph.get(*last)).into_iter().flatten() {
                let way: Vec<&Path> = way.iter().copied().chain([next]).collect();
                if next == start {
                    return Some(way);
                }
                if reached.insert(next) {
                    longer.push(way);
                }
            }
        }
        ways = longer;
    }
    None
}

#[cfg(test)]
mod tests {
    use super::{check, module_path};
    use crate::tidy::workspace::{Member, Workspace};

    fn findings(files: &[(&str, &str)]) -> Vec<String> {
        let mut member = Member { folder: "crates/a".into(), ..Member::default() };
        for (local, text) in files {
            member.add(local, text);
        }
        let workspace = Workspace { members: vec![member], ..Workspace::default() };
        check(&workspace).iter().map(ToString::to_string).collect()
    }

    fn refused(files: &[(&str, &str)], words: &str) {
        let found = findings(files);
        assert!(found.len() == 1 && found[0].contains(words), "{found:?}");
    }

    fn clean(files: &[(&str, &str)]) {
        assert_eq!(findings(files), Vec::<String>::new());
    }

    #[test]
    fn files_are_told_apart() {
        let path = |local| module_path(local).map(|path| path.join("::"));
        assert_eq!(path("src/lib.rs").as_deref(), Some(""));
        assert_eq!(path("src/a/mod.rs").as_deref(), Some("a"));
        assert_eq!(path("src/a/b.rs").as_deref(), Some("a::b"));
        assert_eq!(path("src/bin/tool.rs"), None);
        assert_eq!(path("tests/it/main.rs"), None);
    }

    #[test]
    fn a_chain_is_clean() {
        clean(&[
            ("src/lib.rs", "mod a; mod b; mod c; pub use a::A;"),
            ("src/a.rs", "use crate::b::B; use crate::{c::C, b};"),
            ("src/b.rs", "use super::c::{C, D as E};"),
            (
                "src/c.rs",
                "// use crate::a::A;\nconst S: &str = \"crate::a::A\"; pub(crate) fn f() {}",
            ),
        ]);
    }

    #[test]
    fn a_loop_is_found_however_it_is_written() {
        let loops: &[&str] = &[
            "use crate::a::A;",
            "use super::a::A;",
            "use crate::{c, a::{A, B}};",
            "fn f() { crate::a::f() }",
            "fn f(x: super::a::A<u8>) {}",
            "mod inner { use super::super::a::A; }",
            "mod inner { fn f() {} }\nuse super::a::A;",
        ];
        for back in loops {
            refused(
                &[("src/a.rs", "use crate::b::B;"), ("src/b.rs", back), ("src/c.rs", "")],
                "a -> b -> a",
            );
        }
    }

    #[test]
    fn a_long_loop_is_found_once() {
        let files = [
            ("src/a.rs", "use crate::b;"),
            ("src/b.rs", "use crate::c;"),
            ("src/c.rs", "use crate::a::A;"),
        ];
        refused(&files, "a -> b -> c -> a");
    }

    #[test]
    fn parent_and_child_may_not_import_each_other() {
        refused(
            &[("src/a.rs", "mod b; use b::B;"), ("src/a/b.rs", "use super::A;")],
            "a -> a::b -> a",
        );
        clean(&[
            ("src/a.rs", "mod b; use b::B;"),
            ("src/a/b.rs", "use super::c::C;"),
            ("src/a/c.rs", ""),
        ]);
    }

    #[test]
    fn the_crate_root_hides_no_loop() {
        refused(
            &[("src/lib.rs", "pub use a::A;"), ("src/a.rs", ""), ("src/b.rs", "use crate::A;")],
            "src/b.rs:1",
        );
        clean(&[("src/lib.rs", ""), ("src/a.rs", "fn f() { crate::shout!() }")]);
    }

    #[test]
    fn tests_may_look_up() {
        clean(&[
            ("src/a.rs", "use crate::b::B;"),
            ("src/b.rs", "#[cfg(test)]\nmod tests { use crate::a::A; }"),
        ]);
    }
}
