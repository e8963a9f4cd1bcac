//! Which conversions there are between the model and the wire, and which one a line asks for.

use super::OffsetPlan;
use crate::diag::{Code, Diagnostic, Diagnostics, list_of, nearest};
use crate::mapping::Word;
use crate::spec::{Api, Schema, SchemaKind, TypeId, TypeKind};
use crate::tree::Span;
use crate::uniform::{Field, Shape, Ty};

/// What is done with digits that would be lost.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Inexact {
    /// The value is refused.
    Refuse,
    /// It is rounded.
    RoundHalfUp,
}

/// Forms of dates and times: letters stand for digits, everything else for itself.
pub(super) mod form {
    /// What to write.
    pub(crate) const HELP: &str =
        "yyyy or yy, mm, dd, HH, MM, SS, f for each digit of a second, and +zz:zz for the offset";

    /// What a form has.
    #[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
    pub(crate) struct Has {
        pub(crate) day: bool,
        pub(crate) time: bool,
        pub(crate) offset: bool,
    }

    /// What a form has, or what is wrong with it.
    pub(crate) fn of(form: &str) -> Result<Has, String> {
        const PARTS: [&str; 8] = ["+zz:zz", "yyyy", "yy", "mm", "dd", "HH", "MM", "SS"];
        let (mut rest, mut found, mut fraction) = (form, Vec::new(), false);
        while let Some(next) = rest.chars().next() {
            if let Some(part) = PARTS.iter().find(|part| rest.starts_with(**part)) {
                let kind = if *part == "yy" { "yyyy" } else { part };
                if found.contains(&kind) {
                    return Err(format!("`{part}` stands twice"));
                }
                found.push(kind);
                rest = &rest[part.len()..];
            } else if next == 'f' && !fraction {
                fraction = true;
                rest = rest.trim_start_matches('f');
            } else if next.is_alphabetic() && !matches!(next, 'T' | 'Z') {
                return Err(format!("`{next}` stands for nothing in a form"));
            } else {
                rest = &rest[next.len_utf8()..];
            }
        }
        let has = |part| found.contains(&part);
        Ok(Has { day: has("yyyy") && has("mm") && has("dd"), time: has("HH") && has("MM"), offset: has("+zz:zz") })
    }
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
    /// Russian phones with a plus.
    PhonePlusSeven,
    /// Both, phones with a plus.
    EitherPlus,
    /// Both, Russian phones without a plus.
    EitherSeven,
    /// Both, Russian phones with a plus.
    EitherPlusSeven,
}

/// A conversion, with its inverse.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Convert {
    /// Text as it is, within these limits.
    Text(Option<u64>, Option<u64>),
    /// True or false as it is.
    Bool,
    /// True or false as 1 or 0.
    Flag,
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
    /// The only text of a list, within these limits.
    OnlyText(Option<u64>, Option<u64>),
    /// The bytes of a text in hexadecimal.
    Hex,
    /// The bytes of a text in Base64.
    Base64,
    /// A fixed-point number as a number where text may stand too.
    EitherNumber(u32, Inexact),
    /// A fixed-point number as decimal text where a number may stand too.
    EitherText(u32, Inexact),
    /// A day as text of this form.
    Day(String),
    /// A date and time.
    Moment(OffsetPlan),
    /// A date and time as text of this form, of a clock with this offset.
    MomentText(String, OffsetPlan),
    /// A date and time as seconds since 1970, of a clock with this offset.
    Seconds(OffsetPlan),
    /// What a setting decides: its index, and conversion by choice.
    Decided(usize, Vec<(usize, Convert)>),
}

impl Convert {
    /// Whether it takes one kind of contact only, and gives nothing for the other.
    #[must_use]
    pub fn one_kind(&self) -> bool {
        use ContactUnit::{Email, PhonePlus, PhonePlusSeven, PhoneSeven};
        matches!(self, Self::Contact(Email | PhonePlus | PhoneSeven | PhonePlusSeven))
    }
}

/// A table that a line names.
#[derive(Clone, Copy)]
pub(super) struct TableRef {
    pub(super) index: usize,
    /// The provider's enum.
    pub(super) provider: Option<TypeId>,
    /// The enumeration.
    pub(super) uniform: Option<usize>,
    /// An error tells what is wrong with these.
    pub(super) broken: bool,
}

