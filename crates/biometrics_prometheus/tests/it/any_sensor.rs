//! What holds for sensors of any names under any constant label. The fuzz target `sensor_names` runs this file too.

use std::collections::HashSet;
use std::io::{self, Read as _};
use std::sync::{LazyLock, Mutex, PoisonError};

use biometrics::{Counter, Emitter as Emit, Gauge, Histogram, Moments};
use biometrics_prometheus::format::{Entry, Parser, Sample, validate};
use biometrics_prometheus::{
    Builder, Dialect, Emitter, Error, Escaping, LabelName, Naming, Reader, SlashMetrics,
    SlashMetricsBuilder, segment,
};
use sig_fig_histogram::LockFreeHistogram;

const DIALECTS: [Dialect; 6] = [
    Dialect::Text004,
    Dialect::Text100(Escaping::AllowUtf8),
    Dialect::OpenMetrics100(Escaping::Underscores),
    Dialect::OpenMetrics100(Escaping::AllowUtf8),
    Dialect::OpenMetrics100(Escaping::Dots),
    Dialect::OpenMetrics100(Escaping::Values),
];

const NAMINGS: [Option<Naming>; 3] = [None, Some(Naming::Upstream), Some(Naming::Total)];

const NOW: u64 = 1_700_000_000_000;

/// Pieces between bytes that no text has, 0xff: a byte for the style and the name of a constant label,
/// the label's value, and then sensors, each a byte for kind and reading, and its label.
pub(crate) fn check_any_sensor(bytes: &[u8]) {
    let mut pieces = bytes.split(|byte| *byte == 0xff);
    let Some((style, label)) = pieces.next().and_then(<[u8]>::split_first) else { return };
    let value = String::from_utf8_lossy(pieces.next().unwrap_or_default()).into_owned();
    let Ok(label) = constant_label(label) else { return };
    let plan = Plan::new(usize::from(*style), label, value);
    let mut sensors: Vec<Sensor> = pieces.filter_map(Sensor::new).take(12).collect();
    // A page holds a sensor once.
    let mut seen = HashSet::new();
    sensors.retain(|sensor| seen.insert((sensor.kind, sensor.name)));
    if plan.to_file {
        plan.check_file(&sensors);
    } else {
        plan.check_page(&sensors);
    }
    forget_shelves();
}

/// The texts of all sensors are remembered by style, for the last sixteen styles. A fuzzer would fill the memory.
fn forget_shelves() {
    for other in 0..16 {
        let label = LabelName::from_static("other");
        drop(SlashMetrics::builder().label(label, other.to_string()).build());
    }
}

/// Sensors have static names, as a program has them: each is leaked once.
fn leaked(bytes: &[u8]) -> &'static str {
    static NAMES: LazyLock<Mutex<HashSet<&'static str>>> = LazyLock::new(Mutex::default);
    let text = String::from_utf8_lossy(bytes);
    let mut names = NAMES.lock().unwrap_or_else(PoisonError::into_inner);
    if let Some(known) = names.get(text.as_ref()) {
        return known;
    }
    let new: &'static str = Box::leak(text.into_owned().into_boxed_str());
    names.insert(new);
    new
}

fn constant_label(name: &[u8]) -> Result<Option<LabelName<'static>>, impl std::error::Error> {
    if name.is_empty() { Ok(None) } else { LabelName::utf8(leaked(name)).map(Some) }
}

struct Plan {
    dialect: Dialect,
    naming: Option<Naming>,
    timestamps: bool,
    to_file: bool,
    label: Option<LabelName<'static>>,
    value: String,
}

#[derive(Clone, Copy, Debug, PartialEq)]
struct Sensor {
    kind: u8,
    reading: u8,
    name: &'static str,
}

/// A sample's name, and its value where that is known.
type Expected = (String, Option<f64>);

impl Plan {
    fn new(style: usize, label: Option<LabelName<'static>>, value: String) -> Self {
        let to_file = style / 36 % 2 == 1;
        // Segments have one dialect.
        let dialect = if to_file { 0 } else { style };
        let dialect = DIALECTS.into_iter().cycle().nth(dialect).unwrap();
        let naming = NAMINGS.into_iter().cycle().nth(style / 6).unwrap();
        let timestamps = style / 18 % 2 == 1;
        Self { dialect, naming, timestamps, to_file, label, value }
    }

