//! `Report`: the figures of a run, and what could not be measured.

use crate::spread::Spread;

/// One measured quantity. Workload, row and unit together are its name.
#[derive(Clone, Debug)]
pub(crate) struct Figure {
    pub(crate) workload: &'static str,
    pub(crate) row: String,
    pub(crate) unit: &'static str,
    pub(crate) spread: Spread,
}

/// A row that is missing, and why.
#[derive(Clone, Debug)]
pub(crate) struct Skipped {
    pub(crate) workload: &'static str,
    pub(crate) row: String,
    pub(crate) why: String,
}

/// Everything that was found so far.
#[derive(Clone, Debug, Default)]
pub(crate) struct Report {
    pub(crate) figures: Vec<Figure>,
    pub(crate) skipped: Vec<Skipped>,
}

impl Report {
    pub(crate) fn add(
        &mut self,
        workload: &'static str,
        row: impl Into<String>,
        unit: &'static str,
        spread: Spread,
    ) {
        self.figures.push(Figure { workload, row: row.into(), unit, spread });
    }

    pub(crate) fn skip(
        &mut self,
        workload: &'static str,
        row: impl Into<String>,
        why: impl Into<String>,
    ) {
        self.skipped.push(Skipped { workload, row: row.into(), why: why.into() });
    }

    pub(crate) fn find(&self, workload: &str, row: &str, unit: &str) -> Option<Spread> {
        let mut figures = self.figures.iter();
        let found = figures.find(|f| (f.workload, f.row.as_str(), f.unit) == (workload, row, unit));
        found.map(|figure| figure.spread)
    }

    /// One line for each row of the workload.
    pub(crate) fn lines(&self, workload: &str) -> Vec<String> {
        let of_it = |figure: &&Figure| figure.workload == workload;
        let mut rows: Vec<(&str, String)> = Vec::new();
        for figure in self.figures.iter().filter(of_it) {
            let cell = format!("   {:>28} {}", range(figure.spread), figure.unit);
            match rows.iter_mut().find(|(row, _)| *row == figure.row) {
                Some((_, cells)) => cells.push_str(&cell),
                None => rows.push((&figure.row, cell)),
            }
        }
        let skipped = self.skipped.iter().filter(|skipped| skipped.workload == workload);
        let skipped =
            skipped.map(|skipped| (skipped.row.as_str(), format!("   SKIPPED: {}", skipped.why)));
        rows.into_iter().chain(skipped).map(|(row, cells)| format!("  {row:<34}{cells}")).collect()
    }
}

/// `12.3 (11.8-14.0)`; the median alone if there is nothing else.
fn range(Spread { median, min, max }: Spread) -> String {
    if min.to_bits() == max.to_bits() {
        return number(median);
    }
    format!("{} ({}-{})", number(median), number(min), number(max))
}

/// Three significant digits or so.
pub(crate) fn number(value: f64) -> String {
    match value.abs() {
        0.0 => "0".to_owned(),
        size if size < 0.1 => format!("{value:.4}"),
        size if size < 10.0 => format!("{value:.2}"),
        size if size < 100.0 => format!("{value:.1}"),
        _ => format!("{value:.0}"),
    }
}

#[cfg(test)]
mod tests {
    use super::Report;
    use crate::spread::Spread;

    #[test]
    fn figures_of_one_row_stand_on_one_line() {
        let mut report = Report::default();
        report.add("encode", "ours", "ns a sample", Spread { median: 13.21, min: 12.0, max: 14.0 });
        report.add("encode", "ours", "of floor", Spread::exactly(1.304));
        report.add("files", "ours", "of floor", Spread::exactly(2.0));
        report.skip("encode", "a peer", "it is away");
        let lines = report.lines("encode");
        assert_eq!(2, lines.len(), "{lines:?}");
        assert!(
            lines[0].contains("13.2 (12.0-14.0) ns a sample") && lines[0].contains("1.30 of floor")
        );
        assert!(lines[1].ends_with("SKIPPED: it is away"));
        assert!(report.find("encode", "ours", "of floor").is_some());
        assert!(report.find("encode", "ours", "MB/s").is_none());
    }
}
