//! `Style`: how sensors are named, labelled and timed in the text.

use std::fs;
use std::process;

use prom_format::{Dialect, Label, LabelName};

/// How the names of counters come about.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum Naming {
    /// A counter `requests` is written as `requests`, as `biometrics_prometheus` 0.13 does.
    #[default]
    Upstream,
    /// A counter `requests` is written as `requests_total`, as Prometheus recommends and OpenMetrics
    /// demands. A name that ends in `_total` already is kept.
    Total,
}

/// What is the same for every sensor of one emitter.
#[derive(Clone, Debug)]
pub(crate) struct Style {
    pub(crate) dialect: Dialect,
    /// What was asked for; by default it goes by the dialect.
    pub(crate) naming: Option<Naming>,
    pub(crate) timestamps: bool,
    pub(crate) process_identity: bool,
    labels: Vec<(LabelName<'static>, String)>,
}

impl Style {
    pub(crate) fn new(timestamps: bool) -> Self {
        Self {
            dialect: Dialect::Text004,
            naming: None,
            timestamps,
            process_identity: false,
            labels: Vec::new(),
        }
    }

    /// A label of the same name is replaced.
    pub(crate) fn set_label(&mut self, name: LabelName<'static>, value: String) {
        self.labels.retain(|(earlier, _)| *earlier != name);
        self.labels.push((name, value));
    }

    /// The constant labels with the values they have in this process.
    pub(crate) fn labels(&self) -> ConstantLabels {
        let mut labels = self.labels.clone();
        if self.process_identity {
            labels.retain(|(name, _)| *name != INSTANCE);
            labels.push((INSTANCE, format!("{}:{}", host_name(), process::id())));
        }
        ConstantLabels(labels)
    }

    /// OpenMetrics has no counter without `_total`.
    pub(crate) fn counters_are_total(&self) -> bool {
        let open = matches!(self.dialect, Dialect::OpenMetrics100(_));
        self.naming.map_or(open, |naming| naming == Naming::Total)
    }

    #[cfg(test)]
    pub(crate) fn with_dialect(self, dialect: Dialect) -> Self {
        Self { dialect, ..self }
    }
}

const INSTANCE: LabelName<'static> = LabelName::from_static("instance");

/// Labels that stand on every sample.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct ConstantLabels(Vec<(LabelName<'static>, String)>);

impl ConstantLabels {
    pub(crate) fn borrowed(&self) -> Vec<Label<'_>> {
        self.0.iter().map(|(name, value)| Label { name: *name, value }).collect()
    }
}

/// What the kernel calls this machine; `proc(5)`, `/proc/sys/kernel/hostname`.
fn host_name() -> String {
    let name = fs::read_to_string("/proc/sys/kernel/hostname").unwrap_or_default();
    if name.trim().is_empty() { "localhost".into() } else { name.trim().into() }
}

#[cfg(test)]
mod tests {
    use super::*;
    use prom_format::Escaping;

    #[test]
    fn the_process_is_named_once_and_over_a_label_of_the_same_name() {
        let mut style = Style::new(true);
        style.set_label(INSTANCE, "mine".into());
        style.set_label(INSTANCE, "mine again".into());
        assert_eq!(1, style.labels().0.len());
        style.process_identity = true;
        let labels = style.labels().0;
        assert_eq!(1, labels.len());
        assert!(labels[0].1.ends_with(&format!(":{}", process::id())), "{labels:?}");
    }

    #[test]
    fn open_metrics_names_its_counters() {
        assert!(!Style::new(true).counters_are_total());
        let open = Dialect::OpenMetrics100(Escaping::Underscores);
        let style = Style::new(true).with_dialect(open);
        assert!(style.counters_are_total());
        let asked = Style { naming: Some(Naming::Upstream), ..style };
        assert!(!asked.counters_are_total());
        assert!(!asked.with_dialect(Dialect::Text004).counters_are_total());
    }
}
