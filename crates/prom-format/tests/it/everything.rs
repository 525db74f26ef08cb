//! One exposition with everything in it, in every dialect, compared with files byte for byte.

use std::fs;
use std::path::PathBuf;

use crate::buffer::Buffer;
use prom_format::{
    Bound, Dialect, Encoder, Escaping, Exemplar, Family, FormatError, Label, LabelName, MetricName,
    Timestamp,
};

const DIALECTS: [(&str, Dialect); 6] = [
    ("text-0.0.4.prom", Dialect::Text004),
    ("text-1.0.0-allow-utf-8.prom", Dialect::Text100(Escaping::AllowUtf8)),
    ("openmetrics-allow-utf-8.om", Dialect::OpenMetrics100(Escaping::AllowUtf8)),
    ("openmetrics-underscores.om", Dialect::OpenMetrics100(Escaping::Underscores)),
    ("openmetrics-dots.om", Dialect::OpenMetrics100(Escaping::Dots)),
    ("openmetrics-values.om", Dialect::OpenMetrics100(Escaping::Values)),
];

const BORN: Timestamp = Timestamp::from_millis(1_600_000_000_000);
const NOW: Timestamp = Timestamp::from_millis(1_700_000_000_123);

const PATH: LabelName<'static> = LabelName::from_static("path");

fn family(name: &'static str) -> Family<'static> {
    Family::new(MetricName::utf8(name).unwrap())
}

fn everything(dialect: Dialect) -> Result<String, FormatError> {
    let mut encoder = Encoder::new(dialect, Buffer::default());
    counters(&mut encoder)?;
    gauges(&mut encoder)?;
    histograms(&mut encoder)?;
    others(&mut encoder)?;
    Ok(encoder.finish()?.into_text())
}

fn counters(encoder: &mut Encoder<Buffer>) -> Result<(), FormatError> {
    let trace = [Label::new(LabelName::from_static("trace_id"), "f00d")];
    let exemplar = Exemplar::new(&trace, 0.5).at(NOW);

    let requests = family("http_requests").help("Requests served, by \"path\".\nA \\ is escaped.");
    let mut requests = encoder.counter(requests)?;
    requests.sample(&[Label::new(PATH, "/")], u64::MAX)?;
    requests.sample(&[Label::new(PATH, "C:\\dir \"x\"\n")], 2.5)?;
    requests.point(&[]).exemplar(&exemplar).created(BORN).finish(3)?;

    encoder.counter(family("cpu_seconds_total").unit("seconds"))?.sample(&[], 0.25)?;
    encoder
        .counter_as_named(family("errors"))?
        .point(&[])
        .exemplar(&exemplar)
        .created(BORN)
        .finish(7)?;
    encoder.counter_as_named(family("retries_total"))?.point(&[]).created(BORN).finish(8)?;
    encoder.counter(family("jobs.done").help("Jobs."))?.point(&[]).exemplar(&exemplar).finish(1)?;
    Ok(())
}

fn gauges(encoder: &mut Encoder<Buffer>) -> Result<(), FormatError> {
    let shard = |value| [Label::new(PATH, value)];
    let mut temperature = encoder.gauge(family("temperature_celsius").help("").unit("celsius"))?;
    temperature.set_timestamp(NOW)?;
    temperature.sample(&shard("a"), -1.5)?;
    temperature.sample(&shard("b"), f64::NAN)?;
    temperature.sample(&shard("c"), f64::INFINITY)?;
    temperature.sample(&shard("\u{e9}\u{1f600}\r"), f64::NEG_INFINITY)?;
    encoder.set_timestamp(None)?;

    let dotted = LabelName::utf8("k8s.pod").unwrap();
    let coloned = LabelName::utf8("a:b").unwrap();
    let labels = [Label::new(dotted, "p-1"), Label::new(coloned, "c"), Label::new(PATH, "")];
    encoder.gauge(family("queue.depth_bytes").unit("bytes"))?.sample(&labels, -0.0)?;
    encoder.gauge(family("rule:depth:sum"))?.sample(&labels[..1], 1e21)?;
    encoder.unknown(family("mystery"))?.sample(&[], 1e-7)?;
    Ok(())
}

fn histograms(encoder: &mut Encoder<Buffer>) -> Result<(), FormatError> {
    let trace = [Label::new(LabelName::utf8("trace.id").unwrap(), "f00d")];
    let exemplar = Exemplar::new(&trace, 0.07);
    let bare = Exemplar::new(&[], 9);
    let labels = [Label::new(PATH, "/")];

    let mut latency = encoder.histogram(family("latency_seconds").help("Time.").unit("seconds"))?;
    let mut point = latency.point(&labels)?.exemplar(&bare).created(BORN);
    point.bucket(Bound::from_decimal(5, -6), 0)?;
    point.bucket_with_exemplar(Bound::from_decimal(1, -1), 4, &exemplar)?;
    point.bucket(Bound::from_decimal(1, 0), 4)?;
    point.bucket(Bound::from_decimal(1, 6), 5)?;
    point.finish(6, 12.75)?;
    latency.point(&[])?.finish(0, 0)?;

    let mut signed = encoder.histogram(family("signed.value"))?;
    let mut point = signed.point(&[])?;
    point.bucket(Bound::new(-1.0).unwrap(), 1)?;
    point.finish_without_sum(2)?;

    let mut held = encoder.gauge_histogram(family("held"))?;
    let mut point = held.point(&[])?.created(BORN);
    point.bucket(Bound::new(-0.5).unwrap(), 1)?;
    point.finish(2, -3.5)?;
    Ok(())
}

fn others(encoder: &mut Encoder<Buffer>) -> Result<(), FormatError> {
    let mut rpc = encoder.summary(family("rpc_seconds"))?;
    let mut point = rpc.point(&[])?.created(BORN);
    point.quantile(Bound::from_decimal(5, -1), 0.02)?;
    point.quantile(Bound::from_decimal(99, -2), f64::NAN)?;
    point.quantile(Bound::from_decimal(1, 0), 2)?;
    point.finish(10, 1.5)?;
    rpc.point(&[Label::new(PATH, "x")])?.finish_without_sum(1)?;

    let version = [Label::new(LabelName::from_static("version"), "1.2.3")];
    encoder.info(family("build").help("What runs."))?.sample(&version)?;
    encoder.info(family("target.info"))?.sample(&[])?;
    encoder.info(family("os_info"))?.sample(&[])?;

    let states = [("up", true), ("dr\"ain", false)];
    encoder.state_set(family("phase"))?.point(&[Label::new(PATH, "x")], &states)?;
    encoder.state_set(family("node.phase"))?.point(&[], &states[..1])?;
    Ok(())
}

fn path_of(file: &str) -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("tests/data/encode").join(file)
}

