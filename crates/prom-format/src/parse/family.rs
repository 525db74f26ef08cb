//! `Family`: what the lines before have said about a metric family, and its sample names.

use crate::metric_type::MetricType;

/// What a sample is to its family, as the suffix of its name says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum SampleKind {
    /// The family's name itself: a value, a quantile or a state.
    Bare,
    Total,
    Created,
    Bucket,
    Sum,
    Count,
    GaugeSum,
    GaugeCount,
    Info,
}

impl SampleKind {
    #[cfg(feature = "alloc")]
    const SUFFIXES: [(&'static str, Self); 8] = [
        ("_total", Self::Total),
        ("_created", Self::Created),
        ("_bucket", Self::Bucket),
        ("_sum", Self::Sum),
        ("_count", Self::Count),
        ("_gsum", Self::GaugeSum),
        ("_gcount", Self::GaugeCount),
        ("_info", Self::Info),
    ];

    fn of_suffix(suffix: &str) -> Option<Self> {
        match suffix {
            "" => Some(Self::Bare),
            "_bucket" => Some(Self::Bucket),
            "_total" => Some(Self::Total),
            "_sum" => Some(Self::Sum),
            "_count" => Some(Self::Count),
            "_created" => Some(Self::Created),
            "_gsum" => Some(Self::GaugeSum),
            "_gcount" => Some(Self::GaugeCount),
            "_info" => Some(Self::Info),
            _ => None,
        }
    }

    /// One bit, for sets of kinds.
    pub(super) const fn bit(self) -> u16 {
        1 << self as u16
    }
}

/// Whether a family of the type has samples of the kind ("Suffixes" in OpenMetrics 1.0; in the
/// classic format only histograms and summaries have suffixes).
const fn has_kind(openmetrics: bool, metric_type: Option<MetricType>, kind: SampleKind) -> bool {
    use SampleKind as K;
    match metric_type {
        Some(MetricType::Histogram) => {
            matches!(kind, K::Bucket | K::Sum | K::Count)
                || (openmetrics && matches!(kind, K::Created))
        }
        Some(MetricType::Summary) => {
            matches!(kind, K::Bare | K::Sum | K::Count)
                || (openmetrics && matches!(kind, K::Created))
        }
        Some(MetricType::Counter) if openmetrics => matches!(kind, K::Total | K::Created),
        Some(MetricType::GaugeHistogram) => matches!(kind, K::Bucket | K::GaugeSum | K::GaugeCount),
        Some(MetricType::Info) => matches!(kind, K::Info),
        _ => matches!(kind, K::Bare),
    }
}

/// A metric family: its name as it is written, its type, and which lines it has had.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Family<'a> {
    pub(super) name: &'a str,
    pub(super) openmetrics: bool,
    pub(super) metric_type: Option<MetricType>,
    pub(super) has_help: bool,
    pub(super) has_unit: bool,
    /// The unit, unless it is empty or absent.
    pub(super) unit: &'a str,
    pub(super) has_samples: bool,
}

impl<'a> Family<'a> {
    pub(super) fn new(name: &'a str, openmetrics: bool) -> Self {
        Self { name, openmetrics, ..Self::default() }
    }

    /// What a sample with this name is to the family; `None` if it belongs to another one.
    #[inline]
    pub(super) fn kind_of(&self, sample_name: &str) -> Option<SampleKind> {
        let suffix = sample_name.strip_prefix(self.name)?;
        let kind = SampleKind::of_suffix(suffix)?;
        has_kind(self.openmetrics, self.metric_type, kind).then_some(kind)
    }

    /// The suffixes of the family's samples, but for the empty one.
    #[cfg(feature = "alloc")]
    pub(super) fn suffixes(&self) -> impl Iterator<Item = &'static str> + use<> {
        let (openmetrics, metric_type) = (self.openmetrics, self.metric_type);
        SampleKind::SUFFIXES
            .into_iter()
            .filter(move |&(_, kind)| has_kind(openmetrics, metric_type, kind))
            .map(|(suffix, _)| suffix)
    }

    /// The names of families that could have a sample with this name.
    #[cfg(feature = "alloc")]
    pub(super) fn owners_of(sample_name: &'a str) -> impl Iterator<Item = &'a str> {
        SampleKind::SUFFIXES
            .into_iter()
            .filter_map(move |(suffix, _)| sample_name.strip_suffix(suffix))
            .filter(|owner| !owner.is_empty())
    }

    /// The label that tells the samples of one metric apart; empty for none.
    pub(super) const fn own_label(&self) -> &'a str {
        match self.metric_type {
            Some(MetricType::Histogram | MetricType::GaugeHistogram) => "le",
            Some(MetricType::Summary) => "quantile",
            Some(MetricType::StateSet) => self.name,
            _ => "",
        }
    }

    /// Whether the unit, if there is one, is the last part of the name.
    pub(super) fn unit_matches(&self) -> bool {
        let matches = |before: &str| before.ends_with('_');
        self.unit.is_empty() || self.name.strip_suffix(self.unit).is_some_and(matches)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn kind(openmetrics: bool, metric_type: Option<MetricType>, name: &str) -> Option<SampleKind> {
        Family { metric_type, ..Family::new("x", openmetrics) }.kind_of(name)
    }

    #[test]
    fn suffixes_by_type() {
        use MetricType as T;
        use SampleKind as K;
        assert_eq!(kind(true, Some(T::Counter), "x_total"), Some(K::Total));
        assert_eq!(kind(true, Some(T::Counter), "x"), None);
        assert_eq!(kind(false, Some(T::Counter), "x"), Some(K::Bare));
        assert_eq!(kind(false, Some(T::Counter), "x_total"), None);
        assert_eq!(kind(false, Some(T::Histogram), "x_created"), None);
        assert_eq!(kind(true, Some(T::Histogram), "x_created"), Some(K::Created));
        assert_eq!(kind(true, Some(T::Histogram), "x"), None);
        assert_eq!(kind(true, Some(T::Summary), "x_bucket"), None);
        assert_eq!(kind(true, Some(T::Info), "x_info"), Some(K::Info));
        assert_eq!(kind(true, Some(T::GaugeHistogram), "x_sum"), None);
        assert_eq!(kind(true, Some(T::GaugeHistogram), "x_gsum"), Some(K::GaugeSum));
        assert_eq!(kind(true, None, "x"), Some(K::Bare));
        assert_eq!(kind(true, None, "xx"), None);
        assert_eq!(kind(true, None, "y"), None);
    }

    #[test]
    fn units_are_whole_parts_of_the_name() {
        for (name, unit, matches) in [
            ("x_seconds", "seconds", true),
            ("x_seconds", "", true),
            ("xseconds", "seconds", false),
            ("seconds", "seconds", false),
            ("_seconds", "seconds", true),
            ("x_seconds", "x_seconds", false),
        ] {
            let family = Family { unit, ..Family::new(name, true) };
            assert_eq!(family.unit_matches(), matches, "{name} {unit}");
        }
    }
}
