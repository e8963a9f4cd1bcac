//! Reading types and their fields.

use super::text;
use crate::diag::{Code, Diagnostics};
use crate::notation::uniform as notation;
use crate::tree::{Entry, Keys, Node};
use crate::uniform::{Enumeration, Field, Formula, Shape, Ty, Type, TypeId};

/// The types that need no definition.
const BUILT_IN: &[(&str, Ty)] = &[
    ("text", Ty::Text),
    ("bool", Ty::Bool),
    ("int", Ty::Int),
    ("money", Ty::Money),
    ("quantity", Ty::Quantity),
    ("date", Ty::Date),
    ("moment", Ty::Moment),
    ("contact", Ty::Contact),
    ("Operation", Ty::Operation),
];

/// The names that a type may have.
pub(super) struct Names<'n> {
    pub(super) enums: &'n [Enumeration],
    pub(super) types: Vec<&'n str>,
    /// Whether these are all.
    pub(super) whole: bool,
}

/// A type.
pub(super) fn ty(entry: Entry<'_>, names: &Names<'_>, diags: &mut Diagnostics) -> Type {
    if BUILT_IN.iter().any(|(name, _)| *name == entry.key) {
        diags.error(Code::S008, entry.key_span, format!("`{}` is a type that is there already", entry.key));
    } else if let Some(other) = names.enums.iter().find(|item| item.name == entry.key) {
        diags
            .error(Code::S004, entry.key_span, format!("`{}` is an enumeration already", entry.key))
            .secondary(other.span, "the enumeration");
    }
    let keys = notation::ty().expect(entry.value, diags);
    let node = keys.as_ref().map(Keys::node);
    let fields = node.and_then(|node| node.get("fields")?.expect_map("`fields`", diags));
    let fields = fields.unwrap_or_default().into_iter().filter_map(|entry| field(entry, names, diags)).collect();
    let about = node.map(|node| text(node, "about")).unwrap_or_default();
    Type { name: entry.key.to_owned(), about, fields, span: entry.key_span }
}

fn field(entry: Entry<'_>, names: &Names<'_>, diags: &mut Diagnostics) -> Option<Field> {
    let keys = notation::field().expect(entry.value, diags)?;
    let node = keys.node();
    let holders: Vec<Entry<'_>> = node.entries().filter(|entry| notation::HOLDERS.contains(&entry.key)).collect();
    let [holder] = holders[..] else {
        diags.error(Code::S007, entry.key_span, "a field has exactly one of `type`, `list` and `set`");
        return None;
    };
    let ty = type_named(holder.value, names, diags)?;
    let optional = node.get("optional").and_then(|node| node.expect_bool("`optional`", diags)).unwrap_or(false);
    let shape = match (holder.key, optional) {
        ("list", _) => Shape::List,
        ("set", _) => Shape::Set,
        (_, true) => Shape::Optional,
        (_, false) => Shape::One,
    };
    if shape == Shape::Set && !matches!(ty, Ty::Enum(_)) {
        diags.error(Code::S008, holder.value.span(), "a set is of an enumeration");
    }
    let own = node.get("own").and_then(|node| node.expect_bool("`own`", diags)).unwrap_or(false);
    let derived = formula(node, "derived", diags);
    if let (true, Some(at)) = (own, node.entry("derived")) {
        let message = format!("`{}` is computed, so it is not stated as Kassa's own", entry.key);
        diags.error(Code::S008, at.key_span, message).help("leave out `own` or `derived`");
    }
    Some(Field {
        name: entry.key.to_owned(),
        ty,
        shape,
        tag: text(node, "tag"),
        about: text(node, "about"),
        own,
        derived,
        otherwise: formula(node, "otherwise", diags),
        default: default(node, ty, diags),
        min: limit(node, "min", diags),
        max: limit(node, "max", diags),
        max_length: max_length(node, diags),
        pattern: pattern(node, diags),
        warns: warns(node, diags),
        span: entry.key_span,
    })
}

fn type_named(node: Node<'_>, names: &Names<'_>, diags: &mut Diagnostics) -> Option<Ty> {
    let name = node.expect_text("the type of a field", diags)?;
    let built_in = BUILT_IN.iter().find(|(built_in, _)| *built_in == name).map(|(_, ty)| *ty);
    let found = built_in
        .or_else(|| names.enums.iter().position(|item| item.name == name).map(Ty::Enum))
        .or_else(|| names.types.iter().position(|ty| *ty == name).map(|index| Ty::Struct(TypeId(index))));
    if found.is_none() && names.whole {
        let built_in = BUILT_IN.iter().map(|(name, _)| *name);
        let known = built_in.chain(names.types.iter().copied()).chain(names.enums.iter().map(|e| e.name.as_str()));
        diags.unknown(Code::M005, node.span(), format!("no such type: `{name}`"), name, known);
    }
    found
}

