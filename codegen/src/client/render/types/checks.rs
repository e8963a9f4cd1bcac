//! What holds values against the constraints of their document.

use super::Types;
use crate::client::model::{Shape, TypeDef, TypeKind, Use};
use crate::client::render::writer::{Writer, literal};
use crate::client::rules::Rules;

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
    let mut all = of.rules.as_deref().map(|rules| held(types, rules)).unwrap_or_default();
    let within = |item: &Use| Some(checks(types, item)).filter(|inner| !inner.is_empty()).map(|inner| rule(&inner));
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

/// Writes what holds every value of a type.
pub(super) fn own_rules(w: &mut Writer, types: Types<'_>, ty: &TypeDef) {
    for rule in ty.rules.iter().flat_map(|rules| held(types, rules)) {
        w.line(&format!("{rule};"));
    }
}

/// What holds a value against rules.
pub(super) fn held(types: Types<'_>, rules: &Rules) -> Vec<String> {
    let literals =
        |texts: &[String]| format!("&[{}]", texts.iter().map(|text| literal(text)).collect::<Vec<_>>().join(", "));
    let mut all: Vec<String> = rules_literal(rules).map(|rules| format!("at.hold(&{rules})")).into_iter().collect();
    if !rules.one_of.is_empty() {
        all.push(format!("at.one_of({})", literals(&rules.one_of)));
    }
    all.extend(rules.names.iter().map(|names| format!("at.names({})", rule(&held(types, names)))));
    all.extend(rules.required.iter().map(|name| format!("at.required({})", literal(name))));
    for (name, others) in &rules.dependent {
        all.push(format!("at.with({}, {})", literal(name), literals(others)));
    }
    for sets in &rules.either {
        all.push(format!("at.either(&[{}])", sets.iter().map(|names| literals(names)).collect::<Vec<_>>().join(", ")));
    }
    for contains in &rules.contains {
        let name = types.name(&Use::new(contains.shape.clone()));
        let rule = rule(&held(types, &contains.rules));
        all.push(format!("at.contains::<{name}>({}, {:?}, {rule})", contains.min, contains.max));
    }
    all
}

/// A closure of statements.
pub(super) fn rule(statements: &[String]) -> String {
    match statements {
        [] => "|_| {}".to_owned(),
        [only] => match only.strip_suffix("::check(at)") {
            Some(ty) if !ty.contains(['|', '(']) => format!("{ty}::check"),
            _ => format!("|at| {only}"),
        },
        several => format!("|at| {{ {}; }}", several.join("; ")),
    }
}

/// What `Rules` says; `None` if it is nothing.
fn rules_literal(rules: &Rules) -> Option<String> {
    let mut parts = Vec::new();
    let mut add = |name: &str, value: Option<String>| parts.extend(value.map(|value| format!("{name}: {value}")));
    let count = |count: Option<u64>| count.map(|count| format!("Some({count})"));
    let text = |text: &Option<String>| text.as_deref().map(|text| format!("Some({})", literal(text)));
    let texts = |texts: &[String]| {
        let all: Vec<String> = texts.iter().map(|text| literal(text)).collect();
        (!all.is_empty()).then(|| format!("&[{}]", all.join(", ")))
    };
    add("min_length", count(rules.min_length));
    add("max_length", count(rules.max_length));
    let (held, written): (Vec<String>, Vec<String>) =
        rules.patterns.iter().map(|pattern| (pattern.held.clone(), pattern.written.clone())).unzip();
    add("patterns", texts(&held));
    add("written", texts(&written).filter(|_| held != written));
    add("minimum", text(&rules.minimum));
    add("maximum", text(&rules.maximum));
    add("above", text(&rules.above));
    add("below", text(&rules.below));
    add("multiples_of", texts(&rules.multiples_of));
    add("min_items", count(rules.min_items));
    add("max_items", count(rules.max_items));
    add("unique", rules.unique.then(|| "true".to_owned()));
    add("min_entries", count(rules.min_entries));
    add("max_entries", count(rules.max_entries));
    (!parts.is_empty()).then(|| format!("Rules {{ {}, ..Rules::NONE }}", parts.join(", ")))
}
