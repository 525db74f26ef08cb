//! `SanitizedNames`: the table that notices when two texts are sanitised to one name.

use alloc::collections::BTreeMap;
use alloc::string::String;
use core::error::Error;
use core::fmt;

/// Remembers which text each sanitised name came from.
///
/// Sanitising is not injective: `a.b` and `a-b` both become `a_b`, and two families of that name
/// would be one to every reader.
///
/// ```
/// use prom_format::{SanitizedNames, sanitize_metric_name};
///
/// let mut names = SanitizedNames::new();
/// let mut insert = |raw| names.insert(raw, &sanitize_metric_name(raw).unwrap());
/// insert("a.b").unwrap();
/// insert("a.b").unwrap();
/// let collision = insert("a-b").unwrap_err();
/// assert_eq!(collision.to_string(), r#""a-b" and "a.b" are both written as "a_b""#);
/// ```
#[derive(Clone, Debug, Default)]
pub struct SanitizedNames {
    raw_by_name: BTreeMap<String, String>,
}

impl SanitizedNames {
    /// An empty table.
    #[must_use]
    pub const fn new() -> Self {
        Self { raw_by_name: BTreeMap::new() }
    }

    /// Notes that `raw` is written as `name`. The same pair may come again.
    ///
    /// # Errors
    ///
    /// If another text is written as `name` already. The table keeps the earlier text.
    pub fn insert(&mut self, raw: &str, name: &str) -> Result<(), Collision> {
        match self.raw_by_name.get(name) {
            Some(earlier) if earlier == raw => Ok(()),
            Some(earlier) => {
                Err(Collision { raw: raw.into(), earlier: earlier.clone(), name: name.into() })
            }
            None => {
                self.raw_by_name.insert(name.into(), raw.into());
                Ok(())
            }
        }
    }
}

/// Two texts that are sanitised to one name.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Collision {
    raw: String,
    earlier: String,
    name: String,
}

impl Collision {
    /// The text that came second.
    #[must_use]
    pub fn raw(&self) -> &str {
        &self.raw
    }

    /// The text that came first.
    #[must_use]
    pub fn earlier(&self) -> &str {
        &self.earlier
    }

    /// The name both are written as.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.name
    }
}

impl fmt::Display for Collision {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:?} and {:?} are both written as {:?}", self.raw, self.earlier, self.name)
    }
}

impl Error for Collision {}

#[cfg(test)]
mod tests {
    use super::SanitizedNames;

    #[test]
    fn the_earlier_text_keeps_the_name() {
        let mut names = SanitizedNames::new();
        assert_eq!(names.insert("a.b", "a_b"), Ok(()));
        let collision = names.insert("a_b", "a_b").unwrap_err();
        assert_eq!((collision.raw(), collision.earlier(), collision.name()), ("a_b", "a.b", "a_b"));
        assert_eq!(names.insert("a.b", "a_b"), Ok(()));
        assert_eq!(names.insert("a.c", "a_c"), Ok(()));
    }
}
