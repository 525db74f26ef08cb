//! Eviction among names and files that no writer makes, clocks that are wrong, and disks without room.

use std::env;
use std::fs::{self, OpenOptions, Permissions};
use std::os::unix::fs::{PermissionsExt as _, symlink};
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::{Arc, Mutex};
use std::thread;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use nix::sys::stat::Mode;
use nix::unistd::mkfifo;
use prom_segment::{Builder, Observer, Writer};

use crate::causes::Notes;
use crate::child::Child;
use crate::part;
use crate::signals::state;
use crate::skip::skipped;

fn builder(directory: &Path, notes: &Arc<Notes>) -> Builder {
    let observer = Arc::<Notes>::clone(notes);
    Writer::builder(directory.join("a.")).background(false).observer(observer)
}

/// One segment for each of these milliseconds.
fn write(writer: &mut Writer, millis: impl IntoIterator<Item = u64>) {
    for now in millis {
        writer.append(now, b"a 1\n").unwrap();
        writer.rotate().unwrap();
    }
}

fn names(directory: &Path) -> Vec<String> {
    let entries = fs::read_dir(directory).unwrap();
    let mut names: Vec<String> =
        entries.map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect();
    names.sort();
    names
}

#[test]
fn one_time_from_the_future_costs_nobody_a_fresh_segment() {
    let directory = tempfile::tempdir().unwrap();
    let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap();
    let now = u64::try_from(since.as_millis()).unwrap();
    let day = Duration::from_secs(86_400);
    let make = || builder(directory.path(), &Arc::default()).keep_at_most_age(day).build();
    let (mut good, mut bad) = (make(), make());
    write(&mut good, now..now + 3);
    write(&mut bad, [now + 365 * 86_400_000]);
    write(&mut good, now + 3..now + 6);
    // Its clock is right again, and its names go on from the future.
    write(&mut bad, [now + 10]);
    assert_eq!(8, names(directory.path()).len(), "{:?}", names(directory.path()));
    fs::write(directory.path().join("a.5.prom"), "old\n").unwrap();
    write(&mut bad, [now + 11]);
    assert!(!directory.path().join("a.5.prom").exists(), "what is old goes all the same");
}

#[test]
fn what_is_no_segment_does_not_count() {
    let directory = tempfile::tempdir().unwrap();
    let at = |name: &str| directory.path().join(name);
    fs::create_dir(at("a.350.prom")).unwrap();
    symlink("/etc/passwd", at("a.250.prom")).unwrap();
    mkfifo(&at("a.360.prom"), Mode::S_IRWXU).unwrap();
    let mut writer = builder(directory.path(), &Arc::default()).keep_at_most_segments(2).build();
    write(&mut writer, [100, 200, 300, 400]);
    let kept = ["200", "250", "300", "350", "360", "400"].map(|millis| format!("a.{millis}.prom"));
    assert_eq!(kept[..], names(directory.path()));
}

#[test]
fn what_may_be_lent_does_not_count_where_anybody_may_write() {
    let directory = tempfile::tempdir().unwrap();
    fs::set_permissions(&directory, Permissions::from_mode(0o1777)).unwrap();
    let at = |name: &str| directory.path().join(name);
    fs::write(at("theirs"), "text").unwrap();
    for name in ["a.150.prom", "a.350.prom"] {
        fs::hard_link(at("theirs"), at(name)).unwrap();
    }
    let mut writer = builder(directory.path(), &Arc::default()).keep_at_most_segments(2).build();
    write(&mut writer, [100, 200, 300, 400]);
    let kept = ["150", "200", "300", "350", "400"].map(|millis| format!("a.{millis}.prom"));
    assert_eq!(kept[..], names(directory.path())[..5]);
}

#[test]
fn names_that_no_writer_makes_stay() {
    let directory = tempfile::tempdir().unwrap();
    let foreign = ["a.007.prom", "a.0001.prom", "a.99999999999999999999999.prom"];
    foreign.iter().for_each(|name| fs::write(directory.path().join(name), "mine\n").unwrap());
    let mut writer = builder(directory.path(), &Arc::default()).keep_at_most_segments(0).build();
    write(&mut writer, [8, 9]);
    for name in foreign.iter().chain(&["a.9.prom"]) {
        assert!(directory.path().join(name).exists(), "{name}");
    }
    assert!(!directory.path().join("a.8.prom").exists());
}

