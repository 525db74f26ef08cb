//! `Dialect`: which text format is written or read, and how names outside the legacy charset appear
//! in it.

/// A text exposition format.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Dialect {
    /// The classic text format, version 0.0.4: integer millisecond timestamps, no end marker.
    Text004,
    /// The classic text format, version 1.0.0: as 0.0.4, with quoted UTF-8 names or an escaping
    /// scheme.
    Text100(Escaping),
    /// OpenMetrics 1.0: timestamps in seconds, `_total` counters, units, exemplars, `# EOF`.
    OpenMetrics100(Escaping),
}

impl Dialect {
    /// The value of the `Content-Type` header that announces this dialect.
    ///
    /// Prometheus 3 refuses a scrape without it.
    ///
    /// ```
    /// use prom_format::Dialect;
    ///
    /// assert_eq!(Dialect::Text004.content_type(), "text/plain; version=0.0.4; charset=utf-8");
    /// ```
    #[must_use]
    pub const fn content_type(self) -> &'static str {
        use Escaping::{AllowUtf8, Dots, Underscores, Values};
        match self {
            Self::Text004 => "text/plain; version=0.0.4; charset=utf-8",
            Self::Text100(AllowUtf8) => {
                "text/plain; version=1.0.0; charset=utf-8; escaping=allow-utf-8"
            }
            Self::Text100(Underscores) => {
                "text/plain; version=1.0.0; charset=utf-8; escaping=underscores"
            }
            Self::Text100(Dots) => "text/plain; version=1.0.0; charset=utf-8; escaping=dots",
            Self::Text100(Values) => "text/plain; version=1.0.0; charset=utf-8; escaping=values",
            Self::OpenMetrics100(AllowUtf8) => {
                "application/openmetrics-text; version=1.0.0; charset=utf-8; escaping=allow-utf-8"
            }
            Self::OpenMetrics100(Underscores) => {
                "application/openmetrics-text; version=1.0.0; charset=utf-8; escaping=underscores"
            }
            Self::OpenMetrics100(Dots) => {
                "application/openmetrics-text; version=1.0.0; charset=utf-8; escaping=dots"
            }
            Self::OpenMetrics100(Values) => {
                "application/openmetrics-text; version=1.0.0; charset=utf-8; escaping=values"
            }
        }
    }

    /// Whether this is OpenMetrics rather than a classic text format.
    #[must_use]
    pub const fn is_open_metrics(self) -> bool {
        matches!(self, Self::OpenMetrics100(_))
    }

    /// How names outside the legacy charset are written. Text 0.0.4 has no choice: by underscores.
    #[must_use]
    pub const fn escaping(self) -> Escaping {
        match self {
            Self::Text004 => Escaping::Underscores,
            Self::Text100(escaping) | Self::OpenMetrics100(escaping) => escaping,
        }
    }
}

/// How a name outside `[a-zA-Z_:][a-zA-Z0-9_:]*` is written.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum Escaping {
    /// As it is, in double quotes (`escaping=allow-utf-8`).
    AllowUtf8,
    /// Every illegal character becomes `_` (`escaping=underscores`).
    #[default]
    Underscores,
    /// `_` becomes `__`, `.` becomes `_dot_`, every other illegal character `__` (`escaping=dots`).
    ///
    /// It is the only scheme that changes legacy names too.
    Dots,
    /// A `U__` prefix, `_` becomes `__`, every illegal character `_hex_` (`escaping=values`).
    Values,
}
