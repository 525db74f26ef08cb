//! Escaping inside quotes and help texts: what keeps a caller's text from ending its line.

use crate::sink::Sink;

/// Writes `text` for the inside of double quotes: `\\`, `\"` and `\n`, in every dialect.
///
/// A carriage return stays as it is: both grammars allow it there, neither has an escape for it,
/// and the closing quote keeps it away from the line feed.
#[inline]
pub(crate) fn write_quoted<S: Sink>(text: &str, sink: &mut S) -> Result<(), S::Error> {
    write_escaped(text, true, sink)
}

/// Writes a help text: `\\` and `\n`, and `\"` where `quotes` asks for it.
///
/// OpenMetrics escapes double quotes in a help text; the classic text format must not,
/// because `\"` is an unknown escape to its strict readers.
pub(crate) fn write_help<S: Sink>(text: &str, quotes: bool, sink: &mut S) -> Result<(), S::Error> {
    write_escaped(text, quotes, sink)
}

#[inline]
fn write_escaped<S: Sink>(text: &str, quotes: bool, sink: &mut S) -> Result<(), S::Error> {
    if is_clean(text.as_bytes(), quotes) {
        sink.write(text.as_bytes())
    } else {
        write_dirty(text, quotes, sink)
    }
}

/// Whether nothing in `bytes` needs an escape. Without a branch per byte it compiles to vector
/// code.
#[inline]
fn is_clean(bytes: &[u8], quotes: bool) -> bool {
    let needs_escape = |&byte: &u8| byte == b'\\' || byte == b'\n' || (quotes && byte == b'"');
    !bytes.iter().fold(false, |dirty, byte| dirty | needs_escape(byte))
}

fn write_dirty<S: Sink>(text: &str, quotes: bool, sink: &mut S) -> Result<(), S::Error> {
    let mut rest = text;
    while let Some((clean, escape, tail)) = split_at_escape(rest, quotes) {
        sink.write(clean.as_bytes())?;
        sink.write(escape)?;
        rest = tail;
    }
    sink.write(rest.as_bytes())
}

/// What comes before the first character that needs an escape, the escape, and what comes after.
fn split_at_escape(text: &str, quotes: bool) -> Option<(&str, &'static [u8], &str)> {
    let at = text.find(|c| matches!(c, '\\' | '\n') || (quotes && c == '"'))?;
    let (clean, rest) = text.split_at_checked(at)?;
    let mut chars = rest.chars();
    let escape: &[u8] = match chars.next()? {
        '\\' => b"\\\\",
        '\n' => b"\\n",
        _ => b"\\\"",
    };
    Some((clean, escape, chars.as_str()))
}

#[cfg(test)]
mod tests {
    use super::{write_help, write_quoted};
    use crate::sink::SliceSink;

    fn check(text: &str, quoted: &str, help: &str) {
        let mut buffer = [0; 64];
        let mut sink = SliceSink::new(&mut buffer);
        write_quoted(text, &mut sink).unwrap();
        assert_eq!(sink.written(), quoted.as_bytes(), "{text:?} in quotes");
        let mut sink = SliceSink::new(&mut buffer);
        write_help(text, false, &mut sink).unwrap();
        assert_eq!(sink.written(), help.as_bytes(), "{text:?} as a help text");
        let mut sink = SliceSink::new(&mut buffer);
        write_help(text, true, &mut sink).unwrap();
        assert_eq!(sink.written(), quoted.as_bytes(), "{text:?} as an OpenMetrics help text");
    }

    #[test]
    fn escapes() {
        check("", "", "");
        check("plain", "plain", "plain");
        check(r"C:\two", r"C:\\two", r"C:\\two");
        check("a\nb", r"a\nb", r"a\nb");
        check("say \"x\"", "say \\\"x\\\"", "say \"x\"");
        check("\\\"\n", "\\\\\\\"\\n", "\\\\\"\\n");
        check(r"\n", r"\\n", r"\\n");
        check("\r\t\0", "\r\t\0", "\r\t\0");
        check("\u{e9}\n\u{1f600}", "\u{e9}\\n\u{1f600}", "\u{e9}\\n\u{1f600}");
    }
}
