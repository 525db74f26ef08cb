//! The lines of OpenMetrics 1.0, by its ABNF.

use crate::metric_type::MetricType;
use crate::parse::bytes;
use crate::parse::engine::Engine;
use crate::parse::error::{Fault, ParseError, ParseErrorKind};
use crate::parse::escaped::Escaped;
use crate::parse::family::SampleKind;
use crate::parse::labels::Labels;
use crate::parse::memory::Memory;
use crate::parse::point::{self, Admitted, PointSample};
use crate::parse::sample::{Entry, ExemplarText, Sample};
use crate::parse::sample_head::SampleHead;
use crate::parse::series::Braces;
use crate::parse::timestamp::SampleTimestamp;

/// The most characters that an exemplar's label names and values may have together.
const EXEMPLAR_CHARS: usize = 128;

impl<'a> Engine<'a> {
    /// The next line; there is one up to `# EOF`.
    pub(super) fn openmetrics_line<M: Memory<'a>>(
        &mut self,
        memory: &mut M,
    ) -> Option<Result<Entry<'a>, ParseError>> {
        let at = self.cursor.at();
        let entry = match self.cursor.peek() {
            _ if self.cursor.is_at_end() => Err(ParseErrorKind::MissingEof.at(at)),
            b'#' => self.openmetrics_metadata(memory),
            b'\n' => Err(ParseErrorKind::BlankLine.at(at)),
            b' ' | b'\t' => Err(ParseErrorKind::UnexpectedBlank.at(at)),
            _ => self.openmetrics_sample(memory).map(Entry::Sample),
        };
        self.item(entry)
    }

    #[inline]
    fn openmetrics_sample<M: Memory<'a>>(&mut self, memory: &mut M) -> Result<Sample<'a>, Fault> {
        let at = self.cursor.at();
        self.sample_head::<true, M>(memory)?;
        self.one_blank(ParseErrorKind::Value)?;
        let (value, value_text) = self.cursor.value()?;
        let mut sample = Sample {
            name: self.head.name,
            labels: self.head.labels.labels,
            value,
            value_text,
            timestamp: None,
            timestamp_text: "",
            exemplar: None,
        };
        self.openmetrics_tail(&mut sample)?;
        self.cursor.line_feed()?;
        self.admit(value, sample.timestamp, at, memory)?;
        Ok(sample)
    }

    /// `[SP timestamp] [SP # SP exemplar]`
    #[inline]
    fn openmetrics_tail(&mut self, sample: &mut Sample<'a>) -> Result<(), Fault> {
        if self.cursor.peek() == b'\n' {
            return Ok(());
        }
        self.one_blank(ParseErrorKind::TrailingText)?;
        if self.cursor.peek() != b'#' {
            let (timestamp, text) = self.timestamp(SampleTimestamp::from_seconds)?;
            (sample.timestamp, sample.timestamp_text) = (Some(timestamp), text);
            if self.cursor.peek() == b'\n' {
                return Ok(());
            }
            self.one_blank(ParseErrorKind::TrailingText)?;
        }
        sample.exemplar = Some(self.exemplar(self.head.kind)?);
        Ok(())
    }

    /// Exactly one space, with something after it.
    #[inline]
    fn one_blank(&mut self, otherwise: ParseErrorKind) -> Result<(), Fault> {
        let at = self.cursor.at();
        if !self.cursor.eat(b' ') {
            let kind = match self.cursor.peek() {
                b'\t' => ParseErrorKind::UnexpectedBlank,
                _ => otherwise,
            };
            return Err(kind.at(at));
        }
        match self.cursor.peek() {
            b' ' | b'\t' | b'\n' => Err(ParseErrorKind::UnexpectedBlank.at(at)),
            _ => Ok(()),
        }
    }

    fn exemplar(&mut self, kind: SampleKind) -> Result<ExemplarText<'a>, Fault> {
        let at = self.cursor.at();
        if self.cursor.peek() != b'#' {
            return Err(ParseErrorKind::TrailingText.at(at));
        }
        if !matches!(kind, SampleKind::Total | SampleKind::Bucket) {
            return Err(ParseErrorKind::ExemplarNotAllowed.at(at));
        }
        if !self.cursor.eat_text(b"# {") {
            return Err(ParseErrorKind::ExemplarSyntax.at(at));
        }
        let set = self.labels::<true>(Braces::Open { after_comma: false }, "")?;
        if characters(set.labels) > EXEMPLAR_CHARS {
            return Err(ParseErrorKind::ExemplarTooLong.at(at));
        }
        self.one_blank(ParseErrorKind::ExemplarSyntax)?;
        let start = self.cursor.at();
        self.cursor.value()?;
        if self.cursor.peek() != b'\n' {
            self.one_blank(ParseErrorKind::ExemplarSyntax)?;
            let at = self.cursor.at();
            let timestamp = SampleTimestamp::from_seconds(self.cursor.token());
            timestamp.ok_or(ParseErrorKind::Timestamp.at(at))?;
        }
        Ok(ExemplarText { labels: set.labels, numbers: self.cursor.since(start) })
    }

    /// The rules between the sample and those before it.
    #[inline]
    fn admit<M: Memory<'a>>(
        &mut self,
        value: f64,
        timestamp: Option<SampleTimestamp>,
        at: usize,
        memory: &mut M,
    ) -> Result<(), Fault> {
        let metric_type = self.family.metric_type;
        let SampleHead { kind, labels, .. } = &self.head;
        let sample = PointSample { kind: *kind, labels, value, timestamp, at };
        point::check_sample(metric_type, &sample).map_err(|kind| kind.at(at))?;
        let is_info = sample.kind == SampleKind::Info;
        if self.point.admit(metric_type, &sample)? == Admitted::NewMetric && !is_info {
            memory.metric(labels.metric(), at);
        }
        let is_one_of_many = is_info
            || matches!(metric_type, Some(MetricType::Summary | MetricType::StateSet))
                && sample.kind == SampleKind::Bare;
        if is_one_of_many && timestamp.is_none() {
            memory.series(labels.series(), at);
        }
        self.family.has_samples = true;
        Ok(())
    }

    fn openmetrics_metadata<M: Memory<'a>>(&mut self, memory: &mut M) -> Result<Entry<'a>, Fault> {
        let start = self.cursor.at();
        let is_type = self.cursor.eat_text(b"# TYPE ");
        let is_help = !is_type && self.cursor.eat_text(b"# HELP ");
        if !is_type && !is_help && !self.cursor.eat_text(b"# UNIT ") {
            return self.eof(start, memory);
        }
        let at = self.cursor.at();
        if matches!(self.cursor.peek(), b' ' | b'\t') {
            return Err(ParseErrorKind::UnexpectedBlank.at(at));
        }
        let name = self.metadata_name()?;
        match self.cursor.peek() {
            b' ' => self.cursor.advance(1),
            b'\n' => return Err(ParseErrorKind::MetadataSyntax.at(self.cursor.at())),
            b'\t' => return Err(ParseErrorKind::UnexpectedBlank.at(self.cursor.at())),
            _ => return Err(ParseErrorKind::MetricName.at(self.cursor.at())),
        }
        self.enter_by_metadata(name, at, memory)?;
        let entry = match (is_type, is_help) {
            (true, _) => self.openmetrics_type(at, memory)?,
            (_, true) => self.openmetrics_help(at)?,
            _ => self.openmetrics_unit(at)?,
        };
        self.check_unit(at)?;
        self.cursor.line_feed()?;
        Ok(entry)
    }

    fn openmetrics_type<M: Memory<'a>>(
        &mut self,
        at: usize,
        memory: &mut M,
    ) -> Result<Entry<'a>, Fault> {
        let type_at = self.cursor.at();
        let metric_type = match self.cursor.line() {
            "counter" => MetricType::Counter,
            "gauge" => MetricType::Gauge,
            "histogram" => MetricType::Histogram,
            "gaugehistogram" => MetricType::GaugeHistogram,
            "summary" => MetricType::Summary,
            "info" => MetricType::Info,
            "stateset" => MetricType::StateSet,
            "unknown" => MetricType::Unknown,
            _ => return Err(ParseErrorKind::MetricType.at(type_at)),
        };
        self.set_type(metric_type, at, memory)
    }

    fn openmetrics_help(&mut self, at: usize) -> Result<Entry<'a>, Fault> {
        if core::mem::replace(&mut self.family.has_help, true) {
            return Err(ParseErrorKind::DuplicateHelp.at(at));
        }
        let text = self.help_text::<true>()?;
        Ok(Entry::Help { family: Escaped::new(self.family.name), text: Escaped::new(text) })
    }

    fn openmetrics_unit(&mut self, at: usize) -> Result<Entry<'a>, Fault> {
        if core::mem::replace(&mut self.family.has_unit, true) {
            return Err(ParseErrorKind::DuplicateUnit.at(at));
        }
        let unit_at = self.cursor.at();
        let unit = self.cursor.line();
        // A unit ends a name, so that it may hold whatever a name may: with quoted names that is
        // everything but a line feed.
        if !self.quoted && !bytes::all_metric_name(unit.as_bytes()) {
            return Err(ParseErrorKind::Unit.at(unit_at));
        }
        self.family.unit = unit;
        Ok(Entry::Unit { family: Escaped::new(self.family.name), unit })
    }

    /// UNIT and TYPE may come in any order, so that both lead here.
    fn check_unit(&self, at: usize) -> Result<(), Fault> {
        let unitless =
            matches!(self.family.metric_type, Some(MetricType::Info | MetricType::StateSet));
        if !self.family.unit_matches() {
            return Err(ParseErrorKind::UnitMismatch.at(at));
        }
        if unitless && !self.family.unit.is_empty() {
            return Err(ParseErrorKind::UnitNotAllowed.at(at));
        }
        Ok(())
    }

    /// `# EOF`, with or without a line feed, and nothing after it.
    fn eof<M: Memory<'a>>(&mut self, start: usize, memory: &mut M) -> Result<Entry<'a>, Fault> {
        let is_eof = self.cursor.eat_text(b"# EOF");
        if !is_eof || self.cursor.peek() != b'\n' {
            return Err(ParseErrorKind::CommentNotAllowed.at(start));
        }
        self.cursor.eat(b'\n');
        if !self.cursor.is_at_end() || self.has_invalid_tail() {
            return Err(ParseErrorKind::TextAfterEof.at(self.cursor.at()));
        }
        self.close_family(memory)?;
        self.end();
        Ok(Entry::Eof)
    }
}

/// The code points of all names and values.
fn characters(labels: Labels<'_>) -> usize {
    let count = |text: Escaped<'_>| text.chars().count();
    labels.into_iter().map(|label| count(label.name) + count(label.value)).sum()
}
