//! `Options`: which variants the command line asks for.

use super::variant::Variant;
use crate::cmd::Outcome;

const USAGE: &str = "usage: [--only NAME ...] [--list]";

#[derive(Debug, Default)]
pub(crate) struct Options {
    pub(crate) list: bool,
    only: Vec<String>,
}

impl Options {
    pub(crate) fn parse(args: &[&str]) -> Outcome<Self> {
        let mut options = Self::default();
        let mut args = args.iter();
        while let Some(arg) = args.next() {
            match *arg {
                "--list" => options.list = true,
                "--only" => {
                    let name =
                        args.next().ok_or_else(|| format!("--only needs a name; {USAGE}"))?;
                    options.only.push((*name).to_owned());
                }
                other => return Err(format!("{other}? {USAGE}")),
            }
        }
        Ok(options)
    }

    /// All variants, or those that were named.
    pub(crate) fn chosen(&self, mut all: Vec<Variant>) -> Outcome<Vec<Variant>> {
        let unknown = self.only.iter().find(|name| all.iter().all(|one| one.name != **name));
        if let Some(unknown) = unknown {
            return Err(format!("no variant `{unknown}`; see --list"));
        }
        all.retain(|one| self.only.is_empty() || self.only.contains(&one.name));
        Ok(all)
    }
}

#[cfg(test)]
mod tests {
    use super::{Options, Variant};

    #[test]
    fn variants_are_chosen_by_name() {
        let all = || ["a", "b"].map(|name| Variant { name: name.into(), ..Variant::default() });
        let chosen = |args: &[&str]| {
            let chosen = Options::parse(args)?.chosen(all().to_vec())?;
            Ok::<_, String>(chosen.into_iter().map(|one| one.name).collect::<String>())
        };
        assert_eq!(Ok("ab".into()), chosen(&[]));
        assert_eq!(Ok("b".into()), chosen(&["--only", "b"]));
        assert_eq!(Err("no variant `c`; see --list".into()), chosen(&["--only", "c"]));
        assert!(chosen(&["--only"]).is_err() && chosen(&["--all"]).is_err());
    }
}
