//! `Engine`: reads the text line by line, keeping the state of the current family only.

use crate::dialect::{Dialect, Escaping};
use crate::metric_type::MetricType;
use crate::parse::bytes;
use crate::parse::cursor::Cursor;
use crate::parse::error::{Fault, ParseError, ParseErrorKind};
use crate::parse::escaped::Escaped;
use crate::parse::family::{Family, SampleKind};
use crate::parse::label_names::LabelNames;
use crate::parse::memory::{Memory, Origin};
use crate::parse::point::MetricPoint;
use crate::parse::sample::Entry;
use crate::parse::sample_head::SampleHead;
use crate::parse::timestamp::SampleTimestamp;

/// The state of a parse. What it needs of families other than the current one it asks a
/// [`Memory`].
pub(super) struct Engine<'a> {
    pub(super) cursor: Cursor<'a>,
    pub(super) family: Family<'a>,
    pub(super) point: MetricPoint<'a>,
    pub(super) names: LabelNames<'a>,
    /// That of the last sample, which the next one most often repeats in part.
    pub(super) head: SampleHead<'a>,
    /// Whether names may be quoted.
    pub(super) quoted: bool,
    openmetrics: bool,
    /// The family's name if it stands in the text without quotes, else empty: a text that starts
    /// with it starts with a name.
    pub(super) stem: &'a str,
    /// Whether bytes that are not UTF-8 follow the text.
    has_invalid_tail: bool,
    is_done: bool,
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
            head: SampleHead::default(),
            quoted: escaping == Escaping::AllowUtf8,
            openmetrics,
            stem: "",
            has_invalid_tail,
            is_done: false,
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
        match self.openmetrics {
            true => self.openmetrics_line(memory),
            false => self.classic_line(memory),
        }
    }

    /// An entry or an error, as the iterator has it. Inlined into what reads a line, it writes an
    /// entry to its place at once.
    #[inline]
    pub(super) fn item(
        &mut self,
        entry: Result<Entry<'a>, Fault>,
    ) -> Option<Result<Entry<'a>, ParseError>> {
        Some(match entry {
            Ok(entry) => Ok(entry),
            Err(fault) => Err(self.fail(fault)),
        })
    }

    /// Forgets what the lines before looked like, but not what they said: no shortcut can be taken
    /// on the next line.
    #[cfg(all(test, feature = "alloc"))]
    pub(super) fn forget_text(&mut self) {
        self.head = SampleHead::default();
        self.names.forget();
        self.stem = "";
        self.last_timestamp = Default::default();
    }

    /// The text has ended.
    pub(super) const fn end(&mut self) {
        self.is_done = true;
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

    /// A timestamp that ends the line or stands before a blank, read by `read`.
    #[inline]
    pub(super) fn timestamp(
        &mut self,
        read: impl FnOnce(&str) -> Option<SampleTimestamp>,
    ) -> Result<(SampleTimestamp, &'a str), Fault> {
        let at = self.cursor.at();
        let (last_text, last) = self.last_timestamp;
        // One emission writes the same timestamp on all its lines.
        let bytes = self.cursor.text().as_bytes();
        let is_repeated = !last_text.is_empty()
            && bytes.get(at + last_text.len()) == Some(&b'\n')
            && bytes::is_at(bytes, at, last_text.as_bytes());
        if is_repeated {
            self.cursor.advance(last_text.len());
            return Ok((last, last_text));
        }
        let text = self.cursor.token();
        let timestamp = read(text).ok_or(ParseErrorKind::Timestamp.at(at))?;
        self.last_timestamp = (text, timestamp);
        Ok((timestamp, text))
    }

    /// What the sample is to the current family, after going to another family if need be.
    pub(super) fn belong<M: Memory<'a>>(
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
        memory.switch(&mut self.family, name, origin).map_err(|kind| kind.at(at))?;
        // The name of a sample starts with that of its family.
        let is_quoted = matches!(self.cursor.text().as_bytes().get(at), Some(b'"' | b'{'));
        self.stem = if is_quoted { "" } else { self.family.name };
        self.head.forget();
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
