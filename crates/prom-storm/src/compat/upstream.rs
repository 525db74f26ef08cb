//! The crate this project is compatible with: the same sensors, written by both, compared sample by sample.

use std::collections::BTreeSet;
use std::fmt;
use std::path::Path;
use std::time::Duration;

use biometrics_prometheus::{Emitter, Options, SlashMetrics};

use crate::compat::exposition::Exposition;
use crate::compat::failure::{Failure, Verdict, ensure};
use crate::compat::samples::{EXACT, Samples, Series};
use crate::compat::workload::{EPOCH, Emit, Plain, Sensors};

/// One thing that the two texts say differently.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Difference {
    /// A type, a sample, or a bucket by its number.
    what: String,
    theirs: String,
    ours: String,
}

impl fmt::Display for Difference {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: upstream {}, ours {}", self.what, self.theirs, self.ours)
    }
}

/// A difference that is meant, as the README lists it.
struct Meant {
    why: &'static str,
    is: fn(&Difference) -> bool,
}

/// What a side says that does not say anything.
const NOTHING: &str = "nothing";

/// Every difference that is meant. Each must be seen, or the README claims too much.
const MEANT: &[Meant] = &[
    Meant {
        why: "`le` is the upper bound of the bucket, not the rounded centre",
        is: |d| d.what.starts_with("bound of bucket ") && d.theirs != NOTHING && d.ours != NOTHING,
    },
    Meant {
        why: "there is a `+Inf` bucket",
        is: |d| d.what.ends_with("_bucket{le=\"+Inf\"}") && d.theirs == NOTHING,
    },
    Meant {
        why: "`_count` includes the observations that exceed the maximum",
        is: |d| d.what == "storm_sizes_count{}" && d.theirs != NOTHING && d.ours != NOTHING,
    },
    Meant {
        why: "one TYPE line a family: `_sum` and `_count` of a histogram have none of their own",
        is: |d| {
            matches!(d.what.as_str(), "type of storm_sizes_sum" | "type of storm_sizes_count")
                && d.ours == NOTHING
        },
    },
    Meant {
        why: "`_exceeds_max` and `_is_negative` are counters",
        is: |d| {
            matches!(
                d.what.as_str(),
                "type of storm_sizes_exceeds_max" | "type of storm_sizes_is_negative"
            ) && d.ours == "Counter"
        },
    },
];

/// Writes the same sensors with both crates, as a segment and as a page, and compares.
pub(crate) fn compare(folder: &Path) -> Verdict<String> {
    let sensors = Sensors::new();
    (0..3).for_each(|round| sensors.work(round));
    let theirs = [their_segment(&sensors, &folder.join("theirs."))?, their_page(&sensors)?];
    let ours = [our_segment(&sensors, &folder.join("ours."))?, our_page(&sensors)?];
    let mut seen = BTreeSet::new();
    let mut samples = 0;
    for (theirs, ours) in theirs.iter().zip(&ours) {
        let theirs = Exposition::of_lines(theirs)?;
        let ours = Exposition::of_lines(ours)?;
        samples += theirs.samples.len();
        seen.extend(explained(&differences(&theirs, &ours))?);
    }
    same_bytes(folder)?;
    let unseen = MEANT.iter().find(|meant| !seen.contains(meant.why));
    ensure(unseen.is_none(), || format!("not seen: {}", unseen.map_or("", |meant| meant.why)))?;
    Ok(format!(
        "{samples} samples compared; counters and gauges are the same to the last byte; meant are: {}",
        Vec::from_iter(seen).join("; ")
    ))
}

/// The reasons for all differences; a failure at the first that is not meant.
pub(crate) fn explained(differences: &[Difference]) -> Verdict<BTreeSet<&'static str>> {
    let why = |difference: &Difference| {
        let meant = MEANT.iter().find(|meant| (meant.is)(difference));
        meant.map(|meant| meant.why).ok_or_else(|| Failure::new(format!("not meant: {difference}")))
    };
    differences.iter().map(why).collect()
}

/// Everything that the two texts say differently.
pub(crate) fn differences(theirs: &Exposition, ours: &Exposition) -> Vec<Difference> {
    let mut found = Vec::new();
    for family in theirs.types.keys().chain(ours.types.keys()).collect::<BTreeSet<_>>() {
        let says = |side: &Exposition| {
            side.types.get(family).map_or(NOTHING.into(), |kind| format!("{kind:?}"))
        };
        push(&mut found, format!("type of {family}"), says(theirs), says(ours));
    }
    let (their_buckets, their_rest) = parted(&theirs.samples);
    let (our_buckets, our_rest) = parted(&ours.samples);
    let longest = their_buckets.len().max(our_buckets.len());
    for number in 0..longest {
        let bound = |buckets: &[Bucket]| {
            buckets.get(number).map_or(NOTHING.into(), |bucket| bucket.0.to_string())
        };
        let count = |buckets: &[Bucket]| {
            buckets.get(number).map_or(NOTHING.into(), |bucket| bucket.1.to_string())
        };
        push(
            &mut found,
            format!("bound of bucket {number}"),
            bound(&their_buckets),
            bound(&our_buckets),
        );
        push(
            &mut found,
            format!("count of bucket {number}"),
            count(&their_buckets),
            count(&our_buckets),
        );
    }
    for key in their_rest.keys().chain(our_rest.keys()).collect::<BTreeSet<_>>() {
        let (theirs, ours) = (their_rest.get(key), our_rest.get(key));
        if !matches!((theirs, ours), (Some(theirs), Some(ours)) if EXACT.same(*theirs, *ours)) {
            let says = |side: Option<&f64>| side.map_or(NOTHING.into(), ToString::to_string);
            push(&mut found, key.0.as_str().to_owned(), says(theirs), says(ours));
        }
    }
    found
}

