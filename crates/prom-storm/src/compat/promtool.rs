//! `promtool`: Prometheus' own linter, and its importer of OpenMetrics text.

use std::ffi::OsStr;
use std::path::Path;

use crate::compat::failure::{Failure, Verdict, ensure};
use crate::compat::tool;

/// What `check metrics` says of a text that it could read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Lint {
    /// Exit 0: nothing to say.
    Clean,
    /// Exit 3: it reads well, but breaks a convention; one message a line.
    Messages(usize),
}

/// The judge's name and version.
pub(crate) fn version() -> Verdict<String> {
    let said = tool::run("promtool", ["--version"], "")?;
    let text = [said.stdout, said.stderr].concat();
    Ok(String::from_utf8_lossy(&text).lines().next().unwrap_or_default().to_owned())
}

/// `promtool check metrics`; a text that it cannot parse is a failure in its own words.
pub(crate) fn check_metrics(text: &str) -> Verdict<Lint> {
    let output = tool::run("promtool", ["check", "metrics"], text)?;
    match output.status.code() {
        Some(0) => Ok(Lint::Clean),
        Some(3) => Ok(Lint::Messages(String::from_utf8_lossy(&output.stderr).lines().count())),
        _ => Err(tool::said(&output).of("promtool check metrics")),
    }
}

/// A sample of `promtool tsdb dump`: its value and its timestamp in milliseconds.
pub(crate) type Dumped = (f64, i64);

/// Makes blocks of an OpenMetrics text in `folder` and returns the samples that are then in them.
pub(crate) fn import(folder: &Path, text: &str) -> Verdict<Vec<Dumped>> {
    let input = folder.join("input.om");
    let blocks = folder.join("blocks");
    std::fs::write(&input, text)?;
    let create: [&OsStr; 5] = [
        "tsdb".as_ref(),
        "create-blocks-from".as_ref(),
        "openmetrics".as_ref(),
        input.as_ref(),
        blocks.as_ref(),
    ];
    tool::read("promtool", create, "").map_err(|why| why.of("create-blocks-from"))?;
    // `dump` opens the folder as a database, which has a log beside its blocks.
    std::fs::create_dir_all(blocks.join("wal"))?;
    let dump: [&OsStr; 3] = ["tsdb".as_ref(), "dump".as_ref(), blocks.as_ref()];
    let dumped = tool::read("promtool", dump, "").map_err(|why| why.of("tsdb dump"))?;
    ensure(!dumped.trim().is_empty(), || "the blocks hold no sample".to_owned())?;
    dumped.lines().map(sample).collect()
}

/// A line such as `{__name__="a"} 1.5 1700000000000`; label values may hold spaces.
fn sample(line: &str) -> Verdict<Dumped> {
    let mut words = line.rsplitn(3, ' ');
    let (timestamp, value) = (words.next().unwrap_or_default(), words.next().unwrap_or_default());
    let unreadable = || Failure::new(format!("promtool dumped `{line}`"));
    Ok((value.parse().map_err(|_| unreadable())?, timestamp.parse().map_err(|_| unreadable())?))
}

#[cfg(test)]
mod tests {
    use super::sample;

    #[test]
    fn dumped_samples_are_read() {
        assert_eq!(
            sample("{__name__=\"a\", b=\"c d\"} +Inf 1700000000000"),
            Ok((f64::INFINITY, 1_700_000_000_000))
        );
        assert!(sample("").is_err() && sample("{} x 1").is_err());
    }
}
