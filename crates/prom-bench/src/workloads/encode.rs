//! The workload `encode`: the mixed collection as text in memory.

use std::convert::Infallible;
use std::hint::black_box;

use biometrics::{Counter, Emitter, Gauge, Histogram, Moments};
use biometrics_prometheus::SlashMetrics;

use crate::contender::{Contender, samples};
use crate::floor::Floor;
use crate::mixed::{BUCKETS, Mixed, NOW};
use crate::outcome::{Outcome, ensure};
use crate::peers::{self, CLIENT, EXPORTER, RUST_PROMETHEUS, UPSTREAM};
use crate::race::Race;
use crate::report::Report;
use crate::scale::Scale;

pub(crate) const NAME: &str = "encode";
pub(crate) const FLOOR: &str = "floor";
pub(crate) const FRESH: &str = "ours, fresh";
const STRING: &str = "ours, fresh, as a String";
pub(crate) const KEPT: &str = "ours, kept";
const COLLECTED: &str = "ours, through a Collector";
const NOTHING: &str = "a Collector into nothing";

/// Who takes part, by name; making one counts the samples of its text.
pub(crate) const ALL: &[(&str, Make)] = &[
    (FLOOR, floor),
    (FRESH, fresh),
    (STRING, string),
    (KEPT, kept),
    (COLLECTED, collected),
    (NOTHING, nothing),
    (UPSTREAM, upstream),
    (CLIENT, client),
    (RUST_PROMETHEUS, rust_prometheus),
    (EXPORTER, exporter),
];

pub(crate) type Make = fn(&Mixed) -> Outcome<Contender<'_>>;

pub(crate) fn run(scale: &Scale, report: &mut Report) -> Outcome {
    compare(NAME, &Mixed::service(), scale.rounds, scale.collections, report)
}

/// Checks the texts of all, and then measures how long each takes.
pub(crate) fn compare(
    workload: &'static str,
    sensors: &Mixed,
    rounds: usize,
    times: usize,
    report: &mut Report,
) -> Outcome {
    same_bytes(sensors)?;
    let mut contenders = Vec::new();
    for (_, make) in ALL {
        contenders.push(make(sensors)?);
    }
    same_samples(sensors, &contenders)?;
    let race = Race::run(&mut contenders, rounds, times)?;
    let count = sensors.samples() as f64;
    for contender in &contenders {
        let each = race.each(contender.name, |lap| lap.thread)?;
        let nanos = |seconds: f64| seconds * 1e9 / count;
        report.add(workload, contender.name, "ns a sample", each.map(nanos));
        let ratio = |under| race.ratio(contender.name, under, |lap| lap.thread);
        report.add(workload, contender.name, "of floor", ratio(FLOOR)?);
        if contender.name != FRESH {
            report.add(workload, contender.name, "of ours", ratio(FRESH)?);
        }
    }
    Ok(())
}

/// The floor is a floor of ours only if it writes the same.
fn same_bytes(sensors: &Mixed) -> Outcome {
    let floor = Floor::new(sensors);
    let mut text = Vec::new();
    floor.write(&mut text, NOW, true);
    let ours = page(sensors)?;
    ensure(ours.as_bytes() == text, || differs(&ours, &String::from_utf8_lossy(&text)))?;
    let (mut metrics, mut kept) = (SlashMetrics::new(), Vec::new());
    for _ in 0..3 {
        sensors.emit(&mut metrics, NOW)?;
        metrics.swap(&mut kept);
        ensure(kept == text, || differs(&String::from_utf8_lossy(&kept), &ours))?;
    }
    Ok(())
}

fn differs(ours: &str, floor: &str) -> String {
    let pair = ours.lines().zip(floor.lines()).find(|(ours, floor)| ours != floor);
    let (ours_ends, floor_ends) = (ours.len(), floor.len());
    let (ours, floor) = pair.unwrap_or_default();
    format!("we write {ours:?} ({ours_ends} bytes in all), and the floor {floor:?} ({floor_ends})")
}

fn same_samples(sensors: &Mixed, contenders: &[Contender<'_>]) -> Outcome {
    let expected = |name| match name {
        // Ten counters are the collector's own.
        COLLECTED | NOTHING => sensors.samples() + 10,
        // There is no bucket `+Inf`.
        UPSTREAM => sensors.samples() - sensors.histograms.len(),
        _ => sensors.samples(),
    };
    contenders.iter().try_for_each(|contender| {
        let (name, found) = (contender.name, contender.samples);
        let expected = expected(name);
        ensure(found == expected, || format!("{name} writes {found} samples, not {expected}"))
    })
}

/// What a page of ours says.
pub(crate) fn page(sensors: &Mixed) -> Outcome<String> {
    let mut page = SlashMetrics::new();
    sensors.emit(&mut page, NOW)?;
    Ok(page.take())
}

fn floor(sensors: &Mixed) -> Outcome<Contender<'_>> {
    let floor = Floor::new(sensors);
    let mut text = Vec::new();
    floor.write(&mut text, NOW, true);
    Ok(Contender::new(FLOOR, samples(&text), move || {
        text.clear();
        floor.write(&mut text, NOW, true);
        black_box(text.len());
        Ok(())
    }))
}

