//! `StateSetFamily`: named booleans.

use crate::encoder::exposition::Exposition;
use crate::error::{EncodeError, FormatError, Rule};
use crate::head::{Head, Own};
use crate::header::Header;
use crate::label::{Label, check_labels};
use crate::number::Value;
use crate::sink::Sink;

/// An open family of state sets. See [`Encoder::state_set`](crate::Encoder::state_set).
#[derive(Debug)]
pub struct StateSetFamily<'e, 'f, S> {
    exposition: &'e mut Exposition<S>,
    header: Header<'f>,
}

impl<'e, 'f, S: Sink> StateSetFamily<'e, 'f, S> {
    pub(crate) const fn new(exposition: &'e mut Exposition<S>, header: Header<'f>) -> Self {
        Self { exposition, header }
    }

    timestamp_setter!();

    /// Writes one sample per state, named by a label that is called like the family.
    ///
    /// An enumeration is a set in which one state is true.
    ///
    /// # Errors
    ///
    /// If two labels have one name or one is called like the family, a state is named twice, or the
    /// sink fails.
    pub fn point(
        &mut self,
        labels: &[Label<'_>],
        states: &[(&str, bool)],
    ) -> Result<(), EncodeError<S::Error>> {
        let own = self.header.stem.name();
        self.exposition.check_ready()?;
        check_labels(labels, Some(own), self.header.dialect)?;
        check_states(states)?;
        for &(state, enabled) in states {
            let head = Head {
                stem: self.header.stem,
                suffix: "",
                labels,
                own: Own::State(own, state),
                braces: false,
            };
            self.exposition.line(&head, Value::Unsigned(enabled.into()), None)?;
        }
        Ok(())
    }
}

fn check_states(states: &[(&str, bool)]) -> Result<(), FormatError> {
    let mut rest = states;
    while let [(state, _), tail @ ..] = rest {
        if tail.iter().any(|(other, _)| other == state) {
            return Err(FormatError::new(Rule::DuplicateState, state));
        }
        rest = tail;
    }
    Ok(())
}

/// Checks that the name of a state set can be the name of a label too.
pub(crate) fn check_name(header: &Header<'_>) -> Result<(), FormatError> {
    let name = header.stem.name();
    if !name.is_quoted() && name.chars().any(|c| c == ':') {
        Err(FormatError::new(Rule::StateSetColon, name.raw()))
    } else if name.chars().take(2).eq("__".chars()) {
        Err(FormatError::new(Rule::ReservedLabel, name.raw()))
    } else {
        Ok(())
    }
}