/// What a line says about a conversion.
pub(super) struct Asked<'w> {
    pub(super) table: Option<TableRef>,
    pub(super) unit: Option<&'w Word>,
    pub(super) inexact: Option<&'w Word>,
    pub(super) format: Option<&'w Word>,
    pub(super) offset: OffsetPlan,
    /// Where the line stands.
    pub(super) span: Span,
}

/// The units there are.
pub(crate) const UNITS: &[&str] = &[
    "one_or_zero",
    "kopecks",
    "roubles",
    "roubles_text",
    "pieces",
    "thousandths",
    "decimal_3",
    "decimal_6",
    "mask",
    "only",
    "email",
    "phone_plus",
    "phone_7",
    "email_or_phone_plus",
    "email_or_phone_7",
    "phone_plus_7",
    "email_or_phone_plus_7",
    "text",
    "hex",
    "base64",
];

/// The conversion between a field of the model and a shape of the wire; `None` when an error tells why not.
pub(super) fn convert(
    field: &Field,
    schema: &Schema,
    api: &Api,
    asked: &Asked<'_>,
    diags: &mut Diagnostics,
) -> Option<Convert> {
    if let Some(word) = asked.unit
        && !UNITS.contains(&word.text.as_str())
    {
        let message = format!("no such unit: `{}`", word.text);
        let near = nearest(&word.text, UNITS.iter().copied()).is_some();
        let diag = diags.unknown(Code::M005, word.span, message, &word.text, UNITS.iter().copied());
        if !near {
            help_with_units(field, schema, api, asked, diag);
        }
        return None;
    }
    if let (Some(word), false) = (asked.inexact, matches!(field.ty, Ty::Quantity)) {
        diags.error(Code::M004, word.span, "no digits can be lost here, so `inexact` never applies");
    }
    if let Ty::Enum(of) = field.ty
        && !table_fits(field, of, asked, diags)?
    {
        return None;
    }
    if let Some(word) = asked.format {
        return formatted(field, schema, api, word, asked, diags);
    }
    let unit = asked.unit.map(|word| word.text.as_str());
    match fit(field, unit, asked.table, schema, api) {
        Some(Fit::Whole(Convert::Moment(_))) => Some(Convert::Moment(asked.offset.clone())),
        Some(Fit::Whole(convert)) => Some(convert),
        Some(Fit::Fixed { scale, places, make }) => Some(make(places, inexact(scale, places, asked, diags)?)),
        None => {
            mismatch(field, schema, api, asked, diags);
            None
        }
    }
}

/// A day or a date and time in a form that the document asks for; `None` after a diagnostic.
fn formatted(
    field: &Field,
    schema: &Schema,
    api: &Api,
    word: &Word,
    asked: &Asked<'_>,
    diags: &mut Diagnostics,
) -> Option<Convert> {
    let form = word.text.clone();
    let shape = api.shape(schema);
    let text = matches!(shape, SchemaKind::Text { .. } | SchemaKind::DateTime);
    match field.ty {
        Ty::Moment if form == "unix" && matches!(shape, SchemaKind::Integer) => {
            return Some(Convert::Seconds(asked.offset.clone()));
        }
        Ty::Date | Ty::Moment if text && form != "unix" => {}
        Ty::Date | Ty::Moment => {
            mismatch(field, schema, api, asked, diags);
            return None;
        }
        _ => {
            let message = format!("`{}` is neither a date nor a time, so `format` never applies", field.name);
            diags.error(Code::M004, word.span, message);
            return None;
        }
    }
    match form::of(&form) {
        Err(why) => {
            diags.error(Code::S003, word.span, why).help(form::HELP);
            None
        }
        Ok(has) if !has.day => {
            diags.error(Code::S003, word.span, "a form has the year, the month and the day").help(form::HELP);
            None
        }
        Ok(_) if field.ty == Ty::Date && matches!(shape, SchemaKind::DateTime) => {
            mismatch(field, schema, api, asked, diags);
            None
        }
        Ok(has) if field.ty == Ty::Date && has.time => {
            diags.error(Code::S003, word.span, "a day has no hours, minutes or seconds");
            None
        }
        Ok(has) if field.ty == Ty::Moment && !has.time => {
            diags.error(Code::S003, word.span, "a time has hours and minutes").help(form::HELP);
            None
        }
        Ok(_) if field.ty == Ty::Moment => Some(Convert::MomentText(form, asked.offset.clone())),
        Ok(_) => Some(Convert::Day(form)),
    }
}