fn push(found: &mut Vec<Difference>, what: String, theirs: String, ours: String) {
    if theirs != ours {
        found.push(Difference { what, theirs, ours });
    }
}

/// A finite bucket: its bound and its cumulative count.
type Bucket = (f64, f64);

/// The finite buckets by their bounds, and all other samples.
fn parted(samples: &Samples) -> (Vec<Bucket>, Samples) {
    let mut buckets = Vec::new();
    let mut rest = Samples::new();
    for ((series, at), value) in samples {
        match bound(series) {
            Some(bound) if bound.is_finite() => buckets.push((bound, *value)),
            _ => drop(rest.insert((series.clone(), *at), *value)),
        }
    }
    buckets.sort_by(|left, right| left.0.total_cmp(&right.0));
    (buckets, rest)
}

fn bound(series: &Series) -> Option<f64> {
    let (_, bound) = series.as_str().split_once("_bucket{le=\"")?;
    bound.strip_suffix("\"}")?.parse().ok()
}

/// Counters and gauges are the same to the last byte.
fn same_bytes(folder: &Path) -> Verdict {
    let theirs = their_segment(&Plain, &folder.join("their.bytes."))?;
    let ours = our_segment(&Plain, &folder.join("our.bytes."))?;
    ensure(!ours.is_empty() && ours == theirs, || {
        format!("upstream writes\n{theirs}and we\n{ours}")
    })
}

fn their_segment(sensors: &impl Emit, prefix: &Path) -> Verdict<String> {
    let prefix = prefix.to_string_lossy().into_owned();
    let path = format!("{prefix}{EPOCH}.prom");
    let mut emitter = upstream::Emitter::new(upstream::Options {
        segment_size: usize::MAX,
        flush_interval: Duration::from_secs(3600),
        prefix: prefix.into(),
    });
    sensors.emit(&mut emitter, EPOCH)?;
    emitter.flush()?;
    drop(emitter);
    Ok(std::fs::read_to_string(path)?)
}

fn our_segment(sensors: &impl Emit, prefix: &Path) -> Verdict<String> {
    let mut emitter = Emitter::new(Options {
        segment_size: usize::MAX,
        flush_interval: Duration::from_secs(3600),
        prefix,
    });
    sensors.emit(&mut emitter, EPOCH)?;
    emitter.close()?;
    Ok(std::fs::read_to_string(format!("{}{EPOCH}.prom", prefix.display()))?)
}

fn their_page(sensors: &impl Emit) -> Verdict<String> {
    let mut page = upstream::SlashMetrics::new();
    sensors.emit(&mut page, EPOCH)?;
    Ok(page.take())
}

fn our_page(sensors: &impl Emit) -> Verdict<String> {
    let mut page = SlashMetrics::new();
    sensors.emit(&mut page, EPOCH)?;
    Ok(page.take())
}

#[cfg(test)]
mod tests {
    use super::{differences, explained};
    use crate::compat::exposition::Exposition;

    const THEIRS: &str = "# TYPE storm_sizes histogram\nstorm_sizes_bucket{le=\"1.0\"} 1 5\nstorm_sizes_sum 2 5\n# TYPE a gauge\na 1 5\n";

    fn unexplained(ours: &str) -> bool {
        let parse = |text| Exposition::of_lines(text).unwrap();
        explained(&differences(&parse(THEIRS), &parse(ours))).is_err()
    }

    #[test]
    fn what_is_meant_is_explained() {
        assert!(!unexplained(THEIRS));
        assert!(!unexplained(&THEIRS.replace("1.0", "1.05")));
        assert!(!unexplained(
            &THEIRS
                .replace("storm_sizes_sum", "storm_sizes_bucket{le=\"+Inf\"} 1 5\nstorm_sizes_sum")
        ));
    }

    #[test]
    fn anything_else_is_not() {
        for (from, to) in [
            ("a 1 5\n", "a 2 5\n"),
            ("a 1 5\n", ""),
            ("a 1 5\n", "a 1 6\n"),
            ("a 1 5\n", "a 1 5\nb 1 5\n"),
            ("a gauge", "a counter"),
            ("# TYPE a gauge\n", ""),
            ("le=\"1.0\"} 1", "le=\"1.0\"} 2"),
            ("storm_sizes_bucket{le=\"1.0\"} 1 5\n", ""),
            ("sum 2", "sum 3"),
        ] {
            assert!(unexplained(&THEIRS.replace(from, to)), "{from} -> {to}");
        }
    }
}
