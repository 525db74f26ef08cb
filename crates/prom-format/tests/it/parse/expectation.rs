//! What a `Plan` says: the contents that a reader of its text must find.

use prom_format::{MetricType, Value};

use super::contents::{Contents, Labels, Line, Number};
use super::plan::{Kind, Plan, PlannedFamily, Point};

impl Plan {
    pub(crate) fn contents(&self, openmetrics: bool) -> Contents {
        let mut contents = Contents::default();
        for family in &self.families {
            let (name, metric_type) = family.declared(openmetrics);
            contents.types.push((name.clone(), metric_type));
            contents.help.extend(family.help(openmetrics).map(|help| (name.clone(), help)));
            let unit = family.unit.filter(|_| openmetrics);
            contents.units.extend(unit.map(|unit| (name, unit.to_owned())));
            for point in &family.points {
                family.lines(point, openmetrics, &mut contents.samples);
            }
        }
        contents
    }
}

impl PlannedFamily {
    /// The name and the type of the TYPE line.
    fn declared(&self, openmetrics: bool) -> (String, MetricType) {
        let name = &self.name;
        let classic = |suffix: &str| match openmetrics {
            true => name.clone(),
            false => format!("{name}{suffix}"),
        };
        match (self.kind, openmetrics) {
            (Kind::Counter, _) => (classic("_total"), MetricType::Counter),
            // No name of a plan ends in `_total`.
            (Kind::CounterAsNamed, true) | (Kind::Unknown, _) => (classic(""), MetricType::Unknown),
            (Kind::CounterAsNamed, false) => (classic(""), MetricType::Counter),
            (Kind::Gauge, _) | (Kind::StateSet, false) => (classic(""), MetricType::Gauge),
            (Kind::GaugeHistogram, true) => (classic(""), MetricType::GaugeHistogram),
            (Kind::Histogram | Kind::GaugeHistogram, _) => (classic(""), MetricType::Histogram),
            (Kind::Summary, _) => (classic(""), MetricType::Summary),
            (Kind::Info, true) => (classic(""), MetricType::Info),
            (Kind::Info, false) => (classic("_info"), MetricType::Gauge),
            (Kind::StateSet, true) => (classic(""), MetricType::StateSet),
        }
    }

    fn help(&self, openmetrics: bool) -> Option<String> {
        // The classic format lets any blanks stand before a HELP text, and so cannot keep its own.
        let blanks: &[char] = if openmetrics { &[] } else { &[' ', '\t'] };
        self.help.as_deref().map(|help| help.trim_start_matches(blanks).to_owned())
    }

    fn lines(&self, point: &Point, openmetrics: bool, lines: &mut Vec<Line>) {
        let line = |suffix: &str, value| self.line(point, suffix, &[], value);
        match self.kind {
            Kind::Counter => {
                let total = line("_total", point.counter_value());
                lines.push(self.with_exemplar(point, total, openmetrics));
                self.created(point, openmetrics, lines);
            }
            Kind::CounterAsNamed => lines.push(line("", point.counter_value())),
            Kind::Gauge | Kind::Unknown => lines.push(line("", point.value)),
            Kind::Histogram | Kind::GaugeHistogram => self.histogram(point, openmetrics, lines),
            Kind::Summary => {
                for (quantile, _) in point.quantiles() {
                    let own = [("quantile", quantile.as_str())];
                    lines.push(self.line(point, "", &own, point.counter_value()));
                }
                lines.extend(point.sum.map(|sum| line("_sum", sum)));
                lines.push(line("_count", point.count.into()));
                self.created(point, openmetrics, lines);
            }
            Kind::Info => lines.push(line("_info", Value::Unsigned(1))),
            Kind::StateSet => {
                for (state, on) in &point.states {
                    let own = [(self.name.as_str(), state.as_str())];
                    lines.push(self.line(point, "", &own, Value::Unsigned(u64::from(*on))));
                }
            }
        }
    }

    fn histogram(&self, point: &Point, openmetrics: bool, lines: &mut Vec<Line>) {
        let is_gauge = self.kind == Kind::GaugeHistogram;
        for (bound, count) in &point.steps {
            let bucket = self.line(point, "_bucket", &[("le", bound.as_str())], (*count).into());
            lines.push(self.with_exemplar(point, bucket, openmetrics));
        }
        lines.push(self.line(point, "_bucket", &[("le", "+Inf")], point.count.into()));
        let (sum, count) = match is_gauge && openmetrics {
            true => ("_gsum", "_gcount"),
            false => ("_sum", "_count"),
        };
        lines.extend(point.sum.map(|value| self.line(point, sum, &[], value)));
        if point.sum.is_some() || !openmetrics {
            lines.push(self.line(point, count, &[], point.count.into()));
        }
        self.created(point, openmetrics && !is_gauge, lines);
    }

    fn line(&self, point: &Point, suffix: &str, own: &[(&str, &str)], value: Value) -> Line {
        let own = own.iter().map(|&(name, value)| (name.to_owned(), value.to_owned()));
        Line {
            name: format!("{}{suffix}", self.name),
            labels: point.labels.iter().cloned().chain(own).collect(),
            number: Number::new(value),
            millis: point.millis,
            exemplar: None,
        }
    }

    fn created(&self, point: &Point, openmetrics: bool, lines: &mut Vec<Line>) {
        if let Some(created) = point.created.filter(|_| openmetrics) {
            let line = self.line(point, "_created", &[], Value::Float(0.0));
            lines.push(Line { number: Number::created(created), ..line });
        }
    }

    fn with_exemplar(&self, point: &Point, line: Line, openmetrics: bool) -> Line {
        let exemplar = point.exemplar.as_ref().filter(|_| openmetrics).map(|exemplar| {
            let labels: Labels = vec![("trace".to_owned(), exemplar.trace.clone())];
            (labels, Number::new(exemplar.value), exemplar.millis)
        });
        Line { exemplar, ..line }
    }
}
