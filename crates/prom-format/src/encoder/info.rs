//! `InfoFamily`: text that does not change while the process lives.

use crate::encoder::exposition::Exposition;
use crate::error::EncodeError;
use crate::head::{Head, Own};
use crate::header::Header;
use crate::label::{Label, check_labels};
use crate::number::Value;
use crate::sink::Sink;

/// An open family of infos. See [`Encoder::info`](crate::Encoder::info).
#[derive(Debug)]
pub struct InfoFamily<'e, 'f, S> {
    exposition: &'e mut Exposition<S>,
    header: Header<'f>,
}

impl<'e, 'f, S: Sink> InfoFamily<'e, 'f, S> {
    pub(crate) const fn new(exposition: &'e mut Exposition<S>, header: Header<'f>) -> Self {
        Self { exposition, header }
    }

    timestamp_setter!();

    /// Writes one info: its labels are what it says, its value is 1.
    ///
    /// # Errors
    ///
    /// If two labels have one name, or the sink fails.
    pub fn sample(&mut self, labels: &[Label<'_>]) -> Result<(), EncodeError<S::Error>> {
        self.exposition.check_ready()?;
        check_labels(labels, None, self.header.dialect)?;
        let head =
            Head { stem: self.header.stem, suffix: "_info", labels, own: Own::None, braces: false };
        self.exposition.line(&head, Value::Unsigned(1), None)
    }
}
