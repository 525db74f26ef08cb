//! `Memory`: what is kept of the families that are not the current one.

use crate::parse::error::{Fault, ParseErrorKind};
use crate::parse::family::Family;
use crate::parse::identity::Identity;

/// The line that leads to another family.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Origin {
    Metadata,
    Sample,
}

/// What the engine tells of the text, and asks about its earlier part.
pub(super) trait Memory<'a> {
    /// The text goes from the family to the one that `name`, a family's or a sample's, belongs
    /// to: `family` becomes that one as it was left, or a new one.
    fn switch(
        &mut self,
        family: &mut Family<'a>,
        name: &'a str,
        origin: Origin,
    ) -> Result<(), ParseErrorKind>;

    /// The current family has got its type.
    fn typed(&mut self, family: &Family<'a>) -> Result<(), ParseErrorKind>;

    /// A metric of the current family begins on the line at `at`.
    fn metric(&mut self, metric: Identity<'a>, at: usize);

    /// A series that may occur once in the current family stands on the line at `at`.
    fn series(&mut self, series: Identity<'a>, at: usize);

    /// The current family is complete.
    fn close_family(&mut self) -> Result<(), Fault>;
}

/// Keeps nothing, and so knows only the current family.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Forgetful;

impl<'a> Memory<'a> for Forgetful {
    #[inline]
    fn switch(
        &mut self,
        family: &mut Family<'a>,
        name: &'a str,
        _: Origin,
    ) -> Result<(), ParseErrorKind> {
        *family = Family::new(name, family.openmetrics);
        Ok(())
    }

    fn typed(&mut self, _: &Family<'a>) -> Result<(), ParseErrorKind> {
        Ok(())
    }

    fn metric(&mut self, _: Identity<'a>, _: usize) {}

    fn series(&mut self, _: Identity<'a>, _: usize) {}

    fn close_family(&mut self) -> Result<(), Fault> {
        Ok(())
    }
}
