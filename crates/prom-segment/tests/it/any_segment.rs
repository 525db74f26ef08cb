//! What holds for any bytes in a segment file. The fuzz target `segment_reader` runs this file too.

use std::fs;
use std::io::Read as _;
use std::path::Path;

use prom_segment::{Claim, Reader};

/// How much is read in one go. The last is more than the reader looks at by itself.
const ROOMS: [usize; 5] = [20_000, 4096, 61, 3, 1];

/// The first byte says how much is read in one go, the second how far the first line is stretched, or
/// how many zeros stand before it: a fuzzer would not find what is longer than any buffer by itself. The
/// rest is the file.
pub(crate) fn check_any_segment(input: &[u8]) {
    let Some(([room, stretch], bytes)) = input.split_first_chunk() else { return };
    let filler = if *room < 128 { b'x' } else { 0 };
    let stretch = vec![filler; usize::from(*stretch) * 256];
    // Byte by byte through a long line shows nothing that a short one does not, and takes long.
    let rooms = if stretch.is_empty() { &ROOMS[..] } else { &ROOMS[..3] };
    let room = rooms.iter().cycle().nth(usize::from(*room)).unwrap();
    let directory = tempfile::tempdir().unwrap();
    check_file(directory.path(), &[&stretch, bytes].concat(), *room);
}

/// A reader of a file with these bytes delivers whole lines from its beginning, and says exactly when it
/// keeps something back.
pub(crate) fn check_file(directory: &Path, bytes: &[u8], room: usize) {
    let path = directory.join("a.1.prom");
    // A new file each time: a child that another test forks may hold the lock of the last one.
    let make_anew = || {
        let _ = fs::remove_file(&path);
        fs::write(&path, bytes).unwrap();
    };
    make_anew();
    check_reader(Reader::open(&path).unwrap(), bytes, room);
    make_anew();
    check_reader(Reader::try_open(&path).unwrap().unwrap(), bytes, room);
    make_anew();
    let Claim::Taken(reader) = Reader::claim(&path).unwrap() else { panic!("nobody holds it") };
    check_reader(reader, bytes, room);
}

fn check_reader(mut reader: Reader, bytes: &[u8], room: usize) {
    let mut torn = vec![reader.torn_bytes().unwrap()];
    let (mut delivered, mut buffer) = (Vec::new(), vec![0; room]);
    loop {
        let read = reader.read(&mut buffer).unwrap();
        delivered.extend_from_slice(buffer.get(..read).unwrap());
        if read == 0 || torn.len() == 1 {
            torn.push(reader.torn_bytes().unwrap());
        }
        if read == 0 {
            break;
        }
    }
    let kept_back = bytes.strip_prefix(&*delivered).expect("not what the file begins with");
    assert!(delivered.is_empty() || delivered.ends_with(b"\n"), "a torn line");
    assert!(!delivered.contains(&0), "a NUL");
    // No whole line is kept back: between the end of what came and the first NUL there is no line end.
    let clean = kept_back.split(|byte| *byte == 0).next().unwrap();
    assert!(!clean.contains(&b'\n'), "a whole line was kept back");
    let length = |bytes: &[u8]| u64::try_from(bytes.len()).unwrap();
    assert!(torn.iter().all(|torn| *torn == length(kept_back)), "{torn:?}");
    assert_eq!(length(bytes), reader.len());
    assert_eq!(0, reader.read(&mut buffer).unwrap(), "the end is not the end");
}