fn formula(node: Node<'_>, key: &str, diags: &mut Diagnostics) -> Option<Formula> {
    let node = node.get(key)?;
    let keys = notation::formula().expect(node, diags)?;
    let map = keys.node();
    if let Some(path) = map.get("sum").and_then(Node::as_text)
        && let Some((list, field)) = path.split_once('.')
    {
        return Some(Formula::Sum(list.to_owned(), field.to_owned()));
    }
    let pair = |key: &str| match map.items_of(key).collect::<Vec<_>>()[..] {
        [a, b] => Some((a.as_text()?.to_owned(), b.as_text()?.to_owned())),
        _ => None,
    };
    if let Some((a, b)) = pair("product") {
        return Some(Formula::Product(a, b));
    }
    if let Some((amount, rate)) = pair("tax") {
        return Some(Formula::Tax(amount, rate));
    }
    let message = "a formula is `sum: list.field`, `product: [price, quantity]` or `tax: [total, vat]`";
    diags.error(Code::S003, node.span(), message);
    None
}

/// Whether an absent value is no money; nothing else has a default.
fn default(node: Node<'_>, ty: Ty, diags: &mut Diagnostics) -> bool {
    let Some(at) = node.get("default") else { return false };
    if ty != Ty::Money || at.as_scalar().as_deref() != Some("0") {
        diags.error(Code::S003, at.span(), "a default is of money, and is \"0\"");
    }
    true
}

/// `min` or `max`: a number, in digits.
fn limit(node: Node<'_>, key: &str, diags: &mut Diagnostics) -> Option<String> {
    let node = node.get(key)?;
    let text = node.as_scalar();
    let digits = |part: &str| !part.is_empty() && part.bytes().all(|b| b.is_ascii_digit());
    let number = text.as_deref().is_some_and(|text| {
        let unsigned = text.strip_prefix('-').unwrap_or(text);
        let (whole, fraction) = unsigned.split_once('.').unwrap_or((unsigned, "0"));
        digits(whole) && digits(fraction)
    });
    if !number {
        let found = text.map_or_else(|| node.kind().to_owned(), |text| format!("`{text}`"));
        diags.error(
            Code::S003,
            node.span(),
            format!("`{key}` has to be a number such as \"0.01\", and this is {found}"),
        );
        return None;
    }
    text
}

fn max_length(node: Node<'_>, diags: &mut Diagnostics) -> Option<i64> {
    let node = node.get("max_length")?;
    let value = node.expect_int("`max_length`", diags)?;
    if value < 1 {
        diags.error(Code::S003, node.span(), "`max_length` has to be at least 1");
        return None;
    }
    Some(value)
}

/// Whether breaking the limits of a field warns; without limits there is nothing to warn of.
fn warns(node: Node<'_>, diags: &mut Diagnostics) -> bool {
    let Some(at) = node.entry("severity") else { return false };
    let severity = at.value.expect_text("`severity`", diags);
    if severity.is_some_and(|severity| severity != "warn") {
        diags.error(Code::S003, at.value.span(), "a severity is `warn`; without one, breaking a limit is an error");
    } else if !["min", "max", "max_length", "pattern"].iter().any(|limit| node.get(limit).is_some()) {
        let message = "there is no limit here that could be broken";
        diags.error(Code::S008, at.key_span, message).help("leave out `severity`, or state a limit");
    }
    severity.is_some()
}

/// A regular expression that the runtime can compile.
fn pattern(node: Node<'_>, diags: &mut Diagnostics) -> Option<String> {
    let node = node.get("pattern")?;
    let text = node.expect_text("`pattern`", diags)?;
    if let Err(error) = regex::Regex::new(text) {
        // The last line of its message says what is wrong; those above draw the expression.
        let why = error.to_string();
        let why = why.lines().last().unwrap_or_default();
        let why = why.strip_prefix("error: ").unwrap_or(why);
        diags.error(Code::S003, node.span(), format!("this is no regular expression: {why}"));
        return None;
    }
    Some(text.to_owned())
}
