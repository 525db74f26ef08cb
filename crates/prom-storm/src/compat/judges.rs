//! What each judge is asked of a text. The checks ask it of what the project wrote, the controls of the same with
//! something taken away.

use prom_format::Dialect;

use crate::compat::exposition::Exposition;
use crate::compat::failure::{Failure, Verdict, ensure};
use crate::compat::lab::Lab;
use crate::compat::page::{OPEN_METRICS, Page};
use crate::compat::prometheus::Prometheus;
use crate::compat::promtool;
use crate::compat::python::{self, Parser};
use crate::compat::run::Run;
use crate::compat::samples::{self, EXACT, Samples};
use crate::compat::truth::Truth;
use crate::compat::victoria::{FIDELITY, Victoria};

/// Quantiles that lie among the finite buckets.
const QUANTILES: &[f64] = &[0.05, 0.5, 0.8];

/// The classic parser of `prometheus_client` finds every family of one emission.
pub(crate) fn python_classic(lab: &Lab, text: &str) -> Verdict {
    python::expect(lab, Parser::Classic, text, &Truth::families())
}

/// So does its OpenMetrics parser.
pub(crate) fn python_open_metrics(lab: &Lab, page: &Page) -> Verdict {
    python::expect(lab, Parser::OpenMetrics, &page.text, &Truth::families())
}

/// A scraped page is in Prometheus what the sensors say.
pub(crate) fn scrape(lab: &Lab, page: &Page) -> Verdict {
    let prometheus = Prometheus::scraping(&lab.folder("prometheus")?, page)?;
    page.truth.expect(&prometheus.scraped()?, None, EXACT)
}

/// `histogram_quantile` is within one bucket of the observations' true quantile.
pub(crate) fn quantile(lab: &Lab, page: &Page) -> Verdict<String> {
    let bounds = bounds(&Exposition::parse(Dialect::Text004, &page.text)?.samples);
    let prometheus = Prometheus::scraping(&lab.folder("prometheus")?, page)?;
    let mut said = Vec::new();
    for quantile in QUANTILES {
        let truth = page.truth.quantile(*quantile)?;
        let found = prometheus.quantile("storm_sizes", *quantile)?;
        let bucket = bounds.partition_point(|bound| *bound <= truth);
        // The bucket itself reaches from the bound before it to its own; one more on either side is within one bucket.
        let edge = |index: Option<usize>, otherwise| {
            index.and_then(|index| bounds.get(index)).copied().unwrap_or(otherwise)
        };
        let low = edge(bucket.checked_sub(2), 0.0);
        let high = edge(bucket.checked_add(1), f64::INFINITY);
        ensure((low..=high).contains(&found), || {
            format!("quantile {quantile} is {found}, truly {truth}: not within {low} and {high}")
        })?;
        said.push(format!("{quantile}: {found:.2} for {truth:.2}"));
    }
    Ok(said.join(", "))
}

/// The finite bounds of the histogram, in order.
fn bounds(samples: &Samples) -> Vec<f64> {
    let bound = |text: &str| {
        text.strip_prefix("storm_sizes_bucket{le=\"")?.strip_suffix("\"}")?.parse().ok()
    };
    let mut bounds: Vec<f64> =
        samples.keys().filter_map(|(series, _)| bound(series.as_str())).collect();
    bounds.retain(|bound| bound.is_finite());
    bounds.sort_by(f64::total_cmp);
    bounds
}

/// Every sample of the segments is in VictoriaMetrics as the sensors said it and as the segments say it.
pub(crate) fn import(lab: &Lab, run: &Run) -> Verdict<String> {
    let victoria = Victoria::start(&lab.folder("victoria")?)?;
    let invalid = victoria.invalid_rows()?;
    for segment in &run.segments {
        victoria.import(segment)?;
    }
    let found = victoria.export()?;
    let refused = victoria.invalid_rows()? - invalid;
    ensure(refused == 0, || format!("{refused} rows were refused"))?;
    for truth in &run.truths {
        let stamp = i64::try_from(truth.at)?;
        truth.expect(&found, Some(stamp), FIDELITY).map_err(|why| why.of(format!("at {stamp}")))?;
    }
    let written = Exposition::of_segments(&run.segments)?.samples;
    samples::expect(&found, &written, FIDELITY)?;
    let exact = found.iter().filter(|(key, value)| written.get(*key) == Some(*value)).count();
    Ok(format!(
        "{} samples read back, {exact} of them to the last bit; {} are NaN, which the server does not keep",
        found.len(),
        written.len() - found.len()
    ))
}

/// Every sample of an OpenMetrics page is in the blocks that promtool makes of it.
pub(crate) fn blocks(lab: &Lab, page: &Page) -> Verdict<String> {
    let found = promtool::import(&lab.folder("blocks")?, &page.text)?;
    let expected = page.truth.len();
    ensure(found.len() == expected, || format!("{} samples, expected {expected}", found.len()))?;
    let written = Exposition::parse(OPEN_METRICS, &page.text)?.samples;
    let written: Option<Vec<promtool::Dumped>> =
        written.into_iter().map(|((_, stamp), value)| Some((value, stamp?))).collect();
    let written = written.ok_or_else(|| Failure::new("a sample without a timestamp"))?;
    ensure(sorted(found) == sorted(written), || {
        "other values or timestamps than were written".to_owned()
    })?;
    Ok(format!("{expected} samples"))
}

/// Samples in an order of their own, as bits, so that `NaN` equals itself.
fn sorted(samples: Vec<promtool::Dumped>) -> Vec<(i64, u64)> {
    let bits = |value: f64| if value.is_nan() { f64::NAN.to_bits() } else { value.to_bits() };
    let mut all: Vec<(i64, u64)> =
        samples.into_iter().map(|(value, stamp)| (stamp, bits(value))).collect();
    all.sort_unstable();
    all
}
