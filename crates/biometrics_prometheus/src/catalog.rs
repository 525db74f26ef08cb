//! `Catalog`: the sensors that one emitter has emitted, and whose names they are.

use std::io;
use std::mem;
use std::ptr;
use std::sync::Arc;

use crate::address::{Address, Numbers};
use crate::error::Error;
use crate::owners::Owners;
use crate::sensor::{Kind, Reading};
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
    /// Those that the index does not have, from its end on.
    newcomers: Vec<Option<Arc<Prepared>>>,
    entries: Vec<Entry<L>>,
    /// The sensor after the one that came last, which nearly always is the next to come: collections
    /// repeat their order.
    next: usize,
    /// Kept from when two sensors that this emitter knows of share a name, which most programs never see.
    owners: Option<Owners>,
}

#[derive(Debug)]
struct Entry<L> {
    local: Option<L>,
    written: bool,
}

impl<L> Default for Entry<L> {
    fn default() -> Self {
        Self { local: None, written: false }
    }
}

/// A sensor that may be written.
#[derive(Debug)]
pub(crate) struct Known<'a, L> {
    /// Of the shelf: after [`follow_a_fork`](Catalog::follow_a_fork) it has another one.
    pub(crate) number: usize,
    pub(crate) prepared: &'a Prepared,
    pub(crate) local: &'a L,
    /// Whether anything of it was written, which is said by the emitter. Until then its names are free
    /// for the sensor that comes first.
    pub(crate) written: &'a mut bool,
}

impl<L> Catalog<L> {
    pub(crate) fn new(style: Style) -> Self {
        let shelf = shelf_of(&style);
        Self::on(shelf, style)
    }

    fn on(shelf: Arc<Shelf>, style: Style) -> Self {
        let (index, later) = (shelf.index(), Numbers::default());
        let owners = index.is_contested().then(Owners::default);
        let (newcomers, entries) = (Vec::new(), Vec::new());
        Self { style, shelf, index, later, newcomers, entries, next: 0, owners }
    }

    pub(crate) fn style(&self) -> &Style {
        &self.style
    }

    pub(crate) fn shelf(&self) -> &Shelf {
        &self.shelf
    }

