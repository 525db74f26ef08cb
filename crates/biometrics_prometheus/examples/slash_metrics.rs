//! Renders the vitals of a program as a page for Prometheus, in two dialects.
//!
//! `cargo run --example slash_metrics`

use std::io;

use biometrics::{Collector, Counter, Gauge, Moments};
use biometrics_prometheus::{Dialect, SlashMetrics};

static REQUESTS: Counter = Counter::new("shop.requests");
static QUEUE: Gauge = Gauge::new("shop.queue.length");
static PAUSES: Moments = Moments::new("shop.pause.seconds");

fn main() -> io::Result<()> {
    let collector = Collector::new();
    collector.register_counter(&REQUESTS);
    collector.register_gauge(&QUEUE);
    collector.register_moments(&PAUSES);
    REQUESTS.count(3);
    QUEUE.set(17.0);
    [0.25, 0.5, 0.75].into_iter().for_each(|pause| PAUSES.add(pause));

    // What a scraper sends decides the dialect; without a header it is the classic text format.
    for accept in ["", "application/openmetrics-text;version=1.0.0"] {
        let mut page = SlashMetrics::builder().dialect(Dialect::negotiate(accept)).build();
        // Without timestamps in the text, the time that is passed here does not matter.
        collector.emit(&mut page, 0)?;
        println!("Content-Type: {}\n\n{}", page.content_type(), page.take());
    }
    Ok(())
}
