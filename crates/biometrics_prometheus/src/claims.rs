//! `Claims`: which sensor a name in the text belongs to. Pure.

use std::collections::HashMap;

use crate::error::Error;
use crate::sensor::Kind;

/// The names of families and samples that are taken.
///
/// Names are sanitised, so `a.b` and `a-b` meet in `a_b`; and a histogram `a` writes samples
/// `a_count`, which no other sensor may. A second sensor with the same label and of the same kind
/// is the same family, as it is in `biometrics`.
#[derive(Debug, Default)]
pub(crate) struct Claims {
    owners: HashMap<String, (&'static str, Kind)>,
}

impl Claims {
    /// Takes all the names for the sensor, or none.
    pub(crate) fn claim(
        &mut self,
        label: &'static str,
        kind: Kind,
        names: Vec<String>,
    ) -> Result<(), Error> {
        for name in &names {
            if let Some((owner, of)) = self.owners.get(name)
                && (*owner, *of) != (label, kind)
            {
                return Err(Error::collision(label, owner, name));
            }
        }
        self.owners.extend(names.into_iter().map(|name| (name, (label, kind))));
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn names(names: &[&str]) -> Vec<String> {
        names.iter().map(|name| (*name).to_owned()).collect()
    }

    #[test]
    fn a_name_has_one_owner_and_a_refused_claim_takes_nothing() {
        let mut claims = Claims::default();
        claims.claim("a.b", Kind::Counter, names(&["a_b"])).unwrap();
        claims.claim("a.b", Kind::Counter, names(&["a_b"])).unwrap();
        let error = claims.claim("a-b", Kind::Counter, names(&["x", "a_b"])).unwrap_err();
        assert_eq!(("a-b", Some("a.b")), (error.sensor(), error.collides_with()));
        assert_eq!(
            r#"cannot emit sensor "a-b": sensor "a.b" is written as "a_b" already"#,
            error.to_string()
        );
        assert!(claims.claim("a.b", Kind::Gauge, names(&["a_b"])).is_err(), "another type");
        claims.claim("x", Kind::Gauge, names(&["x"])).unwrap();
    }
}
