//! The rules that a resolved mapping has to keep: one rule, one file. What names nothing (M005), has no such code (M009),
//! the wrong type (M010) or a lossy unit (M011) is found while resolving.

mod m001;
mod m002;
mod m003;
mod m004;
mod m006;
mod m007;
mod m008;
mod m012;
mod m013;
mod pages;
mod with;

use crate::diag::Diagnostics;
use crate::model::Plan;
use crate::uniform::Uniform;

/// Holds `plan` against every rule.
pub fn check(plan: &Plan, uniform: &Uniform, diags: &mut Diagnostics) {
    for rule in [
        m001::check,
        m002::check,
        m003::check,
        m004::check,
        m006::check,
        m007::check,
        m008::check,
        m012::check,
        m013::check,
        pages::check,
        with::check,
    ] {
        rule(plan, uniform, diags);
    }
}
