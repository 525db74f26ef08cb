//! Sensor names and label values that would forge lines, if anybody let them.

use std::fs;
use std::path::Path;

use biometrics::{Counter, Emitter as _, Gauge};
use biometrics_prometheus::Emitter;
use biometrics_prometheus::format::{Dialect, Entry, LabelName, Parser};

use crate::storm::consumer::segments;
use crate::storm::outcome::Outcome;
use crate::storm::random::Random;
use crate::storm::scenario::Context;
use crate::storm::verdict::Verdict;

/// What texts are made of.
const PIECES: [&str; 18] = [
    "\n",
    "\r",
    "\"",
    "\\",
    "\\n",
    "{",
    "}",
    "=",
    ",",
    " ",
    "#",
    "# TYPE x counter\n",
    "x 1 1\n",
    "\u{e9}",
    "\u{1f600}",
    "\u{2028}",
    "le",
    "a",
];
const VALUES: [f64; 8] =
    [f64::NAN, f64::INFINITY, f64::NEG_INFINITY, -0.0, 5e-324, f64::MAX, 1e15, -1.5];

pub(crate) fn all(context: &Context) -> Outcome<Verdict> {
    let mut verdict = Verdict::default();
    let mut random = Random::new(context.seed);
    for round in 0..context.pick(300, 5_000) {
        // Now and then a value of a megabyte.
        let pieces = if round % 100 == 50 { 300_000 } else { random.below(12) };
        let value = text(&mut random, pieces);
        if let Err(error) = one(&mut random, &value, &mut verdict) {
            verdict.fault(format!("round {round}: {error}"));
        }
    }
    verdict.figures = vec![("samples", verdict.figures.iter().map(|(_, count)| count).sum())];
    Ok(verdict)
}

fn text(random: &mut Random, pieces: u64) -> String {
    (0..pieces).filter_map(|_| PIECES.get(random.index(PIECES.len()))).copied().collect()
}

/// Emits some sensors with a hostile label, and reads back what became of them.
fn one(random: &mut Random, value: &str, verdict: &mut Verdict) -> Outcome {
    let home = tempfile::tempdir()?;
    let prefix = home.path().join("storm.");
    let label = LabelName::new("hostile")?;
    let mut emitter = Emitter::builder().prefix(&prefix).label(label, value).build();
    let mut emitted = Vec::new();
    for _ in 0..1 + random.below(5) {
        let pieces = random.below(8);
        let name: &'static str = Box::leak(text(random, pieces).into_boxed_str());
        let number = VALUES.get(random.index(VALUES.len())).copied().unwrap_or(0.0);
        let gauge = Gauge::new(name);
        gauge.set(number);
        let counter = Counter::new(name);
        // A name that is empty, or another sensor's, is refused; nothing of it may be written.
        if emitter.emit_gauge(&gauge, 1_000).is_ok() {
            emitted.push(number);
        } else if emitter.emit_counter(&counter, 1_000).is_ok() {
            emitted.push(0.0);
        }
    }
    emitter.close()?;
    verdict.figure("samples", emitted.len() as u64);
    let read = read_back(home.path(), value)?;
    let bits = |numbers: &[f64]| numbers.iter().map(|one| one.to_bits()).collect::<Vec<u64>>();
    if bits(&read) != bits(&emitted) {
        verdict.fault(format!("{emitted:?} came back as {read:?}, label {:?}", shown(value)));
    }
    Ok(())
}

/// The values of all samples. Every line is a TYPE or a sample, for whoever splits at line ends.
fn read_back(directory: &Path, label: &str) -> Outcome<Vec<f64>> {
    let mut values = Vec::new();
    for path in segments(directory) {
        let text = fs::read_to_string(path)?;
        for entry in Parser::new(Dialect::Text004, &text) {
            let Entry::Sample(sample) = entry? else { continue };
            if sample.labels().get("hostile").is_none_or(|found| found != label) {
                return Err(format!("the label {:?} came back otherwise", shown(label)).into());
            }
            values.push(sample.value());
        }
        let lines = text.split('\n').filter(|line| !line.is_empty());
        let samples = lines.filter(|line| !line.starts_with("# TYPE ")).count();
        if samples != values.len() {
            return Err(format!("{samples} lines for {} samples", values.len()).into());
        }
    }
    Ok(values)
}

fn shown(text: &str) -> String {
    text.chars().take(80).collect()
}
