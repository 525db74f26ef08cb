//! Negative controls: each rule is taken out of a copy of the code, and something has to notice.
//!
//! A check that cannot fail proves nothing. So every variant of `crates/prom-storm/broken` takes one rule
//! out, and names the scenarios of the storm and the tests that exist for that rule. They must pass on
//! the code as it is, and fail on the variant.

mod catcher;
mod lab;
mod options;
mod tree;
mod variant;

use std::collections::BTreeMap;
use std::time::Instant;

use crate::cmd::{Outcome, root};
use crate::tools::{Tool, require};
use catcher::Catcher;
use lab::{Lab, Verdict};
use options::Options;
use tree::Tree;
use variant::Variant;

const TOOLS: &[Tool] = &[
    Tool {
        name: "timeout",
        probe: &["timeout", "--version"],
        install: "apt-get install coreutils",
    },
    Tool { name: "flock", probe: &["flock", "--version"], install: "apt-get install util-linux" },
];

/// What the catchers said of the code as it is.
type Unbroken = BTreeMap<Catcher, Verdict>;

/// The scenarios of the storm against the variants that name one.
pub(crate) fn storm(args: &[&str]) -> Outcome {
    run(args, |variant| variant.catchers.iter().filter(|one| one.is_scenario()).cloned().collect())
}

/// The tests against all variants; scenarios only where a variant names no test.
pub(crate) fn rules(args: &[&str]) -> Outcome {
    run(args, |variant| {
        let tests: Vec<Catcher> =
            variant.catchers.iter().filter(|one| !one.is_scenario()).cloned().collect();
        if tests.is_empty() { variant.catchers.clone() } else { tests }
    })
}

fn run(args: &[&str], choose: impl Fn(&Variant) -> Vec<Catcher>) -> Outcome {
    let options = Options::parse(args)?;
    let mut variants = Variant::load(&root().join("crates/prom-storm/broken"))?;
    for variant in &mut variants {
        variant.catchers = choose(variant);
    }
    variants.retain(|variant| !variant.catchers.is_empty());
    let variants = options.chosen(variants)?;
    if options.list {
        variants.iter().for_each(|variant| println!("{variant}"));
        return Ok(());
    }
    require(TOOLS)?;
    let tree = Tree::copy(&root(), &root().join("target/broken/src"))?;
    variants.iter().try_for_each(|variant| tree.broken(variant).map(drop))?;
    let lab = Lab::new(&tree, &root().join("target/broken/build"));
    let unbroken = pass_unbroken(&lab, &variants)?;
    judge(&tree, &lab, &variants, &unbroken)
}

/// What fails on the code as it is shows nothing by failing on a variant.
fn pass_unbroken(lab: &Lab<'_>, variants: &[Variant]) -> Outcome<Unbroken> {
    println!("== unbroken");
    let mut unbroken = Unbroken::new();
    for catcher in variants.iter().flat_map(|variant| &variant.catchers) {
        if unbroken.contains_key(catcher) {
            continue;
        }
        let began = Instant::now();
        lab.build(catcher)?;
        let verdict = lab.run(catcher)?;
        if let Verdict::Failed(how) = &verdict {
            return Err(format!("{catcher} fails on the unbroken code: {how}"));
        }
        println!("{verdict} {catcher}, {:.1} s", began.elapsed().as_secs_f64());
        unbroken.insert(catcher.clone(), verdict);
    }
    Ok(unbroken)
}

fn judge(tree: &Tree, lab: &Lab<'_>, variants: &[Variant], unbroken: &Unbroken) -> Outcome {
    println!("\n== broken");
    let (mut caught, mut skipped, mut failures) = (0, 0, Vec::new());
    for variant in variants {
        let began = Instant::now();
        println!("{}: {}", variant.name, variant.rule);
        match observe(tree, lab, variant, unbroken) {
            Ok(seen) if seen.contains(&Verdict::Passed) => {
                failures.push(format!("{} is not caught", variant.name));
            }
            Ok(seen) if seen.iter().all(|one| matches!(one, Verdict::Skipped(_))) => skipped += 1,
            Ok(_) => caught += 1,
            Err(why) => failures.push(format!("{} proves nothing: {why}", variant.name)),
        }
        println!("    {:.1} s", began.elapsed().as_secs_f64());
    }
    let left_out = if skipped > 0 { format!(", {skipped} SKIPPED") } else { String::new() };
    println!("\n{caught} of {} caught{left_out}", variants.len());
    if failures.is_empty() { Ok(()) } else { Err(failures.join("\nxtask: ")) }
}

/// What each catcher says of the variant.
fn observe(
    tree: &Tree,
    lab: &Lab<'_>,
    variant: &Variant,
    unbroken: &Unbroken,
) -> Outcome<Vec<Verdict>> {
    let mut seen = Vec::new();
    let _broken = tree.broken(variant)?;
    for catcher in &variant.catchers {
        if let Some(Verdict::Skipped(why)) = unbroken.get(catcher) {
            println!("    SKIPPED {catcher}: {why}");
            seen.push(Verdict::Skipped(why.clone()));
            continue;
        }
        lab.build(catcher)?;
        let verdict = lab.run(catcher)?;
        match &verdict {
            Verdict::Failed(how) => println!("    CAUGHT by {catcher} ({how})"),
            Verdict::Passed => println!("    NOT CAUGHT by {catcher}"),
            Verdict::Skipped(why) => println!("    SKIPPED {catcher}: {why}"),
        }
        seen.push(verdict);
    }
    Ok(seen)
}
