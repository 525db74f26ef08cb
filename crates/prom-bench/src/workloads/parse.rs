//! The workload `parse`: the mixed collection's text, read back.

use std::hint::black_box;

use biometrics_prometheus::SlashMetrics;
use prom_format::{Dialect, Entry, Escaping, Parser, validate};

use crate::contender::Contender;
use crate::mixed::{Mixed, NOW};
use crate::outcome::{Outcome, ensure};
use crate::race::Race;
use crate::report::Report;
use crate::scale::Scale;

pub(crate) const NAME: &str = "parse";
pub(crate) const PARSER: &str = "ours, Parser";
pub(crate) const VALIDATE: &str = "ours, validate";
pub(crate) const MEMCHR: &str = "memchr for line ends";
pub(crate) const PEER: &str = "fastest peer";

const OPENMETRICS: Dialect = Dialect::OpenMetrics100(Escaping::Underscores);

/// The two texts, by the names that stand behind the rows.
pub(crate) const DIALECTS: [(&str, Dialect); 2] =
    [("text 0.0.4", Dialect::Text004), ("OpenMetrics", OPENMETRICS)];

/// Reads a text and gives the number of its samples.
type Read = fn(Dialect, &str) -> Outcome<usize>;

/// Everybody who may be able to read the texts.
const ALL: &[(&str, Read)] = &[
    (MEMCHR, memchr),
    (PARSER, parser),
    (VALIDATE, validator),
    ("prometheus-parse 0.2", prometheus_parse),
    ("openmetrics-parser 0.5", openmetrics_parser),
    ("nom-openmetrics 0.3", nom_openmetrics),
];

pub(crate) fn run(scale: &Scale, report: &mut Report) -> Outcome {
    let sensors = Mixed::service();
    for (dialect_name, dialect) in DIALECTS {
        let text = text(&sensors, dialect)?;
        let (mut contenders, refused) = contenders(&sensors, dialect, &text)?;
        for (name, why) in refused {
            report.skip(NAME, format!("{name}, {dialect_name}"), why);
        }
        let race = Race::run(&mut contenders, scale.rounds, scale.collections.div_ceil(10))?;
        let count = sensors.samples() as f64;
        for contender in &contenders {
            let (name, row) = (contender.name, format!("{}, {dialect_name}", contender.name));
            let each = race.each(name, |lap| lap.thread)?;
            report.add(
                NAME,
                row.as_str(),
                "ns a sample",
                each.map(|seconds| seconds * 1e9 / count),
            );
            report.add(
                NAME,
                row.as_str(),
                "MB/s",
                each.map(|seconds| text.len() as f64 / seconds / 1e6),
            );
            report.add(
                NAME,
                row.as_str(),
                "of memchr",
                race.ratio(name, MEMCHR, |lap| lap.thread)?,
            );
            if !is_ours(name) {
                report.add(NAME, row, "of ours", race.ratio(name, VALIDATE, |lap| lap.thread)?);
            }
        }
        fastest(dialect_name, &race, &contenders, report)?;
    }
    Ok(())
}

/// The peer that comes nearest to a full validation by ours.
fn fastest(
    dialect: &str,
    race: &Race,
    contenders: &[Contender<'_>],
    report: &mut Report,
) -> Outcome {
    let mut ratios = Vec::new();
    for contender in contenders.iter().filter(|contender| !is_ours(contender.name)) {
        ratios.push(race.ratio(contender.name, VALIDATE, |lap| lap.thread)?);
    }
    let row = format!("{PEER}, {dialect}");
    match ratios.into_iter().min_by(|one, other| one.median.total_cmp(&other.median)) {
        Some(least) => report.add(NAME, row, "of ours", least),
        None => report.skip(NAME, row, "no peer accepts this text"),
    }
    Ok(())
}

fn is_ours(name: &str) -> bool {
    [PARSER, VALIDATE, MEMCHR].contains(&name)
}

/// The mixed collection as a page with timestamps.
pub(crate) fn text(sensors: &Mixed, dialect: Dialect) -> Outcome<String> {
    let mut page = SlashMetrics::builder().dialect(dialect).timestamps(true).build();
    sensors.emit(&mut page, NOW)?;
    Ok(page.take())
}

/// Who reads all samples of the text; and who does not, with the reason.
#[expect(clippy::type_complexity, reason = "two lists")]
pub(crate) fn contenders<'a>(
    sensors: &Mixed,
    dialect: Dialect,
    text: &'a str,
) -> Outcome<(Vec<Contender<'a>>, Vec<(&'static str, String)>)> {
    let (mut able, mut refused) = (Vec::new(), Vec::new());
    for (name, read) in ALL {
        match accepts(sensors, name, read(dialect, text)) {
            Ok(count) => able.push(Contender::new(name, count, move || {
                black_box(read(dialect, black_box(text))?);
                Ok(())
            })),
            Err(why) if is_ours(name) => return Err(why.into()),
            Err(why) => refused.push((*name, why)),
        }
    }
    Ok((able, refused))
}

