//! `Head`: a sample line up to its value, `name_suffix{labels} `.

use crate::bound::Bound;
use crate::dialect::Dialect;
use crate::label::{Label, NEXT, write_label, write_labels};
use crate::sink::Sink;
use crate::stem::Stem;
use crate::written::WrittenName;

/// The label that the format adds after the caller's.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Own<'a> {
    None,
    Le(&'a Bound),
    Quantile(&'a Bound),
    /// The state of a state set, under the name of its family.
    State(WrittenName<'a>, &'a str),
}

impl Own<'_> {
    /// The name that the caller's labels must not have.
    pub(crate) const fn name(&self) -> Option<WrittenName<'_>> {
        match self {
            Self::None => None,
            Self::Le(_) => Some(WrittenName::own("le")),
            Self::Quantile(_) => Some(WrittenName::own("quantile")),
            Self::State(name, _) => Some(*name),
        }
    }

    #[inline]
    fn write<S: Sink>(&self, separator: &mut &'static [u8], sink: &mut S) -> Result<(), S::Error> {
        match self {
            Self::None => Ok(()),
            Self::Le(bound) => write_bound(b"le=\"", bound, separator, sink),
            Self::Quantile(bound) => write_bound(b"quantile=\"", bound, separator, sink),
            Self::State(name, state) => write_label(*name, state, separator, sink),
        }
    }
}

#[inline]
fn write_bound<S: Sink>(
    label: &'static [u8],
    bound: &Bound,
    separator: &mut &'static [u8],
    sink: &mut S,
) -> Result<(), S::Error> {
    sink.write(separator)?;
    *separator = NEXT;
    sink.write(label)?;
    sink.write(bound.as_bytes())
}

/// What identifies a sample. Nothing is checked here.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Head<'a> {
    pub(crate) stem: Stem<'a>,
    pub(crate) suffix: &'static str,
    pub(crate) labels: &'a [Label<'a>],
    pub(crate) own: Own<'a>,
    /// Whether the braces are written even if there is nothing in them.
    pub(crate) braces: bool,
}

impl Head<'_> {
    #[inline]
    pub(crate) fn write<S: Sink>(&self, dialect: Dialect, sink: &mut S) -> Result<(), S::Error> {
        let mut separator: &[u8] = b"{";
        if self.stem.name().is_quoted() {
            sink.write(b"{\"")?;
            separator = NEXT;
        }
        self.stem.write_bare(self.suffix, sink)?;
        write_labels(self.labels, dialect, &mut separator, sink)?;
        self.own.write(&mut separator, sink)?;
        sink.write(match separator {
            NEXT => b"\"} ",
            _ if self.braces => b"{} ",
            _ => b" ",
        })
    }
}
