//! Rust source as the rules read it: comments and literals blanked out, names and brackets kept.

/// The text with everything that is not code replaced by spaces, so that lines and columns stay where they are.
pub(crate) fn blanked(text: &str) -> String {
    let chars: Vec<char> = text.chars().collect();
    let mut out = String::with_capacity(text.len());
    let mut at = 0;
    while let Some(&c) = chars.get(at) {
        let end = end_of_blank(&chars, at);
        if end == at {
            out.push(c);
            at += 1;
        }
        while at < end {
            out.push(if chars.get(at) == Some(&'\n') { '\n' } else { ' ' });
            at += 1;
        }
    }
    out
}

/// Where the comment or literal that begins at `at` ends; `at` itself when none begins there.
fn end_of_blank(chars: &[char], at: usize) -> usize {
    let rest = chars.get(at..).unwrap_or_default();
    let before = at.checked_sub(1).and_then(|i| chars.get(i)).copied();
    let length = match rest {
        ['/', '/', ..] => rest.iter().position(|&c| c == '\n').unwrap_or(rest.len()),
        ['/', '*', ..] => block_comment(rest),
        ['"', ..] => quoted(rest),
        ['r', '"' | '#', ..] if !before.is_some_and(is_name) || is_byte_raw(chars, at) => {
            raw_string(rest)
        }
        ['\'', ..] => character(rest),
        _ => 0,
    };
    at + length
}

/// The `r` of `br"..."` or `cr"..."`.
fn is_byte_raw(chars: &[char], at: usize) -> bool {
    let before = |n: usize| at.checked_sub(n).and_then(|i| chars.get(i)).copied();
    matches!(before(1), Some('b' | 'c')) && !before(2).is_some_and(is_name)
}

/// Block comments nest.
fn block_comment(rest: &[char]) -> usize {
    let (mut at, mut depth) = (0, 0_usize);
    loop {
        match rest.get(at..) {
            Some(['/', '*', ..]) => (at, depth) = (at + 2, depth + 1),
            Some(['*', '/', ..]) if depth == 1 => return at + 2,
            Some(['*', '/', ..]) => (at, depth) = (at + 2, depth - 1),
            Some([_, ..]) => at += 1,
            _ => return rest.len(),
        }
    }
}

fn quoted(rest: &[char]) -> usize {
    let mut at = 1;
    loop {
        match rest.get(at) {
            Some('\\') => at += 2,
            Some('"') => return at + 1,
            Some(_) => at += 1,
            None => return rest.len(),
        }
    }
}

/// `r"..."` and `r#"..."#`; zero for a raw name such as `r#type`.
fn raw_string(rest: &[char]) -> usize {
    let hashes = rest.iter().skip(1).take_while(|&&c| c == '#').count();
    if rest.get(1 + hashes) != Some(&'"') {
        return 0;
    }
    let body = 2 + hashes;
    let closes = |at: usize| {
        rest.get(at) == Some(&'"')
            && rest.iter().skip(at + 1).take_while(|&&c| c == '#').count() >= hashes
    };
    (body..rest.len()).find(|&at| closes(at)).map_or(rest.len(), |at| at + 1 + hashes)
}

/// A character literal; zero for a lifetime.
fn character(rest: &[char]) -> usize {
    match rest {
        ['\'', '\\', ..] => {
            rest.iter().skip(3).position(|&c| c == '\'').map_or(rest.len(), |at| at + 4)
        }
        ['\'', _, '\'', ..] => 3,
        _ => 0,
    }
}

/// A character of a name.
pub(crate) fn is_name(c: char) -> bool {
    c.is_alphanumeric() || c == '_'
}

/// A name, a `::`, or a single other character, and the line it stands on, counted from one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Token<'a> {
    pub(crate) text: &'a str,
    pub(crate) line: usize,
}

/// The tokens of blanked code.
pub(crate) fn tokens(code: &str) -> Vec<Token<'_>> {
    let mut found = Vec::new();
    for (number, line) in code.lines().enumerate() {
        let mut rest = line.trim_start();
        while let Some(first) = rest.chars().next() {
            let length = match first {
                _ if is_name(first) => rest.find(|c| !is_name(c)).unwrap_or(rest.len()),
                ':' if rest.starts_with("::") => 2,
                _ => first.len_utf8(),
            };
            let (text, tail) = rest.split_at(length);
            found.push(Token { text, line: number + 1 });
            rest = tail.trim_start();
        }
    }
    found
}

/// The tokens without the `#[cfg(test)] mod ... { }` blocks.
pub(crate) fn without_tests<'a>(tokens: &[Token<'a>]) -> Vec<Token<'a>> {
    const HEAD: [&str; 8] = ["#", "[", "cfg", "(", "test", ")", "]", "mod"];
    let mut kept = Vec::new();
    let mut at = 0;
    while let Some(token) = tokens.get(at) {
        let is_head = tokens.iter().skip(at).map(|token| token.text).take(HEAD.len()).eq(HEAD);
        // After the head come the module's name and its block; `mod tests;` is a file of its own.
        if is_head && tokens.get(at + HEAD.len() + 1).map(|token| token.text) == Some("{") {
            at = end_of_block(tokens, at + HEAD.len() + 1);
        } else {
            kept.push(*token);
            at += 1;
        }
    }
    kept
}

/// The index after the block whose opening brace is at `open`.
pub(crate) fn end_of_block(tokens: &[Token<'_>], open: usize) -> usize {
    let mut depth = 0_usize;
    for (at, token) in tokens.iter().enumerate().skip(open) {
        match token.text {
            "{" => depth += 1,
            "}" if depth == 1 => return at + 1,
            "}" => depth = depth.saturating_sub(1),
            _ => {}
        }
    }
    tokens.len()
}

#[cfg(test)]
mod tests {
    use super::{blanked, tokens, without_tests};

    fn check(input: &str, expected: &str) {
        assert_eq!(blanked(input), expected, "{input}");
        assert_eq!(blanked(input).chars().count(), input.chars().count());
    }

    #[test]
    fn comments_and_literals_are_blanked() {
        check("a // b {\nc", "a       \nc");
        check("a /* { /* } */ */ b", "a                 b");
        check("f(\"{ \\\" }\") g", "f(        ) g");
        check("r#\"a\"b\"# x", "         x");
        check("br\"{\" x", "b     x");
        check("'{' '\\'' '\\u{7b}' x", "                  x");
    }

    #[test]
    fn lifetimes_and_raw_names_stay() {
        check("fn f<'a>(r#type: &'a str) {}", "fn f<'a>(r#type: &'a str) {}");
        check("for\"x\"", "for   ");
    }

    #[test]
    fn unfinished_literals_end_with_the_text() {
        for input in ["\"abc", "/* abc", "r#\"abc", "'\\"] {
            assert_eq!(blanked(input).trim(), "", "{input}");
        }
    }

    #[test]
    fn test_modules_are_left_out() {
        let code =
            "use a;\n#[cfg(test)]\nmod tests {\n  use b; { }\n}\nuse c;\n#[cfg(test)]\nmod more;";
        let all = tokens(code);
        let kept: Vec<&str> = without_tests(&all).iter().map(|token| token.text).collect();
        assert!(kept.contains(&"a") && kept.contains(&"c") && kept.contains(&"more"));
        assert!(!kept.contains(&"b"));
    }
}