/// One of them, by name.
pub(crate) fn one<'a>(dialect: Dialect, text: &'a str, name: &str) -> Outcome<Contender<'a>> {
    let found = ALL.iter().find(|(known, _)| *known == name);
    let (name, read) = found.ok_or_else(|| format!("nobody is called {name}"))?;
    Ok(Contender::new(name, 0, move || {
        black_box(read(dialect, black_box(text))?);
        Ok(())
    }))
}

fn accepts(sensors: &Mixed, name: &str, read: Outcome<usize>) -> Result<usize, String> {
    let count = read.map_err(|why| {
        let why = why.to_string();
        format!("it refuses the text: {:.60}", why.lines().next().unwrap_or_default())
    })?;
    // What memchr counts is lines.
    let wrong = name != MEMCHR && count != sensors.samples();
    if wrong {
        Err(format!("it finds {count} of {} samples", sensors.samples()))
    } else {
        Ok(count)
    }
}

fn memchr(_: Dialect, text: &str) -> Outcome<usize> {
    Ok(memchr::memchr_iter(b'\n', text.as_bytes()).count())
}

fn parser(dialect: Dialect, text: &str) -> Outcome<usize> {
    let mut count = 0;
    for entry in Parser::new(dialect, text) {
        if let Entry::Sample(sample) = entry? {
            black_box(sample.value());
            count += 1;
        }
    }
    Ok(count)
}

fn validator(dialect: Dialect, text: &str) -> Outcome<usize> {
    Ok(validate(dialect, text.as_bytes())?.samples)
}

/// Its histograms are one sample each; their buckets, sums and counts are samples here.
fn prometheus_parse(dialect: Dialect, text: &str) -> Outcome<usize> {
    ensure(dialect == Dialect::Text004, || "it knows the classic text only".into())?;
    let scrape = prometheus_parse::Scrape::parse(text.lines().map(|line| Ok(line.to_owned())))?;
    let samples = scrape.samples.iter().map(|sample| match &sample.value {
        prometheus_parse::Value::Histogram(buckets) => buckets.len(),
        prometheus_parse::Value::Summary(quantiles) => quantiles.len(),
        _ => 1,
    });
    Ok(samples.sum())
}

fn openmetrics_parser(dialect: Dialect, text: &str) -> Outcome<usize> {
    use openmetrics_parser::{
        MetricFamily, PrometheusValue, openmetrics::parse_openmetrics, prometheus::parse_prometheus,
    };
    if dialect != Dialect::Text004 {
        let read = parse_openmetrics(text).map_err(|why| format!("{why:?}"))?;
        let families = read.families.values();
        return Ok(families
            .flat_map(MetricFamily::iter_samples)
            .map(|sample| open_samples(&sample.value))
            .sum());
    }
    let read = parse_prometheus(text).map_err(|why| format!("{why:?}"))?;
    let samples = read.families.values().flat_map(MetricFamily::iter_samples);
    Ok(samples
        .map(|sample| match &sample.value {
            PrometheusValue::Histogram(value) => value.buckets.len() + 2,
            _ => 1,
        })
        .sum())
}

/// Buckets, a sum and a count.
fn open_samples(value: &openmetrics_parser::OpenMetricsValue) -> usize {
    match value {
        openmetrics_parser::OpenMetricsValue::Histogram(value) => value.buckets.len() + 2,
        _ => 1,
    }
}

fn nom_openmetrics(dialect: Dialect, text: &str) -> Outcome<usize> {
    use nom_openmetrics::parser::{openmetrics, prometheus};
    let read = if dialect == Dialect::Text004 { prometheus(text) } else { openmetrics(text) };
    let (_, families) = read.map_err(|_| "it knows no timestamps")?;
    Ok(families.iter().map(|family| family.samples.len()).sum())
}