#[test]
fn who_waits_at_a_fifo_is_not_let_through() {
    let directory = tempfile::tempdir().unwrap();
    let fifo = directory.path().join("a.1.prom");
    mkfifo(&fifo, Mode::S_IRWXU).unwrap();
    let child = Child::run(|| drop(OpenOptions::new().write(true).open(&fifo)));
    while state(child.pid()) != 'S' {
        thread::yield_now();
    }
    let mut writer = builder(directory.path(), &Arc::default()).keep_at_most_segments(0).build();
    write(&mut writer, 10..200);
    assert_eq!('S', state(child.pid()));
}

#[test]
fn the_observer_hears_the_same_path_of_a_segment_at_its_begin_and_its_end() {
    let directory = tempfile::tempdir().unwrap();
    part::succeeds("eviction_trouble::part_in_its_directory", directory.path());
}

#[derive(Default)]
struct Paths(Mutex<Vec<PathBuf>>, Mutex<Vec<PathBuf>>);

impl Observer for Paths {
    fn opened(&self, path: &Path) {
        self.0.lock().unwrap().push(path.to_owned());
    }

    fn evicted(&self, path: &Path, _: u64) {
        self.1.lock().unwrap().push(path.to_owned());
    }
}

#[test]
#[ignore = "a part of the test above"]
fn part_in_its_directory() {
    env::set_current_dir(part::directory()).unwrap();
    for prefix in ["a.", "./b."] {
        let paths = Arc::new(Paths::default());
        let builder = Writer::builder(prefix).background(false).keep_at_most_segments(0);
        let mut writer = builder.observer(Arc::<Paths>::clone(&paths)).build();
        write(&mut writer, [100, 200]);
        let text =
            |paths: &Mutex<Vec<PathBuf>>| paths.lock().unwrap()[0].to_str().unwrap().to_owned();
        assert_eq!(text(&paths.0), text(&paths.1));
    }
}

/// Has the part run where the script, which may mount, has prepared the directory `$1`.
#[track_caller]
fn mounted(script: &str, part: &str) {
    let directory = tempfile::tempdir().unwrap();
    let mut probe = Command::new("unshare");
    let probe = probe.args(["-Urm", "mount", "-t", "tmpfs", "none"]).arg(directory.path()).output();
    if !probe.is_ok_and(|output| output.status.success()) {
        skipped("nothing may be mounted here");
        return;
    }
    let script = format!("set -e; cd \"$1\"; {script}; cd /; shift; exec \"$@\"");
    let mut command = Command::new("unshare");
    command.args(["-Urm", "sh", "-c", &script, "sh"]).arg(directory.path());
    command.arg(env::current_exe().unwrap());
    part::succeeds_as(command, &format!("eviction_trouble::{part}"), directory.path());
}

#[test]
fn a_disk_without_room_for_another_file_gets_it_from_an_eviction() {
    mounted("mount -t tmpfs -o nr_inodes=8 none \"$1\"", "part_without_room");
}

#[test]
#[ignore = "a part of the test above"]
fn part_without_room() {
    let directory = part::directory();
    let at = |millis: u64| directory.join(format!("a.{millis}.prom"));
    let full = (1..100).find(|millis| fs::write(at(*millis), "old\n").is_err()).unwrap();
    let notes = Arc::new(Notes::default());
    let mut unlimited = builder(&directory, &notes).build();
    let refused = unlimited.append(1000, b"a 1\n").unwrap_err();
    assert_eq!(Some(nix::libc::ENOSPC), refused.raw_os_error());
    let mut writer = builder(&directory, &Arc::default()).keep_at_most_segments(2).build();
    write(&mut writer, [1000]);
    let kept = [full - 2, full - 1, 1000].map(at);
    assert_eq!(3, names(&directory).len());
    assert!(kept.iter().all(|path| path.exists()), "{:?}", names(&directory));
}

#[test]
fn a_segment_that_cannot_be_removed_drags_no_others_along() {
    // A mount point cannot be removed.
    let script = "head -c 100000 /dev/zero > big; : > a.1.prom; mount --bind big a.1.prom";
    mounted(script, "part_with_an_immovable_segment");
}

#[test]
#[ignore = "a part of the test above"]
fn part_with_an_immovable_segment() {
    let directory = part::directory();
    let notes = Arc::new(Notes::default());
    let mut writer = builder(&directory, &notes).keep_at_most_bytes(1000).build();
    write(&mut writer, [10, 20, 30]);
    let kept = ["a.1.prom", "a.10.prom", "a.20.prom", "a.30.prom", "big"];
    assert_eq!(kept[..], names(&directory));
    assert_eq!(3, notes.failed.lock().unwrap().len(), "each eviction has tried it");
}
