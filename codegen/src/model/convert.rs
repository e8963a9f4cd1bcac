//! Which conversions there are between the model and the wire, and which one a line asks for.

use super::OffsetPlan;
use crate::diag::{Code, Diagnostics};
use crate::mapping::Word;
use crate::source::Span;
use crate::spec::{Api, Schema, SchemaKind, TypeKind};
use crate::uniform::{Field, Shape, Ty};

/// What is done with digits that would be lost.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Inexact {
    /// The value is refused.
    Refuse,
    /// It is rounded.
    RoundHalfUp,
}

/// Which contacts a field takes, and how a phone is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ContactUnit {
    /// E-mail addresses.
    Email,
    /// Phones with a plus.
    PhonePlus,
    /// Russian phones without a plus.
    PhoneSeven,
    /// Both, phones with a plus.
    EitherPlus,
    /// Both, Russian phones without a plus.
    EitherSeven,
}

/// A conversion, with its inverse.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Convert {
    /// Text as it is, within these limits.
    Text(Option<u64>, Option<u64>),
    /// True or false as it is.
    Bool,
    /// A whole number as it is.
    Int,
    /// A whole number as text or number.
    Digits,
    /// A fixed-point number as a whole number of 10^-places.
    Scaled(u32, Inexact),
    /// A fixed-point number as a JSON number.
    Number(u32, Inexact),
    /// A fixed-point number as decimal text.
    Decimal(u32, Inexact),
    /// A value by a table.
    Table(usize),
    /// A set as a bit mask by a table.
    Mask(usize),
    /// The only value of a set by a table.
    Only(usize),
    /// A contact.
    Contact(ContactUnit),
    /// A list of texts as it is.
    Texts,
    /// A date and time.
    Moment(OffsetPlan),
}

/// What a line says about a conversion.
pub(super) struct Asked<'w> {
    pub(super) table: Option<(usize, Option<crate::spec::TypeId>, Option<usize>)>,
    pub(super) unit: Option<&'w Word>,
    pub(super) inexact: Option<&'w Word>,
    pub(super) offset: OffsetPlan,
    /// Where the line stands.
    pub(super) span: Span,
}

/// The units there are, with what they take.
const UNITS: &[(&str, &str)] = &[
    ("kopecks", "money as a whole number"),
    ("roubles", "money as a number or text"),
    ("pieces", "a quantity as a whole number"),
    ("thousandths", "a quantity as a whole number"),
    ("decimal_3", "a quantity as a number or text with three digits"),
    ("decimal_6", "a quantity as a number or text with six digits"),
    ("mask", "a set as a bit mask"),
    ("only", "the only value of a set"),
    ("email", "e-mail addresses"),
    ("phone_plus", "phones, +79991234567"),
    ("phone_7", "phones, 79991234567"),
    ("email_or_phone_plus", "e-mail addresses and phones, +79991234567"),
    ("email_or_phone_7", "e-mail addresses and phones, 79991234567"),
];

