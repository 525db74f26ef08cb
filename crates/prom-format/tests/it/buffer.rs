//! `Buffer`: a sink in memory that every feature set has.

use std::convert::Infallible;

use prom_format::Sink;

#[derive(Clone, Debug, Default)]
pub(crate) struct Buffer(Vec<u8>);

impl Buffer {
    pub(crate) fn into_text(self) -> String {
        String::from_utf8(self.0).expect("an exposition is UTF-8")
    }

    pub(crate) fn text(&self) -> &str {
        std::str::from_utf8(&self.0).expect("an exposition is UTF-8")
    }
}

impl Sink for Buffer {
    type Error = Infallible;

    fn write(&mut self, bytes: &[u8]) -> Result<(), Infallible> {
        std::str::from_utf8(bytes).expect("each call passes whole characters");
        self.0.extend_from_slice(bytes);
        Ok(())
    }
}