    fn check_page(&self, sensors: &[Sensor]) {
        let mut builder = SlashMetrics::builder().dialect(self.dialect).timestamps(self.timestamps);
        builder = self.naming.into_iter().fold(builder, SlashMetricsBuilder::naming);
        let value = || self.value.clone();
        builder =
            self.label.into_iter().fold(builder, |builder, name| builder.label(name, value()));
        let mut page = builder.build();
        let accepted = self.emit_all(&mut page, sensors);
        self.check_text(&page.take(), &accepted);
    }

    fn check_file(&self, sensors: &[Sensor]) {
        let directory = tempfile::tempdir().unwrap();
        let mut builder = Emitter::builder().prefix(directory.path().join("a.")).background(false);
        builder = builder.timestamps(self.timestamps);
        builder = self.naming.into_iter().fold(builder, Builder::naming);
        let value = || self.value.clone();
        builder =
            self.label.into_iter().fold(builder, |builder, name| builder.label(name, value()));
        let mut emitter = builder.build();
        let accepted = self.emit_all(&mut emitter, sensors);
        let path = emitter.path();
        emitter.close().unwrap();
        let mut text = String::new();
        if let Some(path) = path {
            let mut reader = Reader::open(path).unwrap();
            reader.read_to_string(&mut text).unwrap();
            assert_eq!(0, reader.torn_bytes().unwrap(), "{text:?}");
        }
        self.check_text(&text, &accepted);
    }

    /// Emits each sensor, a refused one twice; gives those that were accepted.
    fn emit_all(&self, to: &mut impl Emit<Error = io::Error>, sensors: &[Sensor]) -> Vec<Sensor> {
        let mut accepted = Vec::new();
        for sensor in sensors {
            match sensor.emit(to) {
                Ok(()) => accepted.push(*sensor),
                Err(error) => {
                    self.check_refusal(sensor, &error, &accepted);
                    let again = sensor.emit(to).unwrap_err();
                    assert_eq!(error.to_string(), again.to_string());
                }
            }
        }
        accepted
    }

    /// The error is typed and names the sensor; where nothing speaks against a sensor, there is none.
    fn check_refusal(&self, sensor: &Sensor, error: &io::Error, accepted: &[Sensor]) {
        assert_eq!(io::ErrorKind::InvalidInput, error.kind(), "{sensor:?}: {error}");
        let inner = error.get_ref().unwrap();
        let Some(error) = inner.downcast_ref::<Error>() else {
            assert!(inner.is::<segment::Error>() && self.value.contains('\0'), "{inner}");
            return;
        };
        assert_eq!(sensor.name, error.sensor());
        let label_fits = self.label.is_none_or(|label| {
            let escaped = self.escaped(label.as_str());
            let is_reserved = escaped.starts_with("__") || escaped == "le";
            LabelName::new(label.as_str()).is_ok() && !is_reserved
        });
        match error.collides_with() {
            Some(other) => assert!(accepted.iter().any(|sensor| sensor.name == other), "{error}"),
            None => assert!(sensor.name.is_empty() || !label_fits, "{error}"),
        }
    }

    /// The text is valid, and holds the samples of the accepted sensors and no others.
    fn check_text(&self, text: &str, accepted: &[Sensor]) {
        let verdict = validate(self.dialect, text.as_bytes());
        assert!(verdict.is_ok(), "{:?}: {:?} in\n{text}", self.dialect, verdict.err());
        let entries = Parser::new(self.dialect, text).map(Result::unwrap);
        let mut samples = entries.filter_map(|entry| match entry {
            Entry::Sample(sample) => Some(sample),
            _ => None,
        });
        let expected = |sensor| self.expected(sensor).into_iter().map(move |line| (sensor, line));
        for (sensor, (name, value)) in accepted.iter().flat_map(expected) {
            let sample = samples.next().unwrap_or_else(|| panic!("{name} is missing in\n{text}"));
            assert_eq!(name, sample.name().to_string(), "{text}");
            let same =
                |value: f64| value == sample.value() || (value.is_nan() && sample.value().is_nan());
            assert!(value.is_none_or(same), "{name} is {value:?} in\n{text}");
            // A histogram is refused under a constant label `le`, so there is no other kind of bucket.
            self.check_sample(&sample, sensor.kind == 3 && name.ends_with("_bucket"));
        }
        assert!(samples.next().is_none(), "more than {accepted:?} in\n{text}");
    }