/// The conversion between a field of the model and a shape of the wire; `None` after a diagnostic.
pub(super) fn convert(
    field: &Field,
    schema: &Schema,
    api: &Api,
    asked: &Asked<'_>,
    diags: &mut Diagnostics,
) -> Option<Convert> {
    let unit = asked.unit.map(|word| word.text.as_str());
    if let Some(word) = asked.unit
        && !UNITS.iter().any(|(name, _)| *name == word.text)
    {
        let known = UNITS.iter().map(|(name, _)| *name);
        diags.unknown(Code::M005, word.span, format!("no such unit: `{}`", word.text), &word.text, known);
        return None;
    }
    let wire = api.shape(schema);
    let found = match (field.ty, unit, wire) {
        (Ty::Enum(of), _, _) => return by_table(field, of, schema, api, asked, diags),
        _ if asked.table.is_some() => None,
        (Ty::Text, None, SchemaKind::List(inner)) if field.shape == Shape::List => {
            matches!(api.shape(inner), SchemaKind::Text { .. }).then_some(Convert::Texts)
        }
        _ if matches!(field.shape, Shape::List | Shape::Set) => None,
        (Ty::Text, None, SchemaKind::Text { min, max }) => Some(Convert::Text(*min, *max)),
        (Ty::Bool, None, SchemaKind::Bool) => Some(Convert::Bool),
        (Ty::Int, None, SchemaKind::Integer) => Some(Convert::Int),
        (Ty::Int, None, SchemaKind::NumberOrString | SchemaKind::Text { .. }) => Some(Convert::Digits),
        (Ty::Contact, Some("email"), SchemaKind::Text { .. }) => Some(Convert::Contact(ContactUnit::Email)),
        (Ty::Contact, Some("phone_plus"), SchemaKind::Text { .. }) => Some(Convert::Contact(ContactUnit::PhonePlus)),
        (Ty::Contact, Some("phone_7"), SchemaKind::Text { .. }) => Some(Convert::Contact(ContactUnit::PhoneSeven)),
        (Ty::Contact, Some("email_or_phone_plus"), SchemaKind::Text { .. }) => {
            Some(Convert::Contact(ContactUnit::EitherPlus))
        }
        (Ty::Contact, Some("email_or_phone_7"), SchemaKind::Text { .. }) => {
            Some(Convert::Contact(ContactUnit::EitherSeven))
        }
        (Ty::Moment, None, SchemaKind::DateTime) => Some(Convert::Moment(asked.offset.clone())),
        (Ty::Money, Some("kopecks"), SchemaKind::Integer) => scaled(2, 2, asked, diags, Convert::Scaled),
        (Ty::Money, Some("roubles"), SchemaKind::Number) => scaled(2, 2, asked, diags, Convert::Number),
        (Ty::Money, Some("roubles"), SchemaKind::Text { .. }) => scaled(2, 2, asked, diags, Convert::Decimal),
        (Ty::Quantity, Some("pieces"), SchemaKind::Integer) => return scaled(6, 0, asked, diags, Convert::Scaled),
        (Ty::Quantity, Some("thousandths"), SchemaKind::Integer) => return scaled(6, 3, asked, diags, Convert::Scaled),
        (Ty::Quantity, Some("decimal_3"), SchemaKind::Number) => return scaled(6, 3, asked, diags, Convert::Number),
        (Ty::Quantity, Some("decimal_3"), SchemaKind::Text { .. }) => {
            return scaled(6, 3, asked, diags, Convert::Decimal);
        }
        (Ty::Quantity, Some("decimal_6"), SchemaKind::Number) => return scaled(6, 6, asked, diags, Convert::Number),
        (Ty::Quantity, Some("decimal_6"), SchemaKind::Text { .. }) => {
            return scaled(6, 6, asked, diags, Convert::Decimal);
        }
        _ => None,
    };
    if found.is_none() {
        mismatch(field, schema, api, asked, diags);
    }
    if let (Some(word), false) = (asked.inexact, matches!(field.ty, Ty::Quantity)) {
        diags.error(Code::M004, word.span, "no digits can be lost here, so `inexact` never applies");
    }
    found
}

fn by_table(
    field: &Field,
    of: usize,
    schema: &Schema,
    api: &Api,
    asked: &Asked<'_>,
    diags: &mut Diagnostics,
) -> Option<Convert> {
    let (set, unit) = (field.shape == Shape::Set, asked.unit.map(|word| word.text.as_str()));
    let Some((index, provider, uniform)) = asked.table else {
        diags.error(Code::M010, asked.span, format!("`{}` is an enumeration and needs a `table`", field.name));
        return None;
    };
    if uniform.is_some_and(|uniform| uniform != of) {
        diags.error(Code::M010, asked.span, format!("`{}` is of another enumeration than the table", field.name));
        return None;
    }
    let on_wire = api.enumeration(schema).map(|(id, _)| id);
    let integer = matches!(api.shape(schema), SchemaKind::Integer);
    match (set, unit) {
        (true, Some("mask")) if integer => Some(Convert::Mask(index)),
        (true, Some("only")) if provider == on_wire && (provider.is_some() || integer) => Some(Convert::Only(index)),
        (false, None) if provider == on_wire && (provider.is_some() || integer) => Some(Convert::Table(index)),
        _ => {
            mismatch(field, schema, api, asked, diags);
            None
        }
    }
}

