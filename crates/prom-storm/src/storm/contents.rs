//! `Contents`: what the text of one segment says, and what is wrong with it. Pure.

use std::fmt;

use crate::storm::sample::{COLLECTION, Sample, header};

/// Samples of one writer in a row, both ends included.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Run {
    pub(crate) writer: u64,
    pub(crate) first: u64,
    pub(crate) last: u64,
}

/// The samples of a segment in their order, and everything in it that no writer of a storm emits.
#[derive(Debug, Default, PartialEq, Eq)]
pub(crate) struct Contents {
    pub(crate) runs: Vec<Run>,
    pub(crate) problems: Vec<String>,
}

impl Contents {
    pub(crate) fn of(text: &str) -> Self {
        let mut contents = Self::default();
        let mut headed = Vec::new();
        for line in text.split_inclusive('\n') {
            if let Some(sensor) = (0..COLLECTION).find(|sensor| header(*sensor) == line) {
                if headed.contains(&sensor) {
                    contents.problem("second TYPE line", line);
                }
                headed.push(sensor);
            } else if let Some(sample) = Sample::of(line) {
                if !headed.contains(&sample.sensor()) {
                    contents.problem("sample before its TYPE line", line);
                }
                contents.add(sample);
            } else {
                contents.problem("alien line", line);
            }
        }
        contents
    }

    fn add(&mut self, sample: Sample) {
        let Sample { writer, id, .. } = sample;
        match self.runs.last_mut() {
            Some(run) if run.writer == writer && run.last + 1 == id => run.last = id,
            Some(run) if run.writer == writer && run.last >= id => {
                self.problem("out of order", &sample.line());
            }
            _ => self.runs.push(Run { writer, first: id, last: id }),
        }
    }

    fn problem(&mut self, what: &str, line: &str) {
        let shown: String = line.chars().take(120).collect();
        self.problems.push(format!("{what}: {shown:?}"));
    }
}

impl fmt::Display for Run {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}-{}", self.writer, self.first, self.last)
    }
}

impl Run {
    pub(crate) fn parse(text: &str) -> Option<Self> {
        let (writer, ids) = text.split_once(':')?;
        let (first, last) = ids.split_once('-')?;
        Some(Self {
            writer: writer.parse().ok()?,
            first: first.parse().ok()?,
            last: last.parse().ok()?,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::storm::clock::Clock;

    fn line(id: u64) -> String {
        Sample { writer: 1, id, clock: Clock::Zero }.line()
    }

    fn problem(text: &str) -> String {
        Contents::of(text).problems.join("; ")
    }

    #[test]
    fn a_sound_segment_is_its_runs() {
        let text = [header(0), line(4), header(1), line(5), line(8)].concat();
        let runs = [(4, 5), (8, 8)].map(|(first, last)| Run { writer: 1, first, last });
        assert_eq!(Contents { runs: runs.to_vec(), problems: vec![] }, Contents::of(&text));
        for run in runs {
            assert_eq!(Some(run), Run::parse(&run.to_string()));
        }
        assert_eq!(Contents::default(), Contents::of(""));
    }

    #[test]
    fn each_damage_is_told() {
        let (type0, type1) = (header(0), header(1));
        assert!(problem(&line(4)).starts_with("sample before its TYPE line"));
        assert!(problem(&[&*type0, &line(4), &type0].concat()).starts_with("second TYPE line"));
        assert!(problem(&[&*type0, &line(8), &line(4)].concat()).starts_with("out of order"));
        assert!(problem(&[&*type0, &line(8), &line(8)].concat()).starts_with("out of order"));
        let torn = [&*type0, &line(4)].concat();
        assert!(problem(&torn[..torn.len() - 1]).starts_with("alien line"));
        assert!(problem(&format!("{type1}{}\n", &line(5)[..9])).starts_with("alien line"));
        assert!(problem("\n").starts_with("alien line"));
    }
}
