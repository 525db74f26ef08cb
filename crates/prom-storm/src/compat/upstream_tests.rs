//! The unit tests of the crate this project is compatible with, cut out of its source as its author published it, run
//! against the facade.

use std::path::{Path, PathBuf};

use serde_json::Value;

use crate::compat::failure::{Failure, Verdict, ensure};
use crate::compat::tool;

const PACKAGE: &str = "biometrics_prometheus";
const VERSION: &str = "0.13.0";

/// Where its tests begin. They go on to the end of the file.
const TESTS: &str = "#[cfg(test)]\nmod tests {";

/// All that is changed: imports, and one path type for another.
pub(crate) const SUBSTITUTIONS: &[(&str, &str)] = &[
    (
        "use super::*;",
        "use std::{path::Path, time::Duration};\n\n    use biometrics::Counter;\n    \
         use biometrics_prometheus::{Emitter, Options, Reader, SlashMetrics, Watcher};",
    ),
    ("Path::from(\"", "Path::new(\""),
    (".exists().unwrap()", ".exists()"),
    ("watched[0].0.clone()", "watched[0].path().to_path_buf()"),
    (".basename().as_str()", ".file_name().unwrap().to_str().unwrap()"),
];

/// Makes a crate of the tests in `folder`, runs them, and returns how many there were.
pub(crate) fn run(folder: &Path, build: &Path) -> Verdict<usize> {
    let workspace = workspace()?;
    let source = std::fs::read_to_string(their_source(&workspace)?)?;
    let (tests, count) = adapted(&source)?;
    let facade = workspace.join("crates").join(PACKAGE);
    let manifest = format!(
        "[package]\nname = \"upstream-unit-tests\"\nversion = \"0.0.0\"\nedition = \"2024\"\npublish = false\n\
         [workspace]\n[dependencies]\nbiometrics = {{ version = \"0.15\", default-features = false }}\n\
         biometrics_prometheus = {{ path = {:?} }}\n",
        facade.display().to_string()
    );
    std::fs::create_dir_all(folder.join("src"))?;
    std::fs::write(folder.join("Cargo.toml"), manifest)?;
    std::fs::write(folder.join("src/lib.rs"), tests)?;
    // One of the tests reads the README that lies beside it.
    std::fs::write(folder.join("README.md"), "The unit tests of another crate.\n")?;
    // The same versions as everywhere else, and none to ask a registry for.
    std::fs::copy(workspace.join("Cargo.lock"), folder.join("Cargo.lock"))?;
    let target = format!("--target-dir={}", build.display());
    // One thread: the tests share a folder, and one of them takes the oldest segment in it.
    let args = ["test", "--offline", &target, "--", "--test-threads=1"];
    let output = tool::run_in(folder, cargo(), args, "")?;
    ensure(output.status.success(), || tool::said(&output).to_string())?;
    let said = String::from_utf8_lossy(&output.stdout).into_owned();
    let line = format!("test result: ok. {count} passed; 0 failed; 0 ignored");
    ensure(said.contains(&line), || format!("no `{line}` in\n{said}"))?;
    Ok(count)
}

/// The tests with the substitutions made, and how many there are.
fn adapted(source: &str) -> Verdict<(String, usize)> {
    let start = source
        .find(TESTS)
        .ok_or_else(|| Failure::new("upstream's tests are not where they were"))?;
    let mut tests = source.get(start..).unwrap_or_default().to_owned();
    for (from, to) in SUBSTITUTIONS {
        ensure(tests.contains(from), || format!("upstream's tests no longer say `{from}`"))?;
        tests = tests.replace(from, to);
    }
    let count = tests.matches("#[test]").count();
    ensure(count > 0, || "upstream has no tests".to_owned())?;
    Ok((tests, count))
}

/// The library's source in the folder that cargo unpacked it to.
fn their_source(workspace: &Path) -> Verdict<PathBuf> {
    // Without a platform cargo asks for the packages of all of them.
    let platform = tool::read("rustc", ["--print=host-tuple"], "")?;
    let filter = format!("--filter-platform={}", platform.trim());
    let args = ["metadata", "--format-version=1", "--locked", "--offline", &filter];
    let output = tool::run_in(workspace, cargo(), args, "")?;
    ensure(output.status.success(), || tool::said(&output).to_string())?;
    let metadata: Value = serde_json::from_slice(&output.stdout)?;
    let packages =
        metadata.get("packages").and_then(Value::as_array).map(Vec::as_slice).unwrap_or_default();
    let says = |package: &Value, key: &str, value: &str| {
        package.get(key).and_then(Value::as_str) == Some(value)
    };
    let upstream = packages
        .iter()
        .find(|package| says(package, "name", PACKAGE) && says(package, "version", VERSION));
    let manifest =
        upstream.and_then(|package| package.get("manifest_path")).and_then(Value::as_str);
    let manifest =
        manifest.ok_or_else(|| Failure::new(format!("cargo knows no {PACKAGE} {VERSION}")))?;
    Ok(Path::new(manifest).with_file_name("src").join("lib.rs"))
}

/// Cargo tells its children which cargo they were started by.
fn cargo() -> std::ffi::OsString {
    std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into())
}

/// The folder of the workspace that this program was built from.
fn workspace() -> Verdict<PathBuf> {
    let crates = Path::new(env!("CARGO_MANIFEST_DIR")).parent();
    let root = crates.and_then(Path::parent);
    root.map(Path::to_path_buf).ok_or_else(|| Failure::new("this crate lies in no workspace"))
}

#[cfg(test)]
mod tests {
    use super::{SUBSTITUTIONS, TESTS, adapted};

    #[test]
    fn tests_are_cut_out_and_adapted() {
        let all: String = SUBSTITUTIONS.iter().map(|(from, _)| format!("{from}\n")).collect();
        let (tests, count) = adapted(&format!("use a;\n{TESTS}\n#[test]\n{all}}}")).unwrap();
        assert_eq!(count, 1);
        assert!(!tests.contains("use a;") && !tests.contains("super::*"), "{tests}");
    }

    #[test]
    fn a_source_of_another_shape_is_refused() {
        assert!(adapted("").is_err());
        assert!(adapted(TESTS).is_err());
    }
}
