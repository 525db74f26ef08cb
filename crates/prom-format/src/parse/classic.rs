//! The lines of the classic text format (0.0.4 and 1.0.0), as strict as expfmt reads them.

use crate::metric_type::MetricType;
use crate::parse::engine::Engine;
use crate::parse::error::{Fault, ParseError, ParseErrorKind};
use crate::parse::escaped::Escaped;
use crate::parse::memory::Memory;
use crate::parse::point;
use crate::parse::sample::{Entry, Sample};
use crate::parse::sample_head::SampleHead;
use crate::parse::timestamp::SampleTimestamp;

impl<'a> Engine<'a> {
    /// The next line that is not blank; `None` at the end of the text.
    pub(super) fn classic_line<M: Memory<'a>>(
        &mut self,
        memory: &mut M,
    ) -> Option<Result<Entry<'a>, ParseError>> {
        self.cursor.skip_blanks();
        while self.cursor.eat(b'\n') {
            self.cursor.skip_blanks();
        }
        if self.cursor.is_at_end() {
            self.end();
            let at = self.cursor.at();
            return match self.has_invalid_tail() {
                true => self.item(Err(ParseErrorKind::InvalidUtf8.at(at))),
                false => None,
            };
        }
        let entry = match self.cursor.eat(b'#') {
            true => self.classic_comment(memory),
            false => self.classic_sample(memory).map(Entry::Sample),
        };
        self.item(entry)
    }

    #[inline]
    fn classic_sample<M: Memory<'a>>(&mut self, memory: &mut M) -> Result<Sample<'a>, Fault> {
        let at = self.cursor.at();
        self.sample_head::<false, M>(memory)?;
        let SampleHead { name, kind, labels, .. } = &self.head;
        point::check_classic_sample(self.family.metric_type, *kind, labels.own.as_ref())
            .map_err(|kind| kind.at(at))?;
        let (name, labels) = (*name, labels.labels);
        self.cursor.skip_blanks();
        let (value, value_text) = self.cursor.value()?;
        let (timestamp, timestamp_text) = self.classic_timestamp()?;
        self.cursor.line_feed()?;
        self.family.has_samples = true;
        Ok(Sample { name, labels, value, value_text, timestamp, timestamp_text, exemplar: None })
    }

    #[inline]
    fn classic_timestamp(&mut self) -> Result<(Option<SampleTimestamp>, &'a str), Fault> {
        if self.cursor.peek() == b'\n' {
            return Ok((None, ""));
        }
        self.cursor.skip_blanks();
        if self.cursor.peek() == b'#' {
            return Err(ParseErrorKind::ExemplarNotAllowed.at(self.cursor.at()));
        }
        let (timestamp, text) = self.timestamp(SampleTimestamp::from_milliseconds)?;
        Ok((Some(timestamp), text))
    }

    /// A line that starts with `#`, which has been read.
    fn classic_comment<M: Memory<'a>>(&mut self, memory: &mut M) -> Result<Entry<'a>, Fault> {
        let start = self.cursor.at();
        let metadata = self.classic_metadata(memory)?;
        let comment = match metadata {
            Some(entry) => entry,
            None => {
                self.cursor.line();
                Entry::Comment(self.cursor.since(start))
            }
        };
        self.cursor.line_feed()?;
        Ok(comment)
    }

    /// HELP or TYPE, if the line is one; those that end before or after the family's name are
    /// comments.
    fn classic_metadata<M: Memory<'a>>(
        &mut self,
        memory: &mut M,
    ) -> Result<Option<Entry<'a>>, Fault> {
        // As every program writes them; the blanks may also be others, or more.
        let is_type = self.cursor.eat_text(b" TYPE ");
        let is_help = !is_type && self.cursor.eat_text(b" HELP ");
        self.cursor.skip_blanks();
        let is_help = match is_type || is_help {
            true => is_help,
            false => match self.cursor.token() {
                "HELP" => true,
                "TYPE" => false,
                _ => return Ok(None),
            },
        };
        self.cursor.skip_blanks();
        if self.cursor.peek() == b'\n' {
            return Ok(None);
        }
        let at = self.cursor.at();
        let name = self.metadata_name()?;
        match self.cursor.peek() {
            b'\n' => return Ok(None),
            b' ' | b'\t' => self.cursor.skip_blanks(),
            _ => return Err(ParseErrorKind::MetricName.at(self.cursor.at())),
        }
        if is_help {
            return self.classic_help(name, at, memory).map(Some);
        }
        if self.cursor.peek() == b'\n' {
            return Ok(None);
        }
        self.enter_by_metadata(name, at, memory)?;
        let type_at = self.cursor.at();
        let metric_type = match self.cursor.line() {
            "counter" => MetricType::Counter,
            "gauge" => MetricType::Gauge,
            "histogram" => MetricType::Histogram,
            "summary" => MetricType::Summary,
            "untyped" => MetricType::Unknown,
            _ => return Err(ParseErrorKind::MetricType.at(type_at)),
        };
        self.set_type(metric_type, at, memory).map(Some)
    }

    fn classic_help<M: Memory<'a>>(
        &mut self,
        name: &'a str,
        at: usize,
        memory: &mut M,
    ) -> Result<Entry<'a>, Fault> {
        self.enter_by_metadata(name, at, memory)?;
        let text = self.help_text::<false>()?;
        // An empty HELP counts as none.
        if self.family.has_help && !text.is_empty() {
            return Err(ParseErrorKind::DuplicateHelp.at(at));
        }
        self.family.has_help |= !text.is_empty();
        Ok(Entry::Help { family: Escaped::new(name), text: Escaped::new(text) })
    }

    /// The rest of a HELP line. Classic text escapes backslashes and line feeds only.
    pub(super) fn help_text<const OPENMETRICS: bool>(&mut self) -> Result<&'a str, Fault> {
        let start = self.cursor.at();
        loop {
            match OPENMETRICS {
                true => self.cursor.seek(*b"\n\\\""),
                false => self.cursor.seek(*b"\n\\"),
            }
            match self.cursor.rest() {
                [b'\\', b'\\' | b'n', ..] => self.cursor.advance(2),
                [b'\\', b'"', ..] if OPENMETRICS => self.cursor.advance(2),
                [b'\\', byte, ..] if OPENMETRICS && *byte != b'\n' => self.cursor.advance(1),
                [b'\\', ..] => return Err(ParseErrorKind::InvalidEscape.at(self.cursor.at())),
                [b'"', ..] => return Err(ParseErrorKind::UnescapedQuote.at(self.cursor.at())),
                _ => return Ok(self.cursor.since(start)),
            }
        }
    }
}
