//! The documentation names only checks that there are.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

/// The texts of all files below a directory that end so.
fn texts(directory: &Path, found: &mut Vec<String>) {
    for entry in fs::read_dir(directory).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            texts(&path, found);
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            found.push(fs::read_to_string(path).unwrap());
        }
    }
}

fn between<'a>(text: &'a str, before: &'a str, after: char) -> impl Iterator<Item = &'a str> {
    text.split(before).skip(1).filter_map(move |rest| rest.split(after).next())
}

#[test]
fn every_promise_names_tests_and_scenarios_that_exist() {
    let crates = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
    if !crates.join("prom-storm").is_dir() {
        return println!("SKIPPED: this is the published crate, without those beside it");
    }
    let mut tests = Vec::new();
    for name in ["biometrics_prometheus", "prom-segment", "prom-watch"] {
        texts(&crates.join(name).join("tests"), &mut tests);
    }
    let attributed = tests.iter().flat_map(|text| between(text, "#[test]\nfn ", '('));
    let tests: BTreeSet<&str> = attributed.collect();
    let scenarios = crates.join("prom-storm/src/storm/scenarios.rs");
    let scenarios = fs::read_to_string(scenarios).unwrap().replace(char::is_whitespace, "");
    let scenarios: BTreeSet<&str> = between(&scenarios, "scenario(\"", '"').collect();

    let source = include_str!("../../src/lib.rs");
    let rows: Vec<Vec<&str>> = source
        .lines()
        .filter(|line| line.starts_with("//! | **"))
        .map(|line| line.split(" | ").collect())
        .collect();
    assert!(rows.len() >= 11, "{} promises", rows.len());
    for row in rows {
        let [_, promise, named_tests, named_scenarios] = row[..] else { panic!("{row:?}") };
        let check = |named: &str, exists: &dyn Fn(&str) -> bool| {
            let names: Vec<&str> = named.split('`').skip(1).step_by(2).collect();
            assert!(!names.is_empty(), "nothing checks: {promise}");
            for name in names {
                assert!(exists(name), "{name} checks nothing: {promise}");
            }
        };
        check(named_tests, &|name| tests.contains(name));
        check(named_scenarios, &|name| {
            let begins = |scenario: &&str| {
                scenario.split('-').take(name.split('-').count()).eq(name.split('-'))
            };
            scenarios.iter().any(begins)
        });
    }
}
