//! `Catalog`: the sensors that one emitter has emitted, and whose names they are.

use std::io;
use std::mem;
use std::sync::Arc;

use crate::address::{Address, Numbers};
use crate::error::Error;
use crate::sensor::Reading;
use crate::shelf::{Index, Prepared, Shelf};
use crate::shelves::shelf_of;
use crate::style::Style;

/// What one emitter knows of each sensor on the shelf of its style: `L` is its own part of that.
///
/// Names are sanitised, so `a.b` and `a-b` meet in `a_b`; and a histogram `a` writes samples
/// `a_count`, which no other sensor may. Whose name it is goes by the emitter, not by the process:
/// sensors that never meet in one text may share one. A second sensor with the same label and of
/// the same kind is the same family, as it is in `biometrics`.
///
/// The shelf is asked for a sensor once, and then by the process that it belongs to.
#[derive(Debug)]
pub(crate) struct Catalog<L> {
    style: Style,
    shelf: Arc<Shelf>,
    /// What was on the shelf at the beginning: all there is, for a page like the one before.
    index: Arc<Index>,
    /// What the shelf was asked for since.
    later: Numbers,
    entries: Vec<Option<Entry<L>>>,
    /// For each name the sensor that has it, as a number of the shelf.
    owners: Vec<Option<usize>>,
}

/// A sensor that was emitted.
#[derive(Debug)]
pub(crate) struct Entry<L> {
    pub(crate) prepared: Arc<Prepared>,
    pub(crate) local: L,
    /// Whether anything of it was written, which is said by the emitter. Until then its names are free
    /// for the sensor that comes first.
    pub(crate) written: bool,
}

impl<L> Catalog<L> {
    pub(crate) fn new(style: Style) -> Self {
        let shelf = shelf_of(&style);
        Self::on(shelf, style)
    }

    fn on(shelf: Arc<Shelf>, style: Style) -> Self {
        let (index, later) = (shelf.index(), Numbers::default());
        Self { style, shelf, index, later, entries: Vec::new(), owners: Vec::new() }
    }

    pub(crate) fn style(&self) -> &Style {
        &self.style
    }

    /// What is known of a sensor. Until it is written it takes its names each time, and `first` makes
    /// the emitter's part.
    pub(crate) fn entry(
        &mut self,
        reading: &Reading<'_>,
        first: impl FnOnce(&Prepared) -> io::Result<L>,
    ) -> io::Result<&mut Entry<L>> {
        let address = Address::of_reading(reading);
        let known = self.index.number(&address).or_else(|| self.later.get(&address).copied());
        let number = match known {
            Some(number) if self.known(number).is_some_and(|entry| entry.written) => number,
            _ => self.enter(known, reading, first)?,
        };
        let entry = self.entries.get_mut(number).and_then(Option::as_mut);
        entry.ok_or_else(|| io::ErrorKind::NotFound.into())
    }

    fn known(&self, number: usize) -> Option<&Entry<L>> {
        self.entries.get(number)?.as_ref()
    }

    fn enter(
        &mut self,
        known: Option<usize>,
        reading: &Reading<'_>,
        first: impl FnOnce(&Prepared) -> io::Result<L>,
    ) -> io::Result<usize> {
        let (number, prepared) = self.find(known, reading)?;
        self.claim(number, &prepared)?;
        if self.known(number).is_none() {
            let local = first(&prepared)?;
            self.put(number, Entry { prepared, local, written: false });
        }
        Ok(number)
    }

    /// A sensor by its number, or from the shelf.
    fn find(
        &mut self,
        known: Option<usize>,
        reading: &Reading<'_>,
    ) -> Result<(usize, Arc<Prepared>), Error> {
        if let Some(number) = known
            && let Some(prepared) = self.prepared(number)
        {
            return Ok((number, Arc::clone(prepared)));
        }
        self.follow_a_fork();
        let (number, prepared) = self.shelf.sensor(reading.kind(), reading.label())?;
        self.later.insert(Address::of_reading(reading), number);
        Ok((number, prepared))
    }

    fn prepared(&self, number: usize) -> Option<&Arc<Prepared>> {
        let entry = self.known(number).map(|entry| &entry.prepared);
        entry.or_else(|| self.index.sensor(number))
    }

