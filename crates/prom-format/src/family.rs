//! `Family`: what a program says once about a metric family, usable as a constant.

use crate::name::MetricName;

/// The name of a metric family with its help and unit; its type is chosen where it is opened.
///
/// ```
/// use prom_format::{Family, MetricName};
///
/// const LATENCY: Family<'_> = Family::new(MetricName::from_static("request_duration_seconds"))
///     .help("Time from the first byte read to the last byte written.")
///     .unit("seconds");
/// assert_eq!(LATENCY.name().as_str(), "request_duration_seconds");
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Family<'a> {
    name: MetricName<'a>,
    help: Option<&'a str>,
    unit: Option<&'a str>,
}

impl<'a> Family<'a> {
    /// A family without help and unit.
    #[must_use]
    pub const fn new(name: MetricName<'a>) -> Self {
        Self { name, help: None, unit: None }
    }

    /// A sentence for humans. It cannot end in a carriage return.
    #[must_use]
    pub const fn help(self, help: &'a str) -> Self {
        Self { help: Some(help), ..self }
    }

    /// The unit, such as `seconds`. The name must end in `_` and the unit, before `_total`.
    ///
    /// It is written in OpenMetrics only, and checked in every dialect.
    #[must_use]
    pub const fn unit(self, unit: &'a str) -> Self {
        Self { unit: Some(unit), ..self }
    }

    /// The name as it was given.
    #[must_use]
    pub const fn name(self) -> MetricName<'a> {
        self.name
    }

    pub(crate) const fn help_text(self) -> Option<&'a str> {
        self.help
    }

    pub(crate) const fn unit_text(self) -> Option<&'a str> {
        self.unit
    }
}

impl<'a> From<MetricName<'a>> for Family<'a> {
    fn from(name: MetricName<'a>) -> Self {
        Self::new(name)
    }
}
