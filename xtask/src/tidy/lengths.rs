//! Files and functions stay short enough to be read in one go.

use super::finding::Finding;
use super::source::{Token, end_of_block, is_name, tokens};
use super::workspace::{Source, Workspace};

/// Lines of a file at most.
const FILE: usize = 500;

/// Lines of a function at most, from `fn` to its closing brace.
const FUNCTION: usize = 70;

/// Finds files and functions that have grown too long.
pub(crate) fn check(workspace: &Workspace) -> Vec<Finding> {
    workspace.members.iter().flat_map(|member| &member.sources).flat_map(source).collect()
}

fn source(source: &Source) -> Vec<Finding> {
    let mut findings = Vec::new();
    let lines = source.text.lines().count();
    if lines > FILE {
        let advice = format!("{lines} lines, at most {FILE}; give each noun a file of its own");
        findings.push(Finding::new(&source.path, advice));
    }
    for (name, line, lines) in functions(&source.code) {
        if lines > FUNCTION {
            let advice = format!(
                "`{name}` has {lines} lines, at most {FUNCTION}; split it by what its parts do"
            );
            findings.push(Finding::at(&source.path, line, advice));
        }
    }
    findings
}

/// Name, first line and number of lines of each function that has a body.
fn functions(code: &str) -> Vec<(&str, usize, usize)> {
    let tokens = tokens(code);
    let mut found = Vec::new();
    for (at, pair) in tokens.windows(2).enumerate() {
        let [keyword, name] = pair else { continue };
        // A function's type, as in `fn(u8)`, has no name.
        if keyword.text != "fn" || !name.text.starts_with(is_name) {
            continue;
        }
        let Some(open) = body(&tokens, at) else { continue };
        let end = end_of_block(&tokens, open) - 1;
        let last = tokens.get(end).map_or(keyword.line, |token| token.line);
        found.push((name.text, keyword.line, last + 1 - keyword.line));
    }
    found
}

/// The opening brace of the function whose `fn` is at `from`; none for one without a body.
fn body(tokens: &[Token<'_>], from: usize) -> Option<usize> {
    let mut depth = 0_usize;
    for (at, token) in tokens.iter().enumerate().skip(from) {
        match token.text {
            "(" | "[" => depth += 1,
            ")" | "]" => depth = depth.saturating_sub(1),
            "{" if depth == 0 => return Some(at),
            ";" if depth == 0 => return None,
            _ => {}
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::{check, functions};
    use crate::tidy::workspace::{Member, Workspace};

    fn findings(text: &str) -> Vec<String> {
        let mut member = Member { folder: "crates/a".into(), ..Member::default() };
        member.add("src/lib.rs", text);
        let workspace = Workspace { members: vec![member], ..Workspace::default() };
        check(&workspace).iter().map(ToString::to_string).collect()
    }

    #[test]
    fn a_file_of_501_lines_is_found() {
        assert_eq!(findings(&"\n".repeat(500)), Vec::<String>::new());
        assert!(findings(&"\n".repeat(501))[0].contains("501 lines"));
    }

    #[test]
    fn a_function_of_71_lines_is_found() {
        let function = |lines: usize| format!("\nfn long() {{{}}}\n", "\n".repeat(lines - 1));
        assert_eq!(findings(&function(70)), Vec::<String>::new());
        assert!(findings(&function(71))[0].contains("src/lib.rs:2: `long` has 71 lines"));
    }

    #[test]
    fn bodies_are_found_behind_any_signature() {
        let code = "trait T { fn a(&self) -> [u8; 4]; fn b(f: fn(u8)) {\n} }\nfn c<F>(f: F)\nwhere F: Fn() {\n}";
        assert_eq!(functions(code), [("b", 1, 2), ("c", 3, 3)]);
    }

    #[test]
    fn braces_in_text_do_not_count() {
        let text = format!("fn a() {{ \"}}\"; // }}\n{}}}", "\n".repeat(80));
        assert!(findings(&text)[0].contains("82 lines"), "{:?}", findings(&text));
    }
}
