//! `Complaints`: the panics in what processes said on their standard error. Pure.

use crate::storm::verdict::Verdict;

/// In a line about a panic: the crate `notify`, whose own thread may end so. Who calls it then panics
/// inside of it, too, which the watcher catches; what nobody catches ends the process.
const NOTIFY: [&str; 2] = ["notify-rs inotify loop", "/notify-"];

#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Complaints {
    /// Lines that report a panic, except in that crate.
    panics: Vec<String>,
    notify: u64,
}

impl Complaints {
    pub(crate) fn of(text: &str) -> Self {
        let mut complaints = Self::default();
        let lines = text.lines().filter(|line| line.contains("panicked at"));
        for line in lines {
            if NOTIFY.iter().any(|mark| line.contains(mark)) {
                complaints.notify += 1;
            } else {
                complaints.panics.push(line.to_owned());
            }
        }
        complaints
    }

    /// What happens in that crate is counted and is no fault, as long as everything is delivered.
    pub(crate) fn judge(self, verdict: &mut Verdict) {
        if self.notify > 0 {
            verdict.figure("panics_inside_notify", self.notify);
        }
        self.panics.into_iter().for_each(|panic| verdict.fault(format!("a panic: {panic}")));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn panics_are_found_and_notify_s_own_are_apart() {
        let text = "thread 'main' (7) panicked at a.rs:1:1:\nno\n\
                    thread 'notify-rs inotify loop' (8) panicked at b.rs:1:1:\nno\n\
                    thread 'main' (7) panicked at /r/notify-8.2.1/src/inotify.rs:1:1:\n";
        let mut verdict = Verdict::default();
        Complaints::of(text).judge(&mut verdict);
        assert_eq!(["a panic: thread 'main' (7) panicked at a.rs:1:1:"], verdict.faults[..]);
        assert_eq!("panics_inside_notify 2", verdict.to_string());
        assert_eq!(Complaints::default(), Complaints::of("note: run with\n"));
    }
}
