//! `Stem`: the written name of a family, to which the suffixes of its samples are appended.

use crate::dialect::Dialect;
use crate::name::MetricName;
use crate::sink::Sink;
use crate::written::WrittenName;

/// A written name, and what joins it to a suffix that is part of the metric's own name.
///
/// `_total` and `_info` belong to the name, so a scheme that doubles underscores doubles theirs:
/// `U__a_2e_b__total`. `_bucket` and the like are appended by the format and stay as they are.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Stem<'a> {
    name: WrittenName<'a>,
    join: &'static str,
}

impl<'a> Stem<'a> {
    /// The name as it is.
    pub(crate) const fn plain(name: MetricName<'a>, dialect: Dialect) -> Self {
        Self { name: WrittenName::metric(name, dialect), join: "" }
    }

    /// The name without `suffix`, if it ends in it.
    pub(crate) fn stripped(name: MetricName<'a>, suffix: &str, dialect: Dialect) -> Option<Self> {
        name.strip_suffix(suffix).map(|name| Self::joining(name, dialect))
    }

    /// The name that `suffix` belongs to, whether it was given with the suffix or without.
    pub(crate) fn owning(name: MetricName<'a>, suffix: &str, dialect: Dialect) -> Self {
        Self::joining(name.strip_suffix(suffix).unwrap_or(name), dialect)
    }

    const fn joining(name: MetricName<'a>, dialect: Dialect) -> Self {
        let name = WrittenName::metric(name, dialect);
        Self { name, join: if name.doubles_underscores() { "_" } else { "" } }
    }

    pub(crate) const fn name(self) -> WrittenName<'a> {
        self.name
    }

    /// Whether the name ends in what joins it to a suffix of its own.
    pub(crate) const fn is_joined(self) -> bool {
        !self.join.is_empty()
    }

    /// Writes the name with `suffix`, without the quotes around it if it is quoted.
    #[inline]
    pub(crate) fn write_bare<S: Sink>(self, suffix: &str, sink: &mut S) -> Result<(), S::Error> {
        self.name.write(sink)?;
        if self.is_joined() {
            sink.write(self.join.as_bytes())?;
        }
        if suffix.is_empty() { Ok(()) } else { sink.write(suffix.as_bytes()) }
    }

    /// Writes the name with `suffix` as it stands in a metadata line.
    pub(crate) fn write<S: Sink>(self, suffix: &str, sink: &mut S) -> Result<(), S::Error> {
        let quote: &[u8] = if self.name.is_quoted() { b"\"" } else { b"" };
        sink.write(quote)?;
        self.write_bare(suffix, sink)?;
        sink.write(quote)
    }
}
