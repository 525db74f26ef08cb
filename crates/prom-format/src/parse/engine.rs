//! `Engine`: reads the text line by line, keeping the state of the current family only.

use crate::dialect::{Dialect, Escaping};
use crate::metric_type::MetricType;
use crate::parse::bytes;
use crate::parse::cursor::Cursor;
use crate::parse::error::{Fault, ParseError, ParseErrorKind};
use crate::parse::escaped::Escaped;
use crate::parse::family::{Family, SampleKind};
use crate::parse::label_set::{LabelNames, LabelRules, LabelSet};
use crate::parse::memory::{Memory, Origin};
use crate::parse::point::MetricPoint;
use crate::parse::sample::Entry;
use crate::parse::timestamp::SampleTimestamp;

/// Where a sample's label set starts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Braces {
    /// There is none, or it held the metric name alone.
    None,
    /// After `{`, or after `{"name",`.
    Open { after_comma: bool },
}

/// The state of a parse. What it needs of families other than the current one it asks a
/// [`Memory`].
pub(super) struct Engine<'a> {
    pub(super) cursor: Cursor<'a>,
    pub(super) family: Family<'a>,
    pub(super) point: MetricPoint<'a>,
    pub(super) names: LabelNames<'a>,
    /// Whether names may be quoted.
    pub(super) quoted: bool,
    openmetrics: bool,
    /// Whether bytes that are not UTF-8 follow the text.
    has_invalid_tail: bool,
    is_done: bool,
    /// The bare name of the sample before, in the current family; empty for none. Most samples
    /// of histograms and logs repeat it, which spares them the name check and the family's.
    last_name: &'a str,
    last_kind: SampleKind,
    last_timestamp: (&'a str, SampleTimestamp),
}

impl<'a> Engine<'a> {
    pub(super) fn new(dialect: Dialect, text: &'a str, has_invalid_tail: bool) -> Self {
        let (openmetrics, escaping) = match dialect {
            Dialect::Text004 => (false, Escaping::Underscores),
            Dialect::Text100(escaping) => (false, escaping),
            Dialect::OpenMetrics100(escaping) => (true, escaping),
        };
        Self {
            cursor: Cursor::new(text),
            family: Family::new("", openmetrics),
            point: MetricPoint::default(),
            names: LabelNames::new(),
            quoted: escaping == Escaping::AllowUtf8,
            openmetrics,
            has_invalid_tail,
            is_done: false,
            last_name: "",
            last_kind: SampleKind::Bare,
            last_timestamp: ("", SampleTimestamp::default()),
        }
    }

    /// The text up to the first byte that is not UTF-8, and whether there is such a byte.
    pub(super) fn valid_utf8(bytes: &'a [u8]) -> (&'a str, bool) {
        match core::str::from_utf8(bytes) {
            Ok(text) => (text, false),
            Err(error) => {
                let valid = bytes.get(..error.valid_up_to()).unwrap_or_default();
                (core::str::from_utf8(valid).unwrap_or_default(), true)
            }
        }
    }

