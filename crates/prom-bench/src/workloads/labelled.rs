//! The workload `labelled`: many series of one family, told apart by labels.

use std::cell::RefCell;
use std::convert::Infallible;

use prom_format::{Dialect, Encoder, Label, LabelName, MetricName, Series, Suffix, TimestampText};
use prometheus_client::metrics::counter::Counter;
use prometheus_client::metrics::family::Family;
use prometheus_client::registry::Registry;

use crate::contender::{Contender, samples};
use crate::outcome::{Outcome, ensure};
use crate::peers::{CLIENT, RUST_PROMETHEUS};
use crate::race::Race;
use crate::report::Report;
use crate::scale::Scale;
use crate::spread::Spread;

pub(crate) const NAME: &str = "labelled";
const FLOOR: &str = "floor";
const SERIES: &str = "ours, Series";
const ENCODER: &str = "ours, Encoder";

const METRIC: &str = "http_requests";
const LABELS: [&str; 3] = ["method", "path", "code"];
const FAMILY: MetricName<'static> = MetricName::from_static("http_requests_total");
const NAMES: [LabelName<'static>; 3] = [
    LabelName::from_static("method"),
    LabelName::from_static("path"),
    LabelName::from_static("code"),
];

/// The label values of one series.
type Values = [String; 3];

pub(crate) fn run(scale: &Scale, report: &mut Report) -> Outcome {
    let sets = scale.labelled.map(values);
    let [mut few, mut many] = [contenders(&sets[0])?, contenders(&sets[1])?];
    // A lap of each is about as many samples.
    let times = (sets[1].len() / sets[0].len()).max(1);
    let mut laps = Vec::new();
    for _ in 0..=scale.rounds {
        laps.push((Race::run(&mut few, 1, times)?, Race::run(&mut many, 1, 1)?));
    }
    let floor = growths(&laps, &few[0], &many[0])?;
    for (few, many) in few.iter().zip(&many) {
        let nanos = |race: fn(&(Race, Race)) -> &Race, contender: &Contender<'_>| {
            let seconds = laps.iter().map(|lap| race(lap).each(contender.name, |lap| lap.thread));
            let seconds: Vec<Spread> = seconds.collect::<Outcome<_>>()?;
            let nanos = |each: &Spread| each.median * 1e9 / contender.samples as f64;
            Outcome::Ok(Spread::of(seconds.iter().map(nanos)))
        };
        report.add(NAME, few.name, "ns a sample, few", nanos(|(few, _)| few, few)?);
        report.add(NAME, few.name, "ns a sample, many", nanos(|(_, many)| many, many)?);
        let growths = growths(&laps, few, many)?;
        report.add(NAME, few.name, "many of few", Spread::of(growths.iter().copied()));
        let beyond = growths.iter().zip(&floor).map(|(growth, floor)| growth / floor);
        report.add(NAME, few.name, "of floor's growth", Spread::of(beyond));
    }
    Ok(())
}

/// How much more a sample of many costs than one of few, round by round.
fn growths(laps: &[(Race, Race)], few: &Contender<'_>, many: &Contender<'_>) -> Outcome<Vec<f64>> {
    let each = |race: &Race, contender: &Contender<'_>| {
        let lap = race.each(contender.name, |lap| lap.thread)?;
        Outcome::Ok(lap.median / contender.samples as f64)
    };
    laps.iter().map(|(fewer, more)| Ok(each(more, many)? / each(fewer, few)?)).collect()
}

fn values(count: usize) -> Vec<Values> {
    let method = |id: usize| if id.is_multiple_of(2) { "GET" } else { "PUT" };
    let value = |id| [method(id).to_owned(), format!("/api/v1/item/{id}"), "200".to_owned()];
    (0..count).map(value).collect()
}

/// The floor is the first.
fn contenders(values: &[Values]) -> Outcome<[Contender<'_>; 5]> {
    let made = [
        floor(values)?,
        series(values)?,
        encoder(values)?,
        client(values)?,
        rust_prometheus(values)?,
    ];
    for contender in &made {
        let (name, found) = (contender.name, contender.samples);
        ensure(found == values.len(), || {
            format!("{name} writes {found} of {} samples", values.len())
        })?;
    }
    Ok(made)
}

const TYPE: &[u8] = b"# TYPE http_requests_total counter\n";

/// The heads of all series in one piece, and where each ends.
struct Heads {
    text: Vec<u8>,
    ends: Vec<usize>,
}

impl Heads {
    fn new(values: &[Values]) -> Self {
        let (mut text, mut ends) = (Vec::new(), Vec::new());
        for [method, path, code] in values {
            let labels = format!("method=\"{method}\",path=\"{path}\",code=\"{code}\"");
            text.extend_from_slice(format!("{METRIC}_total{{{labels}}} ").as_bytes());
            ends.push(text.len());
        }
        Self { text, ends }
    }