/// The body of a response.
fn fresh(sensors: &Mixed) -> Outcome<Contender<'_>> {
    let body = move || {
        let mut page = SlashMetrics::new();
        sensors.emit(&mut page, NOW)?;
        Outcome::Ok(page.into_bytes())
    };
    Ok(Contender::new(FRESH, samples(&body()?), move || {
        black_box(body()?);
        Ok(())
    }))
}

/// As 0.13 gives it.
fn string(sensors: &Mixed) -> Outcome<Contender<'_>> {
    let count = samples(page(sensors)?.as_bytes());
    Ok(Contender::new(STRING, count, move || {
        black_box(page(sensors)?);
        Ok(())
    }))
}

/// One `SlashMetrics` for all pages, and one page.
fn kept(sensors: &Mixed) -> Outcome<Contender<'_>> {
    let (mut metrics, mut page) = (SlashMetrics::new(), Vec::new());
    sensors.emit(&mut metrics, NOW)?;
    metrics.swap(&mut page);
    Ok(Contender::new(KEPT, samples(&page), move || {
        sensors.emit(&mut metrics, NOW)?;
        metrics.swap(&mut page);
        black_box(page.len());
        Ok(())
    }))
}

fn collected(sensors: &Mixed) -> Outcome<Contender<'_>> {
    let collector = sensors.collector();
    let page = move || {
        let mut page = SlashMetrics::new();
        collector.emit(&mut page, NOW)?;
        Outcome::Ok(page.take())
    };
    let count = samples(page()?.as_bytes());
    Ok(Contender::new(COLLECTED, count, move || {
        black_box(page()?);
        Ok(())
    }))
}

/// An emitter that counts and does nothing else.
struct Nothing(usize);

impl Emitter for Nothing {
    type Error = Infallible;

    fn emit_counter(&mut self, counter: &Counter, _: u64) -> Result<(), Infallible> {
        black_box(counter);
        self.0 += 1;
        Ok(())
    }

    fn emit_gauge(&mut self, gauge: &Gauge, _: u64) -> Result<(), Infallible> {
        black_box(gauge);
        self.0 += 1;
        Ok(())
    }

    fn emit_moments(&mut self, moments: &Moments, _: u64) -> Result<(), Infallible> {
        black_box(moments);
        self.0 += 5;
        Ok(())
    }

    fn emit_histogram(&mut self, histogram: &Histogram, _: u64) -> Result<(), Infallible> {
        black_box(histogram);
        self.0 += BUCKETS + 5;
        Ok(())
    }
}

fn nothing(sensors: &Mixed) -> Outcome<Contender<'_>> {
    let collector = sensors.collector();
    let mut nothing = Nothing(0);
    collector.emit(&mut nothing, NOW)?;
    Ok(Contender::new(NOTHING, nothing.0, move || Ok(collector.emit(&mut Nothing(0), NOW)?)))
}

fn upstream(sensors: &Mixed) -> Outcome<Contender<'_>> {
    let page = move || {
        let mut page = upstream::SlashMetrics::new();
        sensors.emit(&mut page, NOW)?;
        Outcome::Ok(page.take())
    };
    let count = samples(page()?.as_bytes());
    Ok(Contender::new(UPSTREAM, count, move || {
        black_box(page()?);
        Ok(())
    }))
}

fn client(sensors: &Mixed) -> Outcome<Contender<'_>> {
    let registry = peers::client::registry(sensors);
    let mut text = String::new();
    prometheus_client::encoding::text::encode(&mut text, &registry)?;
    Ok(Contender::new(CLIENT, samples(text.as_bytes()), move || {
        text.clear();
        Ok(prometheus_client::encoding::text::encode(&mut text, &registry)?)
    }))
}

fn rust_prometheus(sensors: &Mixed) -> Outcome<Contender<'_>> {
    let registry = peers::rust_prometheus::registry(sensors)?;
    let encoder = prometheus::TextEncoder::new();
    let mut text = String::new();
    encoder.encode_utf8(&registry.gather(), &mut text)?;
    Ok(Contender::new(RUST_PROMETHEUS, samples(text.as_bytes()), move || {
        text.clear();
        Ok(encoder.encode_utf8(&registry.gather(), &mut text)?)
    }))
}

fn exporter(sensors: &Mixed) -> Outcome<Contender<'_>> {
    let recorder = peers::exporter::recorder(sensors)?;
    let handle = recorder.handle();
    let count = samples(handle.render().as_bytes());
    Ok(Contender::new(EXPORTER, count, move || {
        black_box(handle.render());
        // The handle needs what the recorder keeps.
        black_box(&recorder);
        Ok(())
    }))
}

#[cfg(test)]
mod tests {
    use super::{differs, same_bytes, same_samples};
    use crate::contender::Contender;
    use crate::mixed::Mixed;

    #[test]
    fn the_floor_writes_our_bytes() {
        for sensors in [Mixed::service(), Mixed::one()] {
            same_bytes(&sensors).unwrap();
        }
    }

    #[test]
    fn the_first_line_that_differs_is_told() {
        let told = differs("a 1\nb 1\n", "a 1\nb 12\n");
        assert_eq!("we write \"b 1\" (8 bytes in all), and the floor \"b 12\" (9)", told);
    }

    #[test]
    fn who_writes_fewer_samples_is_refused() {
        let sensors = Mixed::service();
        let writes = |samples| [Contender::new("a peer", samples, || Ok(()))];
        same_samples(&sensors, &writes(8_000)).unwrap();
        assert!(same_samples(&sensors, &writes(7_999)).is_err());
    }
}
