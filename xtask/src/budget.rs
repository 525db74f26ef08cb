//! The dependency budgets: how many crates a user takes on with each of ours.

use std::collections::BTreeSet;

use crate::cmd::{Cmd, Outcome};

/// A crate, and how many others it may pull in (`cargo tree -e normal`, default features).
const BUDGETS: &[(&str, usize)] =
    &[("prom-format", 3), ("prom-segment", 10), ("biometrics_prometheus", 25)];

/// Fails when a crate depends on more crates than its budget allows.
pub(crate) fn check() -> Outcome {
    for &(name, budget) in BUDGETS {
        let tree =
            Cmd::cargo(&format!("tree --locked -p {name} -e normal --prefix none")).read()?;
        let count = within(name, budget, &tree)?;
        println!("{name}: {count} of {budget} crates");
    }
    Ok(())
}

/// How many crates `tree` names besides `name` itself.
fn within(name: &str, budget: usize, tree: &str) -> Outcome<usize> {
    let crates: BTreeSet<(&str, &str)> = tree
        .lines()
        .filter_map(|line| {
            let mut words = line.split_whitespace();
            Some((words.next()?, words.next()?))
        })
        .filter(|&(dependency, _)| dependency != name)
        .collect();
    // An empty tree would pass every budget, so the crate itself must have been seen.
    if !tree.lines().any(|line| line.split_whitespace().next() == Some(name)) {
        return Err(format!("`cargo tree` does not mention {name}; correct BUDGETS"));
    }
    if crates.len() <= budget {
        return Ok(crates.len());
    }
    let names: Vec<String> =
        crates.iter().map(|(name, version)| format!("{name} {version}")).collect();
    Err(format!(
        "{name} depends on {} crates, its budget is {budget}; drop one of: {}",
        crates.len(),
        names.join(", ")
    ))
}

#[cfg(test)]
mod tests {
    use super::within;

    const TREE: &str = "mine v0.1.0 (/somewhere)\nitoa v1.0.0\nzmij v1.0.0\nitoa v1.0.0 (*)\n";

    #[test]
    fn each_crate_counts_once_and_the_crate_itself_does_not() {
        assert_eq!(within("mine", 2, TREE), Ok(2));
    }

    #[test]
    fn two_versions_of_a_crate_are_two_crates() {
        assert_eq!(within("mine", 3, &format!("{TREE}itoa v2.0.0\n")), Ok(3));
    }

    #[test]
    fn one_crate_too_many_is_found_and_named() {
        let why = within("mine", 1, TREE).unwrap_err();
        assert!(why.contains("budget is 1") && why.contains("zmij v1.0.0"), "{why}");
    }

    #[test]
    fn a_tree_of_another_crate_is_found() {
        assert!(within("other", 9, TREE).is_err());
        assert!(within("mine", 9, "").is_err());
    }
}
