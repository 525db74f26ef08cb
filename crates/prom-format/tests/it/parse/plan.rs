//! `Plan`: an exposition drawn from arbitrary bytes, to be written by the encoder.

use std::str::Utf8Error;

use prom_format::{
    Bound, CounterPoint, Dialect, EncodeError, Encoder, Exemplar, Family, HistogramPoint, Label,
    LabelName, MetricName, Sink, SummaryPoint, Timestamp, Value,
};

use super::contents::Labels;
use super::source::Source;

#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum Kind {
    Counter,
    CounterAsNamed,
    Gauge,
    Unknown,
    Histogram,
    GaugeHistogram,
    Summary,
    Info,
    StateSet,
}

pub(crate) const KINDS: [Kind; 9] = [
    Kind::Counter,
    Kind::CounterAsNamed,
    Kind::Gauge,
    Kind::Unknown,
    Kind::Histogram,
    Kind::GaugeHistogram,
    Kind::Summary,
    Kind::Info,
    Kind::StateSet,
];

#[derive(Debug)]
pub(crate) struct Plan {
    pub(crate) families: Vec<PlannedFamily>,
}

#[derive(Debug)]
pub(crate) struct PlannedFamily {
    pub(crate) name: String,
    pub(crate) kind: Kind,
    pub(crate) help: Option<String>,
    pub(crate) unit: Option<&'static str>,
    pub(crate) points: Vec<Point>,
}

/// One point of one metric; each kind uses the fields that it needs.
#[derive(Debug)]
pub(crate) struct Point {
    pub(crate) labels: Labels,
    pub(crate) millis: Option<i64>,
    pub(crate) value: Value,
    /// Bounds or quantiles, ascending, with cumulative counts.
    pub(crate) steps: Vec<(Bound, u64)>,
    pub(crate) count: u64,
    pub(crate) sum: Option<Value>,
    pub(crate) created: Option<i64>,
    pub(crate) exemplar: Option<PlannedExemplar>,
    pub(crate) states: Vec<(String, bool)>,
}

#[derive(Clone, Debug)]
pub(crate) struct PlannedExemplar {
    pub(crate) trace: String,
    pub(crate) value: Value,
    pub(crate) millis: Option<i64>,
}

impl Plan {
    /// The exposition that the bytes stand for; `quoted` allows names that need quotes.
    pub(crate) fn new(bytes: &[u8], quoted: bool) -> Self {
        let mut source = Source(bytes);
        let mut families = Vec::new();
        while !source.0.is_empty() && families.len() < 40 {
            families.push(PlannedFamily::new(&mut source, quoted, families.len()));
        }
        Self { families }
    }

    pub(crate) fn encode(&self, dialect: Dialect) -> String {
        let mut encoder = Encoder::new(dialect, Text(String::new()));
        for family in &self.families {
            family.encode(&mut encoder).unwrap_or_else(|e| panic!("{e}: {family:?}"));
        }
        encoder.finish().unwrap().0
    }
}

impl PlannedFamily {
    fn new(source: &mut Source<'_>, quoted: bool, number: usize) -> Self {
        let kind = source.pick(&KINDS);
        let is_unitless = matches!(kind, Kind::Info | Kind::StateSet);
        let unit = (source.chance() && !is_unitless).then_some("seconds");
        let mut name = source.name(quoted, number);
        name.push_str(if unit.is_some() { "_seconds" } else { "" });
        if kind == Kind::StateSet {
            // The name is that of a label too.
            name = name.replace(':', "_");
        }
        let mut help = source.chance().then(|| source.text(30));
        if let Some(help) = help.as_mut().filter(|help| help.ends_with('\r')) {
            // The encoder refuses what readers of lines would take for a part of the line's end.
            help.push('.');
        }
        let mut clock = source.chance().then_some(1_700_000_000_000);
        let mut points = Vec::new();
        for number in 0..source.below(5) {
            clock = clock.map(|clock: i64| clock + i64::from(source.byte()));
            points.push(Point::new(source, quoted, usize::from(number), clock));
        }
        Self { name, kind, help, unit, points }
    }

    fn encode(&self, encoder: &mut Encoder<Text>) -> Result<(), EncodeError<Utf8Error>> {
        let mut family = Family::new(MetricName::utf8(&self.name).unwrap());
        family = self.help.as_deref().map_or(family, |help| family.help(help));
        family = self.unit.map_or(family, |unit| family.unit(unit));
        // Each kind of family has its own type; this is what they have in common.
        macro_rules! write_points {
            ($open:expr, |$opened:ident, $point:ident, $labels:ident| $write:expr) => {{
                let mut $opened = $open?;
                for $point in &self.points {
                    $opened.set_timestamp($point.millis.map(Timestamp::from_millis))?;
                    let $labels = &$point.labels();
                    $write?;
                }
                Ok(())
            }};
        }
        match self.kind {
            Kind::Counter => {
                write_points!(encoder.counter(family), |f, p, l| p.counter(f.point(l)))
            }
            Kind::CounterAsNamed => {
                write_points!(encoder.counter_as_named(family), |f, p, l| p.counter(f.point(l)))
            }
            Kind::Gauge => write_points!(encoder.gauge(family), |f, p, l| f.sample(l, p.value)),
            Kind::Unknown => write_points!(encoder.unknown(family), |f, p, l| f.sample(l, p.value)),
            Kind::Histogram => {
                write_points!(encoder.histogram(family), |f, p, l| p.histogram(f.point(l)?))
            }
            Kind::GaugeHistogram => {
                write_points!(encoder.gauge_histogram(family), |f, p, l| p.histogram(f.point(l)?))
            }
            Kind::Summary => {
                write_points!(encoder.summary(family), |f, p, l| p.summary(f.point(l)?))
            }
            Kind::Info => write_points!(encoder.info(family), |f, p, l| f.sample(l)),
            Kind::StateSet => {
                write_points!(encoder.state_set(family), |f, p, l| f.point(l, &p.states()))
            }
        }
    }
}

