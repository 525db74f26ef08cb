//! The lines of the model, and the rule by which a reader cuts.

/// A line that was accepted: the writer, and its number there.
pub(crate) type LineId = (usize, u64);

pub(crate) fn line((writer, number): LineId) -> String {
    format!("model{{writer=\"{writer}\"}} {number}\n")
}

/// The line of a text; `None` unless it is one to the byte.
pub(crate) fn parse(text: &str) -> Option<LineId> {
    let (writer, number) = text.strip_prefix("model{writer=\"")?.split_once("\"} ")?;
    let id = (writer.parse().ok()?, number.strip_suffix('\n')?.parse().ok()?);
    (line(id) == text).then_some(id)
}

/// The rule of `prom_segment::Reader`: whole lines, and nothing from the first NUL on.
pub(crate) fn whole(bytes: &[u8]) -> &[u8] {
    let clean = bytes.split(|byte| *byte == 0).next().unwrap_or_default();
    let end = clean.iter().rposition(|byte| *byte == b'\n').map_or(0, |at| at + 1);
    clean.get(..end).unwrap_or_default()
}

/// Every line in the bytes, a torn one at the end included.
pub(crate) fn lines(bytes: &[u8]) -> impl Iterator<Item = &[u8]> {
    bytes.split_inclusive(|byte| *byte == b'\n')
}

#[cfg(test)]
mod tests {
    use std::fs;
    use std::io::Read as _;

    use prom_segment::Reader;

    use super::*;

    #[test]
    fn only_the_whole_line_is_the_line() {
        let text = line((3, 17));
        assert_eq!(Some((3, 17)), parse(&text));
        for cut in 0..text.len() {
            assert_eq!(None, parse(&text[..cut]), "{cut}");
        }
    }

    #[test]
    fn the_cut_of_the_model_is_the_cut_of_the_reader() {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("a.1.prom");
        let pieces: [&[u8]; 5] = [b"", b"a 1\n", b"to", b"\0\0", b"b 2\n"];
        for first in pieces {
            for second in pieces {
                for third in pieces {
                    let bytes = [first, second, third].concat();
                    fs::write(&path, &bytes).unwrap();
                    let mut read = Vec::new();
                    Reader::open(&path).unwrap().read_to_end(&mut read).unwrap();
                    assert_eq!(whole(&bytes), read, "{bytes:?}");
                }
            }
        }
    }
}
