//! `Sink`: where the encoder's bytes go, and the sinks that come with the crate.

#[cfg(feature = "alloc")]
use core::convert::Infallible;
use core::error::Error;
use core::fmt;

/// A place that takes bytes.
///
/// The encoder passes whole UTF-8 characters with every call and ASCII between them,
/// so that a sink for text may check each call alone.
pub trait Sink {
    /// Why bytes could not be taken.
    type Error;

    /// Takes all of `bytes`.
    ///
    /// # Errors
    ///
    /// If they could not all be taken. The sink may then hold a part of them.
    fn write(&mut self, bytes: &[u8]) -> Result<(), Self::Error>;

    /// Takes the first `len` of `bytes`, or all if there are fewer.
    ///
    /// A sink that has its text in memory may copy the whole array, which is a few instructions where a
    /// copy of variable length is a call, and take back the rest.
    ///
    /// # Errors
    ///
    /// As [`write`](Self::write).
    #[inline]
    fn write_front<const N: usize>(
        &mut self,
        bytes: &[u8; N],
        len: usize,
    ) -> Result<(), Self::Error>
    where
        Self: Sized,
    {
        self.write(bytes.get(..len).unwrap_or(bytes))
    }
}

impl<S: Sink + ?Sized> Sink for &mut S {
    type Error = S::Error;

    fn write(&mut self, bytes: &[u8]) -> Result<(), Self::Error> {
        (**self).write(bytes)
    }
}

#[cfg(feature = "alloc")]
impl Sink for alloc::vec::Vec<u8> {
    type Error = Infallible;

    #[inline]
    fn write(&mut self, bytes: &[u8]) -> Result<(), Infallible> {
        self.extend_from_slice(bytes);
        Ok(())
    }

    #[inline]
    fn write_front<const N: usize>(
        &mut self,
        bytes: &[u8; N],
        len: usize,
    ) -> Result<(), Infallible> {
        let end = self.len() + len;
        self.extend_from_slice(bytes);
        self.truncate(end);
        Ok(())
    }
}

/// Bytes that are not UTF-8, which the encoder never passes, become U+FFFD.
#[cfg(feature = "alloc")]
impl Sink for alloc::string::String {
    type Error = Infallible;

    #[inline]
    fn write(&mut self, bytes: &[u8]) -> Result<(), Infallible> {
        self.push_str(&Self::from_utf8_lossy(bytes));
        Ok(())
    }
}

/// Writes into a [`core::fmt::Write`].
#[derive(Clone, Copy, Debug, Default)]
pub struct FmtSink<W>(pub W);

impl<W: fmt::Write> Sink for FmtSink<W> {
    type Error = fmt::Error;

    fn write(&mut self, bytes: &[u8]) -> Result<(), fmt::Error> {
        self.0.write_str(core::str::from_utf8(bytes).map_err(|_| fmt::Error)?)
    }
}

/// Writes into a [`std::io::Write`].
///
/// A sample line takes several small writes: put a [`std::io::BufWriter`] around a file or socket.
#[cfg(feature = "std")]
#[derive(Clone, Copy, Debug, Default)]
pub struct IoSink<W>(pub W);

#[cfg(feature = "std")]
impl<W: std::io::Write> Sink for IoSink<W> {
    type Error = std::io::Error;

    fn write(&mut self, bytes: &[u8]) -> Result<(), std::io::Error> {
        self.0.write_all(bytes)
    }
}

/// Fills a fixed slice.
///
/// ```
/// use prom_format::{Sink, SliceSink};
///
/// let mut buffer = [0; 4];
/// let mut sink = SliceSink::new(&mut buffer);
/// sink.write(b"foo").unwrap();
/// assert!(sink.write(b"ba").is_err());
/// assert_eq!(sink.written(), b"foo");
/// ```
#[derive(Debug)]
pub struct SliceSink<'a> {
    buffer: &'a mut [u8],
    written: usize,
}

impl<'a> SliceSink<'a> {
    /// A sink that fills `buffer` from its start.
    pub const fn new(buffer: &'a mut [u8]) -> Self {
        Self { buffer, written: 0 }
    }

    /// What was written so far.
    #[must_use]
    pub fn written(&self) -> &[u8] {
        self.buffer.get(..self.written).unwrap_or_default()
    }
}

impl Sink for SliceSink<'_> {
    type Error = Overflow;

    fn write(&mut self, bytes: &[u8]) -> Result<(), Overflow> {
        let end = self.written.checked_add(bytes.len()).ok_or(Overflow)?;
        self.buffer.get_mut(self.written..end).ok_or(Overflow)?.copy_from_slice(bytes);
        self.written = end;
        Ok(())
    }
}

/// A [`SliceSink`] has no room for the bytes; it took none of them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Overflow;

impl fmt::Display for Overflow {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("no room left in the slice")
    }
}

impl Error for Overflow {}
