//! `Options`: what a process of a storm is told, as `key=value` arguments.

use std::collections::BTreeMap;
use std::fmt::Display;
use std::path::PathBuf;
use std::str::FromStr;
use std::time::Duration;

use crate::storm::outcome::Outcome;

/// The arguments behind `--role NAME`.
#[derive(Clone, Debug, Default)]
pub(crate) struct Options(BTreeMap<String, String>);

impl Options {
    pub(crate) fn parse(args: &[&str]) -> Outcome<Self> {
        let split = |arg: &&str| {
            let (key, value) =
                arg.split_once('=').ok_or_else(|| format!("not an option: {arg}"))?;
            Ok((key.to_owned(), value.to_owned()))
        };
        Ok(Self(args.iter().map(split).collect::<Outcome<_>>()?))
    }

    pub(crate) fn set(&mut self, key: &str, value: impl Display) {
        self.0.insert(key.into(), value.to_string());
    }

    pub(crate) fn join(&mut self, other: Self) {
        self.0.extend(other.0);
    }

    pub(crate) fn args(&self) -> impl Iterator<Item = String> + '_ {
        self.0.iter().map(|(key, value)| format!("{key}={value}"))
    }

    pub(crate) fn text(&self, key: &str) -> Outcome<&str> {
        Ok(self.0.get(key).ok_or_else(|| format!("no option {key}"))?)
    }

    pub(crate) fn path(&self, key: &str) -> Outcome<PathBuf> {
        self.text(key).map(PathBuf::from)
    }

    pub(crate) fn millis(&self, key: &str) -> Outcome<Duration> {
        self.number(key).map(Duration::from_millis)
    }

    pub(crate) fn number<N: FromStr>(&self, key: &str) -> Outcome<N> {
        let text = self.text(key)?;
        text.parse().map_err(|_| format!("not a number: {key}={text}").into())
    }
}
