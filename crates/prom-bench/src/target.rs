//! The targets: what must hold, and whether it does.

use crate::report::{Report, number};

/// A limit of one figure's median.
#[derive(Clone, Copy, Debug)]
enum Bound {
    AtMost(f64),
    AtLeast(f64),
    Below(f64),
}

/// One figure and its limit.
struct Must {
    workload: &'static str,
    row: &'static str,
    unit: &'static str,
    bound: Bound,
}

/// Whether a target is met.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Verdict {
    Holds,
    Missed,
    /// Its figure could not be measured.
    Skipped,
}

use Bound::{AtLeast, AtMost, Below};

const fn must(workload: &'static str, row: &'static str, unit: &'static str, bound: Bound) -> Must {
    Must { workload, row, unit, bound }
}

const MUSTS: &[Must] = &[
    must("encode", "ours, kept", "of floor", AtMost(1.3)),
    must("encode", "ours, fresh", "of floor", AtMost(1.6)),
    must("encode", "biometrics_prometheus 0.13", "of ours", AtLeast(13.0)),
    must("encode", "prometheus-client 0.25", "of ours", AtLeast(3.5)),
    must("labelled", "ours, Encoder", "many of few", AtMost(1.25)),
    // A hundred thousand heads are in no cache: copying them by hand slows down as well.
    must("labelled", "ours, Series", "of floor's growth", AtMost(1.25)),
    must("files", "ours, together", "of floor", AtMost(1.35)),
    must("files", "biometrics_prometheus 0.13", "of ours", AtLeast(9.0)),
    // The few that a rotation makes are allowed.
    must("files", "ours, together", "write(2) a collection", AtMost(1.05)),
    must("drain", "ours, 10000", "of floor", AtMost(1.5)),
    must("drain", "ours, the largest", "of the middle", AtMost(11.0)),
    must("hand_over", "ours, 1000 live", "p99 of floor", AtMost(3.0)),
    must("idle", "ours, 1000 live", "% of a CPU", Below(0.5)),
    must("parse", "fastest peer, text 0.0.4", "of ours", AtLeast(4.0)),
    must("parse", "fastest peer, OpenMetrics", "of ours", AtLeast(4.0)),
    must("allocations", "encode: ours, fresh", "a sample", AtMost(0.05)),
    must("allocations", "encode: ours, kept", "a sample", AtMost(0.05)),
    must("allocations", "files: ours, together", "a sample", AtMost(0.05)),
    must("allocations", "parse, text 0.0.4: ours, Parser", "a sample", AtMost(0.0)),
    must("allocations", "parse, OpenMetrics: ours, Parser", "a sample", AtMost(0.0)),
    // The memory of the families grows by doubling, some twenty times in all.
    must("allocations", "parse, text 0.0.4: ours, validate", "a sample", AtMost(0.005)),
    must("allocations", "parse, OpenMetrics: ours, validate", "a sample", AtMost(0.005)),
];

/// Judges the targets of the workloads that were run.
pub(crate) fn judge(report: &Report, ran: &[&str]) -> Vec<(String, Verdict)> {
    MUSTS.iter().filter(|must| ran.contains(&must.workload)).map(|must| one(report, must)).collect()
}

fn one(report: &Report, must: &Must) -> (String, Verdict) {
    let Must { workload, row, unit, bound } = must;
    let (word, limit) = match bound {
        AtMost(limit) => ("at most", limit),
        AtLeast(limit) => ("at least", limit),
        Below(limit) => ("below", limit),
    };
    let says = format!("must: {workload}: {row}: {word} {limit} {unit}");
    let Some(found) = report.find(workload, row, unit) else {
        // A figure that is missing without a reason is a target that nobody watches any more.
        let told = report.skipped.iter().any(|skipped| skipped.workload == *workload);
        let verdict = if told { Verdict::Skipped } else { Verdict::Missed };
        let word = if told { "SKIPPED" } else { "MISSED" };
        return (format!("{says}: {word}: it was not measured"), verdict);
    };
    let holds = match bound {
        AtMost(limit) => found.median <= *limit,
        AtLeast(limit) => found.median >= *limit,
        Below(limit) => found.median < *limit,
    };
    let verdict = if holds { Verdict::Holds } else { Verdict::Missed };
    let word = if holds { "holds" } else { "MISSED" };
    (format!("{says}: {} {word}", number(found.median)), verdict)
}

#[cfg(test)]
mod tests {
    use super::{MUSTS, Verdict, judge};
    use crate::report::Report;
    use crate::spread::Spread;

    fn verdict(value: Option<f64>) -> Verdict {
        let mut report = Report::default();
        if let Some(value) = value {
            report.add("idle", "ours, 1000 live", "% of a CPU", Spread::exactly(value));
        }
        let judged = judge(&report, &["idle"]);
        assert_eq!(1, judged.len(), "other workloads were not run");
        judged[0].1
    }

    #[test]
    fn a_limit_holds_or_not() {
        assert_eq!(Verdict::Holds, verdict(Some(0.4999)));
        assert_eq!(Verdict::Missed, verdict(Some(0.5)));
        assert_eq!(Verdict::Missed, verdict(Some(f64::NAN)));
        assert_eq!(Verdict::Missed, verdict(None));
    }

    #[test]
    fn a_figure_is_skipped_only_for_a_reason() {
        let mut report = Report::default();
        report.skip("idle", "ours, 1000 live", "too few files");
        assert_eq!(Verdict::Skipped, judge(&report, &["idle"])[0].1);
    }

    #[test]
    fn every_target_is_of_another_figure() {
        for (at, must) in MUSTS.iter().enumerate() {
            let same = |other: &&super::Must| {
                (other.workload, other.row, other.unit) == (must.workload, must.row, must.unit)
            };
            assert_eq!(1, MUSTS.iter().filter(same).count(), "target {at}");
        }
    }
}
