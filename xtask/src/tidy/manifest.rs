//! `Manifest`: as much of a Cargo.toml as the rules ask for. Not a TOML parser: it knows the subset that this workspace
//! writes, and a value it does not understand is kept as text.

/// One `key = value` of a manifest.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Entry {
    /// The table and the key, as in `package.name` or `dependencies.fs2.version`.
    path: Vec<String>,
    value: String,
}

/// A Cargo.toml, flattened.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Manifest(Vec<Entry>);

/// A dependency as one manifest declares it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Dependency {
    /// The name of the package, whatever it is renamed to.
    pub(crate) package: String,
    /// Under `[dev-dependencies]`.
    pub(crate) dev: bool,
    /// `workspace = true`: the rest is in the root manifest.
    pub(crate) inherited: bool,
    /// `default-features`, where it is given.
    pub(crate) default_features: Option<bool>,
}

impl Manifest {
    pub(crate) fn parse(text: &str) -> Self {
        let mut entries = Vec::new();
        let mut table: Vec<String> = Vec::new();
        let mut lines = text.lines().map(|line| without_comment(line).trim().to_owned());
        while let Some(mut line) = lines.next() {
            if let Some(header) = line.strip_prefix('[').and_then(|rest| rest.strip_suffix(']')) {
                table = key_path(header);
                continue;
            }
            // An array may go on over several lines; join them before the value is read.
            while depth(&line) > 0 {
                let Some(next) = lines.next() else { break };
                line.push_str(&next);
            }
            if let Some((key, value)) = split_outside_quotes(&line, '=') {
                let path = [table.clone(), key_path(key)].concat();
                flatten(path, value.trim(), &mut entries);
            }
        }
        Self(entries)
    }

    /// The value at a path, without its quotes.
    pub(crate) fn get(&self, path: &[&str]) -> Option<&str> {
        let entry = self
            .0
            .iter()
            .find(|entry| entry.path.iter().map(String::as_str).eq(path.iter().copied()))?;
        Some(unquoted(&entry.value))
    }

    /// All dependencies, the normal and build ones first.
    pub(crate) fn dependencies(&self) -> Vec<Dependency> {
        let mut found = self.table_of("dependencies", false);
        found.extend(self.table_of("build-dependencies", false));
        found.extend(self.table_of("dev-dependencies", true));
        found
    }

    /// What `[workspace.dependencies]` says about a package.
    pub(crate) fn workspace_dependency(&self, package: &str) -> Option<Dependency> {
        let is_asked = |entry: &&Entry| matches!(entry.path.as_slice(), [w, d, ..] if w == "workspace" && d == "dependencies");
        let below = self
            .0
            .iter()
            .filter(is_asked)
            .filter_map(|entry| entry.path.get(1..).map(|path| (path, &entry.value)));
        collect(below, false).into_iter().find(|dependency| dependency.package == package)
    }

    /// The dependencies of one kind, those of `[target.'...'.KIND]` included.
    fn table_of(&self, kind: &str, dev: bool) -> Vec<Dependency> {
        let below = self.0.iter().filter_map(|entry| match entry.path.as_slice() {
            [first, ..] if first == kind => Some((entry.path.as_slice(), &entry.value)),
            [target, _, third, ..] if target == "target" && third == kind => {
                Some((entry.path.get(2..)?, &entry.value))
            }
            _ => None,
        });
        collect(below, dev)
    }
}

/// Puts the entries of each dependency back together; `path` is `[kind, name, key]` or `[kind, name]`.
fn collect<'a>(
    entries: impl Iterator<Item = (&'a [String], &'a String)>,
    dev: bool,
) -> Vec<Dependency> {
    let mut found: Vec<(String, Dependency)> = Vec::new();
    for (path, value) in entries {
        let Some(name) = path.get(1) else { continue };
        if !found.iter().any(|(known, _)| known == name) {
            let package = name.clone();
            found.push((
                name.clone(),
                Dependency { package, dev, inherited: false, default_features: None },
            ));
        }
        let Some((_, dependency)) = found.iter_mut().find(|(known, _)| known == name) else {
            continue;
        };
        match path.get(2).map(String::as_str) {
            Some("package") => dependency.package = unquoted(value).to_owned(),
            Some("workspace") => dependency.inherited = value == "true",
            Some("default-features") => dependency.default_features = Some(value == "true"),
            _ => {}
        }
    }
    found.into_iter().map(|(_, dependency)| dependency).collect()
}

