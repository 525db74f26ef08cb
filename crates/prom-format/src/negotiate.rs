//! Content negotiation: the dialect that a scraper's `Accept` header asks for.

use crate::dialect::{Dialect, Escaping};

impl Dialect {
    /// The dialect to answer a request with, by the value of its `Accept` header.
    ///
    /// Of the media ranges that can be served, the one with the highest weight wins, the first of
    /// equals. `text/plain` without a version, `text/*` and `*/*` mean [`Dialect::Text004`], and so
    /// does a header that is absent (pass `""`) or names nothing that can be served. OpenMetrics
    /// without a version means 0.0.1, which is not served. An escaping scheme is honoured; an
    /// unknown one is ignored. A range whose weight is zero or malformed is passed over.
    ///
    /// Answer with [`content_type`](Self::content_type), which repeats the escaping scheme. Source:
    /// `content_negotiation.md` of the Prometheus documentation; weights by RFC 9110, section
    /// 12.4.2.
    ///
    /// ```
    /// use prom_format::{Dialect, Escaping};
    ///
    /// let accept = "application/openmetrics-text;version=1.0.0;escaping=allow-utf-8;q=0.6,\
    ///     text/plain;version=0.0.4;q=0.3,*/*;q=0.2";
    /// assert_eq!(Dialect::negotiate(accept), Dialect::OpenMetrics100(Escaping::AllowUtf8));
    /// assert_eq!(Dialect::negotiate("text/html,*/*;q=0.8"), Dialect::Text004);
    /// ```
    #[must_use]
    pub fn negotiate(accept: &str) -> Self {
        let mut best = (0, Self::Text004);
        for range in split_unquoted(accept, ',') {
            if let Some((weight, dialect)) = offer(range)
                && weight > best.0
            {
                best = (weight, dialect);
            }
        }
        best.1
    }
}

/// The parameters of a media range that matter here.
#[derive(Clone, Copy, Default)]
struct Parameters<'a> {
    version: Option<&'a str>,
    escaping: Escaping,
    /// In millionths.
    weight: Option<u32>,
}

/// What one media range asks for, and how much; `None` if it cannot be served.
fn offer(range: &str) -> Option<(u32, Dialect)> {
    let mut parts = split_unquoted(range, ';');
    let media = parts.next()?.trim();
    let parameters = parse_parameters(parts)?;
    let is = |name: &str| media.eq_ignore_ascii_case(name);
    let dialect = match parameters.version {
        None if is("*/*") || is("text/*") => Dialect::Text004,
        None | Some("0.0.4") if is("text/plain") => Dialect::Text004,
        Some("1.0.0") if is("text/plain") => Dialect::Text100(parameters.escaping),
        Some("1.0.0") if is("application/openmetrics-text") => {
            Dialect::OpenMetrics100(parameters.escaping)
        }
        _ => return None,
    };
    Some((parameters.weight.unwrap_or(MILLION), dialect))
}

/// `None` if the weight is malformed.
fn parse_parameters<'a>(parts: impl Iterator<Item = &'a str>) -> Option<Parameters<'a>> {
    let mut parameters = Parameters::default();
    for part in parts {
        let Some((name, value)) = part.split_once('=') else { continue };
        let (name, value) = (name.trim(), unquoted(value.trim()));
        if name.eq_ignore_ascii_case("version") {
            parameters.version = Some(value);
        } else if name.eq_ignore_ascii_case("escaping") {
            parameters.escaping = escaping(value).unwrap_or_default();
        } else if name.eq_ignore_ascii_case("q") {
            parameters.weight = Some(millionths(value)?);
        }
    }
    Some(parameters)
}

fn escaping(value: &str) -> Option<Escaping> {
    let schemes = [
        ("allow-utf-8", Escaping::AllowUtf8),
        ("underscores", Escaping::Underscores),
        ("dots", Escaping::Dots),
        ("values", Escaping::Values),
    ];
    schemes.into_iter().find(|(name, _)| value.eq_ignore_ascii_case(name)).map(|(_, scheme)| scheme)
}

const MILLION: u32 = 1_000_000;

/// A weight from 0 to 1 in millionths; what is beyond the sixth decimal is cut off.
fn millionths(weight: &str) -> Option<u32> {
    let (whole, fraction) = weight.split_once('.').unwrap_or((weight, ""));
    let digit = |byte: u8| byte.is_ascii_digit().then(|| u32::from(byte - b'0'));
    let mut millionths = match whole {
        "0" => 0,
        "1" => MILLION,
        _ => return None,
    };
    let mut place = MILLION;
    for byte in fraction.bytes() {
        place /= 10;
        millionths += digit(byte)? * place;
    }
    (millionths <= MILLION).then_some(millionths)
}

