//! `Metadata`: the HELP, TYPE and UNIT lines of one family, for those who write its samples
//! themselves.

use crate::dialect::Dialect;
use crate::error::EncodeError;
use crate::header::Header;
use crate::metric_type::MetricType;
use crate::name::MetricName;
use crate::sink::Sink;

/// What an exposition says about a family before its samples.
///
/// A counter is named exactly as given here: pass the name of its samples. In OpenMetrics a counter
/// whose name does not end in `_total` is declared `unknown`, as it would be illegal. An info is
/// `name_info` in its samples, whether `name` ends in `_info` or not.
///
/// ```
/// # #[cfg(feature = "alloc")] {
/// use prom_format::{Dialect, Escaping, Metadata, MetricName, MetricType};
///
/// let mut jobs = Metadata::new(MetricName::new("jobs_total").unwrap(), MetricType::Counter);
/// jobs.help = Some("Jobs done.");
///
/// let mut text = String::new();
/// jobs.write(Dialect::Text004, &mut text).unwrap();
/// assert_eq!(text, "# HELP jobs_total Jobs done.\n# TYPE jobs_total counter\n");
///
/// let mut text = String::new();
/// jobs.write(Dialect::OpenMetrics100(Escaping::Underscores), &mut text).unwrap();
/// assert_eq!(text, "# TYPE jobs counter\n# HELP jobs Jobs done.\n");
/// # }
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Metadata<'a> {
    /// The name of the family.
    pub name: MetricName<'a>,
    /// What it measures.
    pub metric_type: MetricType,
    /// A sentence for humans. It cannot end in a carriage return, which would be part of the line's
    /// end. The readers of the classic text formats drop blanks at its start.
    pub help: Option<&'a str>,
    /// The unit, such as `seconds`: the name ends in `_` and the unit, before `_total`. Written in
    /// OpenMetrics only.
    pub unit: Option<&'a str>,
}

impl<'a> Metadata<'a> {
    /// Metadata without help and unit.
    #[must_use]
    pub const fn new(name: MetricName<'a>, metric_type: MetricType) -> Self {
        Self { name, metric_type, help: None, unit: None }
    }

    /// Writes the lines in the order of the dialect: HELP and TYPE, or in OpenMetrics TYPE, UNIT
    /// and HELP.
    ///
    /// A family may have them once in an exposition, before its samples.
    ///
    /// # Errors
    ///
    /// If the help ends in a carriage return, the name does not end in the unit, an info or state
    /// set has a unit, or the sink fails.
    pub fn write<S: Sink>(
        &self,
        dialect: Dialect,
        sink: &mut S,
    ) -> Result<(), EncodeError<S::Error>> {
        let header =
            Header::as_named(dialect, self.name, self.metric_type).describe(self.help, self.unit);
        header.check()?;
        header.write(sink).map_err(EncodeError::Sink)
    }
}
