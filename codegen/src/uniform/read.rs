//! Reading `specs/uniform/`.

use super::{Class, Enumeration, Field, Formula, Operation, OperationKind, Shape, Ty, Type, TypeId, Uniform, Value};
use crate::diag::{Code, Diagnostics};
use crate::source::{Entry, Node};

/// The files of the uniform model, as they are read.
#[derive(Debug)]
pub struct Files<'n> {
    /// `enumerations.yaml`.
    pub enumerations: Option<&'n Node>,
    /// `types.yaml`.
    pub types: Option<&'n Node>,
    /// `operations.yaml`.
    pub operations: Option<&'n Node>,
    /// `errors.yaml`.
    pub errors: Option<&'n Node>,
}

/// Reads the model.
pub fn read(files: &Files<'_>, diags: &mut Diagnostics) -> Uniform {
    let mut uniform = Uniform::default();
    for entry in map(files.enumerations, "the enumerations", diags) {
        if let Some(item) = enumeration(entry, diags) {
            uniform.enums.push(item);
        }
    }
    let types = map(files.types, "the types", diags);
    let names: Vec<&str> = types.iter().map(|entry| entry.key.as_str()).collect();
    for entry in types {
        let ty = ty(entry, &names, &uniform.enums, diags);
        uniform.types.push(ty);
    }
    check_formulas(&uniform, diags);
    for entry in map(files.operations, "the operations", diags) {
        if let Some(operation) = operation(entry, &uniform, diags) {
            uniform.operations.push(operation);
        }
    }
    for entry in map(files.errors, "the error classes", diags) {
        if let Some(class) = class(entry, diags) {
            uniform.classes.push(class);
        }
    }
    for name in ["outcome_unknown", "in_progress"] {
        if let Some(file) = files.errors
            && !uniform.classes.iter().any(|class| class.name == name)
        {
            diags.error(
                Code::S008,
                file.head(),
                format!("the error classes need `{name}`: replies without a rule are of it"),
            );
        }
    }
    uniform
}

fn map<'n>(node: Option<&'n Node>, what: &str, diags: &mut Diagnostics) -> &'n [Entry] {
    node.and_then(|node| node.expect_map(what, diags)).unwrap_or_default()
}

fn text(node: &Node, key: &str) -> String {
    node.get(key).and_then(Node::as_scalar).unwrap_or_default()
}

fn enumeration(entry: &Entry, diags: &mut Diagnostics) -> Option<Enumeration> {
    let node = &entry.value;
    node.expect_keys("an enumeration", &["tag", "en", "ru", "about", "source", "values"], diags)?;
    let mut values: Vec<Value> = Vec::new();
    for item in node.expect("an enumeration", "values", diags)?.expect_map("the values", diags)? {
        if let Some(value) = value(item, diags) {
            values.push(value);
        }
    }
    for value in &values {
        if let Some(name) = &value.returns
            && !values.iter().any(|other| &other.name == name)
        {
            let known = values.iter().map(|other| other.name.as_str());
            diags.unknown(
                Code::M005,
                value.span,
                format!("`{}` returns `{name}`, which is no value", value.name),
                name,
                known,
            );
        }
    }
    Some(Enumeration {
        name: entry.key.clone(),
        tag: text(node, "tag"),
        en: text(node, "en"),
        ru: text(node, "ru"),
        about: text(node, "about"),
        values,
        span: entry.key_span,
    })
}

fn value(entry: &Entry, diags: &mut Diagnostics) -> Option<Value> {
    let node = &entry.value;
    let known = ["code", "en", "ru", "since", "until", "ffd", "returns", "rate", "note", "source"];
    node.expect_keys("a value", &known, diags)?;
    let code = node.expect("a value", "code", diags)?.expect_int("`code`", diags)?;
    let mut day = |key: &str| {
        let node = node.get(key)?;
        let day = node.as_text().and_then(parse_day);
        if day.is_none() {
            diags.error(Code::S003, node.span, format!("`{key}` has to be a day such as \"2026-01-01\""));
        }
        day
    };
    let (since, until) = (day("since"), day("until"));
    let rate = node.get("rate").and_then(|rate| {
        rate.expect_keys("a rate", &["percent", "of"], diags)?;
        let percent = rate.expect("a rate", "percent", diags)?.expect_int("`percent`", diags)?;
        Some((percent, rate.get("of").and_then(Node::as_int)))
    });
    Some(Value {
        name: entry.key.clone(),
        code,
        en: text(node, "en"),
        ru: text(node, "ru"),
        since,
        until,
        ffd: node.get("ffd").map_or(&[][..], Node::items).iter().filter_map(Node::as_scalar).collect(),
        returns: node.get("returns").and_then(Node::as_scalar),
        rate,
        note: text(node, "note"),
        span: entry.key_span,
    })
}

