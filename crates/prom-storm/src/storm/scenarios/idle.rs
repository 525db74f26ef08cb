//! The last samples of an idle program are visible within the flush interval and 250 ms.

use std::time::Duration;

use crate::storm::account::Rules;
use crate::storm::consumer_plan::ConsumerPlan;
use crate::storm::outcome::Outcome;
use crate::storm::scenario::Context;
use crate::storm::stage::{SLACK, Stage};
use crate::storm::verdict::Verdict;
use crate::storm::writer_plan::{Rest, WriterPlan};

const FLUSH_INTERVAL: Duration = Duration::from_millis(200);
const LIMIT: Duration = Duration::from_millis(450);
/// The quickest round is granted this beside the limit; less than a scan that nothing asked for would take.
const BUSY: Duration = Duration::from_secs(2);

pub(crate) fn fresh(context: &Context) -> Outcome<Verdict> {
    let (mut verdict, mut best) = (Verdict::default(), Duration::MAX);
    for round in 0..context.pick(5, 30) {
        let mut stage = Stage::new(context.part(round).seed)?;
        stage.consume(ConsumerPlan::default())?;
        let plan = WriterPlan { flush_interval: FLUSH_INTERVAL, ..WriterPlan::new(10) };
        stage.write(WriterPlan { rest: Rest::Idle, ..plan })?;
        stage.board.wait(Duration::from_secs(30), |news| news.accepted() >= 10);
        let fresh = stage.board.wait(LIMIT + SLACK, |news| news.arrived() >= 10);
        let mut part = stage.finish(&Rules::default())?;
        match fresh {
            Some(time) => {
                best = best.min(time);
                part.figure("fresh_ms", time.as_millis());
            }
            None => part.fault("the samples of an idle writer did not arrive"),
        }
        verdict.join(&format!("round {round}"), part);
    }
    if best > LIMIT + BUSY {
        verdict.fault(format!("the quickest round took {best:.1?}"));
    }
    Ok(verdict)
}
