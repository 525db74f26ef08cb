//! A run: the workloads one after the other, and then the targets.

use std::time::Instant;

use crate::machine::{Machine, load};
use crate::options::Options;
use crate::outcome::Outcome;
use crate::powers::Powers;
use crate::readme::Readme;
use crate::record::{self, Baseline};
use crate::report::Report;
use crate::scale::Scale;
use crate::target::{Verdict, judge};
use crate::workloads::{
    allocations, drain, encode, files, hand_over, idle, instructions, labelled, one, parse,
};

type Workload = fn(&Scale, Powers, &mut Report) -> Outcome;

const ALL: &[(&str, Workload)] = &[
    // While the process has no other sensors.
    (one::NAME, |scale, _, report| one::run(scale, report)),
    (encode::NAME, |scale, _, report| encode::run(scale, report)),
    (labelled::NAME, |scale, _, report| labelled::run(scale, report)),
    (files::NAME, |scale, _, report| files::run(scale, report)),
    (drain::NAME, |scale, _, report| drain::run(scale, report)),
    (hand_over::NAME, |scale, _, report| hand_over::run(scale, report)),
    (idle::NAME, |scale, _, report| idle::run(scale, report)),
    (parse::NAME, |scale, _, report| parse::run(scale, report)),
    (allocations::NAME, allocations::run),
    (instructions::NAME, |scale, _, report| instructions::run(scale, report)),
];

/// Runs what the arguments ask for; whether no target was missed.
pub(crate) fn run(args: &[&str], powers: Powers) -> Outcome<bool> {
    let names: Vec<&str> = ALL.iter().map(|(name, _)| *name).collect();
    let options = Options::parse(args, &names)?;
    // What is missing is found before the minutes that it takes to measure.
    let baseline = options.baseline.as_deref().map(Baseline::read).transpose()?;
    let readme = options.readme.then(Readme::open).transpose()?;
    let machine = Machine::this();
    println!("{}\npeers: {}", machine.text(), machine.peers());
    let report = measure(&options, powers)?;
    if let Some(path) = &options.json {
        record::write(path, &machine, &report)?;
    }
    if let Some(baseline) = baseline {
        println!("\ncompared with the baseline");
        baseline.compare(&report).iter().for_each(|line| println!("{line}"));
    }
    if let Some(readme) = readme {
        readme.write(&machine, &report)?;
    }
    Ok(options.quick || verdict(&options, &report))
}

fn measure(options: &Options, powers: Powers) -> Outcome<Report> {
    let scale = if options.quick { Scale::QUICK } else { Scale::FULL };
    let mut report = Report::default();
    for (name, workload) in ALL.iter().filter(|(name, _)| options.wants(name)) {
        let (begun, load) = (Instant::now(), load());
        workload(&scale, powers, &mut report).map_err(|why| format!("{name}: {why}"))?;
        println!("\n{name}   ({:.1} s, load {load} before)", begun.elapsed().as_secs_f64());
        report.lines(name).iter().for_each(|line| println!("{line}"));
    }
    Ok(report)
}

fn verdict(options: &Options, report: &Report) -> bool {
    let ran: Vec<&str> =
        ALL.iter().map(|(name, _)| *name).filter(|name| options.wants(name)).collect();
    let judged = judge(report, &ran);
    println!();
    judged.iter().for_each(|(line, _)| println!("{line}"));
    let of = |verdict| judged.iter().filter(|(_, found)| *found == verdict).count();
    let (holds, missed, skipped) = (of(Verdict::Holds), of(Verdict::Missed), of(Verdict::Skipped));
    println!("{holds} targets hold, {missed} missed, {skipped} skipped");
    missed == 0
}
