//! Writing allocates nothing: neither a series nor the encoder, once a family is open.

#![cfg(feature = "alloc")]
#![expect(
    unsafe_code,
    reason = "counting allocations takes a global allocator, whose trait is unsafe"
)]

use std::alloc::{GlobalAlloc, Layout, System};
use std::cell::Cell;

use prom_format::{
    Bound, Dialect, Encoder, Escaping, Exemplar, Label, LabelName, MetricName, Series, Suffix,
    Timestamp, TimestampText,
};

thread_local! {
    static ALLOCATIONS: Cell<usize> = const { Cell::new(0) };
}

struct Counting;

// SAFETY: every call is passed on to the system's allocator unchanged, and counting does not
// allocate, because the thread-local is a constant and has no destructor.
unsafe impl GlobalAlloc for Counting {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        let _ = ALLOCATIONS.try_with(|count| count.set(count.get() + 1));
        // SAFETY: the caller keeps the contract of `alloc`.
        unsafe { System.alloc(layout) }
    }

    unsafe fn dealloc(&self, pointer: *mut u8, layout: Layout) {
        // SAFETY: the caller keeps the contract of `dealloc`, and all memory is the system's.
        unsafe { System.dealloc(pointer, layout) }
    }
}

#[global_allocator]
static COUNTING: Counting = Counting;

fn allocations(act: impl FnOnce()) -> usize {
    let before = ALLOCATIONS.with(Cell::get);
    act();
    ALLOCATIONS.with(Cell::get) - before
}

const NAME: MetricName<'static> = MetricName::from_static("http_requests");
const OPEN: Dialect = Dialect::OpenMetrics100(Escaping::Values);

#[test]
fn the_counter_counts() {
    assert_eq!(allocations(|| drop(Box::new(1))), 1);
}

#[test]
fn a_series_allocates_nothing() {
    for dialect in [Dialect::Text004, OPEN] {
        let labels = [Label::new(LabelName::from_static("path"), "\n")];
        let series = Series::new(dialect, NAME, Suffix::Total, &labels).unwrap();
        let mut sink = Vec::with_capacity(1 << 20);
        let written = allocations(|| {
            for millis in 1..1000 {
                let now = TimestampText::new(dialect, Timestamp::from_millis(millis)).unwrap();
                series.write(&mut sink, u64::MAX, &now).unwrap();
                series.write(&mut sink, -1.5e-7, &now).unwrap();
            }
        });
        assert_eq!(written, 0);
    }
}

#[test]
fn an_open_family_allocates_nothing() {
    let dotted = LabelName::utf8("trace.id").unwrap();
    for dialect in [Dialect::Text004, OPEN] {
        let mut encoder = Encoder::new(dialect, Vec::with_capacity(1 << 20));
        let mut counter = encoder.counter(NAME).unwrap();
        let written = allocations(|| {
            for value in 0..1000 {
                let labels = [Label::new(dotted, "a\\b\"c\n")];
                let exemplar = Exemplar::new(&labels, 0.25);
                counter.point(&labels).exemplar(&exemplar).finish(value).unwrap();
            }
        });
        assert_eq!(written, 0);

        let mut histogram = encoder.histogram(MetricName::from_static("latency")).unwrap();
        let written = allocations(|| {
            let mut point = histogram.point(&[]).unwrap();
            for bound in 0..1000 {
                point.bucket(Bound::from_decimal(bound, -3), bound).unwrap();
            }
            point.finish(1000, 1.5).unwrap();
        });
        assert_eq!(written, 0);
    }
}