/// How a field and a shape fit.
enum Fit {
    /// So.
    Whole(Convert),
    /// With so many digits after the point, of so many.
    Fixed { scale: u32, places: u32, make: fn(u32, Inexact) -> Convert },
}

fn fit(field: &Field, unit: Option<&str>, table: Option<TableRef>, schema: &Schema, api: &Api) -> Option<Fit> {
    let money = |make| Some(Fit::Fixed { scale: 2, places: 2, make });
    let quantity = |places, make| Some(Fit::Fixed { scale: 6, places, make });
    let contact = |unit| Some(Fit::Whole(Convert::Contact(unit)));
    let wire = api.shape(schema);
    if let (Ty::Enum(_), Some(table)) = (field.ty, table) {
        return by_table(field, unit, table, schema, api).map(Fit::Whole);
    }
    match (field.ty, unit, wire) {
        _ if table.is_some() => None,
        (Ty::Text, None, SchemaKind::List(inner)) if field.shape == Shape::List => {
            matches!(api.shape(inner), SchemaKind::Text { .. }).then_some(Fit::Whole(Convert::Texts))
        }
        (Ty::Text, Some("only"), SchemaKind::Text { min, max }) if field.shape == Shape::List => {
            Some(Fit::Whole(Convert::OnlyText(*min, *max)))
        }
        _ if matches!(field.shape, Shape::List | Shape::Set) => None,
        (Ty::Text, Some("text"), SchemaKind::Text { min, max }) => Some(Fit::Whole(Convert::Text(*min, *max))),
        (Ty::Text, Some("hex"), SchemaKind::Text { .. }) => Some(Fit::Whole(Convert::Hex)),
        (Ty::Text, Some("base64"), SchemaKind::Text { .. }) => Some(Fit::Whole(Convert::Base64)),
        (Ty::Contact, Some("phone_plus_7"), SchemaKind::Text { .. }) => contact(ContactUnit::PhonePlusSeven),
        (Ty::Contact, Some("email_or_phone_plus_7"), SchemaKind::Text { .. }) => contact(ContactUnit::EitherPlusSeven),
        (Ty::Money, Some("roubles"), SchemaKind::NumberOrString) => money(Convert::EitherNumber),
        (Ty::Money, Some("roubles_text"), SchemaKind::NumberOrString) => money(Convert::EitherText),
        (Ty::Text, None, SchemaKind::Text { min, max }) => Some(Fit::Whole(Convert::Text(*min, *max))),
        (Ty::Bool, None, SchemaKind::Bool) => Some(Fit::Whole(Convert::Bool)),
        (Ty::Bool, Some("one_or_zero"), SchemaKind::Integer) => Some(Fit::Whole(Convert::Flag)),
        (Ty::Int, None, SchemaKind::Integer) => Some(Fit::Whole(Convert::Int)),
        (Ty::Int, None, SchemaKind::NumberOrString | SchemaKind::Text { .. }) => Some(Fit::Whole(Convert::Digits)),
        (Ty::Contact, Some("email"), SchemaKind::Text { .. }) => contact(ContactUnit::Email),
        (Ty::Contact, Some("phone_plus"), SchemaKind::Text { .. }) => contact(ContactUnit::PhonePlus),
        (Ty::Contact, Some("phone_7"), SchemaKind::Text { .. }) => contact(ContactUnit::PhoneSeven),
        (Ty::Contact, Some("email_or_phone_plus"), SchemaKind::Text { .. }) => contact(ContactUnit::EitherPlus),
        (Ty::Contact, Some("email_or_phone_7"), SchemaKind::Text { .. }) => contact(ContactUnit::EitherSeven),
        (Ty::Moment, None, SchemaKind::DateTime) => Some(Fit::Whole(Convert::Moment(OffsetPlan::None))),
        (Ty::Money, Some("kopecks"), SchemaKind::Integer) => money(Convert::Scaled),
        (Ty::Money, Some("roubles"), SchemaKind::Number) => money(Convert::Number),
        (Ty::Money, Some("roubles"), SchemaKind::Text { .. }) => money(Convert::Decimal),
        (Ty::Quantity, Some("pieces"), SchemaKind::Integer) => quantity(0, Convert::Scaled),
        (Ty::Quantity, Some("thousandths"), SchemaKind::Integer) => quantity(3, Convert::Scaled),
        (Ty::Quantity, Some("decimal_3"), SchemaKind::Number) => quantity(3, Convert::Number),
        (Ty::Quantity, Some("decimal_3"), SchemaKind::Text { .. }) => quantity(3, Convert::Decimal),
        (Ty::Quantity, Some("decimal_6"), SchemaKind::Number) => quantity(6, Convert::Number),
        (Ty::Quantity, Some("decimal_6"), SchemaKind::Text { .. }) => quantity(6, Convert::Decimal),
        _ => None,
    }
}