/// The parts of `text` between separators that are not inside double quotes.
fn split_unquoted(text: &str, separator: char) -> impl Iterator<Item = &str> {
    let mut quoted = false;
    let mut escaped = false;
    text.split(move |c| {
        let literal = escaped;
        escaped = quoted && !literal && c == '\\';
        quoted ^= c == '"' && !literal;
        c == separator && !quoted
    })
}

fn unquoted(value: &str) -> &str {
    value.strip_prefix('"').and_then(|value| value.strip_suffix('"')).unwrap_or(value)
}

#[cfg(test)]
mod tests {
    use super::millionths;
    use crate::dialect::{Dialect, Escaping};

    const TEXT: Dialect = Dialect::Text004;
    const OPEN: Dialect = Dialect::OpenMetrics100(Escaping::Underscores);
    const OPEN_UTF8: Dialect = Dialect::OpenMetrics100(Escaping::AllowUtf8);

    /// Each line of an `Accept` header, and what it must be answered with.
    const CASES: &[(&str, Dialect)] = &[
        // Nothing asked for, or nothing that can be served.
        ("", TEXT),
        ("*/*", TEXT),
        ("text/*", TEXT),
        ("text/html, application/json", TEXT),
        ("application/*", TEXT),
        (",;,=;q", TEXT),
        // Prometheus 2.42, Prometheus 3 and VictoriaMetrics.
        (
            "application/openmetrics-text;version=1.0.0,application/openmetrics-text;version=0.0.1;q=0.75,\
             text/plain;version=0.0.4;q=0.5,*/*;q=0.1",
            OPEN,
        ),
        (
            "application/openmetrics-text;version=1.0.0;escaping=allow-utf-8;q=0.6,\
             application/openmetrics-text;version=0.0.1;q=0.5,\
             text/plain;version=1.0.0;escaping=allow-utf-8;q=0.4,text/plain;version=0.0.4;q=0.3,*/*;q=0.2",
            OPEN_UTF8,
        ),
        ("text/plain;version=0.0.4;q=1,*/*;q=0.1", TEXT),
        // A browser.
        ("text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8", TEXT),
        // Versions.
        ("application/openmetrics-text", TEXT),
        ("application/openmetrics-text;version=0.0.1", TEXT),
        ("application/openmetrics-text;version=2.0.0", TEXT),
        ("application/openmetrics-text;version=\"1.0.0\"", OPEN),
        ("text/plain", TEXT),
        ("text/plain;version=1.0.0", Dialect::Text100(Escaping::Underscores)),
        ("text/plain;version=2.0.0", TEXT),
        // Escaping schemes.
        ("text/plain;version=1.0.0;escaping=dots", Dialect::Text100(Escaping::Dots)),
        ("text/plain;version=1.0.0;escaping=\"values\"", Dialect::Text100(Escaping::Values)),
        (
            "application/openmetrics-text;version=1.0.0;escaping=values",
            Dialect::OpenMetrics100(Escaping::Values),
        ),
        ("application/openmetrics-text;version=1.0.0;escaping=rot13", OPEN),
        ("text/plain;version=0.0.4;escaping=allow-utf-8", TEXT),
        // Weights.
        ("text/plain;q=0.5,application/openmetrics-text;version=1.0.0;q=0.50", TEXT),
        ("text/plain;q=0.5,application/openmetrics-text;version=1.0.0;q=0.501", OPEN),
        ("text/plain;q=0.2,application/openmetrics-text;version=1.0.0;q=0", TEXT),
        ("text/plain;q=0,application/openmetrics-text;version=1.0.0;q=0.001", OPEN),
        ("*/*;q=0.1,application/openmetrics-text;version=1.0.0;q=2", TEXT),
        ("*/*;q=0.1,application/openmetrics-text;version=1.0.0;q=0.x", TEXT),
        // Spelling.
        ("APPLICATION/OpenMetrics-Text ; Version=1.0.0 ; Escaping=Allow-UTF-8 ; Q=0.9", OPEN_UTF8),
        (
            "text/html;x=\"a,text/plain;version=1.0.0\",application/openmetrics-text;version=1.0.0",
            OPEN,
        ),
        ("text/html;x=\"\\\",\",application/openmetrics-text;version=1.0.0", OPEN),
    ];

    #[test]
    fn answers() {
        for &(accept, expected) in CASES {
            assert_eq!(Dialect::negotiate(accept), expected, "{accept}");
        }
    }

    #[test]
    fn weights() {
        for (text, expected) in [
            ("0", Some(0)),
            ("1", Some(1_000_000)),
            ("1.000", Some(1_000_000)),
            ("0.", Some(0)),
            ("0.75", Some(750_000)),
            ("0.123456789", Some(123_456)),
            ("1.001", None),
            ("2", None),
            ("", None),
            (".5", None),
            ("-0.5", None),
            ("0.5e1", None),
        ] {
            assert_eq!(millionths(text), expected, "{text}");
        }
    }
}
