//! What the encoder writes for arbitrary families comes back as it was.

use prom_format::Value;
use proptest::prelude::*;

use crate::parse::any_plan::check_any_plan;
use crate::parse::contents::Number;
use crate::parse::plan::{KINDS, Kind, Plan};

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn arbitrary_families(bytes in prop::collection::vec(any::<u8>(), 0..1_500)) {
        check_any_plan(&bytes);
    }
}

/// What the test above proves depends on what its plans hold.
#[test]
fn plans_reach_everything() {
    let mut state = 1_u64;
    let mut byte = || {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
        state.to_le_bytes()[7]
    };
    let plans: Vec<Plan> =
        (0..50).map(|_| Plan::new(&(0..1_000).map(|_| byte()).collect::<Vec<_>>(), true)).collect();
    let families = || plans.iter().flat_map(|plan| &plan.families);
    let points = |kind: Kind| {
        families().filter(move |family| family.kind == kind).flat_map(|family| &family.points)
    };
    for kind in KINDS {
        assert!(points(kind).count() > 10, "{kind:?}");
    }
    let mut histograms = points(Kind::Histogram);
    assert!(histograms.any(|p| p.sum.is_some() && p.created.is_some() && !p.steps.is_empty()));
    assert!(points(Kind::GaugeHistogram).any(|p| p.steps.iter().any(|(b, _)| b.value() < 0.0)));
    assert!(points(Kind::Counter).any(|p| p.exemplar.is_some() && p.millis.is_some()));
    assert!(points(Kind::Summary).any(|p| p.quantiles().count() > 1));
    assert!(points(Kind::StateSet).any(|p| p.states.len() > 1));
    let mut values = points(Kind::Gauge).flat_map(|p| &p.labels).map(|(_, value)| value);
    assert!(values.any(|value| value.contains('"') && value.contains('\\')));
    let mut names = families().map(|family| &family.name);
    assert!(names.any(|name| name.contains('\n')) && names.any(|name| name.contains('"')));
    assert!(families().any(|f| f.help.as_ref().is_some_and(|help| help.contains('\0'))));
}

/// The comparison above must know which floats have the text of an integer; random bytes meet the
/// narrow range at its edge once in millions of cases.
#[test]
fn a_float_of_sixteen_digits_reads_as_an_integer() {
    for value in [0.5, -9e15, 9_007_199_254_740_994.0, 9_356_881_777_493_374.0, 1e16, 1e300] {
        let value = Value::Float(value);
        let text = value.to_string();
        assert_eq!(Number::read(text.parse().unwrap(), &text), Number::new(value), "{text}");
    }
}
