//! The negative controls: with one line taken away, the judges must no longer agree. A judge that finds nothing wrong
//! then has found nothing out before.

use crate::compat::failure::{Failure, Verdict, ensure};
use crate::compat::judges;
use crate::compat::lab::Lab;
use crate::compat::page::Page;
use crate::compat::run::{Cut, Run};

/// Without the `+Inf` bucket.
pub(crate) fn inf_bucket(lab: &Lab) -> Verdict<String> {
    let is_inf = |line: &str| line.starts_with("storm_sizes_bucket{le=\"+Inf\"}");
    let scrape = Page::scrape()?;
    let scrape = scrape.with(without(&scrape.text, is_inf)?);
    let open_metrics = Page::open_metrics()?;
    let open_metrics = open_metrics.with(without(&open_metrics.text, is_inf)?);
    let refusals = [
        refused("histogram_quantile", "NaN", judges::quantile(lab, &scrape))?,
        refused("scrape", "265 samples", judges::scrape(lab, &scrape))?,
        refused(
            "python OpenMetrics",
            "+Inf bucket missing",
            judges::python_open_metrics(lab, &open_metrics),
        )?,
        refused("blocks", "265 samples", judges::blocks(lab, &open_metrics))?,
    ];
    Ok(refusals.join("; "))
}

/// Without the TYPE line of a counter.
pub(crate) fn type_line(lab: &Lab) -> Verdict<String> {
    let is_type = |line: &str| line.starts_with("# TYPE storm_requests ");
    let run = Run::new(&lab.folder("run")?, Cut::EveryEmission)?;
    let segment = run.segments.first().ok_or_else(|| Failure::new("no segment"))?;
    let open_metrics = Page::open_metrics()?;
    let open_metrics = open_metrics.with(without(&open_metrics.text, is_type)?);
    let refusals = [
        refused(
            "python",
            "storm_requests: ",
            judges::python_classic(lab, &without(segment, is_type)?),
        )?,
        refused(
            "python OpenMetrics",
            "storm_requests: ",
            judges::python_open_metrics(lab, &open_metrics),
        )?,
    ];
    Ok(refusals.join("; "))
}

/// Without one sample.
pub(crate) fn sample(lab: &Lab) -> Verdict<String> {
    let is_sample = |line: &str| line.starts_with("storm_load ");
    let mut run = Run::new(&lab.folder("run")?, Cut::EveryEmission)?;
    let segment = run.segments.first_mut().ok_or_else(|| Failure::new("no segment"))?;
    *segment = without(segment, is_sample)?;
    let python = judges::python_classic(lab, segment);
    let scrape = Page::scrape()?;
    let scrape = scrape.with(without(&scrape.text, is_sample)?);
    let open_metrics = Page::open_metrics()?;
    let open_metrics = open_metrics.with(without(&open_metrics.text, is_sample)?);
    let refusals = [
        refused("python", "storm_load: ", python)?,
        refused(
            "python OpenMetrics",
            "storm_load: ",
            judges::python_open_metrics(lab, &open_metrics),
        )?,
        refused("scrape", "storm_load is missing", judges::scrape(lab, &scrape))?,
        refused("victoria-metrics", "storm_load is missing", judges::import(lab, &run))?,
        refused("blocks", "samples, expected", judges::blocks(lab, &open_metrics))?,
    ];
    Ok(refusals.join("; "))
}

/// The text without the one line that `is` finds.
fn without(text: &str, is: impl Fn(&str) -> bool) -> Verdict<String> {
    let kept: Vec<&str> = text.split_inclusive('\n').filter(|line| !is(line)).collect();
    let taken = text.lines().count() - kept.len();
    ensure(taken == 1, || format!("{taken} lines were taken away instead of one"))?;
    Ok(kept.concat())
}

/// Fails unless a judge refused, and for the reason that is expected.
fn refused<T>(judge: &str, words: &str, verdict: Verdict<T>) -> Verdict<String> {
    match verdict {
        Ok(_) => Err(Failure::new(format!("{judge} found nothing wrong"))),
        Err(why) => {
            let why = why.to_string();
            ensure(why.contains(words), || format!("{judge} failed for another reason: {why}"))?;
            let last = why.lines().last().unwrap_or_default();
            Ok(format!("{judge}: {last}"))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{refused, without};
    use crate::compat::failure::{Failure, Verdict};

    #[test]
    fn exactly_one_line_is_taken_away() {
        let starts = |start: &'static str| move |line: &str| line.starts_with(start);
        assert_eq!(without("a 1\nb 2\n", starts("a")).unwrap(), "b 2\n");
        assert!(without("a 1\nb 2\n", starts("c")).is_err());
        assert!(without("a 1\na 2\n", starts("a")).is_err());
    }

    #[test]
    fn a_judge_that_agrees_and_a_judge_that_cannot_run_are_found() {
        let cannot: Verdict = Err(Failure::new("cannot start"));
        let missing: Verdict = Err(Failure::new("a is missing"));
        assert!(refused("j", "is missing", Ok(())).is_err());
        assert!(refused("j", "is missing", cannot).is_err());
        assert_eq!(refused("j", "is missing", missing).unwrap(), "j: a is missing");
    }
}
