//! A reader takes regular files only, and gives whole lines only.

use std::fs;
use std::io::{self, ErrorKind, Read as _};
use std::os::unix::fs::symlink;
use std::os::unix::net::UnixListener;

use nix::sys::stat::Mode;
use prom_segment::{Claim, Reader};

#[test]
fn torn_tails_and_zeros_are_kept_back_and_told() {
    let cases: &[(&[u8], &str, u64)] = &[
        (b"", "", 0),
        (b"a 1\n", "a 1\n", 0),
        (b"a 1\nb 2", "a 1\n", 3),
        (b"a 1", "", 3),
        (b"a 1\n\0\0\0\0", "a 1\n", 4),
        (b"a 1\nb\0\nc 1\n", "a 1\n", 7),
        (b"\0\0\0\0", "", 4),
        (b"\n\n", "\n\n", 0),
    ];
    let directory = tempfile::tempdir().unwrap();
    for (bytes, expected, torn) in cases {
        let path = directory.path().join("a.1.prom");
        fs::write(&path, bytes).unwrap();
        let mut reader = Reader::open(&path).unwrap();
        assert_eq!(*torn, reader.torn_bytes().unwrap(), "{bytes:?}");
        let mut text = String::new();
        reader.read_to_string(&mut text).unwrap();
        assert_eq!(*expected, text);
        assert_eq!(*torn, reader.torn_bytes().unwrap(), "{bytes:?} after reading");
        assert_eq!(u64::try_from(bytes.len()).unwrap(), reader.len());
    }
}

#[test]
fn what_is_appended_behind_the_lock_is_not_read() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("a.1.prom");
    fs::write(&path, "a 1\n").unwrap();
    let mut reader = Reader::open(&path).unwrap();
    let mut file = fs::OpenOptions::new().append(true).open(&path).unwrap();
    io::Write::write_all(&mut file, b"b 2\n").unwrap();
    let mut text = String::new();
    reader.read_to_string(&mut text).unwrap();
    assert_eq!("a 1\n", text);
}

#[test]
fn only_regular_files_are_read_and_nothing_waits() {
    let directory = tempfile::tempdir().unwrap();
    let at = |name: &str| directory.path().join(name);
    fs::write(at("secret"), "secret 1\n").unwrap();
    symlink(at("secret"), at("link.1.prom")).unwrap();
    symlink(at("nowhere"), at("dangling.1.prom")).unwrap();
    fs::create_dir(at("directory.1.prom")).unwrap();
    nix::unistd::mkfifo(&at("fifo.1.prom"), Mode::S_IRWXU).unwrap();
    let _socket = UnixListener::bind(at("socket.1.prom")).unwrap();
    for name in ["link", "dangling", "directory", "fifo", "socket"] {
        let path = at(&format!("{name}.1.prom"));
        for error in [Reader::open(&path).unwrap_err(), Reader::try_open(&path).unwrap_err()] {
            assert_eq!(ErrorKind::InvalidInput, error.kind(), "{name}: {error}");
            assert!(error.to_string().contains(&path.display().to_string()), "{error}");
        }
        assert!(matches!(Reader::claim(&path).unwrap(), Claim::Foreign), "{name}");
    }
    assert!(matches!(Reader::claim(at("missing.1.prom")).unwrap(), Claim::Gone));
    assert_eq!(ErrorKind::NotFound, Reader::open(at("missing.1.prom")).unwrap_err().kind());
}

#[test]
fn unlink_takes_the_file_away_under_the_lock() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("a.1.prom");
    fs::write(&path, "a 1\n").unwrap();
    let reader = Reader::open(&path).unwrap();
    assert_eq!(4, reader.metadata().unwrap().len(), "a reader is its file, too");
    reader.unlink().unwrap();
    assert!(!path.exists());
}

#[test]
fn of_two_readers_the_second_removes_nothing() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("a.1.prom");
    fs::write(&path, "a 1\n").unwrap();
    let (first, second) = (Reader::open(&path).unwrap(), Reader::open(&path).unwrap());
    first.unlink().unwrap();
    fs::write(&path, "another file of that name\n").unwrap();
    second.unlink().unwrap();
    assert!(path.exists());
}

#[test]
fn a_segment_that_was_taken_away_while_open_waited_is_not_found() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("a.1.prom");
    fs::write(&path, "a 1\n").unwrap();
    let Claim::Taken(rival) = Reader::claim(&path).unwrap() else { panic!("nobody holds it") };
    std::thread::scope(|scope| {
        let waits = scope.spawn(|| Reader::open(&path).map(drop));
        // Whether it waits for the lock already or comes later, there is nothing to read.
        rival.unlink().unwrap();
        assert_eq!(ErrorKind::NotFound, waits.join().unwrap().unwrap_err().kind());
    });
}

#[test]
fn a_vector_in_which_a_segment_has_room_does_not_grow() {
    let directory = tempfile::tempdir().unwrap();
    for len in [0, 1, 100, 64 * 1024, 64 * 1024 + 1, 1_000_000] {
        let path = directory.path().join("a.1.prom");
        let mut text = vec![b'a'; len];
        text.last_mut().into_iter().for_each(|last| *last = b'\n');
        fs::write(&path, &text).unwrap();
        let mut read = Vec::with_capacity(len);
        let room = read.capacity();
        let mut reader = Reader::open(&path).unwrap();
        assert_eq!(len, reader.read_to_end(&mut read).unwrap());
        assert_eq!((room, 0), (read.capacity(), reader.read_to_end(&mut read).unwrap()));
        assert!(text == read, "{len}");
    }
}
