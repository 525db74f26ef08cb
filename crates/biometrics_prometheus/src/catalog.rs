//! `Catalog`: the sensors that one emitter has emitted, and whose names they are.

use std::io;
use std::sync::Arc;

use crate::error::Error;
use crate::sensor::Reading;
use crate::shelf::{Prepared, Shelf};
use crate::style::Style;

/// What one emitter knows of each sensor on the shelf of its style: `L` is its own part of that.
///
/// Names are sanitised, so `a.b` and `a-b` meet in `a_b`; and a histogram `a` writes samples
/// `a_count`, which no other sensor may. Whose name it is goes by the emitter, not by the process:
/// sensors that never meet in one text may share one. A second sensor with the same label and of
/// the same kind is the same family, as it is in `biometrics`.
#[derive(Debug)]
pub(crate) struct Catalog<L> {
    style: Style,
    shelf: Arc<Shelf>,
    entries: Vec<Option<Entry<L>>>,
    /// For each name the sensor that has it, as a number of the shelf.
    owners: Vec<Option<usize>>,
}

/// A sensor that was emitted.
#[derive(Debug)]
pub(crate) struct Entry<L> {
    pub(crate) prepared: Arc<Prepared>,
    pub(crate) local: L,
}

impl<L> Catalog<L> {
    pub(crate) fn new(style: Style) -> Self {
        let shelf = Shelf::of(&style);
        Self { style, shelf, entries: Vec::new(), owners: Vec::new() }
    }

    pub(crate) fn style(&self) -> &Style {
        &self.style
    }

    /// What is known of a sensor. At its first emission it takes its names, and `first` makes the
    /// emitter's part.
    pub(crate) fn entry(
        &mut self,
        reading: &Reading<'_>,
        first: impl FnOnce(&Prepared) -> io::Result<L>,
    ) -> io::Result<&mut Entry<L>> {
        let number = self.shelf.number(reading.kind(), reading.label())?;
        if self.entries.len() <= number {
            self.entries.resize_with(number + 1, || None);
        }
        if !matches!(self.entries.get(number), Some(Some(_))) {
            let prepared = self.shelf.sensor(number).ok_or(io::ErrorKind::NotFound)?;
            self.claim(number, &prepared)?;
            let local = first(&prepared)?;
            if let Some(entry) = self.entries.get_mut(number) {
                *entry = Some(Entry { prepared, local });
            }
        }
        let entry = self.entries.get_mut(number).and_then(Option::as_mut);
        entry.ok_or_else(|| io::ErrorKind::NotFound.into())
    }

