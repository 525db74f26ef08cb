//! `Owners`: which sensor has a name, in one text.

use crate::shelf::Prepared;

/// For each name, as a number of the shelf, the sensor that took it last.
#[derive(Debug, Default)]
pub(crate) struct Owners(Vec<Option<usize>>);

impl Owners {
    /// Another sensor that has one of the names and is written.
    pub(crate) fn rival(
        &self,
        number: usize,
        sensor: &Prepared,
        is_written: impl Fn(usize) -> bool,
    ) -> Option<usize> {
        let owners = sensor.names.iter().filter_map(|name| *self.0.get(*name)?);
        owners.filter(|owner| *owner != number).find(|owner| is_written(*owner))
    }

    /// Gives the sensor all of its names.
    pub(crate) fn give(&mut self, number: usize, sensor: &Prepared) {
        for name in &sensor.names {
            if self.0.len() <= *name {
                self.0.resize(name + 1, None);
            }
            if let Some(owner) = self.0.get_mut(*name) {
                *owner = Some(number);
            }
        }
    }
}
