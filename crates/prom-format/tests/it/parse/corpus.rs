//! The files of `tests/data/parse`: texts that are accepted, and texts that are refused at a
//! certain place.
//!
//! The name of a refused text is `Kind.line.column.what.prom`, or `...what.validator.prom` if the
//! parser cannot see the fault and the validator does. The directories are dialects.

use std::fs;
use std::path::{Path, PathBuf};

use prom_format::{Dialect, Escaping, ParseError, Parser};

pub(crate) const DIALECTS: [(&str, Dialect); 4] = [
    ("text", Dialect::Text004),
    ("text-utf8", Dialect::Text100(Escaping::AllowUtf8)),
    ("openmetrics", Dialect::OpenMetrics100(Escaping::Underscores)),
    ("openmetrics-utf8", Dialect::OpenMetrics100(Escaping::AllowUtf8)),
];

/// The files of a folder of `tests/data/parse`, and what is in them.
pub(crate) fn files(folder: &str) -> Vec<(PathBuf, Vec<u8>)> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/data/parse").join(folder);
    let entries = fs::read_dir(&folder).unwrap_or_else(|e| panic!("{}: {e}", folder.display()));
    let mut paths: Vec<PathBuf> = entries.map(|entry| entry.unwrap().path()).collect();
    paths.sort();
    assert!(!paths.is_empty(), "{} is empty", folder.display());
    paths.into_iter().map(|path| (path.clone(), fs::read(path).unwrap())).collect()
}

fn parser_error(dialect: Dialect, bytes: &[u8]) -> Option<ParseError> {
    Parser::from_bytes(dialect, bytes).find_map(Result::err)
}

#[cfg(feature = "alloc")]
fn validator_error(dialect: Dialect, bytes: &[u8]) -> Option<ParseError> {
    prom_format::validate(dialect, bytes).err()
}

#[test]
fn accepted_files() {
    for (name, dialect) in DIALECTS {
        for (path, bytes) in files(&format!("{name}/accept")) {
            assert_eq!(parser_error(dialect, &bytes), None, "{}", path.display());
            #[cfg(feature = "alloc")]
            assert_eq!(validator_error(dialect, &bytes), None, "{}", path.display());
        }
    }
}

#[test]
fn refused_files() {
    for (name, dialect) in DIALECTS {
        for (path, bytes) in files(&format!("{name}/reject")) {
            let file_name = path.file_name().unwrap().to_str().unwrap();
            let expected = file_name.splitn(4, '.').take(3).collect::<Vec<_>>().join(".");
            let verdict = |error: Option<ParseError>| {
                error.map(|e| format!("{:?}.{}.{}", e.kind(), e.line(), e.column()))
            };
            let by_parser = (!file_name.ends_with(".validator.prom")).then(|| expected.clone());
            assert_eq!(verdict(parser_error(dialect, &bytes)), by_parser, "{}", path.display());
            #[cfg(feature = "alloc")]
            assert_eq!(
                verdict(validator_error(dialect, &bytes)),
                Some(expected),
                "{}",
                path.display()
            );
        }
    }
}

/// The parsers of text and of bytes are the same.
#[test]
fn text_and_bytes() {
    for (name, dialect) in DIALECTS {
        for (path, bytes) in files(&format!("{name}/reject")) {
            let Ok(text) = std::str::from_utf8(&bytes) else { continue };
            let by_text = Parser::new(dialect, text).map(|entry| format!("{entry:?}"));
            let by_bytes = Parser::from_bytes(dialect, &bytes).map(|entry| format!("{entry:?}"));
            assert!(by_text.eq(by_bytes), "{}", path.display());
        }
    }
}

/// What a text of the classic format may do and one of OpenMetrics may not, and the reverse.
#[test]
fn dialects_are_told_apart() {
    let classic_only = ["a  1\n", "\na 1\n", "# comment\na 1\n", "a{x=\"1\",} 1\n", "a -1 +5\n"];
    for text in classic_only {
        let with_eof = format!("{text}# EOF\n");
        assert_eq!(parser_error(Dialect::Text004, text.as_bytes()), None, "{text}");
        for (_, dialect) in &DIALECTS[2..] {
            if text != "a -1 +5\n" {
                assert!(parser_error(*dialect, with_eof.as_bytes()).is_some(), "{text}");
            }
            assert!(parser_error(*dialect, text.as_bytes()).is_some(), "{text}");
        }
    }
    let openmetrics_only =
        ["a 1 1.5\n# EOF\n", "# TYPE a info\na_info 1\n# EOF\n", "# TYPE a unknown\na 1\n# EOF\n"];
    for text in openmetrics_only {
        assert_eq!(parser_error(DIALECTS[2].1, text.as_bytes()), None, "{text}");
        assert!(parser_error(Dialect::Text004, text.as_bytes()).is_some(), "{text}");
    }
}
