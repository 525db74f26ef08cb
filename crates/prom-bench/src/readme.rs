//! `Readme`: the table of the project's README.

use std::fs;
use std::path::{Path, PathBuf};

use crate::machine::Machine;
use crate::outcome::Outcome;
use crate::report::{Report, number};

const BEGIN: &str = "<!-- bench -->";
const END: &str = "<!-- /bench -->";

/// The heads of the columns of the first table.
const WRITERS: &[&str] = &[
    "here",
    "by hand",
    "`biometrics_prometheus` 0.13",
    "`prometheus-client` 0.25",
    "`prometheus` 0.14",
    "`metrics-exporter-prometheus` 0.18",
];

/// A line of a table: what it says, workload and unit, and the row of each column.
struct Line {
    title: &'static str,
    workload: &'static str,
    unit: &'static str,
    rows: &'static [&'static str],
}

const WRITING: &[Line] = &[
    Line {
        title: "text in memory, ns a sample",
        workload: "encode",
        unit: "ns a sample",
        rows: &[
            "ours, fresh",
            "floor",
            "biometrics_prometheus 0.13",
            "prometheus-client 0.25",
            "prometheus 0.14",
            "metrics-exporter-prometheus 0.18",
        ],
    },
    Line {
        title: "the same, allocations a sample",
        workload: "allocations",
        unit: "a sample",
        rows: &[
            "encode: ours, fresh",
            "encode: floor",
            "encode: biometrics_prometheus 0.13",
            "encode: prometheus-client 0.25",
            "encode: prometheus 0.14",
            "encode: metrics-exporter-prometheus 0.18",
        ],
    },
    Line {
        title: "into a file, flushed, ns of CPU a sample",
        workload: "files",
        unit: "ns of CPU a sample",
        rows: &["ours, together", "floor, one write(2) each", "biometrics_prometheus 0.13"],
    },
    Line {
        title: "1,000 finished segments, microseconds each",
        workload: "drain",
        unit: "us a segment",
        rows: &["ours, 1000", "floor, 1000", "biometrics_prometheus 0.13, 1000"],
    },
    Line {
        title: "100,000 finished segments, microseconds each",
        workload: "drain",
        unit: "us a segment",
        rows: &["ours, 100000", "floor, 100000"],
    },
    Line {
        title: "hand-over beside 1,000 live segments, p99 in microseconds",
        workload: "hand_over",
        unit: "us p99",
        rows: &["ours, 1000 live", "floor, inotify, 1000 live"],
    },
];

const READERS: &[&str] =
    &["here", "`prometheus-parse` 0.2", "`openmetrics-parser` 0.5", "`nom-openmetrics` 0.3"];

const READING: &[Line] = &[
    Line {
        title: "reading text 0.0.4, MB/s",
        workload: "parse",
        unit: "MB/s",
        rows: &[
            "ours, validate, text 0.0.4",
            "prometheus-parse 0.2, text 0.0.4",
            "openmetrics-parser 0.5, text 0.0.4",
            "nom-openmetrics 0.3, text 0.0.4",
        ],
    },
    Line {
        title: "reading OpenMetrics, MB/s",
        workload: "parse",
        unit: "MB/s",
        rows: &[
            "ours, validate, OpenMetrics",
            "prometheus-parse 0.2, OpenMetrics",
            "openmetrics-parser 0.5, OpenMetrics",
            "nom-openmetrics 0.3, OpenMetrics",
        ],
    },
];

/// A README with a place for the table.
pub(crate) struct Readme {
    path: PathBuf,
    before: String,
    after: String,
}

impl Readme {
    /// The README of the project.
    pub(crate) fn open() -> Outcome<Self> {
        Self::at(Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/../../README.md")))
    }

    fn at(path: &Path) -> Outcome<Self> {
        let text = fs::read_to_string(path).map_err(|why| format!("{}: {why}", path.display()))?;
        let parts = text.split_once(BEGIN).and_then(|(before, rest)| {
            let (_, after) = rest.split_once(END)?;
            Some((before.to_owned(), after.to_owned()))
        });
        let missing = || format!("README.md has no lines `{BEGIN}` and `{END}` around the table");
        let (before, after) = parts.ok_or_else(missing)?;
        Ok(Self { path: path.to_path_buf(), before, after })
    }

    /// Puts the table in its place.
    pub(crate) fn write(&self, machine: &Machine, report: &Report) -> Outcome {
        let Self { path, before, after } = self;
        let table = table(machine, report);
        let text = format!("{before}{BEGIN}\n{table}{END}{after}");
        fs::write(path, text).map_err(|why| format!("{}: {why}", path.display()).into())
    }
}

fn table(machine: &Machine, report: &Report) -> String {
    let mut rows = Vec::new();
    for (heads, lines) in [(WRITERS, WRITING), (READERS, READING)] {
        rows.push(format!("| | {} |", heads.join(" | ")));
        rows.push(format!("|---|{}", "--:|".repeat(heads.len())));
        for line in lines {
            let cells: Vec<String> =
                (0..heads.len()).map(|column| cell(report, line, column)).collect();
            rows.push(format!("| {} | {} |", line.title, cells.join(" | ")));
        }
        rows.push(String::new());
    }
    let (machine, peers) = (machine.text(), machine.peers());
    rows.push(format!("Medians of `cargo xtask bench --readme` on {machine}. Peers: {peers}.\n"));
    rows.join("\n")
}

fn cell(report: &Report, line: &Line, column: usize) -> String {
    let found = line.rows.get(column).and_then(|row| report.find(line.workload, row, line.unit));
    found.map_or_else(String::new, |spread| number(spread.median))
}

#[cfg(test)]
mod tests {
    use super::Readme;
    use crate::machine::Machine;
    use crate::report::Report;
    use crate::spread::Spread;

    #[test]
    fn the_table_takes_the_place_of_the_one_before() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("README.md");
        std::fs::write(&path, "before\n<!-- bench -->\nold\n<!-- /bench -->\nafter\n").unwrap();
        let mut report = Report::default();
        report.add("encode", "ours, fresh", "ns a sample", Spread::exactly(12.34));
        for _ in 0..2 {
            Readme::at(&path).unwrap().write(&Machine::this(), &report).unwrap();
            let text = std::fs::read_to_string(&path).unwrap();
            assert!(text.starts_with("before\n<!-- bench -->\n| |") && !text.contains("old"));
            assert!(text.ends_with("<!-- /bench -->\nafter\n"), "{text}");
            assert_eq!(1, text.matches("| 12.3 |").count(), "{text}");
        }
    }

    #[test]
    fn a_readme_without_a_place_is_refused() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("README.md");
        std::fs::write(&path, "<!-- bench -->").unwrap();
        assert!(Readme::at(&path).is_err());
    }
}
