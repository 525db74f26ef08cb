//! The workload `allocations`: how often each contender asks for memory, once it is warm.

use crate::contender::Contender;
use crate::mixed::Mixed;
use crate::outcome::{Outcome, ensure};
use crate::powers::Powers;
use crate::report::Report;
use crate::scale::Scale;
use crate::spread::Spread;
use crate::workloads::{encode, files, parse};

pub(crate) const NAME: &str = "allocations";

pub(crate) fn run(scale: &Scale, powers: Powers, report: &mut Report) -> Outcome {
    counter_counts(powers)?;
    let (sensors, times) = (Mixed::service(), scale.collections.min(10));
    let mut count = |workload: &str, contender: &mut Contender<'_>| {
        let found = allocations(contender, times, powers)? / sensors.samples() as f64;
        report.add(
            NAME,
            format!("{workload}: {}", contender.name),
            "a sample",
            Spread::exactly(found),
        );
        Outcome::Ok(())
    };
    for (_, make) in encode::ALL {
        count(encode::NAME, &mut make(&sensors)?)?;
    }
    for mut contender in files::contenders(&sensors)? {
        count(files::NAME, &mut contender)?;
    }
    for (dialect_name, dialect) in parse::DIALECTS {
        let text = parse::text(&sensors, dialect)?;
        for mut contender in parse::contenders(&sensors, dialect, &text)?.0 {
            count(&format!("{}, {dialect_name}", parse::NAME), &mut contender)?;
        }
    }
    Ok(())
}

/// What one job allocates, after one that warms up.
fn allocations(contender: &mut Contender<'_>, times: usize, powers: Powers) -> Outcome<f64> {
    contender.begin()?;
    contender.act(1)?;
    let mut acted = Ok(());
    let count = (powers.allocations)(&mut || acted = contender.act(times));
    acted?;
    Ok(count as f64 / times as f64)
}

/// A counter that counts nothing would please everybody.
fn counter_counts(powers: Powers) -> Outcome {
    let none = (powers.allocations)(&mut || ());
    let one = (powers.allocations)(&mut || drop(std::hint::black_box(Box::new(1))));
    ensure((none, one) == (0, 1), || format!("the counter counts {none} for 0 and {one} for 1"))
}
