//! `Extent`: how much of a segment is whole lines, found while it is read.

use std::fs::File;
use std::io;
use std::os::unix::fs::FileExt;

use crate::interrupt::uninterrupted;
use crate::lines::whole;

/// Bytes looked at in one go when no reader's buffer is at hand.
const LOOK: usize = 16 * 1024;

/// A position in a segment, and how far from there whole lines are known to reach.
///
/// Nothing is kept of the contents: the bytes of a line that does not fit the caller's buffer are
/// looked at once to find its end, and read again. So memory stays the same for a line of any length.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Extent {
    len: u64,
    position: u64,
    /// Up to here everything is whole lines without a NUL. Never before `position`.
    whole: u64,
}

/// What a piece of the file says about the lines in it.
struct Piece {
    /// Bytes of whole lines at its beginning.
    whole: usize,
    /// Nothing after those lines will ever be a whole line.
    ended: bool,
}

impl Extent {
    pub(crate) fn new(len: u64) -> Self {
        Self { len, position: 0, whole: 0 }
    }

    pub(crate) fn len(&self) -> u64 {
        self.len
    }

    /// Bytes that were not read. At the end of the whole lines: bytes that never will be.
    pub(crate) fn rest(&self) -> u64 {
        self.len.saturating_sub(self.position)
    }

    /// Reads as `pread(2)` does, but never past the end of the last whole line.
    pub(crate) fn read(&mut self, file: &impl FileExt, buffer: &mut [u8]) -> io::Result<usize> {
        if buffer.is_empty() {
            return Ok(0);
        }
        if self.position < self.whole {
            return self.read_known(file, buffer);
        }
        let room = self.bounded(buffer);
        if room.is_empty() {
            return Ok(0);
        }
        let read = read_at(file, room, self.position)?;
        let piece = examine(buffer.get(..read).unwrap_or_default());
        if piece.whole == 0 && !piece.ended && read > 0 {
            self.whole = self.line_end(file)?.unwrap_or(self.position);
            return if self.whole > self.position { self.read_known(file, buffer) } else { Ok(0) };
        }
        self.position += u64::try_from(piece.whole).unwrap_or(0);
        self.whole = self.position;
        Ok(piece.whole)
    }

    /// Where the last whole line ends.
    pub(crate) fn find_end(&self, file: &File) -> io::Result<u64> {
        let mut ahead = Self { position: self.whole, ..*self };
        while let Some(end) = ahead.line_end(file)? {
            ahead.position = end;
        }
        Ok(ahead.position)
    }

    fn read_known(&mut self, file: &impl FileExt, buffer: &mut [u8]) -> io::Result<usize> {
        let known = usize::try_from(self.whole - self.position).unwrap_or(usize::MAX);
        let room = known.min(buffer.len());
        let read = read_at(file, buffer.get_mut(..room).unwrap_or_default(), self.position)?;
        self.position += u64::try_from(read).unwrap_or(0);
        Ok(read)
    }

    /// The end of at least the next line, more where they come in one look; `None` when there is
    /// no other whole line.
    fn line_end(&self, file: &impl FileExt) -> io::Result<Option<u64>> {
        let mut look = [0; LOOK];
        let mut at = self.position;
        loop {
            let read = read_at(file, self.bounded_from(&mut look, at), at)?;
            let piece = examine(look.get(..read).unwrap_or_default());
            if piece.whole > 0 {
                return Ok(Some(at + u64::try_from(piece.whole).unwrap_or(0)));
            }
            if piece.ended || read == 0 {
                return Ok(None);
            }
            at += u64::try_from(read).unwrap_or(0);
        }
    }

    fn bounded<'b>(&self, buffer: &'b mut [u8]) -> &'b mut [u8] {
        self.bounded_from(buffer, self.position)
    }

    fn bounded_from<'b>(&self, buffer: &'b mut [u8], at: u64) -> &'b mut [u8] {
        let left = usize::try_from(self.len.saturating_sub(at)).unwrap_or(usize::MAX);
        let room = left.min(buffer.len());
        buffer.get_mut(..room).unwrap_or_default()
    }
}

fn examine(bytes: &[u8]) -> Piece {
    let nul = bytes.iter().position(|byte| *byte == 0);
    let clean = nul.and_then(|at| bytes.get(..at)).unwrap_or(bytes);
    Piece { whole: whole(clean), ended: nul.is_some() }
}

fn read_at(file: &impl FileExt, buffer: &mut [u8], at: u64) -> io::Result<usize> {
    uninterrupted(|| file.read_at(buffer, at))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    /// A file in memory.
    struct Bytes<'a>(&'a [u8]);

    impl FileExt for Bytes<'_> {
        fn read_at(&self, buffer: &mut [u8], offset: u64) -> io::Result<usize> {
            let rest = &self.0[usize::try_from(offset).unwrap().min(self.0.len())..];
            let read = rest.len().min(buffer.len());
            buffer[..read].copy_from_slice(&rest[..read]);
            Ok(read)
        }

        fn write_at(&self, _: &[u8], _: u64) -> io::Result<usize> {
            unreachable!("a reader does not write")
        }
    }

    fn expected(bytes: &[u8]) -> &[u8] {
        let clean = bytes.split(|byte| *byte == 0).next().unwrap();
        &clean[..clean.iter().rposition(|byte| *byte == b'\n').map_or(0, |at| at + 1)]
    }

    fn read_all(bytes: &[u8], room: usize) -> Vec<u8> {
        let mut extent = Extent::new(u64::try_from(bytes.len()).unwrap());
        let (mut all, mut buffer) = (Vec::new(), vec![0; room]);
        loop {
            match extent.read(&Bytes(bytes), &mut buffer).unwrap() {
                0 => return all,
                read => all.extend_from_slice(&buffer[..read]),
            }
        }
    }

    #[test]
    fn lines_longer_than_any_buffer_come_whole() {
        let mut bytes = vec![b'x'; 3 * LOOK];
        bytes.push(b'\n');
        bytes.extend_from_slice(b"torn");
        for room in [1, 7, LOOK, 4 * LOOK] {
            assert!(expected(&bytes) == read_all(&bytes, room), "{room}");
        }
    }

    proptest! {
        #[test]
        fn whatever_is_in_the_file_only_whole_lines_come_out(
            bytes in prop::collection::vec(prop_oneof![
                6 => Just(b'a'), 2 => Just(b'\n'), 1 => Just(0_u8), 1 => any::<u8>(),
            ], 0..200),
            room in 1_usize..64,
        ) {
            prop_assert_eq!(expected(&bytes), &read_all(&bytes, room)[..]);
        }

        #[test]
        fn a_cut_at_any_place_gives_a_prefix_of_the_lines(cut in 0_usize..60, room in 1_usize..20) {
            let whole = b"one 1 1\ntwo 2 2\n# a longer line in between\nthree 3 3\n\n";
            let cut = cut.min(whole.len());
            prop_assert_eq!(expected(&whole[..cut]), &read_all(&whole[..cut], room)[..]);
        }
    }
}
