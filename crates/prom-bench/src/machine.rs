//! `Machine`: where and with what the figures were measured.

use std::fs;
use std::process::Command;
use std::thread;

use serde_json::{Value, json};

/// What is installed is what was locked when this program was built.
const LOCK: &str = include_str!("../../../Cargo.lock");

/// The crates whose versions a reader has to know.
const PEERS: &[&str] = &[
    "prometheus-client",
    "prometheus",
    "metrics-exporter-prometheus",
    "prometheus-parse",
    "openmetrics-parser",
    "nom-openmetrics",
];

/// A machine, a compiler, a day.
pub(crate) struct Machine {
    cpu: String,
    cores: usize,
    kernel: String,
    rustc: String,
    date: String,
    peers: Vec<(&'static str, String)>,
}

impl Machine {
    pub(crate) fn this() -> Self {
        let cpu = read("/proc/cpuinfo");
        let model = cpu.lines().find_map(|line| line.strip_prefix("model name"));
        let model = model.and_then(|rest| rest.split_once(": ")).map(|(_, model)| model);
        let mut peers = vec![("biometrics_prometheus", "0.13.0".to_owned())];
        peers.extend(PEERS.iter().map(|name| (*name, locked(LOCK, name))));
        Self {
            cpu: model.unwrap_or("unknown processor").trim().to_owned(),
            cores: thread::available_parallelism().map_or(1, usize::from),
            kernel: read("/proc/sys/kernel/osrelease").trim().to_owned(),
            rustc: said("rustc", "--version"),
            date: said("date", "+%Y-%m-%d"),
            peers,
        }
    }

    pub(crate) fn text(&self) -> String {
        let Self { cpu, cores, kernel, rustc, date, .. } = self;
        format!("{cpu}, {cores} cores, Linux {kernel}, {rustc}, {date}")
    }

    pub(crate) fn peers(&self) -> String {
        let named = self.peers.iter().map(|(name, version)| format!("`{name}` {version}"));
        named.collect::<Vec<_>>().join(", ")
    }

    pub(crate) fn json(&self) -> Value {
        json!({ "machine": self.text(), "peers": self.peers() })
    }
}

/// How many programs want to run, now and in the last minutes.
pub(crate) fn load() -> String {
    read("/proc/loadavg").split(' ').take(3).collect::<Vec<_>>().join(" ")
}

fn read(path: &str) -> String {
    fs::read_to_string(path).unwrap_or_default()
}

fn said(program: &str, argument: &str) -> String {
    let output = Command::new(program).arg(argument).output();
    let text = output.map(|output| String::from_utf8_lossy(&output.stdout).trim().to_owned());
    text.unwrap_or_else(|_| format!("unknown {program}"))
}

fn locked(lock: &str, name: &str) -> String {
    let after = lock.split_once(&format!("name = \"{name}\"\nversion = \""));
    let version = after.and_then(|(_, rest)| rest.split('"').next());
    version.unwrap_or("of unknown version").to_owned()
}

#[cfg(test)]
mod tests {
    use super::{LOCK, PEERS, locked};

    #[test]
    fn every_peer_is_locked() {
        for name in PEERS {
            assert!(locked(LOCK, name).starts_with(|c: char| c.is_ascii_digit()), "{name}");
        }
        assert_eq!("of unknown version", locked(LOCK, "no-such-crate"));
    }
}
