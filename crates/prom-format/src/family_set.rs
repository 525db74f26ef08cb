//! `FamilySet`: the names the families of one exposition take, so that no two take the same.

use crate::dialect::Dialect;
use crate::error::{FormatError, Rule};
use crate::header::Header;
use crate::metric_type::MetricType;
use crate::name::MetricName;
use crate::name_table::NameTable;

/// The families of one exposition, by every name they write.
///
/// It notices a second `# TYPE` for a family, two names that a dialect escapes alike, and a family
/// that is named like another's samples, such as `x_sum` beside the histogram `x`. The
/// [`Encoder`](crate::Encoder) keeps one of its own; this is for those who write metadata
/// themselves.
///
/// ```
/// use prom_format::{Dialect, FamilySet, MetricName, MetricType};
///
/// let mut families = FamilySet::new(Dialect::Text004);
/// let name = |text| MetricName::new(text).unwrap();
/// families.insert(name("x"), MetricType::Histogram).unwrap();
/// assert!(families.insert(name("x_sum"), MetricType::Gauge).unwrap_err().is_name_clash());
/// assert!(families.insert(name("x_max"), MetricType::Gauge).is_ok());
/// ```
#[derive(Clone, Debug)]
pub struct FamilySet {
    dialect: Dialect,
    names: NameTable,
}

impl FamilySet {
    /// No families.
    #[must_use]
    pub const fn new(dialect: Dialect) -> Self {
        Self { dialect, names: NameTable::new() }
    }

    /// Takes the names of a family: a counter is named exactly as given, as in
    /// [`Metadata`](crate::Metadata).
    ///
    /// # Errors
    ///
    /// If a family has one of the names already. The set is then as it was.
    pub fn insert(
        &mut self,
        name: MetricName<'_>,
        metric_type: MetricType,
    ) -> Result<(), FormatError> {
        self.claim(&Header::as_named(self.dialect, name, metric_type))
    }

    /// Forgets all families, for a new exposition, and keeps the memory.
    pub fn clear(&mut self) {
        self.names.clear();
    }

    pub(crate) fn claim(&mut self, header: &Header<'_>) -> Result<(), FormatError> {
        let before = self.names.len();
        for suffix in header.suffixes() {
            let free = self.names.insert(|text| {
                let Ok(()) = header.stem.write(suffix, text);
            });
            if !free {
                self.names.truncate(before);
                return Err(FormatError::new(Rule::NameClash, header.stem.name().raw()));
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::FamilySet;
    use crate::dialect::{Dialect, Escaping};
    use crate::metric_type::MetricType;
    use crate::name::MetricName;

    const OPEN: Dialect = Dialect::OpenMetrics100(Escaping::Underscores);

    fn clash(dialect: Dialect, first: (&str, MetricType), second: (&str, MetricType)) -> bool {
        let mut families = FamilySet::new(dialect);
        families.insert(MetricName::utf8(first.0).unwrap(), first.1).unwrap();
        let result = families.insert(MetricName::utf8(second.0).unwrap(), second.1);
        result.is_err_and(|error| error.is_name_clash())
    }

    fn check(first: (&str, MetricType), second: (&str, MetricType), text: bool, open: bool) {
        for (a, b) in [(first, second), (second, first)] {
            assert_eq!(clash(Dialect::Text004, a, b), text, "{a:?} then {b:?} in text");
            assert_eq!(clash(OPEN, a, b), open, "{a:?} then {b:?} in OpenMetrics");
        }
    }

    #[test]
    fn clashes() {
        use MetricType::{
            Counter, Gauge, GaugeHistogram, Histogram, Info, StateSet, Summary, Unknown,
        };
        check(("x", Gauge), ("x", Gauge), true, true);
        check(("x", Gauge), ("y", Gauge), false, false);
        check(("x", Gauge), ("x", Counter), true, true);
        check(("x.y", Unknown), ("x_y", StateSet), true, true);
        check(("x_total", Counter), ("x_total", Gauge), true, true);
        check(("x_total", Counter), ("x", Gauge), false, true);
        check(("x_total", Counter), ("x_created", Gauge), false, true);
        check(("x", Histogram), ("x_sum", Gauge), true, true);
        check(("x", Histogram), ("x_count", Counter), true, true);
        check(("x", Histogram), ("x_bucket", Unknown), true, true);
        check(("x", Histogram), ("x_created", Gauge), false, true);
        check(("x", Histogram), ("x_gsum", Gauge), false, false);
        check(("x", GaugeHistogram), ("x_gsum", Gauge), false, true);
        check(("x", GaugeHistogram), ("x_gcount", Gauge), false, true);
        check(("x", GaugeHistogram), ("x_sum", Gauge), true, false);
        check(("x", Summary), ("x_count", Gauge), true, true);
        check(("x", Summary), ("x_bucket", Gauge), false, false);
        check(("x", Info), ("x_info", Gauge), true, true);
        check(("x", Info), ("x", Gauge), false, true);
        check(("x", Histogram), ("x_sum", Histogram), true, true);
    }

    #[test]
    fn a_refused_family_takes_no_name() {
        let mut families = FamilySet::new(OPEN);
        let name = |text| MetricName::new(text).unwrap();
        families.insert(name("x_count"), MetricType::Gauge).unwrap();
        families.insert(name("x"), MetricType::Histogram).unwrap_err();
        families.insert(name("x"), MetricType::Gauge).unwrap();
        families.insert(name("x_bucket"), MetricType::Gauge).unwrap();
    }

    #[test]
    fn a_cleared_set_is_new() {
        let mut families = FamilySet::new(OPEN);
        for _ in 0..2 {
            families.insert(MetricName::from_static("x"), MetricType::Counter).unwrap();
            families.insert(MetricName::from_static("x"), MetricType::Gauge).unwrap_err();
            families.clear();
        }
    }
}