fn scaled(
    scale: u32,
    places: u32,
    asked: &Asked<'_>,
    diags: &mut Diagnostics,
    make: impl Fn(u32, Inexact) -> Convert,
) -> Option<Convert> {
    let rule = match asked.inexact {
        None => {
            if places < scale {
                let unit = asked.unit.map(|word| word.text.as_str()).unwrap_or_default();
                diags
                    .error(Code::M011, asked.span, format!("`{unit}` can lose digits, and nothing says what then"))
                    .help("say `inexact: refuse`, or `inexact: round_half_up` where the document rounds");
                return None;
            }
            Inexact::Refuse
        }
        Some(word) => match word.text.as_str() {
            "refuse" => Inexact::Refuse,
            "round_half_up" => Inexact::RoundHalfUp,
            other => {
                let message = format!("no such rule: `{other}`");
                diags.unknown(Code::M005, word.span, message, other, ["refuse", "round_half_up"]);
                return None;
            }
        },
    };
    Some(make(places, rule))
}

fn mismatch(field: &Field, schema: &Schema, api: &Api, asked: &Asked<'_>, diags: &mut Diagnostics) {
    let unit = asked.unit.map(|word| format!(" by unit `{}`", word.text)).unwrap_or_default();
    let message = format!("{} cannot become {}{unit}", uniform_kind(field), wire_kind(schema, api));
    let diag = diags.error(Code::M010, asked.span, message);
    diag.secondary(schema.span, "the provider's field").secondary(field.span, "the uniform field");
    let fitting: Vec<_> = UNITS.iter().filter(|(_, about)| about.starts_with(unit_prefix(field))).collect();
    if asked.unit.is_none() && !fitting.is_empty() && !unit_prefix(field).is_empty() {
        diag.help(format!(
            "units are {}",
            fitting.iter().map(|(name, _)| format!("`{name}`")).collect::<Vec<_>>().join(", ")
        ));
    }
}

fn unit_prefix(field: &Field) -> &'static str {
    match (field.ty, field.shape) {
        (Ty::Money, _) => "money",
        (Ty::Quantity, _) => "a quantity",
        (_, Shape::Set) => "a set",
        _ => "-",
    }
}

fn uniform_kind(field: &Field) -> String {
    let kind = match field.ty {
        Ty::Text => "text",
        Ty::Bool => "true or false",
        Ty::Int => "a whole number",
        Ty::Money => "money",
        Ty::Quantity => "a quantity",
        Ty::Date => "a date",
        Ty::Moment => "a date and time",
        Ty::Contact => "a contact",
        Ty::Operation => "an operation",
        Ty::Enum(_) => "an enumeration",
        Ty::Struct(_) => "an object",
    };
    match field.shape {
        Shape::List => format!("a list of {kind}"),
        Shape::Set => format!("a set of {kind}"),
        _ => kind.to_owned(),
    }
}

/// A shape of the wire, for a message.
pub(super) fn wire_kind(schema: &Schema, api: &Api) -> String {
    match api.shape(schema) {
        SchemaKind::Text { .. } => "text".to_owned(),
        SchemaKind::DateTime => "a date and time".to_owned(),
        SchemaKind::Integer => "a whole number".to_owned(),
        SchemaKind::Number => "a number".to_owned(),
        SchemaKind::NumberOrString => "a number or text".to_owned(),
        SchemaKind::Bool => "true or false".to_owned(),
        SchemaKind::List(inner) => format!("a list of {}", wire_kind(inner, api)),
        SchemaKind::Map(_) => "a map".to_owned(),
        SchemaKind::Json => "any JSON".to_owned(),
        SchemaKind::Named(id) => match &api.ty(*id).kind {
            TypeKind::Object(_) => format!("the object `{}`", api.ty(*id).name),
            TypeKind::Enum(_) => format!("the enum `{}`", api.ty(*id).name),
            _ => format!("`{}`", api.ty(*id).name),
        },
    }
}