impl Point {
    fn new(source: &mut Source<'_>, quoted: bool, number: usize, millis: Option<i64>) -> Self {
        // The number keeps the metrics of a family apart.
        let mut labels = vec![("point".to_owned(), number.to_string())];
        // A state set's own label has the name of the family, whose number is smaller.
        for label in 100..100 + source.below(4) {
            labels.push((source.name(quoted, label.into()).replace(':', "_"), source.text(20)));
        }
        let mut bound = if source.below(4) == 0 { -0.75 } else { 0.0 };
        let (mut steps, mut count) = (Vec::new(), 0);
        for _ in 0..source.below(5) {
            bound += (f64::from(source.byte()) + 1.0) / 1024.0;
            count += u64::from(source.byte());
            steps.push((Bound::new(bound).unwrap(), count));
        }
        let is_signed = steps.first().is_some_and(|(bound, _)| bound.value() < 0.0);
        let states = 0..source.below(4);
        Self {
            labels,
            millis,
            value: source.value(),
            steps,
            count: count + u64::from(source.byte()),
            sum: (source.chance() && !is_signed).then(|| source.counter()),
            created: source.chance().then(|| (source.u64() % (1 << 42)).cast_signed()),
            exemplar: source.chance().then(|| PlannedExemplar::new(source)),
            states: states.map(|n| (source.text(9) + &n.to_string(), source.chance())).collect(),
        }
    }

    /// The value, where it must be one of a counter.
    pub(crate) fn counter_value(&self) -> Value {
        match self.value {
            Value::Unsigned(value) => Value::Unsigned(value),
            Value::Signed(value) => Value::Unsigned(value.unsigned_abs()),
            Value::Float(value) if value.is_nan() => Value::Unsigned(0),
            Value::Float(value) => Value::Float(value.abs()),
        }
    }

    fn labels(&self) -> Vec<Label<'_>> {
        let label = |(name, value)| Label::new(LabelName::utf8(name).unwrap(), value);
        self.labels.iter().map(|(name, value)| label((name.as_str(), value.as_str()))).collect()
    }

    fn states(&self) -> Vec<(&str, bool)> {
        self.states.iter().map(|(state, on)| (state.as_str(), *on)).collect()
    }

    fn counter(&self, mut point: CounterPoint<'_, Text>) -> Result<(), EncodeError<Utf8Error>> {
        if let Some(created) = self.created {
            point = point.created(Timestamp::from_millis(created));
        }
        let Some(exemplar) = &self.exemplar else { return point.finish(self.counter_value()) };
        exemplar.with(|exemplar| point.exemplar(exemplar).finish(self.counter_value()))
    }

    fn histogram(&self, mut point: HistogramPoint<'_, Text>) -> Result<(), EncodeError<Utf8Error>> {
        for &(bound, count) in &self.steps {
            match &self.exemplar {
                Some(exemplar) => {
                    exemplar.with(|exemplar| point.bucket_with_exemplar(bound, count, exemplar))?;
                }
                None => point.bucket(bound, count)?,
            }
        }
        if let Some(created) = self.created {
            point = point.created(Timestamp::from_millis(created));
        }
        match self.sum {
            Some(sum) => point.finish(self.count, sum),
            None => point.finish_without_sum(self.count),
        }
    }

    fn summary(&self, mut point: SummaryPoint<'_, Text>) -> Result<(), EncodeError<Utf8Error>> {
        for (quantile, _) in self.quantiles() {
            point.quantile(quantile, self.counter_value())?;
        }
        if let Some(created) = self.created {
            point = point.created(Timestamp::from_millis(created));
        }
        match self.sum {
            Some(sum) => point.finish(self.count, sum),
            None => point.finish_without_sum(self.count),
        }
    }

    /// The steps that can be quantiles.
    pub(crate) fn quantiles(&self) -> impl Iterator<Item = (Bound, u64)> + '_ {
        self.steps.iter().copied().filter(|(bound, _)| (0.0..=1.0).contains(&bound.value()))
    }
}

impl PlannedExemplar {
    fn new(source: &mut Source<'_>) -> Self {
        let millis = source.chance().then(|| (source.u64() % (1 << 42)).cast_signed());
        Self { trace: source.text(100), value: source.value(), millis }
    }

    fn with<T>(&self, write: impl FnOnce(&Exemplar<'_>) -> T) -> T {
        let labels = [Label::new(LabelName::from_static("trace"), &self.trace)];
        let exemplar = Exemplar::new(&labels, self.value);
        write(&match self.millis {
            Some(millis) => exemplar.at(Timestamp::from_millis(millis)),
            None => exemplar,
        })
    }
}

/// A sink that every feature set has.
pub(crate) struct Text(String);

impl Sink for Text {
    type Error = Utf8Error;

    fn write(&mut self, bytes: &[u8]) -> Result<(), Self::Error> {
        self.0.push_str(std::str::from_utf8(bytes)?);
        Ok(())
    }
}
