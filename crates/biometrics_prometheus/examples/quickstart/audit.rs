//! What was acknowledged, held against what arrived.

use std::collections::{BTreeMap, BTreeSet};
use std::error::Error;
use std::fmt;
use std::fs;
use std::path::Path;

use biometrics_prometheus::Dialect;
use biometrics_prometheus::format::{Entry, Parser, Sample};
use biometrics_prometheus::segment::SegmentName;

/// The counters of one writer at one time.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Account {
    pub(crate) timestamp_ms: u64,
    pub(crate) files: u64,
    pub(crate) lines: u64,
    pub(crate) bytes: u64,
}

impl Account {
    pub(crate) fn parse(line: &str) -> Option<Self> {
        let numbers: Result<Vec<u64>, _> = line.split(' ').map(str::parse).collect();
        let [timestamp_ms, files, lines, bytes] = numbers.ok()?.try_into().ok()?;
        Some(Self { timestamp_ms, files, lines, bytes })
    }
}

impl fmt::Display for Account {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {} {} {}", self.timestamp_ms, self.files, self.lines, self.bytes)
    }
}

#[derive(Default)]
pub(crate) struct Audit {
    acknowledged: BTreeMap<String, Vec<Account>>,
    arrived: BTreeMap<(String, u64), Account>,
    samples: BTreeMap<String, u64>,
    /// Every series and time that arrived, to see one that comes twice.
    seen: BTreeSet<(String, u64)>,
    duplicates: u64,
    segments: u64,
}

impl Audit {
    pub(crate) fn acknowledged(&mut self, writer: &str, account: Account) {
        self.acknowledged.entry(writer.to_owned()).or_default().push(account);
    }

    pub(crate) fn flushes(&self, writer: &str) -> usize {
        self.acknowledged.get(writer).map_or(0, Vec::len)
    }

    /// Notes every sample of a segment.
    pub(crate) fn arrived(&mut self, text: &str) -> Result<(), Box<dyn Error>> {
        self.segments += 1;
        for entry in Parser::new(Dialect::Text004, text) {
            if let Entry::Sample(sample) = entry? {
                self.sample(&sample)?;
            }
        }
        Ok(())
    }

    fn sample(&mut self, sample: &Sample<'_>) -> Result<(), Box<dyn Error>> {
        let labels = sample.labels();
        let writer = labels.get("writer").ok_or("a sample without its writer")?.raw();
        let millis = sample.timestamp().ok_or("a sample without a timestamp")?.millis();
        let timestamp_ms = u64::try_from(millis)?;
        *self.samples.entry(writer.to_owned()).or_default() += 1;
        let series = format!("{}{}", sample.name().raw(), labels.raw());
        self.duplicates += u64::from(!self.seen.insert((series, timestamp_ms)));
        let account = self.arrived.entry((writer.to_owned(), timestamp_ms)).or_default();
        account.timestamp_ms = timestamp_ms;
        let counter = match sample.name().raw() {
            "quickstart_files" => &mut account.files,
            "quickstart_lines" => &mut account.lines,
            "quickstart_bytes" => &mut account.bytes,
            _ => return Ok(()),
        };
        *counter = sample.value_u64().ok_or("a counter that is no integer")?;
        Ok(())
    }

    /// Prints the table and the verdict.
    pub(crate) fn report(&self, killed: bool, segments: &Path) -> Result<(), Box<dyn Error>> {
        println!(
            "\n{:<9}{:>9}{:>9}{:>9}{:>10}{:>10}{:>12}  end",
            "writer", "flushes", "arrived", "files", "lines", "bytes", "samples"
        );
        let mut missing = 0;
        for (writer, accounts) in &self.acknowledged {
            let found = accounts.iter().filter(|account| self.has(writer, account)).count();
            missing += accounts.len() - found;
            let last = accounts.last().copied().unwrap_or_default();
            println!(
                "{writer:<9}{:>9}{found:>9}{:>9}{:>10}{:>10}{:>12}  {}",
                accounts.len(),
                last.files,
                last.lines,
                last.bytes,
                self.samples.get(writer).unwrap_or(&0),
                if writer == "doomed" { "killed by SIGKILL" } else { "closed" },
            );
        }
        let left = left_behind(segments)?;
        println!(
            "\n{} segments, {left} left behind, {} duplicates",
            self.segments, self.duplicates
        );
        if !killed || self.flushes("steady") == 0 {
            return Err("the writers did not run as they should".into());
        }
        if missing > 0 || left > 0 || self.duplicates > 0 {
            let duplicates = self.duplicates;
            let faults = format!("{missing} missing, {left} left behind, {duplicates} duplicates");
            return Err(faults.into());
        }
        println!("nothing lost");
        Ok(())
    }

    fn has(&self, writer: &str, account: &Account) -> bool {
        self.arrived.get(&(writer.to_owned(), account.timestamp_ms)) == Some(account)
    }
}

/// Segments that nobody took. A hidden file is no segment: the kill may have come before its name.
fn left_behind(directory: &Path) -> Result<usize, Box<dyn Error>> {
    let names: Result<Vec<_>, _> =
        fs::read_dir(directory)?.map(|entry| entry.map(|entry| entry.file_name())).collect();
    Ok(names?.iter().filter(|name| SegmentName::parse(name).is_some()).count())
}
