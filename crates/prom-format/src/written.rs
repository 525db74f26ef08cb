//! `WrittenName`: a name as a dialect writes it, quoted or escaped where it is outside the legacy
//! charset.

use crate::dialect::{Dialect, Escaping};
use crate::escape::write_quoted;
use crate::name::{LabelName, MetricName, is_legacy_char};
use crate::sink::Sink;
use crate::stack_text::StackText;

/// The longest piece one character becomes: `_10ffff_`.
type Piece = StackText<8>;

/// How one name is written, decided by its charset and the dialect together.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Scheme {
    Verbatim,
    Quoted,
    Underscores,
    Dots,
    Values,
}

/// A metric or label name in one dialect.
#[derive(Clone, Copy, Debug)]
pub(crate) struct WrittenName<'a> {
    text: &'a str,
    scheme: Scheme,
    colons: bool,
}

impl<'a> WrittenName<'a> {
    pub(crate) const fn metric(name: MetricName<'a>, dialect: Dialect) -> Self {
        Self { text: name.as_str(), scheme: scheme(name.is_legacy(), dialect), colons: true }
    }

    /// A colon is illegal in a label name, so it is escaped or quoted here.
    pub(crate) const fn label(name: LabelName<'a>, dialect: Dialect) -> Self {
        Self { text: name.as_str(), scheme: scheme(name.is_legacy(), dialect), colons: false }
    }

    /// A label name of the format itself, such as `le`, which no scheme changes.
    pub(crate) const fn own(text: &'static str) -> Self {
        Self { text, scheme: Scheme::Verbatim, colons: false }
    }

    /// The name as it was given.
    pub(crate) const fn raw(self) -> &'a str {
        self.text
    }

    pub(crate) fn is_quoted(self) -> bool {
        self.scheme == Scheme::Quoted
    }

    /// Whether `_` is written as `__`.
    pub(crate) const fn doubles_underscores(self) -> bool {
        matches!(self.scheme, Scheme::Dots | Scheme::Values)
    }

    /// Whether readers take it for one of Prometheus' own labels.
    pub(crate) fn is_reserved(self) -> bool {
        let verbatim = matches!(self.scheme, Scheme::Verbatim | Scheme::Quoted);
        !verbatim && self.chars().take(2).eq("__".chars())
    }

    /// Whether readers see the same name.
    pub(crate) fn is_same(self, other: WrittenName<'_>) -> bool {
        self.text == other.text && self.scheme == other.scheme
            || (self.is_changed() || other.is_changed()) && self.chars().eq(other.chars())
    }

    const fn is_changed(self) -> bool {
        !matches!(self.scheme, Scheme::Verbatim | Scheme::Quoted)
    }

    /// What readers see as the name.
    pub(crate) fn chars(self) -> impl Iterator<Item = char> {
        let prefix = if self.scheme == Scheme::Values { "U__" } else { "" };
        let body = self.text.chars().enumerate().flat_map(move |(i, c)| self.escaped(c, i == 0));
        prefix.chars().chain(body)
    }

    fn escaped(self, character: char, first: bool) -> impl Iterator<Item = char> {
        let verbatim = match self.scheme {
            Scheme::Verbatim | Scheme::Quoted => true,
            Scheme::Underscores => is_legacy_char(character, first, self.colons),
            Scheme::Dots | Scheme::Values => {
                character != '_' && is_legacy_char(character, first, self.colons)
            }
        };
        let piece = if verbatim { Piece::new() } else { piece(character, self.scheme) };
        verbatim.then_some(character).into_iter().chain(piece.into_ascii_chars())
    }

    /// Writes the name, without the quotes around it if it is quoted.
    #[inline]
    pub(crate) fn write<S: Sink>(self, sink: &mut S) -> Result<(), S::Error> {
        match self.scheme {
            Scheme::Verbatim => sink.write(self.text.as_bytes()),
            Scheme::Quoted => write_quoted(self.text, sink),
            _ => self.write_changed(sink),
        }
    }

    #[cold]
    fn write_changed<S: Sink>(self, sink: &mut S) -> Result<(), S::Error> {
        self.chars().try_for_each(|c| sink.write(c.encode_utf8(&mut [0; 4]).as_bytes()))
    }
}

const fn scheme(legacy: bool, dialect: Dialect) -> Scheme {
    match (legacy, dialect.escaping()) {
        (_, Escaping::Dots) => Scheme::Dots,
        (true, _) => Scheme::Verbatim,
        (false, Escaping::AllowUtf8) => Scheme::Quoted,
        (false, Escaping::Underscores) => Scheme::Underscores,
        (false, Escaping::Values) => Scheme::Values,
    }
}

/// What stands for a character that the scheme does not keep.
fn piece(character: char, scheme: Scheme) -> Piece {
    match (scheme, character) {
        (Scheme::Dots, '.') => Piece::from_text("_dot_"),
        (Scheme::Dots, _) | (Scheme::Values, '_') => Piece::from_text("__"),
        (Scheme::Values, _) => hex(character),
        _ => Piece::from_text("_"),
    }
}

