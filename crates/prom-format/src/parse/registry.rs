//! `Registry`: all families of an exposition.

use alloc::string::String;
use alloc::vec::Vec;

use crate::parse::error::{Fault, ParseErrorKind};
use crate::parse::family::{Family, SampleKind};
use crate::parse::identity::Identity;
use crate::parse::memory::{Memory, Origin};
use crate::parse::name_index::{Key, NameIndex};
use crate::parse::unique::UniqueSets;

/// A memory of each family that was seen, and of the metrics of the current one.
#[derive(Debug, Default)]
pub(super) struct Registry<'a> {
    names: NameIndex<'a>,
    /// By the numbers of `names`; as they were when the text left them.
    families: Vec<Family<'a>>,
    current: usize,
    /// The suffixes that any family's name ends in, as [`SampleKind::bit`]s.
    endings: u16,
    metrics: UniqueSets<'a>,
    series: UniqueSets<'a>,
    sample_name: String,
}

impl<'a> Registry<'a> {
    pub(super) const fn families(&self) -> usize {
        self.names.len()
    }

    fn family(&self, number: usize) -> Option<(usize, &Family<'a>)> {
        Some((number, self.families.get(number)?))
    }

    /// The family that has samples of this name by its suffix.
    fn owner(&self, sample_name: &'a str) -> Option<(usize, &Family<'a>)> {
        let (name, _) = SampleKind::split(sample_name)?;
        let number = self.names.get(Key::new(name))?;
        self.family(number).filter(|(_, family)| family.kind_of(sample_name).is_some())
    }

    /// The number and the state of a family that the text comes back to.
    fn recall(
        &self,
        openmetrics: bool,
        key: Key<'a>,
        origin: Origin,
    ) -> Result<Option<(usize, &Family<'a>)>, ParseErrorKind> {
        let by_name = self.names.get(key).and_then(|number| self.family(number));
        let Some(found) = by_name.or_else(|| self.owner(key.name)) else { return Ok(None) };
        match origin {
            Origin::Metadata if by_name.is_none() => Err(ParseErrorKind::FamilyClash),
            _ if openmetrics => Err(ParseErrorKind::FamilyInterleaved),
            _ => Ok(Some(found)),
        }
    }
}

impl<'a> Memory<'a> for Registry<'a> {
    fn switch(
        &mut self,
        family: &mut Family<'a>,
        name: &'a str,
        origin: Origin,
    ) -> Result<(), ParseErrorKind> {
        if let Some(place) = self.families.get_mut(self.current) {
            *place = *family;
        }
        let key = Key::new(name);
        if let Some((number, &recalled)) = self.recall(family.openmetrics, key, origin)? {
            self.current = number;
            *family = recalled;
            return Ok(());
        }
        *family = Family::new(name, family.openmetrics);
        self.current = self.names.insert(key);
        self.families.push(*family);
        self.endings |= SampleKind::split(name).map_or(0, |(_, kind)| kind.bit());
        Ok(())
    }

    /// No family before may have the name of a sample that this one can have now.
    fn typed(&mut self, family: &Family<'a>) -> Result<(), ParseErrorKind> {
        for suffix in family.suffixes(self.endings) {
            self.sample_name.clear();
            self.sample_name.push_str(family.name);
            self.sample_name.push_str(suffix);
            if self.names.get(Key::new(&self.sample_name)).is_some() {
                return Err(ParseErrorKind::FamilyClash);
            }
        }
        Ok(())
    }

    fn metric(&mut self, metric: Identity<'a>, at: usize) {
        self.metrics.push(metric, at);
    }

    fn series(&mut self, series: Identity<'a>, at: usize) {
        self.series.push(series, at);
    }

    fn close_family(&mut self) -> Result<(), Fault> {
        let interleaved = self.metrics.drain_repeated();
        let duplicate = self.series.drain_repeated();
        let interleaved = interleaved.map(|at| ParseErrorKind::MetricInterleaved.at(at));
        let duplicate = duplicate.map(|at| ParseErrorKind::DuplicateSample.at(at));
        match interleaved.into_iter().chain(duplicate).min_by_key(|fault| fault.at) {
            Some(fault) => Err(fault),
            None => Ok(()),
        }
    }
}
