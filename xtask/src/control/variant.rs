//! `Variant`: the code without one rule, as plain data.

use std::fmt;
use std::fs;
use std::iter::Enumerate;
use std::path::Path;
use std::str::Lines;

use super::catcher::Catcher;
use crate::cmd::Outcome;

/// One file of `crates/prom-storm/broken`.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Variant {
    pub(crate) name: String,
    /// The rule that is taken out, in one sentence.
    pub(crate) rule: String,
    pub(crate) catchers: Vec<Catcher>,
    pub(crate) hunks: Vec<Hunk>,
}

/// Lines of one file that are exchanged for others.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Hunk {
    /// From the root of the workspace.
    pub(crate) file: String,
    pub(crate) before: String,
    pub(crate) after: String,
}

impl Variant {
    /// All variants of a folder, by their names.
    pub(crate) fn load(folder: &Path) -> Outcome<Vec<Self>> {
        let failed = |why: std::io::Error| format!("cannot read {}: {why}", folder.display());
        let mut variants = Vec::new();
        for entry in fs::read_dir(folder).map_err(failed)? {
            let path = entry.map_err(failed)?.path();
            if path.extension().is_some_and(|extension| extension == "txt") {
                let name = path.file_stem().unwrap_or_default().to_string_lossy();
                let text = fs::read_to_string(&path).map_err(failed)?;
                variants.push(Self::parse(&name, &text)?);
            }
        }
        variants.sort_by(|a, b| a.name.cmp(&b.name));
        Ok(variants)
    }

    pub(crate) fn parse(name: &str, text: &str) -> Outcome<Self> {
        let mut variant = Self { name: name.to_owned(), ..Self::default() };
        let (mut file, mut lines) = (None, text.lines().enumerate());
        while let Some((number, line)) = lines.next() {
            let wrong = |why: &str| format!("{name}.txt:{}: {why}", number + 1);
            match line.split_once(": ") {
                Some(("rule", rule)) => rule.clone_into(&mut variant.rule),
                Some(("caught-by", catcher)) => {
                    variant.catchers.push(Catcher::parse(catcher).map_err(|why| wrong(&why))?);
                }
                // For the reader of the file alone.
                Some(("note", _)) => {}
                Some(("file", path)) => file = Some(path.to_owned()),
                None if line == "--- before" => {
                    let before = block(&mut lines, "--- after").map_err(|why| wrong(&why))?;
                    let after = block(&mut lines, "--- end").map_err(|why| wrong(&why))?;
                    let file = file.clone().ok_or_else(|| wrong("no `file: ` before this"))?;
                    variant.hunks.push(Hunk { file, before, after });
                }
                None if line.is_empty() => {}
                _ => return Err(wrong("what is this?")),
            }
        }
        if variant.rule.is_empty() || variant.catchers.is_empty() || variant.hunks.is_empty() {
            return Err(format!("{name}.txt needs a rule, a catcher and a hunk"));
        }
        Ok(variant)
    }
}

/// The lines up to the marker.
fn block(lines: &mut Enumerate<Lines<'_>>, marker: &str) -> Outcome<String> {
    let mut block = String::new();
    for (_, line) in lines {
        if line == marker {
            return Ok(block);
        }
        block.push_str(line);
        block.push('\n');
    }
    Err(format!("no `{marker}` follows"))
}

impl Hunk {
    /// The text of the file with the lines exchanged. They must be there exactly once: a variant that
    /// no longer fits the code would break nothing, or something else.
    pub(crate) fn apply(&self, text: &str) -> Outcome<String> {
        let found = text.matches(&self.before).count();
        let stale = format!("{} has these lines {found} times, not once", self.file);
        let whole = |at: usize| at == 0 || text.as_bytes().get(at - 1) == Some(&b'\n');
        match text.find(&self.before) {
            Some(at) if found == 1 && whole(at) => Ok(text.replacen(&self.before, &self.after, 1)),
            _ => Err(format!("the variant is stale: {stale}:\n{}", self.before)),
        }
    }
}

impl fmt::Display for Variant {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.name, self.rule)?;
        self.catchers.iter().try_for_each(|catcher| write!(f, "\n    {catcher}"))
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;
    use std::fs;

    use super::{Catcher, Hunk, Variant};
    use crate::cmd::root;

    const TEXT: &str = "rule: One.\nnote: Why.\ncaught-by: scenario a\n\nfile: src/a.rs\n\
        --- before\n  x\n--- after\n  y\n  z\n--- end\n--- before\n--- after\nq\n--- end\n";

    #[test]
    fn a_file_is_a_rule_with_catchers_and_hunks() {
        let hunk = |before: &str, after: &str| Hunk {
            file: "src/a.rs".into(),
            before: before.into(),
            after: after.into(),
        };
        let expected = Variant {
            name: "n".into(),
            rule: "One.".into(),
            catchers: vec![Catcher::parse("scenario a").unwrap()],
            hunks: vec![hunk("  x\n", "  y\n  z\n"), hunk("", "q\n")],
        };
        assert_eq!(Ok(expected), Variant::parse("n", TEXT));
    }

    #[test]
    fn what_is_wrong_with_a_file_is_told_with_its_line() {
        let refused = |text: &str, why: &str| {
            let error = Variant::parse("n", text).unwrap_err();
            assert!(error.contains(why), "{error}");
        };
        refused("", "n.txt needs a rule, a catcher and a hunk");
        refused("rule: a\nnonsense\n", "n.txt:2: what is this?");
        refused("caught-by: b\n", "n.txt:1: `b` is neither");
        refused("--- before\n--- after\n--- end\n", "no `file: ` before this");
        refused("file: a\n--- before\n--- after\n", "no `--- end` follows");
    }

    #[test]
    fn every_variant_fits_the_code() {
        for variant in Variant::load(&root().join("crates/prom-storm/broken")).unwrap() {
            let mut texts = BTreeMap::new();
            for hunk in &variant.hunks {
                let read = || fs::read_to_string(root().join(&hunk.file)).unwrap();
                let text = texts.entry(&hunk.file).or_insert_with(read);
                *text = hunk.apply(text).unwrap_or_else(|why| panic!("{}: {why}", variant.name));
            }
        }
    }

    #[test]
    fn lines_that_are_not_there_exactly_once_are_stale() {
        let hunk = Hunk { file: "a.rs".into(), before: "  x\n".into(), after: "  y\n".into() };
        assert_eq!(Ok("a\n  y\nb\n".to_owned()), hunk.apply("a\n  x\nb\n"));
        for text in ["a\n", "  x\n  x\n", "a   x\n", "    x\n"] {
            let why = hunk.apply(text).unwrap_err();
            assert!(why.starts_with("the variant is stale: a.rs has"), "{why}");
        }
    }
}