    fn check_sample(&self, sample: &Sample<'_>, is_bucket: bool) {
        assert_eq!(self.timestamps, sample.timestamp().is_some(), "{sample:?}");
        let labels: Vec<_> = sample.labels().into_iter().collect();
        let count = usize::from(self.label.is_some()) + usize::from(is_bucket);
        assert_eq!(count, labels.len(), "{sample:?}");
        let constant = labels.iter().any(|label| label.value.to_string() == self.value);
        assert!(self.label.is_none() || constant, "{sample:?}");
    }

    fn expected(&self, sensor: &Sensor) -> Vec<Expected> {
        let number = f64::from(sensor.reading);
        let stem = sanitized(sensor.name);
        let counter = |suffix: &str| self.counter(format!("{stem}{suffix}"));
        let gauge = |suffix: &str| self.escaped(&format!("{stem}{suffix}"));
        match sensor.kind {
            0 => vec![(counter(""), Some(number))],
            1 => vec![(gauge(""), Some(sensor.gauge()))],
            2 => {
                let shape = ["_mean", "_variance", "_skewness", "_kurtosis"];
                let shape = shape.map(|suffix| (gauge(suffix), None));
                [(counter("_count"), Some(number))].into_iter().chain(shape).collect()
            }
            _ => {
                let family = self.escaped(&stem);
                let buckets = std::iter::repeat_n(format!("{family}_bucket"), BUCKETS + 1);
                let ends = ["_sum", "_count"].map(|suffix| format!("{family}{suffix}"));
                let beyond = ["_exceeds_max", "_is_negative"].map(counter);
                buckets.chain(ends).chain(beyond).map(|name| (name, Some(0.0))).collect()
            }
        }
    }

    fn counter(&self, name: String) -> String {
        let open = matches!(self.dialect, Dialect::OpenMetrics100(_));
        let is_total = self.naming.map_or(open, |naming| naming == Naming::Total);
        let total = if is_total && !name.ends_with("_total") { "_total" } else { "" };
        self.escaped(&(name + total))
    }

    /// Of the escapings one changes a legal name: it says a dot as `_dot_`, so it doubles underscores.
    fn escaped(&self, name: &str) -> String {
        match self.dialect {
            Dialect::OpenMetrics100(Escaping::Dots) => name.replace('_', "__"),
            _ => name.to_owned(),
        }
    }
}

const BUCKETS: usize = 9;

static EMPTY: LockFreeHistogram<BUCKETS> = LockFreeHistogram::new(1);

impl Sensor {
    fn new(piece: &[u8]) -> Option<Self> {
        let (byte, name) = piece.split_first()?;
        Some(Self { kind: byte % 4, reading: byte / 4, name: leaked(name) })
    }

    fn gauge(self) -> f64 {
        match self.reading {
            0 => f64::NAN,
            1 => f64::INFINITY,
            2 => f64::NEG_INFINITY,
            reading => f64::from(reading) / 8.0 - 3.0,
        }
    }

    fn emit(&self, to: &mut impl Emit<Error = io::Error>) -> io::Result<()> {
        match self.kind {
            0 => {
                let counter = Counter::new(self.name);
                counter.count(self.reading.into());
                to.emit_counter(&counter, NOW)
            }
            1 => {
                let gauge = Gauge::new(self.name);
                gauge.set(self.gauge());
                to.emit_gauge(&gauge, NOW)
            }
            2 => {
                let moments = Moments::new(self.name);
                (0..self.reading).for_each(|number| moments.add(number.into()));
                to.emit_moments(&moments, NOW)
            }
            _ => to.emit_histogram(&Histogram::new(self.name, &EMPTY), NOW),
        }
    }
}

/// The name as the documentation has it: `_` for each illegal character, and one before a digit.
fn sanitized(label: &str) -> String {
    let legal = |c: char| c.is_ascii_alphanumeric() || c == '_' || c == ':';
    let digit = label.starts_with(|c: char| c.is_ascii_digit());
    let body = label.chars().map(|c| if legal(c) { c } else { '_' });
    digit.then_some('_').into_iter().chain(body).collect()
}
