//! The series of a sample: its name and its labels, up to its value.

use crate::parse::bytes;
use crate::parse::engine::Engine;
use crate::parse::error::{Fault, ParseErrorKind};
use crate::parse::label_set::{LabelRules, LabelSet};
use crate::parse::memory::Memory;

/// Where a sample's label set starts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Braces {
    /// There is none, or it held the metric name alone.
    None,
    /// After `{`, or after `{"name",`.
    Open { after_comma: bool },
}

impl<'a> Engine<'a> {
    /// A sample up to its value, which becomes the engine's `head`.
    #[inline]
    pub(super) fn sample_head<const OPENMETRICS: bool, M: Memory<'a>>(
        &mut self,
        memory: &mut M,
    ) -> Result<(), Fault> {
        if self.head.eat_next(&mut self.cursor) {
            return Ok(());
        }
        let start = self.cursor.at();
        let braces = self.sample_name::<OPENMETRICS, M>(memory)?;
        let labels = self.labels::<OPENMETRICS>(braces, self.family.own_label())?;
        self.head.relabel(&self.cursor, start, labels);
        Ok(())
    }

    /// A sample's name, up to its labels or value, and what it is to the current family.
    #[inline]
    fn sample_name<const OPENMETRICS: bool, M: Memory<'a>>(
        &mut self,
        memory: &mut M,
    ) -> Result<Braces, Fault> {
        let at = self.cursor.at();
        if self.cursor.peek() == b'{' {
            let (name, braces) = self.quoted_sample_name::<OPENMETRICS>()?;
            let kind = self.belong(name, at, memory)?;
            self.head.rename(name, kind, false);
            return Ok(braces);
        }
        if !self.head.eat_name(&mut self.cursor) {
            let name = self.sample_bare_name()?;
            let kind = self.belong(name, at, memory)?;
            self.head.rename(name, kind, true);
        }
        if !OPENMETRICS {
            self.cursor.skip_blanks();
        }
        Ok(match self.cursor.eat(b'{') {
            true => Braces::Open { after_comma: false },
            false => Braces::None,
        })
    }

    /// The name of a sample without quotes. That of the family, which it starts with, was checked
    /// before.
    #[inline]
    fn sample_bare_name(&mut self) -> Result<&'a str, Fault> {
        let (bytes, at) = (self.cursor.text().as_bytes(), self.cursor.at());
        let stem = self.stem.as_bytes();
        if stem.is_empty() || !bytes::is_at(bytes, at, stem) {
            return self.bare_name();
        }
        let end = bytes::metric_name_end(bytes, at + stem.len());
        self.cursor.advance(end - at);
        Ok(self.cursor.since(at))
    }

    fn bare_name(&mut self) -> Result<&'a str, Fault> {
        let at = self.cursor.at();
        let len = bytes::metric_name_len(self.cursor.rest());
        self.cursor.advance(len);
        if len == 0 { Err(ParseErrorKind::MetricName.at(at)) } else { Ok(self.cursor.since(at)) }
    }

    /// `{"name"}` or `{"name",`, from the brace on. The name must come first.
    fn quoted_sample_name<const OPENMETRICS: bool>(&mut self) -> Result<(&'a str, Braces), Fault> {
        let at = self.cursor.at();
        self.cursor.advance(1);
        if !OPENMETRICS {
            self.cursor.skip_blanks();
        }
        if self.cursor.peek() != b'"' {
            return Err(ParseErrorKind::MetricName.at(at));
        }
        let name = self.quoted_name()?;
        if !OPENMETRICS {
            self.cursor.skip_blanks();
        }
        let braces = match self.cursor.peek() {
            b',' => Braces::Open { after_comma: true },
            b'}' => Braces::None,
            b'=' => return Err(ParseErrorKind::MetricName.at(at)),
            _ => return Err(ParseErrorKind::LabelSyntax.at(self.cursor.at())),
        };
        self.cursor.advance(1);
        Ok((name, braces))
    }

    fn quoted_name(&mut self) -> Result<&'a str, Fault> {
        let at = self.cursor.at();
        if !self.quoted {
            return Err(ParseErrorKind::QuotedName.at(at));
        }
        let name = self.cursor.quoted(false)?;
        if name.is_empty() { Err(ParseErrorKind::MetricName.at(at)) } else { Ok(name) }
    }

    /// The family's name in a metadata line.
    pub(super) fn metadata_name(&mut self) -> Result<&'a str, Fault> {
        match self.cursor.peek() {
            b'"' => self.quoted_name(),
            _ => self.bare_name(),
        }
    }

    #[inline]
    pub(super) fn labels<const OPENMETRICS: bool>(
        &mut self,
        braces: Braces,
        own: &str,
    ) -> Result<LabelSet<'a>, Fault> {
        let Braces::Open { after_comma } = braces else { return Ok(LabelSet::default()) };
        let rules = LabelRules { quoted: self.quoted, own, after_comma };
        LabelSet::read::<OPENMETRICS>(&mut self.cursor, &mut self.names, rules)
    }
}
