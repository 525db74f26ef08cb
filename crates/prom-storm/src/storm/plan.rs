//! `Plan`: what the command line asks for.

use std::path::PathBuf;

use crate::storm::outcome::Outcome;
use crate::storm::scenario::{Scenario, Set};

pub(crate) const USAGE: &str = "usage: storm [--quick | --full | --scenario NAME ...] [--seed N] \
                                [--seconds N] [--json FILE] [--list]";

#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Plan {
    pub(crate) quick: bool,
    pub(crate) full: bool,
    pub(crate) named: Vec<String>,
    pub(crate) seed: Option<u64>,
    pub(crate) seconds: Option<u64>,
    pub(crate) json: Option<PathBuf>,
    pub(crate) list: bool,
}

impl Plan {
    pub(crate) fn parse(args: &[&str]) -> Outcome<Self> {
        let mut plan = Self::default();
        let mut args = args.iter();
        while let Some(arg) = args.next() {
            let mut value = || args.next().ok_or_else(|| format!("{arg} needs a value; {USAGE}"));
            match *arg {
                "--quick" => plan.quick = true,
                "--full" => plan.full = true,
                "--list" => plan.list = true,
                "--scenario" => plan.named.push((*value()?).into()),
                "--seed" => plan.seed = Some(value()?.parse()?),
                "--seconds" => plan.seconds = Some(value()?.parse()?),
                "--json" => plan.json = Some(value()?.into()),
                other => return Err(format!("{other}? {USAGE}").into()),
            }
        }
        Ok(plan)
    }

    /// What is to be run, of all that there is.
    pub(crate) fn chosen<'a>(&self, all: &'a [Scenario]) -> Outcome<Vec<&'a Scenario>> {
        if let Some(unknown) =
            self.named.iter().find(|name| !all.iter().any(|one| one.name == **name))
        {
            return Err(format!("no scenario {unknown:?}; see --list").into());
        }
        let wanted = |one: &&Scenario| {
            if !self.named.is_empty() {
                return self.named.iter().any(|name| one.name == *name);
            }
            self.full || one.set == Set::Quick || (one.set == Set::Long && !self.quick)
        };
        Ok(all.iter().filter(wanted).collect())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::storm::verdict::Verdict;

    fn all() -> Vec<Scenario> {
        let one = |name, set| Scenario { name, about: "", set, run: |_| Ok(Verdict::default()) };
        vec![one("a", Set::Quick), one("b", Set::Full), one("c", Set::Long)]
    }

    #[track_caller]
    fn check(expected: &str, args: &str) {
        let args: Vec<&str> = args.split_whitespace().collect();
        let all = all();
        let chosen = Plan::parse(&args)
            .and_then(|plan| Ok(plan.chosen(&all)?.iter().map(|one| one.name).collect::<String>()));
        assert_eq!(expected, chosen.unwrap_or_else(|error| error.to_string()));
    }

    #[test]
    fn arguments_choose_scenarios() {
        check("ac", "");
        check("a", "--quick --seed 3");
        check("abc", "--full --json f");
        check("b", "--scenario b --seconds 9");
        check("ab", "--scenario b --scenario a");
        check("no scenario \"x\"; see --list", "--scenario x");
        check("invalid digit found in string", "--seed x");
        assert!(Plan::parse(&["--seed"]).unwrap_err().to_string().starts_with("--seed needs"));
        assert!(Plan::parse(&["--fast"]).unwrap_err().to_string().starts_with("--fast? usage"));
    }
}