/// Whether a field of an enumeration names a table of it; `None` when that is told.
fn table_fits(field: &Field, of: usize, asked: &Asked<'_>, diags: &mut Diagnostics) -> Option<bool> {
    let Some(table) = asked.table else {
        diags.error(Code::M010, asked.span, format!("`{}` is an enumeration and needs a `table`", field.name));
        return None;
    };
    if table.uniform.is_some_and(|uniform| uniform != of) {
        diags.error(Code::M010, asked.span, format!("`{}` is of another enumeration than the table", field.name));
        return None;
    }
    Some(!table.broken)
}

fn by_table(field: &Field, unit: Option<&str>, table: TableRef, schema: &Schema, api: &Api) -> Option<Convert> {
    let on_wire = api.enumeration(schema).map(|(id, _)| id);
    let integer = matches!(api.shape(schema), SchemaKind::Integer);
    let codes = table.provider == on_wire && (table.provider.is_some() || integer);
    match (field.shape == Shape::Set, unit) {
        (true, Some("mask")) if integer && table.provider.is_none() => Some(Convert::Mask(table.index)),
        (true, Some("only")) if codes => Some(Convert::Only(table.index)),
        (false, None) if codes => Some(Convert::Table(table.index)),
        _ => None,
    }
}

fn inexact(scale: u32, places: u32, asked: &Asked<'_>, diags: &mut Diagnostics) -> Option<Inexact> {
    let Some(word) = asked.inexact.filter(|_| scale == 6) else {
        if places == scale {
            return Some(Inexact::Refuse);
        }
        let unit = asked.unit.map(|word| word.text.as_str()).unwrap_or_default();
        let span = asked.unit.map_or(asked.span, |word| word.span);
        diags
            .error(Code::M011, span, format!("`{unit}` can lose digits, and nothing says what then"))
            .help("say `inexact: refuse`, or `inexact: round_half_up` where the document rounds");
        return None;
    };
    match word.text.as_str() {
        "refuse" => Some(Inexact::Refuse),
        "round_half_up" => Some(Inexact::RoundHalfUp),
        other => {
            let message = format!("no such rule: `{other}`");
            diags.unknown_choice(Code::M005, word.span, message, other, &["refuse", "round_half_up"]);
            None
        }
    }
}

fn mismatch(field: &Field, schema: &Schema, api: &Api, asked: &Asked<'_>, diags: &mut Diagnostics) {
    if api.broken(schema) {
        return;
    }
    let unit = asked.unit.map(|word| format!(" by unit `{}`", word.text)).unwrap_or_default();
    let span = asked.unit.map_or(asked.span, |word| word.span);
    let message = format!("{} cannot become {}{unit}", uniform_kind(field), wire_kind(schema, api));
    let diag = diags.error(Code::M010, span, message);
    diag.secondary(schema.span, "the provider's field").secondary(field.span, "the uniform field");
    if asked.format.is_none() && matches!(field.ty, Ty::Date | Ty::Moment) {
        diag.help("say how it is written: `format: yyyy-mm-dd`");
    }
    help_with_units(field, schema, api, asked, diag);
}

fn help_with_units(field: &Field, schema: &Schema, api: &Api, asked: &Asked<'_>, diag: &mut Diagnostic) {
    let units = UNITS.iter().filter(|unit| fit(field, Some(unit), asked.table, schema, api).is_some());
    let units: Vec<&str> = units.copied().collect();
    match units[..] {
        [] => {}
        [unit] => _ = diag.help(format!("the unit that fits is `{unit}`")),
        _ => _ = diag.help(format!("units that fit are {}", list_of(&units))),
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
