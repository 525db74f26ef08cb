//! `Plan`: how many processes write, consume and die.

use crate::storm::outcome::Outcome;

pub(crate) const WRITERS: usize = 8;
pub(crate) const CONSUMERS: usize = 3;
/// One callback in this many fails.
pub(crate) const ONE_FAILS_IN: u64 = 50;
/// Lines of a segment; a consumer that sees fewer was given an unfinished one.
pub(crate) const LINES: u64 = 3;

/// The size of one storm.
pub(crate) struct Plan {
    /// What each writer writes.
    pub(crate) segments: u64,
    pub(crate) seed: u64,
}

impl Default for Plan {
    fn default() -> Self {
        // The killed writer stops half-way; without it there are still a hundred thousand.
        Self { segments: 13_400, seed: 0x5eed }
    }
}

impl Plan {
    pub(crate) fn of(segments: &str) -> Outcome<Self> {
        let segments: u64 = segments.parse()?;
        Ok(Self { segments: segments.div_ceil(WRITERS as u64), ..Self::default() })
    }

    /// The writer that is killed has sealed this many segments.
    pub(crate) fn writer_dies_after(&self) -> u64 {
        self.segments / 2
    }

    /// The consumer that is killed dies when all writers together have sealed this many.
    pub(crate) fn consumer_dies_after(&self) -> u64 {
        self.segments * WRITERS as u64 / 3
    }
}

/// The lines of one segment.
pub(crate) fn text(writer: u64, segment: u64) -> String {
    (0..LINES)
        .map(|line| format!("storm{{writer=\"{writer}\",line=\"{line}\"}} {segment}\n"))
        .collect()
}

/// Which segment a text is, if it is a whole one.
pub(crate) fn parse(text: &str) -> Option<(u64, u64)> {
    let writer = text.split('"').nth(1)?.parse().ok()?;
    let segment = text.lines().next()?.rsplit(' ').next()?.parse().ok()?;
    (self::text(writer, segment) == text).then_some((writer, segment))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_a_whole_text_is_a_segment() {
        let whole = text(3, 77);
        assert_eq!(Some((3, 77)), parse(&whole));
        for cut in 0..whole.len() {
            assert_eq!(None, parse(&whole[..cut]), "{cut}");
        }
        assert_eq!(None, parse(&(whole + "x 1\n")));
    }
}
