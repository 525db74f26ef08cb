//! The claims, and the judge of each.

use biometrics_prometheus::Reader;

use crate::compat::check::Check;
use crate::compat::control;
use crate::compat::exposition::Exposition;
use crate::compat::failure::{Verdict, ensure};
use crate::compat::helper;
use crate::compat::judges;
use crate::compat::lab::Lab;
use crate::compat::locks;
use crate::compat::page::Page;
use crate::compat::promtool::{self, Lint};
use crate::compat::run::{Cut, ROUNDS, Run};
use crate::compat::samples::EXACT;
use crate::compat::upstream;
use crate::compat::upstream_tests;

/// About three emissions of the workload.
const SEGMENT_SIZE: usize = 32 << 10;

/// All checks, in the order in which they are run.
pub(crate) const CHECKS: &[Check] = &[
    Check {
        name: "readback",
        claim: "our own parser reads the segments back as the sensors said it",
        run: readback,
    },
    Check {
        name: "promtool",
        claim: "promtool accepts every rotated segment with all four kinds of sensors",
        run: lint,
    },
    Check {
        name: "python",
        claim: "prometheus_client finds every family with its type and samples",
        run: python,
    },
    Check {
        name: "scrape",
        claim: "a scraping prometheus answers queries as the sensors do",
        run: scrape,
    },
    Check {
        name: "quantile",
        claim: "histogram_quantile is within one bucket of the true quantile",
        run: quantile,
    },
    Check {
        name: "import",
        claim: "victoria-metrics holds every sample of the drained segments",
        run: import,
    },
    Check {
        name: "blocks",
        claim: "promtool makes blocks of the OpenMetrics text, sample for sample",
        run: blocks,
    },
    Check {
        name: "upstream",
        claim: "biometrics_prometheus 0.13 says the same but for what is meant",
        run: upstream,
    },
    Check {
        name: "upstream-tests",
        claim: "the unit tests of biometrics_prometheus 0.13 pass",
        run: upstream_tests,
    },
    Check {
        name: "locks",
        claim: "flock(1) is refused while a segment is live, and only then",
        run: flock,
    },
    Check {
        name: "strace",
        claim: "a segment is locked before it is visible and unlocked before it is closed",
        run: strace,
    },
    Check {
        name: "control-inf",
        claim: "without the +Inf bucket the judges disagree",
        run: control::inf_bucket,
    },
    Check {
        name: "control-type",
        claim: "without a TYPE line the judges disagree",
        run: control::type_line,
    },
    Check {
        name: "control-sample",
        claim: "without one sample the judges disagree",
        run: control::sample,
    },
];

fn readback(lab: &Lab) -> Verdict<String> {
    let run = Run::new(&lab.folder("run")?, Cut::Size(SEGMENT_SIZE))?;
    let found = Exposition::of_segments(&run.segments)?.samples;
    for truth in &run.truths {
        truth.expect(&found, Some(i64::try_from(truth.at)?), EXACT)?;
    }
    Ok(format!("{} samples in {} segments", found.len(), run.segments.len()))
}

fn lint(lab: &Lab) -> Verdict<String> {
    let run = Run::new(&lab.folder("run")?, Cut::Size(SEGMENT_SIZE))?;
    ensure(run.segments.len() > 2, || "the run did not rotate".to_owned())?;
    let mut messages = 0;
    for text in run.segments.iter().chain([&Page::scrape()?.text]) {
        if let Lint::Messages(count) = promtool::check_metrics(text)? {
            messages += count;
        }
    }
    Ok(format!("{} segments and a page, {messages} lint messages", run.segments.len()))
}

fn python(lab: &Lab) -> Verdict<String> {
    let run = Run::new(&lab.folder("run")?, Cut::EveryEmission)?;
    let segments = run.segments.len();
    ensure(u64::try_from(segments)? == ROUNDS, || {
        format!("{segments} segments of {ROUNDS} emissions")
    })?;
    for text in run.segments.iter().chain([&Page::scrape()?.text]) {
        judges::python_classic(lab, text)?;
    }
    judges::python_open_metrics(lab, &Page::open_metrics()?)?;
    Ok(format!("{segments} segments, a page, and a page of OpenMetrics"))
}

fn scrape(lab: &Lab) -> Verdict<String> {
    let page = Page::scrape()?;
    judges::scrape(lab, &page)?;
    Ok(format!("{} samples", page.truth.len()))
}

fn quantile(lab: &Lab) -> Verdict<String> {
    judges::quantile(lab, &Page::scrape()?)
}

fn import(lab: &Lab) -> Verdict<String> {
    judges::import(lab, &Run::new(&lab.folder("run")?, Cut::Size(SEGMENT_SIZE))?)
}

fn blocks(lab: &Lab) -> Verdict<String> {
    judges::blocks(lab, &Page::open_metrics()?)
}

fn upstream(lab: &Lab) -> Verdict<String> {
    upstream::compare(&lab.folder("upstream")?)
}

fn upstream_tests(lab: &Lab) -> Verdict<String> {
    let count = upstream_tests::run(&lab.folder("upstream-tests")?, lab.build())?;
    let changes = upstream_tests::SUBSTITUTIONS.iter().map(|(from, to)| {
        let to: Vec<&str> = to.split_whitespace().collect();
        format!("\n     `{from}` became `{}`", to.join(" "))
    });
    Ok(format!("{count} tests, changed only in:{}", changes.collect::<String>()))
}

fn flock(lab: &Lab) -> Verdict<String> {
    let folder = lab.folder("locks")?;
    let live = |path: &std::path::Path, writer: &str| -> Verdict {
        ensure(!locks::granted(path)?, || format!("granted while {writer} writes"))
    };
    let sealed = |path: &std::path::Path, writer: &str| -> Verdict {
        ensure(locks::granted(path)?, || format!("refused after {writer} ended"))
    };

    // A reader in the writer's own process must not free the lock, as it does with locks of fcntl(2).
    let emitter = helper::flushed(&folder)?;
    let segment = emitter.path().unwrap_or_default();
    live(&segment, "this process")?;
    ensure(Reader::try_open(&segment)?.is_none(), || "our own reader was let in".to_owned())?;
    drop(std::fs::File::open(&segment)?);
    live(&segment, "this process, after it opened and closed the file,")?;
    emitter.close()?;
    sealed(&segment, "this process")?;

    let writer = locks::Writer::start(helper::HOLD, &lab.folder("locks")?)?;
    live(&writer.segment, "another process")?;
    sealed(&writer.finish()?, "another process")?;

    let writer = locks::Writer::start(helper::HOLD, &lab.folder("locks")?)?;
    live(&writer.segment, "another process")?;
    sealed(&writer.kill()?, "SIGKILL")?;
    Ok("the same process, another process, and after SIGKILL".to_owned())
}

fn strace(lab: &Lab) -> Verdict<String> {
    let trace = locks::trace(helper::EMIT, &lab.folder("strace")?)?;
    let calls = locks::expect_life(&trace)?;
    Ok(format!("create, lock, show, write, unlock, close: {calls} calls"))
}