    /// The next entry. After the end and after an error there is none.
    #[inline]
    pub(super) fn next<M: Memory<'a>>(
        &mut self,
        memory: &mut M,
    ) -> Option<Result<Entry<'a>, ParseError>> {
        if self.is_done {
            return None;
        }
        let entry = match self.openmetrics {
            true => self.openmetrics_line(memory).map(Some),
            false => self.classic_line(memory),
        };
        match entry {
            Ok(entry) => {
                self.is_done = matches!(entry, None | Some(Entry::Eof));
                entry.map(Ok)
            }
            Err(fault) => Some(Err(self.fail(fault))),
        }
    }

    #[cold]
    fn fail(&mut self, mut fault: Fault) -> ParseError {
        self.is_done = true;
        if self.has_invalid_tail && fault.at >= self.cursor.text().len() {
            fault.kind = ParseErrorKind::InvalidUtf8;
        }
        ParseError::new(self.cursor.text(), fault)
    }

    pub(super) const fn has_invalid_tail(&self) -> bool {
        self.has_invalid_tail
    }

    /// A sample's name, up to its labels or value, and what it is to the current family.
    #[inline]
    pub(super) fn sample_head<const OPENMETRICS: bool, M: Memory<'a>>(
        &mut self,
        memory: &mut M,
    ) -> Result<(&'a str, SampleKind, Braces), Fault> {
        let at = self.cursor.at();
        if self.cursor.peek() == b'{' {
            let (name, braces) = self.quoted_sample_name::<OPENMETRICS>()?;
            return Ok((name, self.belong(name, at, memory)?, braces));
        }
        let (name, kind) = match self.repeated_name() {
            true => (self.cursor.since(at), self.last_kind),
            false => {
                let name = self.bare_name()?;
                let kind = self.belong(name, at, memory)?;
                (self.last_name, self.last_kind) = (name, kind);
                (name, kind)
            }
        };
        if !OPENMETRICS {
            self.cursor.skip_blanks();
        }
        let braces = match self.cursor.eat(b'{') {
            true => Braces::Open { after_comma: false },
            false => Braces::None,
        };
        Ok((name, kind, braces))
    }

    /// Moves over the name of the sample before, if this one has it too.
    #[inline]
    fn repeated_name(&mut self) -> bool {
        let rest = self.cursor.rest();
        let len = self.last_name.len();
        let is_repeated = len > 0
            && matches!(rest.get(len), Some(b' ' | b'{'))
            && rest.starts_with(self.last_name.as_bytes());
        if is_repeated {
            self.cursor.advance(len);
        }
        is_repeated
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

    /// A timestamp that ends the line or stands before a blank, read by `read`.
    #[inline]
    pub(super) fn timestamp(
        &mut self,
        read: impl FnOnce(&str) -> Option<SampleTimestamp>,
    ) -> Result<(SampleTimestamp, &'a str), Fault> {
        let at = self.cursor.at();
        let (last_text, last) = self.last_timestamp;
        // One emission writes the same timestamp on all its lines.
        let rest = self.cursor.rest();
        let is_repeated = !last_text.is_empty()
            && rest.get(last_text.len()) == Some(&b'\n')
            && rest.starts_with(last_text.as_bytes());
        if is_repeated {
            self.cursor.advance(last_text.len());
            return Ok((last, self.cursor.since(at)));
        }
        let text = self.cursor.token();
        let timestamp = read(text).ok_or(ParseErrorKind::Timestamp.at(at))?;
        self.last_timestamp = (text, timestamp);
        Ok((timestamp, text))
    }

    /// What the sample is to the current family, after going to another family if need be.
    fn belong<M: Memory<'a>>(
        &mut self,
        name: &'a str,
        at: usize,
        memory: &mut M,
    ) -> Result<SampleKind, Fault> {
        if let Some(kind) = self.family.kind_of(name) {
            return Ok(kind);
        }
        if name != self.family.name {
            self.enter(name, Origin::Sample, at, memory)?;
        }
        self.family.kind_of(name).ok_or(ParseErrorKind::SampleName.at(at))
    }

    /// The family that a metadata line names becomes the current one.
    pub(super) fn enter_by_metadata<M: Memory<'a>>(
        &mut self,
        name: &'a str,
        at: usize,
        memory: &mut M,
    ) -> Result<(), Fault> {
        if name == self.family.name {
            return match self.openmetrics && self.family.has_samples {
                true => Err(ParseErrorKind::MetadataAfterSample.at(at)),
                false => Ok(()),
            };
        }
        if self.family.kind_of(name).is_some() {
            return Err(ParseErrorKind::FamilyClash.at(at));
        }
        self.enter(name, Origin::Metadata, at, memory)
    }

    fn enter<M: Memory<'a>>(
        &mut self,
        name: &'a str,
        origin: Origin,
        at: usize,
        memory: &mut M,
    ) -> Result<(), Fault> {
        self.close_family(memory)?;
        self.family = memory.switch(&self.family, name, origin).map_err(|kind| kind.at(at))?;
        self.last_name = "";
        Ok(())
    }

    pub(super) fn close_family<M: Memory<'a>>(&mut self, memory: &mut M) -> Result<(), Fault> {
        if self.openmetrics {
            self.point.close(self.family.metric_type)?;
            self.point = MetricPoint::default();
            memory.close_family()?;
        }
        Ok(())
    }

    /// The current family gets its type; `at` is where its name stands in the TYPE line.
    pub(super) fn set_type<M: Memory<'a>>(
        &mut self,
        metric_type: MetricType,
        at: usize,
        memory: &mut M,
    ) -> Result<Entry<'a>, Fault> {
        if self.family.metric_type.is_some() {
            return Err(ParseErrorKind::DuplicateType.at(at));
        }
        if self.family.has_samples {
            return Err(ParseErrorKind::MetadataAfterSample.at(at));
        }
        self.family.metric_type = Some(metric_type);
        memory.typed(&self.family).map_err(|kind| kind.at(at))?;
        Ok(Entry::Type { family: Escaped::new(self.family.name), metric_type })
    }
}
