//! What happens when the sink fails.

use prom_format::{EncodeError, Encoder, Exemplar, Family, Label, Sink, SliceSink, Timestamp};

use crate::refused::{A, TEXT, UTF8, bound, name};

/// After a torn line nothing may follow that would continue it.
#[test]
fn a_failed_sink_closes_the_encoder() {
    let mut room = [0; 24];
    let mut encoder = Encoder::new(TEXT, SliceSink::new(&mut room));
    let mut gauge = encoder.gauge(name("gauge")).unwrap();
    let error = gauge.sample(&[], 1234).unwrap_err();
    assert_eq!(error.to_string(), "the sink failed: no room left in the slice");
    let closed = "the sink failed before, so its last line may be torn";
    assert_eq!(gauge.sample(&[], 1).unwrap_err().to_string(), closed);
    assert_eq!(encoder.gauge(name("h")).unwrap_err().to_string(), closed);
    assert_eq!(encoder.finish().unwrap_err().to_string(), closed);
}

/// Fails at the write after so many.
struct FailsAt(usize);

impl Sink for FailsAt {
    type Error = usize;

    fn write(&mut self, _: &[u8]) -> Result<(), usize> {
        self.0 = self.0.checked_sub(1).ok_or(0_usize)?;
        Ok(())
    }
}

#[test]
fn every_failing_write_is_reported() {
    let encode = |writes| -> Result<(), EncodeError<usize>> {
        let mut encoder = Encoder::new(UTF8, FailsAt(writes));
        let trace = [Label::new(A, "x")];
        let exemplar = Exemplar::new(&trace, 1).at(Timestamp::from_millis(0));
        encoder
            .counter(Family::new(name("c.d")).help("h"))?
            .point(&[])
            .exemplar(&exemplar)
            .finish(1)?;
        let mut histogram = encoder.histogram(name("h"))?;
        let mut point = histogram.point(&trace)?.created(Timestamp::from_millis(0));
        point.bucket(bound(1.0), 1)?;
        point.finish(1, 1)?;
        encoder.finish().map(drop)
    };
    let needed = (0..).find(|&writes| encode(writes).is_ok()).unwrap();
    assert!(needed > 50);
    for writes in 0..needed {
        assert!(matches!(encode(writes), Err(EncodeError::Sink(0))), "write {writes} of {needed}");
    }
}
