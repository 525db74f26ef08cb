//! `Exposition`: the state that all families of an encoder share.

use crate::dialect::Dialect;
use crate::encoder::claims::Claims;
use crate::error::{EncodeError, FormatError, Rule};
use crate::exemplar::Exemplar;
use crate::head::Head;
use crate::header::Header;
use crate::number::Value;
use crate::sink::Sink;
use crate::timestamp::{Timestamp, TimestampText};

/// Whether another line may be written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum State {
    Ready,
    /// A histogram point has begun and its `+Inf` bucket is missing.
    PointOpen,
    /// The sink failed, so that another line might continue a torn one.
    Torn,
}

/// A sink, and what was written into it so far.
#[derive(Debug)]
pub(crate) struct Exposition<S> {
    dialect: Dialect,
    sink: S,
    claims: Claims,
    timestamp: TimestampText,
    state: State,
}

impl<S: Sink> Exposition<S> {
    pub(crate) const fn new(dialect: Dialect, sink: S) -> Self {
        let claims = Claims::new(dialect);
        Self { dialect, sink, claims, timestamp: TimestampText::NONE, state: State::Ready }
    }

    pub(crate) const fn dialect(&self) -> Dialect {
        self.dialect
    }

    pub(crate) fn set_timestamp(
        &mut self,
        timestamp: Option<Timestamp>,
    ) -> Result<(), FormatError> {
        self.timestamp = match timestamp {
            None => TimestampText::NONE,
            Some(timestamp) => TimestampText::new(self.dialect, timestamp)?,
        };
        Ok(())
    }

    /// Begins a family: its metadata is checked, its names are taken, then the lines are written.
    pub(crate) fn open(&mut self, header: &Header<'_>) -> Result<(), EncodeError<S::Error>> {
        self.check_ready()?;
        header.check()?;
        self.claims.claim(header)?;
        self.put(|sink| header.write(sink))
    }

    pub(crate) fn check_ready(&self) -> Result<(), FormatError> {
        match self.state {
            State::Ready => Ok(()),
            State::PointOpen => Err(FormatError::new(Rule::PointUnfinished, "")),
            State::Torn => Err(FormatError::new(Rule::SinkFailed, "")),
        }
    }

    pub(crate) fn begin_point(&mut self) -> Result<(), FormatError> {
        self.check_ready()?;
        self.state = State::PointOpen;
        Ok(())
    }

    pub(crate) fn end_point(&mut self) {
        if self.state == State::PointOpen {
            self.state = State::Ready;
        }
    }

    /// Writes a line that was checked.
    #[inline]
    pub(crate) fn line(
        &mut self,
        head: &Head<'_>,
        value: Value,
        exemplar: Option<&Exemplar<'_>>,
    ) -> Result<(), EncodeError<S::Error>> {
        if self.state == State::Torn {
            return Err(FormatError::new(Rule::SinkFailed, "").into());
        }
        let (dialect, timestamp) = (self.dialect, self.timestamp);
        self.put(|sink| {
            head.write(dialect, sink)?;
            value.write(sink)?;
            match exemplar {
                None => sink.write(timestamp.line_end()),
                Some(exemplar) => {
                    sink.write(timestamp.as_str().as_bytes())?;
                    exemplar.write(dialect, sink)?;
                    sink.write(b"\n")
                }
            }
        })
    }

    /// Writes the line of a time in seconds, as `_created` has it. Only OpenMetrics has such lines.
    pub(crate) fn seconds_line(
        &mut self,
        head: &Head<'_>,
        time: Timestamp,
    ) -> Result<(), EncodeError<S::Error>> {
        let (dialect, timestamp) = (self.dialect, self.timestamp);
        self.put(|sink| {
            head.write(dialect, sink)?;
            sink.write(time.seconds_text().as_bytes())?;
            sink.write(timestamp.line_end())
        })
    }

    /// Writes the end marker of the dialect and gives the sink back.
    pub(crate) fn finish(mut self) -> Result<S, EncodeError<S::Error>> {
        self.check_ready()?;
        if self.dialect.is_open_metrics() {
            self.put(|sink| sink.write(b"# EOF\n"))?;
        }
        Ok(self.sink)
    }

    #[inline]
    fn put(
        &mut self,
        write: impl FnOnce(&mut S) -> Result<(), S::Error>,
    ) -> Result<(), EncodeError<S::Error>> {
        write(&mut self.sink).map_err(|error| {
            self.state = State::Torn;
            EncodeError::Sink(error)
        })
    }
}
