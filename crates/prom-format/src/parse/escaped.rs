//! `Escaped`: text of the exposition as it is written, which may hold escape sequences.

use core::{fmt, iter, str::Chars};

#[cfg(feature = "alloc")]
use alloc::{borrow::Cow, string::String};

/// A name, label value or HELP text as it stands in the exposition, without its quotes.
///
/// Escape sequences are undone on demand: `\\` is a backslash, `\n` a line feed, `\"` a double
/// quote. A backslash before any other character, which OpenMetrics tolerates, stands for itself.
///
/// It is equal to a `str` when its text without escapes is; `Display` writes that text.
#[derive(Clone, Copy, Debug, Default)]
pub struct Escaped<'a> {
    raw: &'a str,
}

impl<'a> Escaped<'a> {
    pub(super) const fn new(raw: &'a str) -> Self {
        Self { raw }
    }

    /// The text as it is written.
    #[must_use]
    pub const fn raw(self) -> &'a str {
        self.raw
    }

    /// The text, if it holds no escape sequence.
    #[must_use]
    pub fn as_str(self) -> Option<&'a str> {
        (!self.raw.as_bytes().contains(&b'\\')).then_some(self.raw)
    }

    /// The text without escapes; borrowed if there is nothing to undo.
    #[cfg(feature = "alloc")]
    #[must_use]
    pub fn unescape(self) -> Cow<'a, str> {
        match self.as_str() {
            Some(text) => Cow::Borrowed(text),
            None => Cow::Owned(self.chars().collect::<String>()),
        }
    }

    /// The characters of the text without escapes.
    pub fn chars(self) -> impl Iterator<Item = char> + Clone + use<'a> {
        let mut chars = self.raw.chars();
        iter::from_fn(move || next_char(&mut chars))
    }
}

fn next_char(chars: &mut Chars<'_>) -> Option<char> {
    let first = chars.next()?;
    let unescaped = match chars.as_str().bytes().next() {
        Some(second @ (b'\\' | b'"')) if first == '\\' => char::from(second),
        Some(b'n') if first == '\\' => '\n',
        _ => return Some(first),
    };
    chars.next();
    Some(unescaped)
}

impl PartialEq for Escaped<'_> {
    fn eq(&self, other: &Self) -> bool {
        self.raw == other.raw || self.chars().eq(other.chars())
    }
}

impl Eq for Escaped<'_> {}

impl PartialEq<str> for Escaped<'_> {
    fn eq(&self, other: &str) -> bool {
        match self.as_str() {
            Some(text) => text == other,
            None => self.chars().eq(other.chars()),
        }
    }
}

impl PartialEq<&str> for Escaped<'_> {
    fn eq(&self, other: &&str) -> bool {
        *self == **other
    }
}

impl fmt::Display for Escaped<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.as_str() {
            Some(text) => f.pad(text),
            None => self.chars().try_for_each(|c| fmt::Write::write_char(f, c)),
        }
    }
}

#[cfg(all(test, feature = "alloc"))]
mod tests {
    use super::*;

    #[test]
    fn sequences_are_undone_once() {
        for (raw, text) in [
            ("", ""),
            ("plain \u{e9}", "plain \u{e9}"),
            (r"a\nb", "a\nb"),
            (r"a\\nb", r"a\nb"),
            (r#"\"\\\""#, r#""\""#),
            (r"C:\temp\", r"C:\temp\"),
            ("\\\u{e9}\\n", "\\\u{e9}\n"),
        ] {
            let escaped = Escaped::new(raw);
            assert_eq!(escaped.unescape(), text, "{raw}");
            assert_eq!(escaped, text);
            assert_eq!(alloc::format!("{escaped}"), text);
            assert_eq!(matches!(escaped.unescape(), Cow::Borrowed(_)), !raw.contains('\\'));
        }
        assert_eq!(Escaped::new(r"\x"), Escaped::new(r"\\x"));
        assert_ne!(Escaped::new(r"\n"), Escaped::new(r"\\n"));
    }
}
