//! `Shelf`: the texts of every sensor of the process, rendered once for all emitters of one style.

use std::collections::HashMap;
use std::process;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use prom_format::sanitize_metric_name;

use crate::address::{Address, Numbers};
use crate::error::Error;
use crate::sensor::{Draft, Kind, SensorText};
use crate::style::{ConstantLabels, Style};

/// A sensor with everything that does not change between its readings.
#[derive(Debug)]
pub(crate) struct Prepared {
    pub(crate) kind: Kind,
    pub(crate) label: &'static str,
    pub(crate) text: SensorText,
    /// The metadata lines of each family.
    pub(crate) metadata: Vec<Vec<u8>>,
    /// The names that it has for itself, as numbers.
    pub(crate) names: Vec<usize>,
    /// Whether one of them is also a name of a sensor that was there before.
    pub(crate) contested: bool,
}

/// The sensors of one style by kind and label. Labels are static, so their number is bounded by the
/// program.
///
/// It belongs to one process. A forked child may have inherited its lock from a thread that the child
/// has not got, so nobody asks the shelf of another process.
#[derive(Debug)]
pub(crate) struct Shelf {
    style: Style,
    constant: ConstantLabels,
    pid: u32,
    /// How many bytes the last page had.
    page: AtomicUsize,
    stock: Mutex<Stock>,
}

#[derive(Debug, Default)]
struct Stock {
    /// Copied by the next change while somebody else has it.
    index: Arc<Index>,
    by_label: HashMap<(Kind, &'static str), usize>,
    names: HashMap<String, usize>,
}

/// What is on a shelf at one moment; it is read without a lock.
#[derive(Clone, Debug, Default)]
pub(crate) struct Index {
    sensors: Vec<Arc<Prepared>>,
    numbers: Numbers,
    /// Whether two of the sensors share a name.
    contested: bool,
}

impl Index {
    #[inline]
    pub(crate) fn number(&self, address: &Address) -> Option<usize> {
        self.numbers.get(address).copied()
    }

    #[inline]
    pub(crate) fn sensor(&self, number: usize) -> Option<&Arc<Prepared>> {
        self.sensors.get(number)
    }

    pub(crate) fn len(&self) -> usize {
        self.sensors.len()
    }

    pub(crate) fn is_contested(&self) -> bool {
        self.contested
    }

    #[cfg(test)]
    pub(crate) fn is_empty(&self) -> bool {
        self.sensors.is_empty() && self.numbers.is_empty()
    }
}

impl Shelf {
    pub(crate) fn new(style: &Style, constant: ConstantLabels, pid: u32) -> Self {
        let (page, stock) = (AtomicUsize::new(0), Mutex::default());
        Self { style: style.clone(), constant, pid, page, stock }
    }

    pub(crate) fn pid(&self) -> u32 {
        self.pid
    }

    pub(crate) fn is_of_this_process(&self) -> bool {
        self.pid == process::id()
    }

    pub(crate) fn serves(&self, style: &Style, constant: &ConstantLabels) -> bool {
        self.style.dialect == style.dialect
            && self.style.counters_are_total() == style.counters_are_total()
            && self.constant == *constant
    }

    /// Room for a page like the last one.
    pub(crate) fn page(&self) -> usize {
        let last = self.page.load(Ordering::Relaxed);
        last + last / 8
    }

    /// Says how long a page was.
    pub(crate) fn page_was(&self, len: usize) {
        self.page.store(len, Ordering::Relaxed);
    }

    /// What is on the shelf.
    pub(crate) fn index(&self) -> Arc<Index> {
        Arc::clone(&self.lock().index)
    }

    /// A sensor, which is prepared if it is new, and its number.
    pub(crate) fn sensor(
        &self,
        kind: Kind,
        label: &'static str,
    ) -> Result<(usize, Arc<Prepared>), Error> {
        let address = Address::of(kind, label);
        let mut stock = self.lock();
        let (number, prepared) = match stock.known(kind, label) {
            Some(known) => known,
            None => stock.add(kind, label, &self.style, &self.constant)?,
        };
        if stock.index.number(&address).is_none() {
            Arc::make_mut(&mut stock.index).numbers.insert(address, number);
        }
        Ok((number, prepared))
    }

