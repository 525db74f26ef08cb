//! `Family`: what the lines before have said about a metric family, and its sample names.

use crate::metric_type::MetricType;
use crate::parse::bytes;

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
    const SUFFIXES: &'static [(&'static str, Self)] = &[
        ("_total", Self::Total),
        ("_created", Self::Created),
        ("_bucket", Self::Bucket),
        ("_sum", Self::Sum),
        ("_count", Self::Count),
        ("_gsum", Self::GaugeSum),
        ("_gcount", Self::GaugeCount),
        ("_info", Self::Info),
    ];

    /// What the name is before its suffix, and the kind that the suffix stands for. No suffix ends
    /// in another one, so that there is one at most.
    #[cfg(feature = "alloc")]
    pub(super) fn split(sample_name: &str) -> Option<(&str, Self)> {
        // Most names end otherwise than any suffix does.
        if !matches!(sample_name.as_bytes().last(), Some(b'd' | b'l' | b'm' | b'o' | b't')) {
            return None;
        }
        Self::SUFFIXES
            .iter()
            .find_map(|&(suffix, kind)| Some((sample_name.strip_suffix(suffix)?, kind)))
            .filter(|(before, _)| !before.is_empty())
    }

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
        if !bytes::is_at(sample_name.as_bytes(), 0, self.name.as_bytes()) {
            return None;
        }
        let suffix = sample_name.get(self.name.len()..)?;
        let kind = SampleKind::of_suffix(suffix)?;
        has_kind(self.openmetrics, self.metric_type, kind).then_some(kind)
    }

    /// The suffixes of the family's samples that are among `kinds`, as [`SampleKind::bit`]s.
    #[cfg(feature = "alloc")]
    pub(super) fn suffixes(&self, kinds: u16) -> impl Iterator<Item = &'static str> + use<> {
        let (openmetrics, metric_type) = (self.openmetrics, self.metric_type);
        // Most texts have no family with such a name.
        let suffixes = if kinds == 0 { &[] } else { SampleKind::SUFFIXES };
        suffixes
            .iter()
            .filter(move |(_, kind)| kinds & kind.bit() != 0)
            .filter(move |&&(_, kind)| has_kind(openmetrics, metric_type, kind))
            .map(|&(suffix, _)| suffix)
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
    extern crate std;

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
    #[cfg(feature = "alloc")]
    fn suffixes_are_split_off_as_they_are_read() {
        for &(suffix, kind) in SampleKind::SUFFIXES {
            assert_eq!(SampleKind::of_suffix(suffix), Some(kind));
            assert_eq!(SampleKind::split(suffix), None);
            for before in ["x", "_", "x_total", "x_g", "\u{e9}"] {
                let name = [before, suffix].concat();
                assert_eq!(SampleKind::split(&name), Some((before, kind)), "{name}");
            }
        }
        assert_eq!(SampleKind::split("xtotal"), None);
        assert_eq!(SampleKind::split(""), None);
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
