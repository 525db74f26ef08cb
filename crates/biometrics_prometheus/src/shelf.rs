//! `Shelf`: the texts of every sensor of the process, rendered once for all emitters of one style.

use std::collections::HashMap;
use std::hash::{BuildHasherDefault, Hasher};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use prom_format::sanitize_metric_name;

use crate::error::Error;
use crate::sensor::{Draft, Kind, SensorText};
use crate::style::{ConstantLabels, Style};

/// Shelves that are kept while no emitter uses them: an exposition lives for one page, and the next
/// one should find everything ready.
const KEPT: usize = 16;

/// A sensor with everything that does not change between its readings.
#[derive(Debug)]
pub(crate) struct Prepared {
    pub(crate) label: &'static str,
    pub(crate) text: SensorText,
    /// The metadata lines of each family.
    pub(crate) metadata: Vec<Vec<u8>>,
    /// The names that it has for itself, as numbers.
    pub(crate) names: Vec<usize>,
}

/// The sensors of one style by kind and label. Labels are static, so their number is bounded by the
/// program.
#[derive(Debug)]
pub(crate) struct Shelf {
    style: Style,
    constant: ConstantLabels,
    stock: Mutex<Stock>,
}

#[derive(Debug, Default)]
struct Stock {
    sensors: Vec<Arc<Prepared>>,
    /// By the address of the label: nearly always the very same string comes again.
    by_address: HashMap<Address, usize, BuildHasherDefault<AddressHasher>>,
    by_label: HashMap<(Kind, &'static str), usize>,
    names: HashMap<String, usize>,
}

type Address = (Kind, usize, usize);

impl Shelf {
    /// The shelf of this style, with the constant labels as they are in this process now.
    pub(crate) fn of(style: &Style) -> Arc<Self> {
        static SHELVES: Mutex<Vec<Arc<Shelf>>> = Mutex::new(Vec::new());
        let constant = style.labels();
        let mut shelves = SHELVES.lock().unwrap_or_else(PoisonError::into_inner);
        let known = shelves.iter().position(|shelf| shelf.serves(style, &constant));
        let shelf = match known {
            Some(at) => shelves.remove(at),
            None => Arc::new(Self { style: style.clone(), constant, stock: Mutex::default() }),
        };
        shelves.truncate(KEPT - 1);
        shelves.insert(0, Arc::clone(&shelf));
        shelf
    }

    fn serves(&self, style: &Style, constant: &ConstantLabels) -> bool {
        self.style.dialect == style.dialect
            && self.style.counters_are_total() == style.counters_are_total()
            && self.constant == *constant
    }

    /// The number of a sensor, which is prepared if it is new.
    pub(crate) fn number(&self, kind: Kind, label: &'static str) -> Result<usize, Error> {
        let address = (kind, label.as_ptr().addr(), label.len());
        let mut stock = self.lock();
        if let Some(number) = stock.by_address.get(&address) {
            return Ok(*number);
        }
        let number = match stock.by_label.get(&(kind, label)) {
            Some(number) => *number,
            None => stock.add(kind, label, &self.style, &self.constant)?,
        };
        stock.by_address.insert(address, number);
        Ok(number)
    }

    pub(crate) fn sensor(&self, number: usize) -> Option<Arc<Prepared>> {
        self.lock().sensors.get(number).cloned()
    }

