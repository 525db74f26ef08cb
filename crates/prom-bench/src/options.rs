//! `Options`: what the command line asks for.

use std::path::PathBuf;

use crate::outcome::{Outcome, ensure};

pub(crate) const HELP: &str = "\
Usage: cargo xtask bench [--quick] [--only NAME ...] [--json FILE] [--baseline FILE] [--readme]

  --quick          small numbers: everything is checked, and no speed is judged
  --only NAME ...  these workloads and no others
  --json FILE      writes all figures
  --baseline FILE  compares with the figures of an earlier run
  --readme         puts the table into README.md, between its markers
";

/// The options of a run.
#[derive(Debug, Default, PartialEq, Eq)]
pub(crate) struct Options {
    pub(crate) quick: bool,
    pub(crate) only: Vec<String>,
    pub(crate) json: Option<PathBuf>,
    pub(crate) baseline: Option<PathBuf>,
    pub(crate) readme: bool,
}

impl Options {
    pub(crate) fn parse(args: &[&str], workloads: &[&str]) -> Outcome<Self> {
        let mut options = Self::default();
        let mut args = args.iter().copied().peekable();
        while let Some(arg) = args.next() {
            let mut file = || Outcome::Ok(Some(args.next().ok_or("a file is missing")?.into()));
            match arg {
                "--quick" => options.quick = true,
                "--readme" => options.readme = true,
                "--json" => options.json = file()?,
                "--baseline" => options.baseline = file()?,
                "--only" => {
                    while let Some(name) = args.next_if(|arg| !arg.starts_with("--")) {
                        ensure(workloads.contains(&name), || unknown(name, workloads))?;
                        options.only.push(name.to_owned());
                    }
                    ensure(!options.only.is_empty(), || "--only takes names".into())?;
                }
                other => return Err(format!("unknown option {other}\n{HELP}").into()),
            }
        }
        let partial = options.quick || !options.only.is_empty();
        ensure(!(options.readme && partial), || "--readme takes a whole run".into())?;
        Ok(options)
    }

    pub(crate) fn wants(&self, workload: &str) -> bool {
        self.only.is_empty() || self.only.iter().any(|name| name == workload)
    }
}

fn unknown(name: &str, workloads: &[&str]) -> String {
    format!("no workload is called {name}; there are {}", workloads.join(", "))
}

#[cfg(test)]
mod tests {
    use super::Options;

    fn parse(line: &str) -> Option<Options> {
        let args: Vec<&str> = line.split_whitespace().collect();
        Options::parse(&args, &["encode", "files"]).ok()
    }

    #[test]
    fn names_end_at_the_next_option() {
        let options = parse("--only encode files --json a.json --quick").unwrap();
        assert!(options.quick && options.wants("files") && !options.wants("drain"));
        assert_eq!(Some("a.json".into()), options.json);
        assert!(parse("").unwrap().wants("drain"));
    }

    #[test]
    fn what_makes_no_sense_is_refused() {
        for line in [
            "--only",
            "--only drain",
            "--json",
            "encode",
            "--readme --quick",
            "--readme --only files",
        ] {
            assert_eq!(None, parse(line), "{line}");
        }
    }
}
