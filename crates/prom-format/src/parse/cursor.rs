//! `Cursor`: a place in the text, and the steps that every line is read by.

use crate::parse::bytes;
use crate::parse::decimal;
use crate::parse::error::{Fault, ParseErrorKind};
use crate::parse::number;

/// A place in the text. It only moves forward.
#[derive(Clone, Copy, Debug)]
pub(super) struct Cursor<'a> {
    text: &'a str,
    at: usize,
}

impl<'a> Cursor<'a> {
    pub(super) const fn new(text: &'a str) -> Self {
        Self { text, at: 0 }
    }

    #[inline]
    pub(super) const fn at(&self) -> usize {
        self.at
    }

    pub(super) const fn text(&self) -> &'a str {
        self.text
    }

    #[inline]
    pub(super) const fn is_at_end(&self) -> bool {
        self.at >= self.text.len()
    }

    /// What is left of the text.
    #[inline]
    pub(super) fn rest(&self) -> &'a [u8] {
        self.text.as_bytes().get(self.at..).unwrap_or_default()
    }

    /// The next byte. The end of the text looks like a line feed, since both end every token.
    #[inline]
    pub(super) fn peek(&self) -> u8 {
        self.text.as_bytes().get(self.at).copied().unwrap_or(b'\n')
    }

    /// Moves over `len` bytes that were seen in [`rest`](Self::rest).
    #[inline]
    pub(super) const fn advance(&mut self, len: usize) {
        self.at += len;
    }

    /// Moves over the byte if it is the next one.
    #[inline]
    pub(super) fn eat(&mut self, byte: u8) -> bool {
        let eaten = self.text.as_bytes().get(self.at) == Some(&byte);
        self.at += usize::from(eaten);
        eaten
    }

    /// Moves over the text if it comes next.
    #[inline]
    pub(super) fn eat_text<const N: usize>(&mut self, text: &[u8; N]) -> bool {
        let eaten = self.rest().first_chunk() == Some(text);
        self.at += if eaten { N } else { 0 };
        eaten
    }

    #[inline]
    pub(super) fn skip_blanks(&mut self) {
        while matches!(self.peek(), b' ' | b'\t') {
            self.at += 1;
        }
    }

    /// The text from `start` to here.
    #[inline]
    pub(super) fn since(&self, start: usize) -> &'a str {
        self.text.get(start..self.at).unwrap_or_default()
    }

    /// Moves to the next byte that is one of `wanted`, or to the end.
    #[inline]
    pub(super) fn seek<const N: usize>(&mut self, wanted: [u8; N]) {
        self.at = bytes::find(self.text.as_bytes(), self.at, wanted);
    }

    /// The rest of the line, without its line feed.
    pub(super) fn line(&mut self) -> &'a str {
        let start = self.at;
        self.seek([b'\n']);
        self.since(start)
    }

    /// Everything up to the next blank or the end of the line.
    #[inline]
    pub(super) fn token(&mut self) -> &'a str {
        let start = self.at;
        while !matches!(self.peek(), b' ' | b'\t' | b'\n') {
            self.at += 1;
        }
        self.since(start)
    }

    /// A value, and its text.
    #[inline]
    pub(super) fn value(&mut self) -> Result<(f64, &'a str), Fault> {
        let start = self.at;
        let bytes = self.text.as_bytes();
        if let Some((value, end)) = decimal::plain_decimal(bytes, start)
            && matches!(bytes.get(end), None | Some(b' ' | b'\n'))
        {
            self.at = end;
            return Ok((value, self.since(start)));
        }
        let token = self.token();
        let value = number::parse(token).ok_or(ParseErrorKind::Value.at(start))?;
        Ok((value, token))
    }

    /// The line feed that ends each line.
    #[inline]
    pub(super) fn line_feed(&mut self) -> Result<(), Fault> {
        if self.eat(b'\n') {
            return Ok(());
        }
        let kind = match self.is_at_end() {
            true => ParseErrorKind::MissingLineFeed,
            false => ParseErrorKind::TrailingText,
        };
        Err(kind.at(self.at))
    }

    /// A quoted text with the escape sequences of label values, its opening quote being next.
    ///
    /// `any_escape` also lets a backslash stand before any other character of the line.
    #[inline]
    pub(super) fn quoted(&mut self, any_escape: bool) -> Result<&'a str, Fault> {
        self.at += 1;
        let start = self.at;
        loop {
            self.seek(*b"\"\\\n");
            match self.rest() {
                [b'"', ..] => {
                    let quoted = self.since(start);
                    self.at += 1;
                    return Ok(quoted);
                }
                [b'\\', b'\\' | b'"' | b'n', ..] => self.at += 2,
                [b'\\', byte, ..] if any_escape && *byte != b'\n' => self.at += 1,
                [b'\\', _, ..] => return Err(ParseErrorKind::InvalidEscape.at(self.at)),
                [b'\\'] => return Err(ParseErrorKind::UnterminatedQuote.at(self.at + 1)),
                _ => return Err(ParseErrorKind::UnterminatedQuote.at(self.at)),
            }
        }
    }
}
