//! What every Rust file must say: what lives in it, in ASCII, and that a library holds no unsafe code.

use super::finding::Finding;
use super::source::tokens;
use super::workspace::{Source, Workspace};

/// The libraries that may hold unsafe code. None does.
const MAY_BE_UNSAFE: &[&str] = &[];

/// Finds files that lack their first line, hold other characters than ASCII, or do not forbid unsafe code.
pub(crate) fn check(workspace: &Workspace) -> Vec<Finding> {
    let mut findings = Vec::new();
    for member in &workspace.members {
        findings.extend(member.sources.iter().filter_map(first_line));
        findings.extend(member.sources.iter().filter_map(ascii));
        let lib =
            member.source("src/lib.rs").filter(|_| !MAY_BE_UNSAFE.contains(&member.name.as_str()));
        findings.extend(lib.and_then(forbids_unsafe));
    }
    findings
}

/// The facade's library begins with the README instead.
fn first_line(source: &Source) -> Option<Finding> {
    let first = source.text.lines().next().unwrap_or_default();
    let says = first.strip_prefix("//!").is_some_and(|rest| !rest.trim().is_empty());
    let includes = first.starts_with("#![doc = include_str!(");
    let advice = "begin the file with a `//!` line that says what lives in it";
    (!says && !includes).then(|| Finding::at(&source.path, 1, advice))
}

fn ascii(source: &Source) -> Option<Finding> {
    let (number, line) = source.text.lines().enumerate().find(|(_, line)| !line.is_ascii())?;
    let other = line.chars().find(|c| !c.is_ascii())?;
    let advice = format!("sources are ASCII; write `{}`", other.escape_unicode());
    Some(Finding::at(&source.path, number + 1, advice))
}

fn forbids_unsafe(source: &Source) -> Option<Finding> {
    let wanted = ["#", "!", "[", "forbid", "(", "unsafe_code", ")", "]"];
    let tokens = tokens(&source.code);
    let found =
        tokens.windows(wanted.len()).any(|window| window.iter().map(|token| token.text).eq(wanted));
    let advice =
        "add `#![forbid(unsafe_code)]`, or the crate to MAY_BE_UNSAFE in xtask/src/tidy/docs.rs";
    (!found).then(|| Finding::new(&source.path, advice))
}

#[cfg(test)]
mod tests {
    use super::check;
    use crate::tidy::workspace::{Member, Workspace};

    fn findings(local: &str, text: &str) -> Vec<String> {
        let mut member = Member { folder: "crates/a".into(), ..Member::default() };
        member.add(local, text);
        let workspace = Workspace { members: vec![member], ..Workspace::default() };
        check(&workspace).iter().map(ToString::to_string).collect()
    }

    fn refused(local: &str, text: &str, words: &str) {
        let found = findings(local, text);
        assert!(found.len() == 1 && found[0].contains(words), "{found:?}");
    }

    #[test]
    fn a_documented_library_is_clean() {
        for first in ["//! What it is.", "#![doc = include_str!(\"../README.md\")]"] {
            let text = format!("{first}\n#![forbid(unsafe_code)]\n");
            assert_eq!(findings("src/lib.rs", &text), Vec::<String>::new());
        }
    }

    #[test]
    fn a_file_that_does_not_say_what_it_is_is_found() {
        refused("src/a.rs", "use std::fmt;\n", "src/a.rs:1");
        refused("src/a.rs", "//!\nuse std::fmt;\n", "src/a.rs:1");
        refused("tests/it/main.rs", "", "begin the file");
    }

    #[test]
    fn other_characters_are_found_and_named() {
        refused(
            "src/a.rs",
            "//! A.\n// \u{2192}\n",
            "src/a.rs:2: sources are ASCII; write `\\u{2192}`",
        );
    }

    #[test]
    fn a_library_that_may_hold_unsafe_code_is_found() {
        refused("src/lib.rs", "//! A.\n", "forbid(unsafe_code)");
        refused("src/lib.rs", "//! A.\n// #![forbid(unsafe_code)]\n", "forbid(unsafe_code)");
        refused("src/lib.rs", "//! A.\n#![deny(unsafe_code)]\n", "forbid(unsafe_code)");
    }
}