fn parse_day(text: &str) -> Option<super::Day> {
    let mut parts = text.split('-');
    let day = (parts.next()?.parse().ok()?, parts.next()?.parse().ok()?, parts.next()?.parse().ok()?);
    (parts.next().is_none() && (1..=12).contains(&day.1) && (1..=31).contains(&day.2)).then_some(day)
}

fn ty(entry: &Entry, names: &[&str], enums: &[Enumeration], diags: &mut Diagnostics) -> Type {
    let node = &entry.value;
    node.expect_keys("a type", &["about", "fields"], diags);
    let fields = node.expect("a type", "fields", diags).and_then(|fields| fields.expect_map("`fields`", diags));
    let fields = fields.unwrap_or_default().iter().filter_map(|entry| field(entry, names, enums, diags)).collect();
    Type { name: entry.key.clone(), about: text(node, "about"), fields, span: entry.key_span }
}

fn field(entry: &Entry, names: &[&str], enums: &[Enumeration], diags: &mut Diagnostics) -> Option<Field> {
    let node = &entry.value;
    let known = [
        "type",
        "list",
        "set",
        "optional",
        "tag",
        "about",
        "own",
        "derived",
        "otherwise",
        "default",
        "min",
        "max",
        "max_length",
        "pattern",
    ];
    node.expect_keys("a field", &known, diags)?;
    let holders: Vec<&Entry> =
        node.entries().iter().filter(|entry| matches!(entry.key.as_str(), "type" | "list" | "set")).collect();
    let [holder] = holders[..] else {
        diags.error(Code::S007, entry.key_span, "a field has exactly one of `type`, `list` and `set`");
        return None;
    };
    let name = holder.value.expect_text("the type of a field", diags)?;
    let ty = match name {
        "text" => Ty::Text,
        "bool" => Ty::Bool,
        "int" => Ty::Int,
        "money" => Ty::Money,
        "quantity" => Ty::Quantity,
        "date" => Ty::Date,
        "moment" => Ty::Moment,
        "contact" => Ty::Contact,
        "Operation" => Ty::Operation,
        _ => {
            let found = enums.iter().position(|item| item.name == name).map(Ty::Enum);
            let found = found.or_else(|| names.iter().position(|n| *n == name).map(|n| Ty::Struct(TypeId(n))));
            if found.is_none() {
                let plain = ["text", "bool", "int", "money", "quantity", "date", "moment", "contact"];
                let known = plain.into_iter().chain(names.iter().copied()).chain(enums.iter().map(|e| e.name.as_str()));
                diags.unknown(Code::M005, holder.value.span, format!("no such type: `{name}`"), name, known);
            }
            found?
        }
    };
    let optional = node.get("optional").and_then(|node| node.expect_bool("`optional`", diags)).unwrap_or(false);
    let shape = match (holder.key.as_str(), optional) {
        ("list", _) => Shape::List,
        ("set", _) => Shape::Set,
        (_, true) => Shape::Optional,
        (_, false) => Shape::One,
    };
    if shape == Shape::Set && !matches!(ty, Ty::Enum(_)) {
        diags.error(Code::S008, holder.value.span, "a set is of an enumeration");
    }
    let formula = |key: &str, diags: &mut Diagnostics| {
        let node = node.get(key)?;
        node.expect_keys("a formula", &["sum", "product"], diags)?;
        if let Some(path) = node.get("sum").and_then(Node::as_text)
            && let Some((list, field)) = path.split_once('.')
        {
            return Some(Formula::Sum(list.to_owned(), field.to_owned()));
        }
        if let Some([a, b]) = node.get("product").map(Node::items)
            && let (Some(a), Some(b)) = (a.as_text(), b.as_text())
        {
            return Some(Formula::Product(a.to_owned(), b.to_owned()));
        }
        diags.error(Code::S003, node.span, "a formula is `sum: list.field` or `product: [price, quantity]`");
        None
    };
    Some(Field {
        name: entry.key.clone(),
        ty,
        shape,
        tag: text(node, "tag"),
        about: text(node, "about"),
        own: node.get("own").and_then(|node| node.expect_bool("`own`", diags)).unwrap_or(false),
        derived: formula("derived", diags),
        otherwise: formula("otherwise", diags),
        default: node.get("default").is_some(),
        min: node.get("min").and_then(Node::as_scalar),
        max: node.get("max").and_then(Node::as_scalar),
        max_length: node.get("max_length").and_then(|node| node.expect_int("`max_length`", diags)),
        pattern: node.get("pattern").and_then(Node::as_scalar),
        span: entry.key_span,
    })
}