    /// Nothing panics while it holds this lock, so the stock is whole in any case.
    fn lock(&self) -> MutexGuard<'_, Stock> {
        self.stock.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Keeps the lock, as a thread does that a fork has not taken along.
    #[cfg(test)]
    pub(crate) fn hold(&self) -> impl Sized {
        self.lock()
    }
}

impl Stock {
    fn known(&self, kind: Kind, label: &'static str) -> Option<(usize, Arc<Prepared>)> {
        let number = *self.by_label.get(&(kind, label))?;
        Some((number, Arc::clone(self.index.sensor(number)?)))
    }

    /// Puts a sensor at the end. One that is refused leaves nothing behind, however often it comes.
    fn add(
        &mut self,
        kind: Kind,
        label: &'static str,
        style: &Style,
        constant: &ConstantLabels,
    ) -> Result<(usize, Arc<Prepared>), Error> {
        let name = sanitize_metric_name(label).map_err(|error| Error::name(label, error))?;
        let drafts = Draft::all(kind, &name, style);
        let metadata = drafts.iter().map(|draft| draft.metadata(label, style));
        let metadata = metadata.collect::<Result<_, _>>()?;
        let text = SensorText::new(label, style, &constant.borrowed(), &drafts)?;
        let before = self.names.len();
        let names = drafts.iter().flat_map(|draft| draft.names(style));
        let names: Vec<usize> = names.map(|name| self.name(name)).collect();
        let contested = names.iter().any(|name| *name < before);
        let prepared = Arc::new(Prepared { kind, label, text, metadata, names, contested });
        let index = Arc::make_mut(&mut self.index);
        let number = index.sensors.len();
        index.contested |= contested;
        index.sensors.push(Arc::clone(&prepared));
        self.by_label.insert((kind, label), number);
        Ok((number, prepared))
    }

    fn name(&mut self, name: String) -> usize {
        let next = self.names.len();
        *self.names.entry(name).or_insert(next)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use prom_format::LabelName;

    fn shelf(style: &Style) -> Shelf {
        Shelf::new(style, style.labels(), process::id())
    }

    #[test]
    fn a_label_has_one_sensor() {
        let shelf = shelf(&Style::new(true));
        let (first, prepared) = shelf.sensor(Kind::Counter, "a.b").unwrap();
        let elsewhere: &'static str = Box::leak(String::from("a.b").into_boxed_str());
        let (again, same) = shelf.sensor(Kind::Counter, elsewhere).unwrap();
        assert!(first == again && Arc::ptr_eq(&prepared, &same));
        let (gauge, other) = shelf.sensor(Kind::Gauge, "a.b").unwrap();
        assert_ne!(first, gauge);
        assert_eq!(prepared.names, other.names, "the name is the same, and so is its number");
        for label in ["a.b", elsewhere] {
            let number = shelf.index().number(&Address::of(Kind::Counter, label));
            assert_eq!(Some(first), number, "both are found without the lock");
        }
    }

    #[test]
    fn an_index_stays_as_it_is() {
        let shelf = shelf(&Style::new(true));
        shelf.sensor(Kind::Counter, "a").unwrap();
        let before = shelf.index();
        let (number, _) = shelf.sensor(Kind::Counter, "b").unwrap();
        assert!(before.sensor(number).is_none() && before.sensor(0).is_some());
        let after = shelf.index();
        assert_eq!("b", after.sensor(number).unwrap().label);
        assert!(Arc::ptr_eq(before.sensor(0).unwrap(), after.sensor(0).unwrap()));
        assert!(Arc::ptr_eq(&after, &shelf.index()), "nothing is copied without a change");
    }

    #[test]
    fn a_refused_sensor_leaves_nothing_behind() {
        let mut style = Style::new(true);
        style.set_label(LabelName::from_static("le"), "mine".into());
        let shelf = shelf(&style);
        for _ in 0..2 {
            assert!(shelf.sensor(Kind::Histogram, "h").is_err());
            assert!(shelf.sensor(Kind::Gauge, "").is_err());
            assert!(shelf.lock().names.is_empty() && shelf.lock().by_label.is_empty());
            assert!(shelf.index().is_empty());
        }
    }
}
