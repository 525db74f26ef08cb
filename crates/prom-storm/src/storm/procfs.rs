//! What `/proc` says of a process: its memory and its processor time.

use std::fs;
use std::time::Duration;

use nix::unistd::{Pid, SysconfVar, sysconf};

use crate::storm::outcome::Outcome;

/// The peak of the resident memory, in KiB.
pub(crate) fn peak_kib(pid: Pid) -> Outcome<u64> {
    status(&pid.to_string(), "VmHWM:")
}

/// The resident memory of this process, in KiB.
pub(crate) fn own_kib() -> Outcome<u64> {
    status("self", "VmRSS:")
}

fn status(pid: &str, key: &str) -> Outcome<u64> {
    let status = fs::read_to_string(format!("/proc/{pid}/status"))?;
    let value = status.lines().find_map(|line| line.strip_prefix(key)).ok_or("no such line")?;
    Ok(value.trim().trim_end_matches(" kB").parse()?)
}

/// The processor time that a process has taken so far, in itself and in the kernel.
pub(crate) fn cpu_time(pid: Pid) -> Outcome<Duration> {
    let stat = fs::read_to_string(format!("/proc/{pid}/stat"))?;
    let ticks = ticks(&stat).ok_or("no times")?;
    let per_second = sysconf(SysconfVar::CLK_TCK)?.ok_or("no clock tick")?;
    Ok(Duration::from_millis(ticks * 1000 / u64::try_from(per_second)?))
}

/// The 14th and the 15th word; the second is a name, which may hold anything but ends the last
/// parenthesis.
fn ticks(stat: &str) -> Option<u64> {
    let mut words = stat.rsplit_once(')')?.1.split_whitespace().skip(11);
    Some(words.next()?.parse::<u64>().ok()? + words.next()?.parse::<u64>().ok()?)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn this_process_has_memory_and_time() {
        let own = Pid::this();
        assert!(peak_kib(own).unwrap() > 0 && own_kib().unwrap() > 0);
        cpu_time(own).unwrap();
        let words = "7 (a) b) S 1 2 3 4 5 6 7 8 9 10 30 12 0 0";
        assert_eq!(Some(42), ticks(words));
        assert_eq!(None, ticks("7 (a"));
    }
}