    /// In the child of a fork: moves to a shelf of the child, whose lock no thread of the parent can
    /// have held at that moment, and whose labels may name the child. What was written keeps its names.
    pub(crate) fn follow_a_fork(&mut self) {
        if self.shelf.is_of_this_process() {
            return;
        }
        let inherited = mem::replace(self, Self::new(self.style.clone()));
        for entry in inherited.entries.into_iter().flatten() {
            // A sensor that could be prepared can be again; else it is told at its next emission.
            let _ = self.adopt(entry);
        }
    }

    fn adopt(&mut self, entry: Entry<L>) -> Result<(), Error> {
        let (kind, label) = (entry.prepared.kind, entry.prepared.label);
        let (number, prepared) = self.shelf.sensor(kind, label)?;
        self.later.insert(Address::of(kind, label), number);
        if entry.written {
            self.claim(number, &prepared)?;
        }
        self.put(number, Entry { prepared, ..entry });
        Ok(())
    }

    fn put(&mut self, number: usize, entry: Entry<L>) {
        if self.entries.len() <= number {
            self.entries.resize_with(number + 1, || None);
        }
        if let Some(place) = self.entries.get_mut(number) {
            *place = Some(entry);
        }
    }

    /// Takes all names for the sensor, or none.
    fn claim(&mut self, number: usize, sensor: &Prepared) -> Result<(), Error> {
        for name in &sensor.names {
            if let Some(Some(owner)) = self.owners.get(*name)
                && *owner != number
                && let Some(owner) = self.known(*owner).filter(|owner| owner.written)
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
    use crate::within::within_a_minute;
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
        let entry = catalog.entry(&reading, |prepared| {
            metadata = Some(String::from_utf8(prepared.metadata.concat()).unwrap());
            Ok(())
        })?;
        entry.written = true;
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
    fn what_was_not_written_keeps_no_name() {
        let mut catalog = Catalog::new(Style::new(true));
        let (dotted, dashed) = (Counter::new("a.b"), Counter::new("a-b"));
        for reading in [&dotted, &dashed, &dotted] {
            catalog.entry(&Reading::Counter(reading), |_| Ok(())).unwrap();
        }
        look_up(&mut catalog, Kind::Counter, "a-b").unwrap();
        let error = look_up(&mut catalog, Kind::Counter, "a.b").unwrap_err();
        assert!(error.to_string().contains(r#"sensor "a-b" is written"#), "{error}");
    }

    /// At one address, which equal literals need not be.
    static LABEL: &str = "a.b";

    /// A shelf that another process has left, with one sensor on it.
    fn inherited(style: &Style) -> Arc<Shelf> {
        let shelf = Shelf::new(style, style.labels(), 0);
        shelf.sensor(Kind::Counter, LABEL).unwrap();
        Arc::new(shelf)
    }

    #[test]
    fn a_child_never_asks_the_shelf_of_its_parent() {
        let shelf = inherited(&Style::new(true));
        let mut catalog = Catalog::on(Arc::clone(&shelf), Style::new(true));
        let held = shelf.hold();
        within_a_minute(|| {
            look_up(&mut catalog, Kind::Counter, LABEL).unwrap().unwrap();
            assert!(Arc::ptr_eq(&shelf, &catalog.shelf), "what was known is asked of nobody");
            look_up(&mut catalog, Kind::Gauge, "of the child").unwrap().unwrap();
        });
        drop(held);
        assert!(catalog.shelf.is_of_this_process());
        assert_eq!(None, look_up(&mut catalog, Kind::Counter, LABEL).unwrap(), "it is new twice");
        assert_eq!(None, look_up(&mut catalog, Kind::Gauge, "of the child").unwrap());
        assert!(look_up(&mut catalog, Kind::Counter, "a_b").is_err(), "its name is taken");
    }

    #[test]
    fn a_child_takes_labels_of_its_own() {
        let mut identified = Style::new(true);
        identified.process_identity = true;
        let mut catalog = Catalog::on(inherited(&Style::new(true)), identified);
        let counter = Counter::new(LABEL);
        let reading = Reading::Counter(&counter);
        look_up(&mut catalog, Kind::Counter, LABEL).unwrap();
        let parents = Arc::clone(&catalog.entry(&reading, |_| Ok(())).unwrap().prepared);
        catalog.follow_a_fork();
        let entry = catalog.entry(&reading, |_| panic!("it was written")).unwrap();
        assert!(entry.written && !Arc::ptr_eq(&parents, &entry.prepared));
        let text = format!("{:?}", entry.prepared.text);
        assert_ne!(format!("{:?}", parents.text), text, "the label is missing");
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
