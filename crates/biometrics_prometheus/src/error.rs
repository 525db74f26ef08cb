//! `Error`: which sensor could not be emitted, and why.

use std::error;
use std::fmt;
use std::io;

use prom_format::{FormatError, NameError};

/// A sensor that cannot be written as Prometheus text.
///
/// Nothing of it was written, and other sensors are not affected. It arrives inside an
/// [`io::Error`] of kind [`io::ErrorKind::InvalidInput`]: `error.get_ref()` and `downcast_ref` give
/// it back.
#[derive(Clone, Debug)]
pub struct Error {
    sensor: String,
    reason: Reason,
}

#[derive(Clone, Debug)]
enum Reason {
    Name(NameError),
    Collision { other: String },
    Format(FormatError),
}

impl Error {
    pub(crate) fn name(sensor: &str, error: NameError) -> Self {
        Self { sensor: sensor.into(), reason: Reason::Name(error) }
    }

    pub(crate) fn collision(sensor: &str, other: &str) -> Self {
        Self { sensor: sensor.into(), reason: Reason::Collision { other: other.into() } }
    }

    pub(crate) fn format(sensor: &str, error: FormatError) -> Self {
        Self { sensor: sensor.into(), reason: Reason::Format(error) }
    }

    /// The label of the sensor.
    #[must_use]
    pub fn sensor(&self) -> &str {
        &self.sensor
    }

    /// The label of the sensor that had the name first, if two of them come to the same name.
    #[must_use]
    pub fn collides_with(&self) -> Option<&str> {
        match &self.reason {
            Reason::Collision { other } => Some(other),
            Reason::Name(_) | Reason::Format(_) => None,
        }
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "cannot emit sensor {:?}: ", self.sensor)?;
        match &self.reason {
            Reason::Name(error) => error.fmt(f),
            Reason::Collision { other } => {
                write!(f, "sensor {other:?} is written under a name of it already")
            }
            Reason::Format(error) => error.fmt(f),
        }
    }
}

impl error::Error for Error {
    fn source(&self) -> Option<&(dyn error::Error + 'static)> {
        match &self.reason {
            Reason::Name(error) => Some(error),
            Reason::Format(error) => Some(error),
            Reason::Collision { .. } => None,
        }
    }
}

impl From<Error> for io::Error {
    fn from(error: Error) -> Self {
        Self::new(io::ErrorKind::InvalidInput, error)
    }
}