/// `_` and the code point in lower-case hexadecimal and `_`.
fn hex(character: char) -> Piece {
    let code = u32::from(character);
    let digits = (code.max(1).ilog2() / 4) + 1;
    let mut text = Piece::from_text("_");
    for place in (0..digits).rev() {
        let digit = char::from_digit(code >> (4 * place) & 0xf, 16).unwrap_or('0');
        text.push(digit.encode_utf8(&mut [0; 4]).as_bytes());
    }
    text.push(b"_");
    text
}

#[cfg(test)]
mod tests {
    use super::WrittenName;
    use crate::dialect::{Dialect, Escaping};
    use crate::name::{LabelName, MetricName};
    use crate::sink::SliceSink;

    const ESCAPINGS: [Escaping; 4] =
        [Escaping::AllowUtf8, Escaping::Underscores, Escaping::Dots, Escaping::Values];

    fn check(name: &str, expected: [&str; 4]) {
        for (escaping, expected) in ESCAPINGS.into_iter().zip(expected) {
            let name = MetricName::utf8(name).unwrap();
            assert_written(WrittenName::metric(name, Dialect::OpenMetrics100(escaping)), expected);
        }
    }

    fn check_label(name: &str, expected: [&str; 4]) {
        for (escaping, expected) in ESCAPINGS.into_iter().zip(expected) {
            let name = LabelName::utf8(name).unwrap();
            assert_written(WrittenName::label(name, Dialect::Text100(escaping)), expected);
        }
    }

    fn assert_written(name: WrittenName<'_>, expected: &str) {
        let mut buffer = [0; 64];
        let mut sink = SliceSink::new(&mut buffer);
        name.write(&mut sink).unwrap();
        assert_eq!(core::str::from_utf8(sink.written()).unwrap(), expected, "{}", name.raw());
    }

    #[test]
    fn legacy_names_change_by_dots_only() {
        check(
            "no:escaping_required",
            ["no:escaping_required"; 4].map_dots("no:escaping__required"),
        );
        check("mysystem", ["mysystem"; 4]);
        check_label("le", ["le"; 4]);
        check_label("quantile", ["quantile"; 4]);
    }

    #[test]
    fn other_names() {
        check(
            "mysystem.prod.west.cpu.load",
            [
                "mysystem.prod.west.cpu.load",
                "mysystem_prod_west_cpu_load",
                "mysystem_dot_prod_dot_west_dot_cpu_dot_load",
                "U__mysystem_2e_prod_2e_west_2e_cpu_2e_load",
            ],
        );
        check(
            "http.status_x:y",
            [
                "http.status_x:y",
                "http_status_x:y",
                "http_dot_status__x:y",
                "U__http_2e_status__x:y",
            ],
        );
        check(
            "label with \u{1f631}",
            [
                "label with \u{1f631}",
                "label_with__",
                "label__with____",
                "U__label_20_with_20__1f631_",
            ],
        );
        check("9a9", ["9a9", "_a9", "__a9", "U___39_a9"]);
        check("\0\u{10ffff}", ["\0\u{10ffff}", "__", "____", "U___0__10ffff_"]);
        check("q\"\\\n", ["q\\\"\\\\\\n", "q___", "q______", "U__q_22__5c__a_"]);
    }

    #[test]
    fn a_colon_in_a_label_is_illegal() {
        check_label("a:b", ["a:b", "a_b", "a__b", "U__a_3a_b"]);
        let quoted = WrittenName::label(
            LabelName::utf8("a:b").unwrap(),
            Dialect::Text100(Escaping::AllowUtf8),
        );
        assert!(quoted.is_quoted());
    }

    #[test]
    fn sameness_is_of_what_is_written() {
        let same = |a, b, escaping| {
            let dialect = Dialect::Text100(escaping);
            let name = |text| WrittenName::label(LabelName::utf8(text).unwrap(), dialect);
            name(a).is_same(name(b))
        };
        assert!(same("a.b", "a_b", Escaping::Underscores));
        assert!(same("a.b", "a-b", Escaping::Underscores));
        assert!(!same("a.b", "a_b", Escaping::Values));
        assert!(same("a.b", "U__a_2e_b", Escaping::Values));
        assert!(!same("a.b", "a_b", Escaping::AllowUtf8));
        assert!(same("a-b", "a_b", Escaping::Dots));
        assert!(!same("a.b", "a_dot_b", Escaping::Dots));
    }

    /// The same expectation for all schemes but dots.
    trait MapDots<'a> {
        fn map_dots(self, dots: &'a str) -> Self;
    }

    impl<'a> MapDots<'a> for [&'a str; 4] {
        fn map_dots(mut self, dots: &'a str) -> Self {
            self[2] = dots;
            self
        }
    }
}
