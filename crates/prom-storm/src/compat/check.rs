//! `Check`: one claim about the project's output, and the foreign program that judges it.

use std::fmt;
use std::time::Instant;

use crate::compat::failure::Verdict;
use crate::compat::lab::Lab;

/// One claim and who judges it. A check that cannot run fails.
#[derive(Debug)]
pub(crate) struct Check {
    /// What `cargo xtask compat NAME` runs.
    pub(crate) name: &'static str,
    /// The claim, as a sentence.
    pub(crate) claim: &'static str,
    /// Returns what was seen, in a few words.
    pub(crate) run: fn(&Lab) -> Verdict<String>,
}

/// How many checks passed, and how many did not.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Tally {
    passed: usize,
    pub(crate) failed: usize,
}

impl Tally {
    /// Runs a check and says what came of it.
    pub(crate) fn run(&mut self, check: &Check, lab: &Lab) {
        let started = Instant::now();
        let verdict = (check.run)(lab);
        let elapsed = started.elapsed().as_secs_f64();
        let (mark, details) = match &verdict {
            Ok(details) => ("PASS", details.clone()),
            Err(why) => ("FAIL", why.to_string()),
        };
        println!("{mark} {} ({elapsed:.2} s): {}\n     {details}", check.name, check.claim);
        match verdict {
            Ok(_) => self.passed += 1,
            Err(_) => self.failed += 1,
        }
    }
}

impl fmt::Display for Tally {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} passed, {} failed", self.passed, self.failed)
    }
}

#[cfg(test)]
mod tests {
    use super::{Check, Tally};
    use crate::compat::failure::Failure;
    use crate::compat::lab::Lab;

    #[test]
    fn passes_and_failures_are_counted() {
        let lab = Lab::new().unwrap();
        let mut tally = Tally::default();
        let good = Check { name: "good", claim: "it holds", run: |_| Ok("seen".into()) };
        let bad = Check { name: "bad", claim: "it holds", run: |_| Err(Failure::new("not seen")) };
        tally.run(&good, &lab);
        tally.run(&bad, &lab);
        tally.run(&good, &lab);
        assert_eq!(tally.to_string(), "2 passed, 1 failed");
    }
}