/// Enters a value, an inline table as one entry for each of its keys.
fn flatten(path: Vec<String>, value: &str, entries: &mut Vec<Entry>) {
    let Some(inner) = value.strip_prefix('{').and_then(|rest| rest.strip_suffix('}')) else {
        entries.push(Entry { path, value: value.to_owned() });
        return;
    };
    for pair in split_at_depth_zero(inner) {
        if let Some((key, value)) = split_outside_quotes(pair, '=') {
            flatten([path.clone(), key_path(key)].concat(), value.trim(), entries);
        }
    }
}

/// `a.b."c.d"` as its parts.
fn key_path(key: &str) -> Vec<String> {
    let mut parts = Vec::new();
    let mut rest = key.trim();
    while let Some((part, tail)) = split_outside_quotes(rest, '.') {
        parts.push(unquoted(part.trim()).to_owned());
        rest = tail;
    }
    parts.push(unquoted(rest.trim()).to_owned());
    parts
}

fn unquoted(value: &str) -> &str {
    let inside = |quote: char| value.strip_prefix(quote).and_then(|rest| rest.strip_suffix(quote));
    inside('"').or_else(|| inside('\'')).unwrap_or(value)
}

fn without_comment(line: &str) -> &str {
    split_outside_quotes(line, '#').map_or(line, |(before, _)| before)
}

/// Splits at the first `separator` that is not inside quotes.
fn split_outside_quotes(text: &str, separator: char) -> Option<(&str, &str)> {
    let mut quote = None;
    for (at, c) in text.char_indices() {
        match quote {
            Some(open) if c == open => quote = None,
            Some(_) => {}
            None if c == separator => {
                return Some((text.get(..at)?, text.get(at + c.len_utf8()..)?));
            }
            None if c == '"' || c == '\'' => quote = Some(c),
            None => {}
        }
    }
    None
}

/// How many brackets a line leaves open.
fn depth(line: &str) -> i32 {
    line.chars().fold(0, |depth, c| match c {
        '[' | '{' => depth + 1,
        ']' | '}' => depth - 1,
        _ => depth,
    })
}

/// The pairs of an inline table: split at commas that are not inside an array.
fn split_at_depth_zero(inner: &str) -> Vec<&str> {
    let mut pairs = Vec::new();
    let (mut start, mut open) = (0, 0);
    for (at, c) in inner.char_indices() {
        match c {
            '[' | '{' => open += 1,
            ']' | '}' => open -= 1,
            ',' if open == 0 => {
                pairs.extend(inner.get(start..at));
                start = at + 1;
            }
            _ => {}
        }
    }
    pairs.extend(inner.get(start..));
    pairs
}

#[cfg(test)]
mod tests {
    use super::{Dependency, Manifest};

    fn dependency(package: &str) -> Dependency {
        Dependency { package: package.into(), dev: false, inherited: false, default_features: None }
    }

    #[test]
    fn values_are_found_by_path() {
        let manifest = Manifest::parse(
            "[package]\nname = \"a\" # the name\npublish = false\nkeywords = [\n  \"x\",\n  \"y\",\n]\n\
             description = \"with # and = in it\"\n[lints]\nworkspace = true\n",
        );
        assert_eq!(manifest.get(&["package", "name"]), Some("a"));
        assert_eq!(manifest.get(&["package", "publish"]), Some("false"));
        assert_eq!(manifest.get(&["package", "description"]), Some("with # and = in it"));
        assert_eq!(manifest.get(&["lints", "workspace"]), Some("true"));
        assert_eq!(manifest.get(&["package", "version"]), None);
    }

    #[test]
    fn dependencies_are_found_however_they_are_written() {
        let manifest = Manifest::parse(
            "[dependencies]\nplain = \"1\"\ninherited.workspace = true\n\
             renamed = { package = \"real\", version = \"=1.0.0\", features = [\"a\", \"b\"] }\n\
             [dependencies.table]\nversion = \"1\"\ndefault-features = false\n\
             [target.'cfg(unix)'.dependencies]\nplatform = \"1\"\n\
             [dev-dependencies]\ntempfile = { workspace = true, default-features = true }\n",
        );
        let expected = vec![
            dependency("plain"),
            Dependency { inherited: true, ..dependency("inherited") },
            dependency("real"),
            Dependency { default_features: Some(false), ..dependency("table") },
            dependency("platform"),
            Dependency {
                dev: true,
                inherited: true,
                default_features: Some(true),
                ..dependency("tempfile")
            },
        ];
        assert_eq!(manifest.dependencies(), expected);
    }

    #[test]
    fn the_root_says_what_inherited_means() {
        let root = Manifest::parse(
            "[workspace.dependencies]\nbiometrics = { version = \"0.15\", default-features = false }\n",
        );
        let found = root.workspace_dependency("biometrics");
        assert_eq!(
            found,
            Some(Dependency { default_features: Some(false), ..dependency("biometrics") })
        );
        assert_eq!(root.workspace_dependency("fs2"), None);
    }
}
