//! `Catcher`: a scenario or a test that has to fail when a rule is missing.

use std::fmt;

use crate::cmd::Outcome;

/// What a variant names under `caught-by`.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Catcher {
    /// A scenario of the storm and further arguments, such as a seed.
    Scenario { name: String, args: Vec<String> },
    /// A test of a crate, by its whole name.
    Test { package: String, name: String },
}

impl Catcher {
    pub(crate) fn parse(text: &str) -> Outcome<Self> {
        let words: Vec<String> = text.split_whitespace().map(str::to_owned).collect();
        match words.as_slice() {
            [kind, name, args @ ..] if kind == "scenario" => {
                Ok(Self::Scenario { name: name.clone(), args: args.to_vec() })
            }
            [kind, package, name] if kind == "test" => {
                Ok(Self::Test { package: package.clone(), name: name.clone() })
            }
            _ => Err(format!("`{text}` is neither `scenario NAME` nor `test CRATE NAME`")),
        }
    }

    pub(crate) fn is_scenario(&self) -> bool {
        matches!(self, Self::Scenario { .. })
    }
}

impl fmt::Display for Catcher {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Scenario { name, .. } => write!(f, "scenario {name}"),
            Self::Test { package, name } => write!(f, "test {package} {name}"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::Catcher;

    #[test]
    fn a_catcher_is_a_scenario_or_a_test() {
        for text in ["scenario tiny", "test prom-segment names::one"] {
            assert_eq!(text, Catcher::parse(text).unwrap().to_string());
        }
        let seeded = Catcher::parse("scenario tiny --seed 7").unwrap();
        let args = vec!["--seed".to_owned(), "7".to_owned()];
        assert_eq!(seeded, Catcher::Scenario { name: "tiny".into(), args });
        for text in ["", "scenario", "test prom-segment", "test a b c", "bench a"] {
            assert!(Catcher::parse(text).is_err(), "{text}");
        }
    }
}
