//! Python's `prometheus_client`: what its parsers make of a text.

use std::collections::BTreeSet;
use std::ffi::OsStr;
use std::path::PathBuf;

use serde_json::Value;

use crate::compat::failure::{Failure, Verdict, ensure};
use crate::compat::lab::Lab;
use crate::compat::tool;
use crate::compat::truth::Families;

/// The judge, from its registry. The version is fixed, so that a verdict can be repeated.
const REQUIREMENT: &str = "prometheus_client==0.26.0";

/// Reads a text from standard input and prints its families as JSON.
const SCRIPT: &str = include_str!("judge.py");

/// Which of the two parsers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Parser {
    /// `prometheus_client.parser`
    Classic,
    /// `prometheus_client.openmetrics.parser`
    OpenMetrics,
}

/// A Python in which `prometheus_client` can be imported; made once and kept in the build folder.
fn python(lab: &Lab) -> Verdict<PathBuf> {
    let venv = lab.build().join("compat").join(REQUIREMENT.replace("==", "-"));
    let python = venv.join("bin/python");
    let import = ["-c", "import prometheus_client.openmetrics.parser"];
    if tool::read(&python, import, "").is_err() {
        let make: [&OsStr; 4] = ["-m".as_ref(), "venv".as_ref(), "--clear".as_ref(), venv.as_ref()];
        tool::read("python3", make, "").map_err(|why| why.of("is python3-venv installed?"))?;
        tool::read(&python, ["-m", "pip", "install", "--quiet", REQUIREMENT], "")?;
        tool::read(&python, import, "")?;
    }
    Ok(python)
}

/// The judge's name and version.
pub(crate) fn version(lab: &Lab) -> Verdict<String> {
    let ask = "import sys, importlib.metadata as m; \
               print('prometheus_client', m.version('prometheus_client'), 'on Python', sys.version.split()[0])";
    Ok(tool::read(python(lab)?, ["-c", ask], "")?.trim().to_owned())
}

/// What a parser makes of a text; a failure in the parser's own words when it refuses it.
pub(crate) fn families(lab: &Lab, parser: Parser, text: &str) -> Verdict<Families> {
    let module = match parser {
        Parser::Classic => "prometheus_client.parser",
        Parser::OpenMetrics => "prometheus_client.openmetrics.parser",
    };
    let json = tool::read(python(lab)?, ["-c", SCRIPT, module], text)?;
    let families: Value = serde_json::from_str(&json)?;
    let families =
        families.as_object().ok_or_else(|| Failure::new("the judge printed no object"))?;
    families.iter().map(|(name, family)| Ok((name.clone(), one(family)?))).collect()
}

fn one(family: &Value) -> Verdict<(String, usize)> {
    let kind = family.get("type").and_then(Value::as_str);
    let samples = family.get("samples").and_then(Value::as_u64);
    let (Some(kind), Some(samples)) = (kind, samples) else {
        return Err(Failure::new(format!("the judge printed {family}")));
    };
    Ok((kind.to_owned(), usize::try_from(samples)?))
}

/// Fails unless a parser finds exactly these families, with these types and numbers of samples.
pub(crate) fn expect(lab: &Lab, parser: Parser, text: &str, expected: &Families) -> Verdict {
    let found = families(lab, parser, text)?;
    let names: BTreeSet<&String> = found.keys().chain(expected.keys()).collect();
    let differences: Vec<String> = names
        .into_iter()
        .filter(|name| found.get(*name) != expected.get(*name))
        .map(|name| format!("{name}: {:?}, expected {:?}", found.get(name), expected.get(name)))
        .collect();
    ensure(differences.is_empty(), || format!("{parser:?} parser: {}", differences.join("; ")))
}
