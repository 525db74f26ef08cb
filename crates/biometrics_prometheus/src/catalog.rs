//! `Catalog`: every sensor that was emitted before, with its texts ready.

use std::collections::HashMap;
use std::hash::{BuildHasherDefault, Hasher};
use std::io;

use prom_format::sanitize_metric_name;

use crate::claims::Claims;
use crate::error::Error;
use crate::sensor::{Draft, Kind, Reading, SensorText};
use crate::style::{ConstantLabels, Style};

/// The sensors of one emitter, found by kind and label.
#[derive(Debug)]
pub(crate) struct Catalog<F> {
    style: Style,
    constant: ConstantLabels,
    claims: Claims,
    entries: Vec<Entry<F>>,
    /// By the address of the label: nearly always the very same string comes again.
    by_address: HashMap<Address, usize, BuildHasherDefault<AddressHasher>>,
    by_label: HashMap<(Kind, &'static str), usize>,
}

/// A sensor's texts, and what the emitter remembers of its families.
#[derive(Debug)]
pub(crate) struct Entry<F> {
    pub(crate) text: SensorText,
    pub(crate) families: Vec<F>,
}

type Address = (Kind, usize, usize);

impl<F: Copy> Catalog<F> {
    pub(crate) fn new(style: Style) -> Self {
        Self {
            constant: style.labels(),
            style,
            claims: Claims::default(),
            entries: Vec::new(),
            by_address: HashMap::default(),
            by_label: HashMap::new(),
        }
    }

    pub(crate) fn style(&self) -> &Style {
        &self.style
    }

    /// What is known of a sensor. At its first emission its names are claimed, and each of its families
    /// is noted with its metadata lines.
    pub(crate) fn entry(
        &mut self,
        reading: &Reading<'_>,
        note: impl FnMut(Vec<u8>) -> io::Result<F>,
    ) -> io::Result<&Entry<F>> {
        let (kind, label) = (reading.kind(), reading.label());
        let address = (kind, label.as_ptr().addr(), label.len());
        let index = match self.by_address.get(&address) {
            Some(index) => *index,
            None => {
                let index = match self.by_label.get(&(kind, label)) {
                    Some(index) => *index,
                    None => self.add(kind, label, note)?,
                };
                self.by_address.insert(address, index);
                index
            }
        };
        self.entries.get(index).ok_or_else(|| io::ErrorKind::NotFound.into())
    }

    fn add(
        &mut self,
        kind: Kind,
        label: &'static str,
        mut note: impl FnMut(Vec<u8>) -> io::Result<F>,
    ) -> io::Result<usize> {
        let name = sanitize_metric_name(label).map_err(|error| Error::name(label, error))?;
        let drafts = Draft::all(kind, &name, &self.style);
        let metadata: Result<Vec<_>, _> =
            drafts.iter().map(|draft| draft.metadata(label, &self.style)).collect();
        let metadata = metadata?;
        let text = SensorText::new(label, &self.style, &self.constant.borrowed(), &drafts)?;
        let names = drafts.iter().flat_map(|draft| draft.names(&self.style)).collect();
        self.claims.claim(label, kind, names)?;
        // Last, so that a sensor that is refused leaves nothing behind, however often it comes.
        let families: io::Result<Vec<F>> = metadata.into_iter().map(&mut note).collect();
        self.entries.push(Entry { text, families: families? });
        let index = self.entries.len() - 1;
        self.by_label.insert((kind, label), index);
        Ok(index)
    }
}

/// Mixes the three words of an [`Address`]. Addresses of a program's own labels need no defence
/// against chosen keys, and hashing them is on the path of every emission.
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
    use biometrics::{Counter, Gauge, Histogram, Moments};
    use prom_format::{Dialect, Escaping, LabelName};
    use sig_fig_histogram::LockFreeHistogram;
    use std::hash::{BuildHasher as _, RandomState};

    fn catalog() -> Catalog<usize> {
        Catalog::new(Style::new(true))
    }

