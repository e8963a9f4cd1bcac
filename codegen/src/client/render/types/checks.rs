//! What holds values against the constraints of their document.

use super::Types;
use crate::client::model::{Rules, Shape, TypeKind, Use};
use crate::client::render::writer::{Writer, literal};

/// Writes `head|at| …);`, of no statements nothing.
pub(super) fn closure(w: &mut Writer, head: &str, rules: &[String]) {
    match rules {
        [] => {}
        [only] => match only.strip_suffix("::check(at)") {
            Some(ty) if !ty.contains(['|', '(']) => w.line(&format!("{head}{ty}::check);")),
            _ => w.closure(&format!("{head}|at| {only});")),
        },
        several => {
            w.open(&format!("{head}|at| {{"));
            for rule in several {
                w.line(&format!("{rule};"));
            }
            w.close("});");
        }
    }
}

/// What holds a value at `at` against the constraints of a shape.
pub(in super::super) fn checks(types: Types<'_>, of: &Use) -> Vec<String> {
    let mut all = Vec::new();
    if let Some(rules) = &of.rules {
        all.push(format!("at.hold(&{})", rules_literal(rules)));
    }
    let within = |item: &Use| -> Option<String> {
        let inner = checks(types, item);
        match inner.as_slice() {
            [] => None,
            [only] => Some(match only.strip_suffix("::check(at)") {
                Some(ty) if !ty.contains(['|', '(']) => format!("{ty}::check"),
                _ => format!("|at| {only}"),
            }),
            several => Some(format!("|at| {{ {}; }}", several.join("; "))),
        }
    };
    match &of.shape {
        Shape::Named(id) => {
            let ty = types.get(*id);
            match &ty.kind {
                TypeKind::Alias { of, own: false } if ty.constrained => all.extend(checks(types, of)),
                _ if ty.constrained => all.push(format!("{}::check(at)", ty.rust)),
                _ => {}
            }
        }
        Shape::List(item) => all.extend(within(item).map(|rule| format!("at.each({rule})"))),
        Shape::Map(value) => all.extend(within(value).map(|rule| format!("at.values(&[], {rule})"))),
        _ => {}
    }
    all
}

fn rules_literal(rules: &Rules) -> String {
    let mut parts = Vec::new();
    let mut add = |name: &str, value: Option<String>| parts.extend(value.map(|value| format!("{name}: Some({value})")));
    let float =
        |text: &Option<String>| text.as_deref().and_then(|text| text.parse::<f64>().ok()).map(|n| format!("{n:?}"));
    add("min_length", rules.min_length.map(|n| n.to_string()));
    add("max_length", rules.max_length.map(|n| n.to_string()));
    add("pattern", rules.pattern.as_deref().map(literal));
    add("minimum", float(&rules.minimum));
    add("maximum", float(&rules.maximum));
    add("above", float(&rules.above));
    add("below", float(&rules.below));
    add("multiple_of", rules.multiple_of.as_deref().map(literal));
    add("min_items", rules.min_items.map(|n| n.to_string()));
    add("max_items", rules.max_items.map(|n| n.to_string()));
    if rules.unique {
        parts.push("unique: true".to_owned());
    }
    format!("Rules {{ {}, ..Rules::NONE }}", parts.join(", "))
}
