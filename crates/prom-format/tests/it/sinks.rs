//! Every sink gets the same bytes, and every error says what it is.

use std::error::Error;

use prom_format::{Dialect, EncodeError, Encoder, FmtSink, MetricName, Overflow, Sink, SliceSink};

const NAME: MetricName<'static> = MetricName::from_static("g");
const EXPECTED: &str = "# TYPE g gauge\ng 1.5\n";

fn encode<S: Sink>(sink: S) -> Result<S, EncodeError<S::Error>> {
    let mut encoder = Encoder::new(Dialect::Text004, sink);
    encoder.gauge(NAME)?.sample(&[], 1.5)?;
    encoder.finish()
}

#[test]
fn a_formatter() {
    assert_eq!(encode(FmtSink(String::new())).unwrap().0, EXPECTED);
    let mut text = String::new();
    encode(&mut FmtSink(&mut text)).unwrap();
    assert_eq!(text, EXPECTED);
}

#[test]
fn a_slice_of_every_length() {
    for room in 0..EXPECTED.len() {
        let mut buffer = vec![0; room];
        assert!(matches!(encode(SliceSink::new(&mut buffer)), Err(EncodeError::Sink(Overflow))));
        assert!(buffer.starts_with(&EXPECTED.as_bytes()[..room.min(7)]) || room < 7);
    }
    let mut buffer = vec![0; EXPECTED.len()];
    assert_eq!(encode(SliceSink::new(&mut buffer)).unwrap().written(), EXPECTED.as_bytes());
}

#[cfg(feature = "alloc")]
#[test]
fn memory() {
    assert_eq!(encode(Vec::new()).unwrap(), EXPECTED.as_bytes());
    assert_eq!(encode(String::new()).unwrap(), EXPECTED);
    let mut text = String::new();
    let Ok(()) = Sink::write(&mut text, b"a\xff");
    assert_eq!(text, "a\u{fffd}");
}

#[cfg(feature = "std")]
mod io {
    use std::io;

    use prom_format::{EncodeError, FormatError, IoSink};

    use super::{EXPECTED, encode};

    #[test]
    fn a_writer() {
        assert_eq!(encode(IoSink(Vec::new())).unwrap().0, EXPECTED.as_bytes());
    }

    /// Fails as a closed pipe does.
    struct Closed;

    impl io::Write for Closed {
        fn write(&mut self, _: &[u8]) -> io::Result<usize> {
            Err(io::Error::from_raw_os_error(32))
        }

        fn flush(&mut self) -> io::Result<()> {
            Ok(())
        }
    }

    #[test]
    fn an_os_error_comes_back_whole() {
        let error = encode(IoSink(Closed)).err().unwrap();
        assert_eq!(io::Error::from(error).raw_os_error(), Some(32));
    }

    #[test]
    fn a_format_error_is_inside_invalid_input() {
        let refused = |encoder: &mut prom_format::Encoder<IoSink<Vec<u8>>>| -> io::Result<()> {
            Ok(encoder.counter(super::NAME)?.sample(&[], -1)?)
        };
        let mut encoder =
            prom_format::Encoder::new(prom_format::Dialect::Text004, IoSink(Vec::new()));
        let error = refused(&mut encoder).unwrap_err();
        assert_eq!(error.kind(), io::ErrorKind::InvalidInput);
        let inner = error.get_ref().unwrap().downcast_ref::<FormatError>().unwrap();
        assert_eq!(inner.subject(), "g");
        assert!(!inner.is_name_clash());
        let error: EncodeError<io::Error> = (*inner).into();
        assert!(std::error::Error::source(&error).is_some());
    }
}

#[test]
fn errors_name_their_source() {
    let error = encode(SliceSink::new(&mut [])).err().unwrap();
    assert_eq!(error.to_string(), "the sink failed: no room left in the slice");
    assert_eq!(error.source().unwrap().to_string(), "no room left in the slice");
}

/// A long name is cut in the error, at a whole character.
#[test]
fn a_subject_is_cut_after_64_bytes() {
    let long = "\u{e9}".repeat(33) + "x";
    let mut encoder = Encoder::new(Dialect::Text004, FmtSink(String::new()));
    let name = MetricName::utf8(&long).unwrap();
    let EncodeError::Format(error) = encoder.counter(name).unwrap().sample(&[], -1).unwrap_err()
    else {
        panic!("the sink cannot fail");
    };
    assert_eq!(error.subject(), "\u{e9}".repeat(32));
}