/// Formulas name money and quantity fields that are there.
fn check_formulas(uniform: &Uniform, diags: &mut Diagnostics) {
    let find =
        |ty: &Type, name: &str| ty.fields.iter().find(|field| field.name == name).map(|field| (field.ty, field.shape));
    for ty in &uniform.types {
        for field in &ty.fields {
            for formula in [&field.derived, &field.otherwise].into_iter().flatten() {
                let sound = match formula {
                    Formula::Product(a, b) => {
                        matches!(
                            (find(ty, a), find(ty, b)),
                            (Some((Ty::Money, Shape::One)), Some((Ty::Quantity, Shape::One)))
                        )
                    }
                    Formula::Sum(list, name) => match find(ty, list) {
                        Some((Ty::Struct(id), Shape::List)) => {
                            matches!(find(uniform.ty(id), name), Some((Ty::Money, _)))
                        }
                        _ => false,
                    },
                };
                if !sound || field.ty != Ty::Money {
                    let message = "a formula is of money: the sum of a money field over a list, or money × quantity";
                    diags.error(Code::S008, field.span, message);
                }
            }
        }
    }
}

fn operation(entry: &Entry, uniform: &Uniform, diags: &mut Diagnostics) -> Option<Operation> {
    let node = &entry.value;
    node.expect_keys("an operation", &["kind", "input", "output", "about"], diags)?;
    let kind_node = node.expect("an operation", "kind", diags)?;
    let kind = match kind_node.as_text() {
        Some("submit") => OperationKind::Submit,
        Some("inquire") => OperationKind::Inquire,
        _ => {
            diags.error(Code::S003, kind_node.span, "`kind` is `submit` or `inquire`");
            return None;
        }
    };
    let mut ty = |key: &str| {
        let node = node.expect("an operation", key, diags)?;
        let name = node.expect_text("a type", diags)?;
        let id = uniform.type_named(name);
        if id.is_none() {
            let known = uniform.types.iter().map(|ty| ty.name.as_str());
            diags.unknown(Code::M005, node.span, format!("no such type: `{name}`"), name, known);
        }
        id
    };
    let (input, output) = (ty("input")?, ty("output")?);
    Some(Operation { name: entry.key.clone(), kind, input, output, about: text(node, "about"), span: entry.key_span })
}

fn class(entry: &Entry, diags: &mut Diagnostics) -> Option<Class> {
    let node = &entry.value;
    node.expect_keys("an error class", &["means", "repeat", "elsewhere", "about"], diags)?;
    let mut one_of = |key: &str, choices: &[&str]| {
        let node = node.expect("an error class", key, diags)?;
        let text = node.as_text().filter(|text| choices.contains(text)).map(str::to_owned);
        if text.is_none() {
            diags.error(Code::S003, node.span, format!("`{key}` is one of {}", choices.join(", ")));
        }
        text
    };
    let means = one_of("means", &["rejected", "pending", "doubt"])?;
    let repeat = one_of("repeat", &["never", "backoff", "ask"])?;
    let elsewhere_node = node.expect("an error class", "elsewhere", diags)?;
    let elsewhere = elsewhere_node.expect_bool("`elsewhere`", diags)?;
    if elsewhere && means != "rejected" {
        diags.error(Code::S008, elsewhere_node.span, "only what is surely rejected may go to another account");
    }
    Some(Class { name: entry.key.clone(), means, repeat, elsewhere, about: text(node, "about"), span: entry.key_span })
}