#[test]
fn everything_in_every_dialect() {
    let update = std::env::var_os("UPDATE_GOLDEN").is_some();
    for (file, dialect) in DIALECTS {
        let (path, written) = (path_of(file), everything(dialect).unwrap());
        if update {
            fs::write(&path, written).unwrap();
        } else {
            let expected = fs::read_to_string(&path).unwrap();
            assert_eq!(written, expected, "{dialect:?} differs from {}", path.display());
        }
    }
    assert!(
        !update,
        "the files were rewritten: look at them, then run again without UPDATE_GOLDEN"
    );
}

/// An encoder without an allocator writes the same bytes.
#[test]
fn a_slice_holds_the_same_text() {
    let mut buffer = [0; 256];
    let write = |sink| {
        let mut encoder = Encoder::new(Dialect::Text004, sink);
        encoder.counter(family("jobs")).unwrap().sample(&[Label::new(PATH, "x")], 1).unwrap();
        encoder.finish().unwrap()
    };
    let sink = write(prom_format::SliceSink::new(&mut buffer));
    assert_eq!(sink.written(), b"# TYPE jobs_total counter\njobs_total{path=\"x\"} 1\n");
}

/// The crate's own judge accepts all of it.
#[cfg(feature = "alloc")]
#[test]
fn everything_is_valid() {
    for (file, dialect) in DIALECTS {
        let written = everything(dialect).unwrap();
        let validated = prom_format::validate(dialect, written.as_bytes());
        assert!(validated.is_ok(), "{file}: {:?}", validated.err());
    }
}
