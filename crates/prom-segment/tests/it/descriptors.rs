//! How segments are opened, as the kernel tells it of the open descriptors.

use std::fs;
use std::path::Path;

use nix::libc::{O_ACCMODE, O_CLOEXEC, O_NOFOLLOW, O_NONBLOCK, O_RDONLY, O_WRONLY};
use prom_segment::{Claim, Reader, Writer};

/// The flags of every descriptor of this process that has the file open.
pub(crate) fn flags(path: &Path) -> Vec<i32> {
    let path = path.canonicalize().unwrap();
    let descriptors = fs::read_dir("/proc/self/fd").unwrap().map(|entry| entry.unwrap());
    // Descriptors of other tests come and go meanwhile.
    let ours = descriptors
        .filter(|entry| fs::read_link(entry.path()).is_ok_and(|target| target == path))
        .map(|entry| Path::new("/proc/self/fdinfo").join(entry.file_name()));
    let flags = |info: String| {
        let octal = info.lines().find_map(|line| line.strip_prefix("flags:")).unwrap().trim();
        i32::from_str_radix(octal, 8).unwrap()
    };
    ours.map(|info| flags(fs::read_to_string(info).unwrap())).collect()
}

#[track_caller]
fn check(path: &Path, access: i32, expected: &[(&str, i32)]) {
    let flags = flags(path);
    let [flags] = flags[..] else { panic!("{} descriptors", flags.len()) };
    assert_eq!(access, flags & O_ACCMODE, "{flags:o}");
    for (name, flag) in expected {
        assert_eq!(*flag, flags & flag, "{name} is missing from {flags:o}");
    }
}

#[test]
fn a_writers_file_follows_no_link_and_is_not_inherited_by_another_program() {
    let directory = tempfile::tempdir().unwrap();
    let mut writer = Writer::builder(directory.path().join("a.")).background(false).build();
    writer.append(1, b"a 1\n").unwrap();
    let path = writer.path().unwrap();
    check(&path, O_WRONLY, &[("O_CLOEXEC", O_CLOEXEC), ("O_NOFOLLOW", O_NOFOLLOW)]);
}

/// Reading only, since the close of what was open for writing is an event to every watcher.
#[test]
fn a_readers_file_follows_no_link_waits_for_nothing_and_is_not_inherited() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("a.1.prom");
    fs::write(&path, "a 1\n").unwrap();
    let openings: [fn(&Path) -> Reader; 3] = [
        |path| Reader::open(path).unwrap(),
        |path| Reader::try_open(path).unwrap().unwrap(),
        |path| match Reader::claim(path).unwrap() {
            Claim::Taken(reader) => reader,
            other => panic!("{other:?}"),
        },
    ];
    for open in openings {
        let reader = open(&path);
        let flags =
            [("O_CLOEXEC", O_CLOEXEC), ("O_NOFOLLOW", O_NOFOLLOW), ("O_NONBLOCK", O_NONBLOCK)];
        check(&path, O_RDONLY, &flags);
        drop(reader);
    }
}