    /// Looks a sensor up, and gives the metadata that was noted for it.
    fn look_up(
        catalog: &mut Catalog<usize>,
        kind: Kind,
        label: &'static str,
    ) -> (Vec<String>, Option<io::Error>) {
        static BUCKETS: LockFreeHistogram<1> = LockFreeHistogram::new(1);
        let (counter, gauge) = (Counter::new(label), Gauge::new(label));
        let (moments, histogram) = (Moments::new(label), Histogram::new(label, &BUCKETS));
        let reading = match kind {
            Kind::Counter => Reading::Counter(&counter),
            Kind::Gauge => Reading::Gauge(&gauge),
            Kind::Moments => Reading::Moments(&moments),
            Kind::Histogram => Reading::Histogram(&histogram),
        };
        let mut notes = Vec::new();
        let entry = catalog.entry(&reading, |metadata| {
            notes.push(String::from_utf8(metadata).unwrap());
            Ok(notes.len())
        });
        let error = entry.err();
        (notes, error)
    }

    fn noted(
        catalog: &mut Catalog<usize>,
        kind: Kind,
        label: &'static str,
    ) -> io::Result<Vec<String>> {
        let (notes, error) = look_up(catalog, kind, label);
        error.map_or(Ok(notes), Err)
    }

    #[test]
    fn families_are_noted_at_the_first_emission_only() {
        let mut catalog = catalog();
        let first = noted(&mut catalog, Kind::Counter, "a.b").unwrap();
        assert_eq!(vec!["# TYPE a_b counter\n"], first);
        assert!(noted(&mut catalog, Kind::Counter, "a.b").unwrap().is_empty());
        let elsewhere: &'static str = Box::leak(String::from("a.b").into_boxed_str());
        assert!(noted(&mut catalog, Kind::Counter, elsewhere).unwrap().is_empty());
        let moments = noted(&mut catalog, Kind::Moments, "m").unwrap();
        assert_eq!("# TYPE m_count counter\n", moments[0]);
        assert_eq!(5, moments.len());
    }

    #[test]
    fn sensors_that_meet_in_a_name_are_refused_every_time_and_note_nothing() {
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
            let mut catalog = catalog();
            noted(&mut catalog, kind, label).unwrap();
            for _ in 0..2 {
                let (notes, error) = look_up(&mut catalog, other_kind, other);
                let error = error.unwrap();
                let error = error.get_ref().unwrap().downcast_ref::<Error>().unwrap();
                assert_eq!((other, Some(label)), (error.sensor(), error.collides_with()));
                assert!(notes.is_empty(), "{label} and {other}");
            }
            noted(&mut catalog, Kind::Counter, "something.else").unwrap();
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
            noted(&mut catalog, kind, label).unwrap();
            assert!(noted(&mut catalog, other_kind, other).is_err(), "{label} and {other}");
        }
        let mut catalog = Catalog::new(open);
        noted(&mut catalog, Kind::Gauge, "g").unwrap();
        noted(&mut catalog, Kind::Gauge, "g_created").unwrap();
    }

    #[test]
    fn a_sensor_whose_series_is_refused_notes_nothing() {
        let mut style = Style::new(true);
        style.set_label(LabelName::from_static("le"), "mine".into());
        let mut catalog = Catalog::new(style);
        for _ in 0..2 {
            let (notes, error) = look_up(&mut catalog, Kind::Histogram, "h");
            assert!(error.is_some() && notes.is_empty(), "{notes:?}");
        }
        noted(&mut catalog, Kind::Gauge, "h").unwrap();
    }

    #[test]
    fn a_label_that_is_no_name_is_refused() {
        let error = noted(&mut catalog(), Kind::Gauge, "").unwrap_err();
        assert_eq!(io::ErrorKind::InvalidInput, error.kind());
        assert_eq!(r#"cannot emit sensor "": the metric name is empty"#, error.to_string());
        let odd = noted(&mut catalog(), Kind::Gauge, "9 caf\u{e9}\n# TYPE x").unwrap();
        assert_eq!(vec!["# TYPE _9_caf____TYPE_x gauge\n"], odd);
    }

    #[test]
    fn neighbouring_addresses_hash_apart() {
        let build = BuildHasherDefault::<AddressHasher>::default();
        let labels = "x".repeat(1000);
        let hash = |at: usize| build.hash_one((Kind::Gauge, labels[at..].as_ptr().addr(), 8_usize));
        let low: std::collections::HashSet<u64> = (0..900).map(|at| hash(at) & 0xffff).collect();
        assert!(low.len() > 870, "{} of 900 apart", low.len());
        assert_ne!(RandomState::new().hash_one(0), build.hash_one(0));
    }
}
