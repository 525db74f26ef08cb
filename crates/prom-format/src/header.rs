//! `Header`: the metadata lines of one family in one dialect, and the names its samples take.

use crate::dialect::Dialect;
use crate::error::{FormatError, Rule};
use crate::escape::write_help;
use crate::metric_type::MetricType;
use crate::name::{MetricName, is_legacy_byte};
use crate::sink::Sink;
use crate::stem::Stem;

/// A family as its dialect declares it.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Header<'a> {
    pub(crate) dialect: Dialect,
    pub(crate) stem: Stem<'a>,
    /// What follows the stem in the metadata lines.
    pub(crate) family_suffix: &'static str,
    /// The type that is declared; a counter that OpenMetrics would refuse is `Unknown`.
    pub(crate) metric_type: MetricType,
    pub(crate) help: Option<&'a str>,
    pub(crate) unit: Option<&'a str>,
}

impl<'a> Header<'a> {
    /// A family whose counter is named exactly as given.
    ///
    /// OpenMetrics has no counter without `_total`: the family is declared unknown there.
    pub(crate) fn as_named(
        dialect: Dialect,
        name: MetricName<'a>,
        metric_type: MetricType,
    ) -> Self {
        if metric_type != MetricType::Counter {
            return Self::of(dialect, name, metric_type);
        }
        let plain = Self::with(dialect, Stem::plain(name, dialect), "", metric_type);
        match Stem::stripped(name, "_total", dialect) {
            Some(stem) => Self::with(dialect, stem, in_text(dialect, "_total"), metric_type),
            None if dialect.is_open_metrics() => Self { metric_type: MetricType::Unknown, ..plain },
            None => plain,
        }
    }

    /// A family whose counter owns `_total`.
    pub(crate) fn of(dialect: Dialect, name: MetricName<'a>, metric_type: MetricType) -> Self {
        let (stem, suffix) = match metric_type {
            MetricType::Counter => {
                (Stem::owning(name, "_total", dialect), in_text(dialect, "_total"))
            }
            MetricType::Info => (Stem::owning(name, "_info", dialect), in_text(dialect, "_info")),
            _ => (Stem::plain(name, dialect), ""),
        };
        Self::with(dialect, stem, suffix, metric_type)
    }

    const fn with(
        dialect: Dialect,
        stem: Stem<'a>,
        family_suffix: &'static str,
        metric_type: MetricType,
    ) -> Self {
        Self { dialect, stem, family_suffix, metric_type, help: None, unit: None }
    }

    pub(crate) const fn describe(self, help: Option<&'a str>, unit: Option<&'a str>) -> Self {
        Self { help, unit, ..self }
    }

    /// Checks help and unit, by the same rules in every dialect, so that a family is wrong in all
    /// or in none.
    pub(crate) fn check(&self) -> Result<(), FormatError> {
        if let Some(help) = self.help.filter(|help| help.ends_with('\r')) {
            return Err(FormatError::new(Rule::HelpEndsInCarriageReturn, help));
        }
        let Some(unit) = self.unit else { return Ok(()) };
        let raw = self.stem.name().raw();
        if matches!(self.metric_type, MetricType::Info | MetricType::StateSet) {
            return Err(FormatError::new(Rule::UnitForbidden, raw));
        }
        let legal = !unit.is_empty() && unit.bytes().all(|byte| is_legacy_byte(byte, false, true));
        let named = raw.strip_suffix(unit).is_some_and(|head| head.ends_with('_'));
        if legal && named { Ok(()) } else { Err(FormatError::new(Rule::Unit, raw)) }
    }

    /// Writes the lines in the order of the dialect.
    pub(crate) fn write<S: Sink>(&self, sink: &mut S) -> Result<(), S::Error> {
        if self.dialect.is_open_metrics() {
            self.write_type(sink)?;
            self.write_unit(sink)?;
            self.write_help(sink)
        } else {
            self.write_help(sink)?;
            self.write_type(sink)
        }
    }

    fn write_type<S: Sink>(&self, sink: &mut S) -> Result<(), S::Error> {
        self.write_line(
            "# TYPE ",
            |sink| sink.write(self.metric_type.as_str(self.dialect).as_bytes()),
            sink,
        )
    }

    fn write_help<S: Sink>(&self, sink: &mut S) -> Result<(), S::Error> {
        let Some(help) = self.help else { return Ok(()) };
        self.write_line(
            "# HELP ",
            |sink| write_help(help, self.dialect.is_open_metrics(), sink),
            sink,
        )
    }

    /// Leaves the unit out where a scheme that doubles underscores keeps the name from ending in
    /// `_` and the unit.
    fn write_unit<S: Sink>(&self, sink: &mut S) -> Result<(), S::Error> {
        let doubled = self.stem.name().doubles_underscores();
        let ends_name = |unit: &&str| !doubled || !(self.stem.is_joined() || unit.contains('_'));
        let Some(unit) = self.unit.filter(ends_name) else { return Ok(()) };
        self.write_line("# UNIT ", |sink| sink.write(unit.as_bytes()), sink)
    }

    fn write_line<S: Sink>(
        &self,
        keyword: &str,
        rest: impl FnOnce(&mut S) -> Result<(), S::Error>,
        sink: &mut S,
    ) -> Result<(), S::Error> {
        sink.write(keyword.as_bytes())?;
        self.stem.write(self.family_suffix, sink)?;
        sink.write(b" ")?;
        rest(sink)?;
        sink.write(b"\n")
    }

    /// The suffixes of all names the family takes from the exposition: its own, and those of its
    /// samples.
    ///
    /// OpenMetrics counts `_created` among them whether it is written or not.
    pub(crate) const fn suffixes(&self) -> &'static [&'static str] {
        match (self.metric_type, self.dialect.is_open_metrics()) {
            (MetricType::Counter, true) => &["", "_total", "_created"],
            (MetricType::Histogram, true) => &["", "_bucket", "_sum", "_count", "_created"],
            (MetricType::GaugeHistogram, true) => &["", "_bucket", "_gsum", "_gcount"],
            (MetricType::Summary, true) => &["", "_sum", "_count", "_created"],
            (MetricType::Info, true) => &["", "_info"],
            (MetricType::Counter, false) if self.family_suffix.is_empty() => &[""],
            (MetricType::Counter, false) => &["_total"],
            (MetricType::Info, false) => &["_info"],
            (MetricType::Histogram | MetricType::GaugeHistogram, false) => {
                &["", "_bucket", "_sum", "_count"]
            }
            (MetricType::Summary, false) => &["", "_sum", "_count"],
            _ => &[""],
        }
    }
}

/// A suffix that the metadata lines of the classic text formats have and those of OpenMetrics lack.
const fn in_text(dialect: Dialect, suffix: &'static str) -> &'static str {
    if dialect.is_open_metrics() { "" } else { suffix }
}