    /// What is known of a sensor. Until it is written it takes its names each time, and `first` makes
    /// the emitter's part.
    #[inline(always)]
    pub(crate) fn entry(
        &mut self,
        reading: &Reading<'_>,
        first: impl FnOnce(&Prepared) -> io::Result<L>,
    ) -> io::Result<Known<'_, L>> {
        let expected = self.is_next(reading);
        let number = if expected && self.is_settled(self.next) {
            self.next
        } else {
            let known = if expected { Some(self.next) } else { self.number(reading) };
            self.enter(known, reading, first)?
        };
        self.next = number + 1;
        self.known(number).ok_or_else(|| io::ErrorKind::NotFound.into())
    }

    #[inline(always)]
    fn is_next(&self, reading: &Reading<'_>) -> bool {
        let (kind, label) = (reading.kind(), reading.label());
        // Equal labels are the same one unless a program has sensors again that it had before.
        let same = |known: &'static str| ptr::eq(known, label) || known == label;
        self.prepared(self.next).is_some_and(|next| next.kind == kind && same(next.label))
    }

    fn number(&self, reading: &Reading<'_>) -> Option<usize> {
        let address = Address::of_reading(reading);
        self.index.number(&address).or_else(|| self.later.get(&address).copied())
    }

    fn is_written(&self, number: usize) -> bool {
        self.entries.get(number).is_some_and(|entry| entry.written)
    }

    /// Whether there is nothing to be done before it is written: it was, or nobody contests its names.
    #[inline(always)]
    fn is_settled(&self, number: usize) -> bool {
        let uncontested = self.owners.is_none();
        let settled = |entry: &Entry<L>| entry.written || (uncontested && entry.local.is_some());
        self.entries.get(number).is_some_and(settled)
    }

    fn is_new(&self, number: usize) -> bool {
        self.entries.get(number).is_none_or(|entry| entry.local.is_none())
    }

    #[inline(always)]
    fn prepared(&self, number: usize) -> Option<&Prepared> {
        prepared(&self.index, &self.newcomers, number)
    }

    #[inline(always)]
    fn known(&mut self, number: usize) -> Option<Known<'_, L>> {
        let Entry { local, written } = self.entries.get_mut(number)?;
        let prepared = prepared(&self.index, &self.newcomers, number)?;
        Some(Known { number, prepared, local: local.as_ref()?, written })
    }

    #[inline(never)]
    fn enter(
        &mut self,
        known: Option<usize>,
        reading: &Reading<'_>,
        first: impl FnOnce(&Prepared) -> io::Result<L>,
    ) -> io::Result<usize> {
        let number = match known {
            Some(number) => number,
            None => {
                self.follow_a_fork();
                self.find(reading.kind(), reading.label())?
            }
        };
        if self.owners.is_some() {
            self.claim(number)?;
        }
        let local = match self.prepared(number) {
            Some(prepared) if self.is_new(number) => Some(first(prepared)?),
            _ => return Ok(number),
        };
        if let Some(entry) = self.place(number) {
            entry.local = local;
        }
        Ok(number)
    }

    /// A sensor from the shelf.
    fn find(&mut self, kind: Kind, label: &'static str) -> Result<usize, Error> {
        let (number, prepared) = self.shelf.sensor(kind, label)?;
        self.later.insert(Address::of(kind, label), number);
        if prepared.contested && self.owners.is_none() {
            self.owners = Some(self.owners());
        }
        self.keep(number, prepared);
        Ok(number)
    }

    fn keep(&mut self, number: usize, newcomer: Arc<Prepared>) {
        let Some(at) = number.checked_sub(self.index.len()) else { return };
        if self.newcomers.len() <= at {
            self.newcomers.resize(at + 1, None);
        }
        if let Some(place) = self.newcomers.get_mut(at) {
            *place = Some(newcomer);
        }
    }

    /// Of what is written.
    fn owners(&self) -> Owners {
        let mut owners = Owners::default();
        for number in (0..self.entries.len()).filter(|number| self.is_written(*number)) {
            self.prepared(number).into_iter().for_each(|sensor| owners.give(number, sensor));
        }
        owners
    }

    fn place(&mut self, number: usize) -> Option<&mut Entry<L>> {
        if self.entries.len() <= number {
            // As many again: in a page of their own sensors come one after the other.
            self.entries.resize_with((number + 1).next_power_of_two(), Entry::default);
        }
        self.entries.get_mut(number)
    }

    /// Takes all names for the sensor, or none.
    fn claim(&mut self, number: usize) -> Result<(), Error> {
        let Some(mut owners) = self.owners.take() else { return Ok(()) };
        let claimed = self.claim_of(number, &mut owners);
        self.owners = Some(owners);
        claimed
    }

    fn claim_of(&self, number: usize, owners: &mut Owners) -> Result<(), Error> {
        let Some(sensor) = self.prepared(number) else { return Ok(()) };
        let rival = owners.rival(number, sensor, |owner| self.is_written(owner));
        if let Some(rival) = rival.and_then(|rival| self.prepared(rival)) {
            return Err(Error::collision(sensor.label, rival.label));
        }
        owners.give(number, sensor);
        Ok(())
    }

    /// The sensor was not written after all.
    pub(crate) fn take_back(&mut self, number: usize) {
        if let Some(entry) = self.entries.get_mut(number) {
            entry.written = false;
        }
    }

    /// Begins another text, in which nothing is written yet.
    pub(crate) fn start_over(&mut self) {
        self.next = 0;
        self.entries.iter_mut().for_each(|entry| entry.written = false);
    }

    /// In the child of a fork: moves to a shelf of the child, whose lock no thread of the parent can
    /// have held at that moment, and whose labels may name the child. What was written keeps its names.
    pub(crate) fn follow_a_fork(&mut self) {
        if self.shelf.is_of_this_process() {
            return;
        }
        let mut inherited = mem::replace(self, Self::new(self.style.clone()));
        for (number, entry) in mem::take(&mut inherited.entries).into_iter().enumerate() {
            let prepared = inherited.prepared(number).filter(|_| entry.local.is_some());
            // A sensor that could be prepared can be again; else it is told at its next emission.
            if let Some(sensor) = prepared {
                let _ = self.adopt((sensor.kind, sensor.label), entry);
            }
        }
    }

    fn adopt(&mut self, (kind, label): (Kind, &'static str), entry: Entry<L>) -> Result<(), Error> {
        let number = self.find(kind, label)?;
        if entry.written {
            self.claim(number)?;
        }
        if let Some(place) = self.place(number) {
            (place.local, place.written) = (entry.local, entry.written);
        }
        Ok(())
    }
}

/// By fields, for a borrower who changes another one.
#[inline(always)]
fn prepared<'a>(
    index: &'a Index,
    newcomers: &'a [Option<Arc<Prepared>>],
    number: usize,
) -> Option<&'a Prepared> {
    let newcomer = || newcomers.get(number.checked_sub(index.len())?)?.as_ref();
    index.sensor(number).or_else(newcomer).map(|prepared| &**prepared)
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
        *entry.written = true;
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
        let parents = format!("{:?}", catalog.entry(&reading, |_| Ok(())).unwrap().prepared.text);
        catalog.follow_a_fork();
        let entry = catalog.entry(&reading, |_| panic!("it was written")).unwrap();
        assert!(*entry.written);
        assert_ne!(parents, format!("{:?}", entry.prepared.text), "the label is missing");
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
