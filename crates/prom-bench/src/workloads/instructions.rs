//! The workload `instructions`: what each contender executes, counted by callgrind.

use std::env;
use std::process::Command;

use crate::contender::Contender;
use crate::mixed::Mixed;
use crate::outcome::{Outcome, ensure};
use crate::report::Report;
use crate::scale::Scale;
use crate::spread::Spread;
use crate::workloads::{encode, one, parse};

pub(crate) const NAME: &str = "instructions";

/// The hidden argument by which the program runs one contender of one workload some times.
pub(crate) const ARGUMENT: &str = "--contender";

pub(crate) fn run(scale: &Scale, report: &mut Report) -> Outcome {
    if Command::new("valgrind").arg("--version").output().is_err() {
        report.skip(NAME, "all", "valgrind is not installed (apt-get install valgrind)");
        return Ok(());
    }
    let service = Mixed::service();
    for (workload, sensors) in [(encode::NAME, &service), (one::NAME, &Mixed::one())] {
        let mut floor = None;
        for (name, _) in encode::ALL.iter().take(scale.contenders) {
            let each = each(workload, name, scale.instructed.div_ceil(sensors.samples()))?
                / sensors.samples() as f64;
            let row = format!("{workload}: {name}");
            report.add(NAME, row.as_str(), "a sample", Spread::exactly(each));
            report.add(NAME, row, "of floor", Spread::exactly(each / *floor.get_or_insert(each)));
        }
    }
    let jobs = scale.instructed.div_ceil(service.samples());
    for (dialect_name, _) in parse::DIALECTS {
        for name in
            [parse::MEMCHR, parse::PARSER, parse::VALIDATE].into_iter().take(scale.contenders)
        {
            let workload = format!("{}, {dialect_name}", parse::NAME);
            let each = each(&workload, name, jobs)? / service.samples() as f64;
            report.add(NAME, format!("{workload}: {name}"), "a sample", Spread::exactly(each));
        }
    }
    Ok(())
}

/// The instructions of one job: those of one and `jobs` more, less those of one, so that the start
/// does not count.
fn each(workload: &str, name: &str, jobs: usize) -> Outcome<f64> {
    let (many, one) = (collected(workload, name, jobs + 1)?, collected(workload, name, 1)?);
    ensure(many > one, || format!("{name}: {jobs} jobs more take no more"))?;
    Ok((many - one) as f64 / jobs as f64)
}

fn collected(workload: &str, name: &str, times: usize) -> Outcome<u64> {
    let mut command = Command::new("valgrind");
    command.args(["--tool=callgrind", "--callgrind-out-file=/dev/null"]);
    command.arg(env::current_exe()?).args([ARGUMENT, workload, name, &times.to_string()]);
    let output = command.output()?;
    let said = String::from_utf8_lossy(&output.stderr);
    ensure(output.status.success(), || format!("{workload}, {name}, under callgrind: {said}"))?;
    let collected = said.lines().find_map(|line| line.split_once("Collected : "));
    Ok(collected.ok_or("callgrind does not say what it collected")?.1.trim().parse()?)
}

/// What the program does under callgrind.
pub(crate) fn contend(args: &[&str]) -> Outcome {
    let [workload, name, times] = args else {
        return Err(format!("{ARGUMENT} takes a workload, a name and a number").into());
    };
    let times = times.parse()?;
    if let Some(found) = parse::DIALECTS.iter().find(|(dialect, _)| workload.ends_with(dialect)) {
        let sensors = Mixed::service();
        let text = parse::text(&sensors, found.1)?;
        let mut contender = parse::one(found.1, &text, name)?;
        return act(&mut contender, times);
    }
    let sensors = if *workload == one::NAME { Mixed::one() } else { Mixed::service() };
    let make = encode::ALL.iter().find(|(known, _)| known == name);
    let (_, make) = make.ok_or_else(|| format!("nobody is called {name}"))?;
    act(&mut make(&sensors)?, times)
}

fn act(contender: &mut Contender<'_>, times: usize) -> Outcome {
    contender.begin()?;
    contender.act(times)
}
