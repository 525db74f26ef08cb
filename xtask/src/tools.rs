//! `Tool`: a program that a step needs, how to see that it is there, and what to install when it is not.

use crate::cmd::{Cmd, Outcome};

/// A program that must be there before a step begins.
#[derive(Debug)]
pub(crate) struct Tool {
    /// What the error calls it.
    pub(crate) name: &'static str,
    /// A command that succeeds only where the tool is installed.
    pub(crate) probe: &'static [&'static str],
    /// The command that installs it.
    pub(crate) install: &'static str,
}

/// Fails with the names of all missing tools and how to install them.
pub(crate) fn require(tools: &[Tool]) -> Outcome {
    let missing: Vec<String> = tools
        .iter()
        .filter(|tool| !present(tool))
        .map(|tool| format!("{} is missing; install it with `{}`", tool.name, tool.install))
        .collect();
    if missing.is_empty() { Ok(()) } else { Err(missing.join("\nxtask: ")) }
}

fn present(tool: &Tool) -> bool {
    let Some((program, args)) = tool.probe.split_first() else { return false };
    let probed = Cmd::new(program).args(args.iter().copied()).probe();
    probed.is_ok_and(|output| output.status.success())
}

#[cfg(test)]
mod tests {
    use super::{Tool, require};

    #[test]
    fn a_missing_tool_is_an_error_that_says_what_to_install() {
        let here = Tool { name: "true", probe: &["true"], install: "nothing" };
        let gone =
            Tool { name: "gone", probe: &["no-such-program"], install: "apt-get install gone" };
        let broken =
            Tool { name: "broken", probe: &["false"], install: "rustup component add broken" };
        assert_eq!(require(&[here]), Ok(()));
        let why = require(&[gone, broken]).unwrap_err();
        assert!(why.contains("gone is missing; install it with `apt-get install gone`"), "{why}");
        assert!(why.contains("broken is missing; install it with `rustup component add broken`"));
    }
}