    fn write(&self, text: &mut Vec<u8>) {
        text.clear();
        text.extend_from_slice(TYPE);
        let mut start = 0;
        for (end, value) in self.ends.iter().zip(0_u64..) {
            text.extend_from_slice(self.text.get(start..*end).unwrap_or_default());
            text.extend_from_slice(itoa::Buffer::new().format(value).as_bytes());
            text.push(b'\n');
            start = *end;
        }
    }
}

fn floor(values: &[Values]) -> Outcome<Contender<'_>> {
    let (heads, mut text) = (Heads::new(values), Vec::new());
    heads.write(&mut text);
    Ok(Contender::new(FLOOR, samples(&text), move || {
        heads.write(&mut text);
        Ok(())
    }))
}

/// One of ours, whose text has to be that of the floor.
fn same<'a>(
    name: &'static str,
    values: &'a [Values],
    mut write: impl FnMut(&mut Vec<u8>) -> Outcome + 'a,
) -> Outcome<Contender<'a>> {
    let (mut text, mut expected) = (Vec::new(), Vec::new());
    write(&mut text)?;
    Heads::new(values).write(&mut expected);
    ensure(text == expected, || format!("{name} writes other bytes than the floor"))?;
    let count = samples(&text);
    Ok(Contender::new(name, count, move || {
        text.clear();
        write(&mut text)
    }))
}

fn labels([method, path, code]: &Values) -> [Label<'_>; 3] {
    let [method_name, path_name, code_name] = NAMES;
    [Label::new(method_name, method), Label::new(path_name, path), Label::new(code_name, code)]
}

fn series(values: &[Values]) -> Outcome<Contender<'_>> {
    let of = |values| Series::new(Dialect::Text004, FAMILY, Suffix::None, &labels(values));
    let all: Vec<Series> = values.iter().map(of).collect::<Result<_, _>>()?;
    same(SERIES, values, move |text| {
        text.extend_from_slice(TYPE);
        for (series, value) in all.iter().zip(0_u64..) {
            let Ok::<(), Infallible>(()) = series.write(text, value, &TimestampText::NONE);
        }
        Ok(())
    })
}

fn encoder(values: &[Values]) -> Outcome<Contender<'_>> {
    same(ENCODER, values, move |text| {
        let mut encoder = Encoder::new(Dialect::Text004, text);
        let mut family = encoder.counter(FAMILY)?;
        for (values, value) in values.iter().zip(0_u64..) {
            family.sample(&labels(values), value)?;
        }
        encoder.finish()?;
        Ok(())
    })
}

fn client(values: &[Values]) -> Outcome<Contender<'_>> {
    let family = Family::<Vec<(String, String)>, Counter>::default();
    for (values, value) in values.iter().zip(0_u64..) {
        let labels =
            LABELS.iter().zip(values).map(|(name, value)| ((*name).to_owned(), value.clone()));
        family.get_or_create(&labels.collect()).inc_by(value);
    }
    let mut registry = Registry::default();
    registry.register(METRIC, "Requests served", family);
    let mut text = String::new();
    prometheus_client::encoding::text::encode(&mut text, &registry)?;
    let text = RefCell::new(text);
    let count = samples(text.borrow().as_bytes());
    Ok(Contender::new(CLIENT, count, move || {
        let mut text = text.borrow_mut();
        text.clear();
        Ok(prometheus_client::encoding::text::encode(&mut *text, &registry)?)
    }))
}

fn rust_prometheus(values: &[Values]) -> Outcome<Contender<'_>> {
    let options = prometheus::Opts::new("http_requests_total", "Requests served");
    let vector = prometheus::IntCounterVec::new(options, &LABELS)?;
    for (values, value) in values.iter().zip(0_u64..) {
        vector.get_metric_with_label_values(&values.each_ref().map(String::as_str))?.inc_by(value);
    }
    let registry = prometheus::Registry::new();
    registry.register(Box::new(vector))?;
    let encoder = prometheus::TextEncoder::new();
    let mut text = String::new();
    encoder.encode_utf8(&registry.gather(), &mut text)?;
    Ok(Contender::new(RUST_PROMETHEUS, samples(text.as_bytes()), move || {
        text.clear();
        Ok(encoder.encode_utf8(&registry.gather(), &mut text)?)
    }))
}

#[cfg(test)]
mod tests {
    use super::{contenders, same, values};

    #[test]
    fn all_write_each_series_once() {
        let values = values(300);
        assert!(contenders(&values).unwrap().iter().all(|contender| contender.samples == 300));
    }

    #[test]
    fn other_bytes_than_those_of_the_floor_are_refused() {
        let values = values(3);
        let other = same("other", &values, |text| {
            text.extend_from_slice(b"a 1\nb 2\nc 3\n");
            Ok(())
        });
        assert!(other.is_err());
    }
}
