//! `Record`: the figures of a run in a file, and the comparison with an earlier one.

use std::fs;
use std::path::Path;

use serde_json::{Value, json};

use crate::machine::Machine;
use crate::outcome::Outcome;
use crate::report::{Figure, Report, number};

/// Writes all figures.
pub(crate) fn write(path: &Path, machine: &Machine, report: &Report) -> Outcome {
    let figures: Vec<Value> = report.figures.iter().map(figure).collect();
    let skipped = report.skipped.iter();
    let skipped: Vec<Value> = skipped
        .map(|skipped| json!({ "workload": skipped.workload, "row": skipped.row, "why": skipped.why }))
        .collect();
    let all = json!({ "on": machine.json(), "figures": figures, "skipped": skipped });
    let text = serde_json::to_string_pretty(&all)? + "\n";
    fs::write(path, text).map_err(|why| format!("{}: {why}", path.display()).into())
}

fn figure(figure: &Figure) -> Value {
    let Figure { workload, row, unit, spread } = figure;
    json!({
        "workload": workload, "row": row, "unit": unit,
        "median": spread.median, "min": spread.min, "max": spread.max,
    })
}

/// An earlier run.
pub(crate) struct Baseline(Value);

impl Baseline {
    pub(crate) fn read(path: &Path) -> Outcome<Self> {
        let text = fs::read_to_string(path).map_err(|why| format!("{}: {why}", path.display()))?;
        let all: Value =
            serde_json::from_str(&text).map_err(|why| format!("{}: {why}", path.display()))?;
        match all.get("figures") {
            Some(figures @ Value::Array(_)) => Ok(Self(figures.clone())),
            _ => Err(format!("{}: no figures", path.display()).into()),
        }
    }

    /// A line for each figure that both runs have.
    pub(crate) fn compare(&self, report: &Report) -> Vec<String> {
        let line = |figure: &Figure| {
            let before = self.median(figure)?;
            let Figure { workload, row, unit, spread } = figure;
            let change = (spread.median / before - 1.0) * 100.0;
            let [before, after] = [before, spread.median].map(number);
            let change = if change.is_finite() { format!("{change:+.1} %") } else { "-".into() };
            Some(format!("  {workload}: {row}: {before} -> {after} {unit}   {change}"))
        };
        report.figures.iter().filter_map(line).collect()
    }

    fn median(&self, figure: &Figure) -> Option<f64> {
        let same = |known: &&Value| {
            known.get("workload").and_then(Value::as_str) == Some(figure.workload)
                && known.get("row").and_then(Value::as_str) == Some(&figure.row)
                && known.get("unit").and_then(Value::as_str) == Some(figure.unit)
        };
        self.0.as_array()?.iter().find(same)?.get("median")?.as_f64()
    }
}

#[cfg(test)]
mod tests {
    use super::{Baseline, write};
    use crate::machine::Machine;
    use crate::report::Report;
    use crate::spread::Spread;

    #[test]
    fn what_is_written_is_a_baseline() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("figures.json");
        let mut report = Report::default();
        report.add("encode", "ours", "of floor", Spread::exactly(2.0));
        write(&path, &Machine::this(), &report).unwrap();
        let mut later = Report::default();
        later.add("encode", "ours", "of floor", Spread::exactly(1.5));
        later.add("encode", "a new row", "of floor", Spread::exactly(1.5));
        let lines = Baseline::read(&path).unwrap().compare(&later);
        assert_eq!(["  encode: ours: 2.00 -> 1.50 of floor   -25.0 %"], lines[..]);
    }

    #[test]
    fn what_is_no_record_is_named() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("other.json");
        std::fs::write(&path, "{}").unwrap();
        let error = Baseline::read(&path).err().unwrap().to_string();
        assert!(error.ends_with("other.json: no figures"), "{error}");
    }
}
