//! `Sample`: what the writers of a storm emit, and the one line that each sample must become.

use crate::storm::clock::Clock;

/// The sensors of one collection. The last is a gauge.
pub(crate) const SENSORS: [&str; 4] = ["storm.0", "storm.1", "storm.2", "storm.3"];
/// Samples of one collection, which share a timestamp.
pub(crate) const COLLECTION: u64 = SENSORS.len() as u64;
/// Bytes of the longest line, or of a TYPE line, with room to spare.
pub(crate) const LONGEST_LINE: u64 = 80;

/// One sample: its writer and its number there, which is its value.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Sample {
    pub(crate) writer: u64,
    pub(crate) id: u64,
    pub(crate) clock: Clock,
}

impl Sample {
    pub(crate) fn sensor(&self) -> u64 {
        self.id % COLLECTION
    }

    pub(crate) fn millis(&self) -> u64 {
        self.clock.millis(self.id / COLLECTION)
    }

    /// The line that it must be delivered as. It is put together here without the code under test.
    pub(crate) fn line(&self) -> String {
        let label = label(self.writer, self.clock);
        let (sensor, id, millis) = (self.sensor(), self.id, self.millis());
        format!("storm_{sensor}{{writer=\"{label}\"}} {id} {millis}\n")
    }

    /// The sample of a line; `None` unless the line is its line to the byte.
    pub(crate) fn of(line: &str) -> Option<Self> {
        let mut quoted = line.split('"');
        let (writer, clock) = quoted.nth(1)?.split_once('.')?;
        let id = quoted.next()?.split(' ').nth(1)?.parse().ok()?;
        let sample = Self { writer: writer.parse().ok()?, id, clock: Clock::named(clock)? };
        (sample.line() == line).then_some(sample)
    }
}

/// The value of the constant label `writer`.
pub(crate) fn label(writer: u64, clock: Clock) -> String {
    format!("{writer}.{}", clock.name())
}

/// The TYPE line of a sensor.
pub(crate) fn header(sensor: u64) -> String {
    let kind = if sensor + 1 == COLLECTION { "gauge" } else { "counter" };
    format!("# TYPE storm_{sensor} {kind}\n")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_whole_line_is_the_sample() {
        let sample = Sample { writer: 3, id: 77, clock: Clock::Steady };
        let line = sample.line();
        assert_eq!("storm_1{writer=\"3.steady\"} 77 1700000000019\n", line);
        assert_eq!(Some(sample), Sample::of(&line));
        for cut in 0..line.len() {
            assert_eq!(None, Sample::of(&line[..cut]), "{cut}");
            let joined = format!("{}{line}", &line[..cut]);
            assert_eq!(cut == 0, Sample::of(&joined).is_some(), "{joined:?}");
        }
        // A timestamp that lost a digit, which a tail cut at the wrong place would leave.
        assert_eq!(None, Sample::of("storm_1{writer=\"3.steady\"} 77 170000000001\n"));
    }
}
