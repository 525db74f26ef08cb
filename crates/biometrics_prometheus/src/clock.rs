//! `Clock`: the timestamp of the current collection, rendered once.

use prom_format::{Dialect, FormatError, Timestamp, TimestampText};

use crate::style::Style;

/// The last timestamp that was used, with its text.
#[derive(Clone, Debug)]
pub(crate) struct Clock {
    dialect: Dialect,
    /// Whether the text shows it at all.
    shown: bool,
    millis: Option<u64>,
    text: TimestampText,
}

impl Clock {
    pub(crate) fn new(style: &Style) -> Self {
        let (dialect, shown) = (style.dialect, style.timestamps);
        Self { dialect, shown, millis: None, text: TimestampText::NONE }
    }

    /// Turns to this time; says whether it is another than before.
    ///
    /// A time beyond the range of the format, some 292 million years ahead, is written as its end.
    pub(crate) fn turn(&mut self, millis: u64) -> Result<bool, FormatError> {
        if self.millis == Some(millis) {
            return Ok(false);
        }
        if self.shown {
            let timestamp = Timestamp::from_millis(i64::try_from(millis).unwrap_or(i64::MAX));
            self.text = TimestampText::new(self.dialect, timestamp)?;
        }
        self.millis = Some(millis);
        Ok(true)
    }

    pub(crate) fn text(&self) -> &TimestampText {
        &self.text
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_text_turns_with_the_time_unless_it_is_not_shown() {
        let mut clock = Clock::new(&Style::new(true));
        assert!(clock.turn(42).unwrap());
        assert!(!clock.turn(42).unwrap());
        assert_eq!(" 42", clock.text().as_str());
        assert!(clock.turn(u64::MAX).unwrap());
        assert_eq!(format!(" {}", i64::MAX), clock.text().as_str());
        let mut hidden = Clock::new(&Style::new(false));
        assert!(hidden.turn(42).unwrap());
        assert_eq!("", hidden.text().as_str());
    }
}