    /// Takes all names for the sensor, or none.
    fn claim(&mut self, number: usize, sensor: &Prepared) -> Result<(), Error> {
        for name in &sensor.names {
            if let Some(Some(owner)) = self.owners.get(*name)
                && *owner != number
                && let Some(Some(owner)) = self.entries.get(*owner)
            {
                return Err(Error::collision(sensor.label, owner.prepared.label));
            }
        }
        for name in &sensor.names {
            if self.owners.len() <= *name {
                self.owners.resize(name + 1, None);
            }
            if let Some(owner) = self.owners.get_mut(*name) {
                *owner = Some(number);
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sensor::Kind;
    use biometrics::{Counter, Gauge, Histogram, Moments};
    use prom_format::{Dialect, Escaping};
    use sig_fig_histogram::LockFreeHistogram;

    /// Looks a sensor up; gives its metadata at the first time and `None` later.
    fn look_up(
        catalog: &mut Catalog<()>,
        kind: Kind,
        label: &'static str,
    ) -> io::Result<Option<String>> {
        static BUCKETS: LockFreeHistogram<1> = LockFreeHistogram::new(1);
        let (counter, gauge) = (Counter::new(label), Gauge::new(label));
        let (moments, histogram) = (Moments::new(label), Histogram::new(label, &BUCKETS));
        let reading = match kind {
            Kind::Counter => Reading::Counter(&counter),
            Kind::Gauge => Reading::Gauge(&gauge),
            Kind::Moments => Reading::Moments(&moments),
            Kind::Histogram => Reading::Histogram(&histogram),
        };
        let mut metadata = None;
        catalog.entry(&reading, |prepared| {
            metadata = Some(String::from_utf8(prepared.metadata.concat()).unwrap());
            Ok(())
        })?;
        Ok(metadata)
    }

    #[test]
    fn a_sensor_is_new_once() {
        let mut catalog = Catalog::new(Style::new(true));
        let mut look_up = |kind, label| look_up(&mut catalog, kind, label).unwrap();
        assert_eq!(Some("# TYPE a_b counter\n".into()), look_up(Kind::Counter, "a.b"));
        assert_eq!(None, look_up(Kind::Counter, "a.b"));
        let moments = look_up(Kind::Moments, "m").unwrap();
        assert!(moments.starts_with("# TYPE m_count counter\n# TYPE m_mean gauge\n"), "{moments}");
        assert_eq!(5, moments.lines().count());
        let odd = look_up(Kind::Gauge, "9 caf\u{e9}\n# TYPE x");
        assert_eq!(Some("# TYPE _9_caf____TYPE_x gauge\n".into()), odd);
    }

    #[test]
    fn sensors_that_meet_in_a_name_are_refused_every_time() {
        let clashes: [(Kind, &str, Kind, &str); 7] = [
            (Kind::Counter, "a.b", Kind::Counter, "a_b"),
            (Kind::Counter, "a.b", Kind::Counter, "a-b"),
            (Kind::Counter, "a", Kind::Gauge, "a"),
            (Kind::Histogram, "a", Kind::Counter, "a.count"),
            (Kind::Gauge, "a_sum", Kind::Histogram, "a"),
            (Kind::Moments, "a", Kind::Histogram, "a"),
            (Kind::Histogram, "a", Kind::Gauge, "a.is.negative"),
        ];
        for (kind, label, other_kind, other) in clashes {
            let mut catalog = Catalog::new(Style::new(true));
            look_up(&mut catalog, kind, label).unwrap();
            for _ in 0..2 {
                let error = look_up(&mut catalog, other_kind, other).unwrap_err();
                let error = error.get_ref().unwrap().downcast_ref::<Error>().unwrap();
                assert_eq!((other, Some(label)), (error.sensor(), error.collides_with()));
            }
            look_up(&mut catalog, Kind::Counter, "something.else").unwrap();
            let mut apart = Catalog::new(Style::new(true));
            look_up(&mut apart, other_kind, other).unwrap();
        }
    }

    #[test]
    fn in_open_metrics_more_names_belong_to_a_family() {
        let open = Style::new(true).with_dialect(Dialect::OpenMetrics100(Escaping::Underscores));
        let clashes: [(Kind, &str, Kind, &str); 4] = [
            (Kind::Counter, "a", Kind::Gauge, "a"),
            (Kind::Counter, "a", Kind::Gauge, "a_created"),
            (Kind::Gauge, "a_total", Kind::Counter, "a"),
            (Kind::Histogram, "h", Kind::Gauge, "h_created"),
        ];
        for (kind, label, other_kind, other) in clashes {
            let mut catalog = Catalog::new(open.clone());
            look_up(&mut catalog, kind, label).unwrap();
            assert!(look_up(&mut catalog, other_kind, other).is_err(), "{label} and {other}");
        }
        let mut catalog = Catalog::new(open);
        look_up(&mut catalog, Kind::Gauge, "g").unwrap();
        look_up(&mut catalog, Kind::Gauge, "g_created").unwrap();
    }

    #[test]
    fn a_label_that_is_no_name_is_refused() {
        let mut catalog = Catalog::new(Style::new(true));
        let error = look_up(&mut catalog, Kind::Gauge, "").unwrap_err();
        assert_eq!(io::ErrorKind::InvalidInput, error.kind());
        assert_eq!(r#"cannot emit sensor "": the metric name is empty"#, error.to_string());
    }
}
