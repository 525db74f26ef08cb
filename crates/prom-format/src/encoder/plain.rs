//! `PlainFamily`: gauges, and values of which nothing is known.

use crate::encoder::exposition::Exposition;
use crate::error::EncodeError;
use crate::head::{Head, Own};
use crate::header::Header;
use crate::label::{Label, check_labels};
use crate::number::Value;
use crate::sink::Sink;

/// An open family of gauges or unknown values.
///
/// See [`Encoder::gauge`](crate::Encoder::gauge) and [`Encoder::unknown`](crate::Encoder::unknown).
#[derive(Debug)]
pub struct PlainFamily<'e, 'f, S> {
    exposition: &'e mut Exposition<S>,
    header: Header<'f>,
}

impl<'e, 'f, S: Sink> PlainFamily<'e, 'f, S> {
    pub(crate) const fn new(exposition: &'e mut Exposition<S>, header: Header<'f>) -> Self {
        Self { exposition, header }
    }

    timestamp_setter!();

    /// Writes the sample of one series. Any value is legal.
    ///
    /// # Errors
    ///
    /// If two labels have one name, or the sink fails.
    #[inline]
    pub fn sample(
        &mut self,
        labels: &[Label<'_>],
        value: impl Into<Value>,
    ) -> Result<(), EncodeError<S::Error>> {
        self.exposition.check_ready()?;
        check_labels(labels, None, self.header.dialect)?;
        let head =
            Head { stem: self.header.stem, suffix: "", labels, own: Own::None, braces: false };
        self.exposition.line(&head, value.into(), None)
    }
}
