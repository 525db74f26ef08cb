//! What a sum of observations may be: in OpenMetrics it is a counter.

use crate::dialect::Dialect;
use crate::error::Rule;
use crate::number::Value;

/// The rule that `sum` breaks, if it is the sum of a histogram or summary.
pub(crate) const fn broken_rule(sum: Value, dialect: Dialect) -> Option<Rule> {
    if !dialect.is_open_metrics() {
        None
    } else if sum.is_nan() {
        Some(Rule::SumNan)
    } else if sum.is_negative() {
        Some(Rule::SumNegative)
    } else {
        None
    }
}
