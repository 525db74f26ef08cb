//! `Contender`: one way to do a job that several can do.

use crate::outcome::Outcome;

/// A step of a contender.
pub(crate) type Step<'a> = Box<dyn FnMut() -> Outcome + 'a>;

/// A name, a job, and how many samples it is about.
pub(crate) struct Contender<'a> {
    pub(crate) name: &'static str,
    pub(crate) samples: usize,
    /// What is done before a lap, off the clock.
    begin: Step<'a>,
    act: Step<'a>,
}

impl<'a> Contender<'a> {
    pub(crate) fn new(
        name: &'static str,
        samples: usize,
        act: impl FnMut() -> Outcome + 'a,
    ) -> Self {
        Self { name, samples, begin: Box::new(|| Ok(())), act: Box::new(act) }
    }

    pub(crate) fn begins(mut self, begin: impl FnMut() -> Outcome + 'a) -> Self {
        self.begin = Box::new(begin);
        self
    }

    pub(crate) fn begin(&mut self) -> Outcome {
        (self.begin)()
    }

    /// Does the job so many times.
    pub(crate) fn act(&mut self, times: usize) -> Outcome {
        (0..times).try_for_each(|_| (self.act)())
    }
}

/// The samples of a text: its lines that are neither empty nor comments.
pub(crate) fn samples(text: &[u8]) -> usize {
    text.split(|byte| *byte == b'\n').filter(|line| !matches!(line, [] | [b'#', ..])).count()
}

#[cfg(test)]
mod tests {
    use super::{Contender, samples};

    #[test]
    fn comments_and_empty_lines_are_no_samples() {
        assert_eq!(2, samples(b"# TYPE a gauge\na 1\n\na{b=\"#\"} 2\n# EOF\n"));
    }

    #[test]
    fn a_failure_ends_the_lap() {
        let mut left = 2;
        let act = || {
            left -= 1;
            if left == 0 { Err("no more".into()) } else { Ok(()) }
        };
        let mut contender = Contender::new("a", 1, act);
        assert!(contender.act(1).is_ok() && contender.act(5).is_err());
        drop(contender);
        assert_eq!(0, left);
    }
}
