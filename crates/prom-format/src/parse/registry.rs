//! `Registry`: all families of an exposition.

use alloc::string::String;
use alloc::vec::Vec;

use crate::metric_type::MetricType;
use crate::parse::error::{Fault, ParseErrorKind};
use crate::parse::family::Family;
use crate::parse::identity::Identity;
use crate::parse::memory::{Memory, Origin};
use crate::parse::name_index::NameIndex;
use crate::parse::unique::UniqueSets;

/// A memory of each family that was seen, and of the metrics of the current one.
#[derive(Debug, Default)]
pub(super) struct Registry<'a> {
    names: NameIndex<'a>,
    /// By the numbers of `names`; as they were when the text left them.
    families: Vec<Family<'a>>,
    current: usize,
    metrics: UniqueSets<'a>,
    series: UniqueSets<'a>,
    sample_name: String,
}

impl<'a> Registry<'a> {
    pub(super) const fn families(&self) -> usize {
        self.names.len()
    }

    /// The number and the family that is stored under the name.
    fn find(&self, name: &str) -> Option<(usize, &Family<'a>)> {
        let number = self.names.get(name)?;
        Some((number, self.families.get(number)?))
    }

    /// The family that has samples of this name by its suffix.
    fn owner(&self, sample_name: &'a str) -> Option<(usize, &Family<'a>)> {
        Family::owners_of(sample_name)
            .filter_map(|name| self.find(name))
            .find(|(_, family)| family.kind_of(sample_name).is_some())
    }

    fn recall(
        &self,
        openmetrics: bool,
        name: &'a str,
        origin: Origin,
    ) -> Result<Option<(usize, Family<'a>)>, ParseErrorKind> {
        let ((number, family), by_suffix) = match self.find(name) {
            Some(found) => (found, false),
            None => match self.owner(name) {
                Some(found) => (found, true),
                None => return Ok(None),
            },
        };
        match origin {
            Origin::Metadata if by_suffix => Err(ParseErrorKind::FamilyClash),
            _ if openmetrics => Err(ParseErrorKind::FamilyInterleaved),
            _ => Ok(Some((number, *family))),
        }
    }
}

impl<'a> Memory<'a> for Registry<'a> {
    fn switch(
        &mut self,
        current: &Family<'a>,
        name: &'a str,
        origin: Origin,
    ) -> Result<Family<'a>, ParseErrorKind> {
        if let Some(place) = self.families.get_mut(self.current) {
            *place = *current;
        }
        if let Some((number, family)) = self.recall(current.openmetrics, name, origin)? {
            self.current = number;
            return Ok(family);
        }
        let family = Family::new(name, current.openmetrics);
        self.current = self.names.insert(name);
        self.families.push(family);
        Ok(family)
    }

    /// No family before may have the name of a sample that this one can have now.
    fn typed(&mut self, family: &Family<'a>) -> Result<(), ParseErrorKind> {
        let is_plain = matches!(family.metric_type, Some(MetricType::Gauge | MetricType::Unknown));
        if is_plain {
            return Ok(());
        }
        for suffix in family.suffixes() {
            self.sample_name.clear();
            self.sample_name.push_str(family.name);
            self.sample_name.push_str(suffix);
            if self.find(&self.sample_name).is_some() {
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