    /// Nothing panics while it holds this lock, so the stock is whole in any case.
    fn lock(&self) -> MutexGuard<'_, Stock> {
        self.stock.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Stock {
    /// A sensor that is refused leaves nothing behind, however often it comes.
    fn add(
        &mut self,
        kind: Kind,
        label: &'static str,
        style: &Style,
        constant: &ConstantLabels,
    ) -> Result<usize, Error> {
        let name = sanitize_metric_name(label).map_err(|error| Error::name(label, error))?;
        let drafts = Draft::all(kind, &name, style);
        let metadata = drafts.iter().map(|draft| draft.metadata(label, style));
        let metadata = metadata.collect::<Result<_, _>>()?;
        let text = SensorText::new(label, style, &constant.borrowed(), &drafts)?;
        let names = drafts.iter().flat_map(|draft| draft.names(style));
        let names = names.map(|name| self.name(name)).collect();
        self.sensors.push(Arc::new(Prepared { label, text, metadata, names }));
        let number = self.sensors.len() - 1;
        self.by_label.insert((kind, label), number);
        Ok(number)
    }

    fn name(&mut self, name: String) -> usize {
        let next = self.names.len();
        *self.names.entry(name).or_insert(next)
    }
}

/// Mixes the three words of an [`Address`]. A program does not attack itself through the addresses
/// of its labels, and hashing them is on the path of every emission.
#[derive(Default)]
struct AddressHasher(u64);

impl Hasher for AddressHasher {
    fn finish(&self) -> u64 {
        self.0
    }

    fn write(&mut self, bytes: &[u8]) {
        bytes.iter().for_each(|byte| self.write_u64(u64::from(*byte)));
    }

    fn write_u64(&mut self, word: u64) {
        // The golden ratio's fraction: it spreads neighbouring addresses over all bits.
        let mixed = (self.0.rotate_left(26) ^ word).wrapping_mul(0x9e37_79b9_7f4a_7c15);
        self.0 = mixed ^ (mixed >> 32);
    }

    fn write_usize(&mut self, word: usize) {
        self.write_u64(u64::try_from(word).unwrap_or_default());
    }

    fn write_isize(&mut self, word: isize) {
        self.write_usize(word.unsigned_abs());
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use prom_format::LabelName;
    use std::collections::HashSet;
    use std::hash::BuildHasher as _;

    fn labelled(value: &str) -> Style {
        let mut style = Style::new(true);
        style.set_label(LabelName::from_static("shelf"), value.into());
        style
    }

    #[test]
    fn a_style_has_one_shelf_and_a_label_one_sensor() {
        let shelf = Shelf::of(&labelled("one"));
        assert!(Arc::ptr_eq(&shelf, &Shelf::of(&labelled("one"))));
        assert!(!Arc::ptr_eq(&shelf, &Shelf::of(&labelled("two"))));
        let first = shelf.number(Kind::Counter, "a.b").unwrap();
        let elsewhere: &'static str = Box::leak(String::from("a.b").into_boxed_str());
        assert_eq!(first, shelf.number(Kind::Counter, elsewhere).unwrap());
        let gauge = shelf.number(Kind::Gauge, "a.b").unwrap();
        assert_ne!(first, gauge);
        let names = |number| shelf.sensor(number).unwrap().names.clone();
        assert_eq!(names(first), names(gauge), "the name is the same, and so is its number");
    }

    #[test]
    fn shelves_are_bounded() {
        let first = Arc::downgrade(&Shelf::of(&labelled("bound")));
        for other in 0..KEPT {
            drop(Shelf::of(&labelled(&format!("bound {other}"))));
        }
        assert!(first.upgrade().is_none());
    }

    #[test]
    fn a_refused_sensor_leaves_nothing_behind() {
        let mut style = Style::new(true);
        style.set_label(LabelName::from_static("le"), "mine".into());
        let shelf = Shelf::of(&style);
        for _ in 0..2 {
            assert!(shelf.number(Kind::Histogram, "h").is_err());
            assert!(shelf.number(Kind::Gauge, "").is_err());
            assert!(shelf.lock().names.is_empty() && shelf.lock().sensors.is_empty());
        }
    }

    #[test]
    fn neighbouring_addresses_hash_apart() {
        let build = BuildHasherDefault::<AddressHasher>::default();
        let hash = |at: usize| build.hash_one((Kind::Gauge, 0x5555_0000 + at, 8_usize));
        let low: HashSet<u64> = (0..900).map(|at| hash(at) & 0xffff).collect();
        assert!(low.len() > 870, "{} of 900 apart", low.len());
    }
}
