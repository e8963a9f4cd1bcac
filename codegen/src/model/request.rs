//! What a request is made of, resolved.

use super::{Convert, UPath};
use crate::mapping::{Mixed, Omit, Pages};
use crate::spec::TypeId;
use crate::tree::Span;

/// A field of the input that decides which operation of the provider is called.
#[derive(Debug)]
pub struct Chosen {
    /// The field.
    pub path: UPath,
    /// Its enumeration.
    pub of: usize,
    /// The operation for each value, or why there is none.
    pub calls: Vec<(usize, Result<usize, String>)>,
    /// Where the field is named.
    pub span: Span,
}

/// A field and its value.
#[derive(Debug)]
pub struct SetPlan {
    /// Index of the property in its object, or of the parameter in its operation.
    pub prop: usize,
    /// What has to be true for it to be sent.
    pub when: Vec<Guard>,
    /// The value.
    pub value: Value,
    /// The value is an address, and this is added to it when it is sent.
    pub with: Option<WithPlan>,
    /// An error tells what is wrong with the line; the value is then nothing.
    pub broken: bool,
    /// The name as written.
    pub span: Span,
}

/// A secret that is added to an address, resolved.
#[derive(Debug, Clone)]
pub struct WithPlan {
    /// The query parameter that it becomes.
    pub query: String,
    /// Where that is named.
    pub span: Span,
    /// The setting that holds it.
    pub setting: usize,
    /// The settings that may be the address.
    pub addresses: Vec<usize>,
}

/// Where [`WithPlan`] does not reach.
pub(crate) const WITH_ELSEWHERE: &str =
    "`with` is for an address at one place of a request's body: not in a list, a parameter, a login or an answer";

/// A condition of sending.
#[derive(Debug, Clone, PartialEq)]
pub enum Guard {
    /// Another field of the same object is sent as one of these; as anything at all, if there are none.
    Sibling(usize, Vec<Literal>),
    /// Another field of the same object is not sent.
    Without(usize),
    /// A field of the input is so.
    Input(UPath, InputTest),
}

/// A test of a field of the input.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum InputTest {
    /// It is stated.
    Present,
    /// It is not stated.
    Absent,
    /// It is not zero.
    Nonzero,
    /// It is one of these values of its enumeration, or has one of them.
    Values(usize, Vec<usize>),
    /// It is this.
    Bool(bool),
}

/// An object in a list that stands there if something is true.
#[derive(Debug)]
pub struct RowPlan {
    /// What has to be true.
    pub when: Vec<Guard>,
    /// The object.
    pub value: Value,
    /// Where it stands.
    pub span: Span,
}

/// A value.
#[derive(Debug)]
pub enum Value {
    /// The key; a UUID if the provider wants one.
    Key(bool),
    /// Of the page that is asked for, as these pages go.
    Page(PagePart, Pages),
    /// From the input.
    Take(TakePlan),
    /// From what all items have in common.
    Lift(TakePlan, Mixed),
    /// Money of the items at hand, added up.
    Sum(TakePlan),
    /// A literal.
    Const(Literal),
    /// A setting, and what to do without it.
    Setting(usize, AbsentPlan),
    /// An object.
    Object(TypeId, Vec<SetPlan>),
    /// An object, as this alternative of a type.
    As(TypeId, usize, Box<Value>),
    /// What each element of a list becomes: an object, or those of some rows.
    Each(UPath, Box<Value>),
    /// An object for each value that a field of the elements of a list has: list, field.
    Group(UPath, UPath, TypeId, Vec<SetPlan>),
    /// A list of these; what is itself made from a list stands there element by element.
    List(Vec<Value>),
    /// A list of those whose condition is true.
    Rows(Vec<RowPlan>),
    /// Nothing.
    Leave,
}

/// What tells of a page.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PagePart {
    /// How many elements come before it.
    Offset,
    /// Its number.
    Number,
    /// How many elements it is asked to have.
    Size,
    /// What the answer before it said.
    Cursor,
}

/// A literal of the wire.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Literal {
    /// Text.
    Text(String),
    /// A whole number.
    Int(i64),
    /// A number.
    Number(String),
    /// True or false.
    Bool(bool),
    /// A value of an enum.
    Variant(TypeId, usize),
}

/// A field of the input, resolved.
#[derive(Debug)]
pub struct TakePlan {
    /// The path.
    pub path: UPath,
    /// The conversion.
    pub convert: Convert,
    /// What is done without a value.
    pub absent: AbsentPlan,
    /// Where that stands.
    pub absent_span: Option<Span>,
    /// What is left out although it is stated.
    pub omit: Option<Omit>,
    /// The path as written.
    pub span: Span,
}

/// What is done without a value.
#[derive(Debug, Clone)]
pub enum AbsentPlan {
    /// The field is left out.
    Omit,
    /// It is refused, if something is true.
    Refuse(String, Span, Vec<Guard>),
    /// A setting is sent.
    Setting(usize),
}

/// A requirement, resolved.
#[derive(Debug)]
pub struct RequirePlan {
    /// What.
    pub what: RequiredPlan,
    /// Why.
    pub reason: String,
}

/// What is required, resolved.
#[derive(Debug)]
pub enum RequiredPlan {
    /// These money fields come to that one.
    Sum(Vec<UPath>, UPath),
    /// The field is what the model takes an absent value to be.
    Otherwise(UPath),
    /// An element with the field at one of these values is alone in its list.
    Alone(UPath, usize, Vec<usize>),
    /// The account has this setting.
    Setting(usize),
}

/// An implied field, resolved.
#[derive(Debug)]
pub struct ImpliedPlan {
    /// The path.
    pub path: UPath,
    /// The value of its enumeration; `None` for what the model takes an absent value to be.
    pub value: Option<usize>,
    /// Why.
    pub reason: String,
    /// Where it stands.
    pub span: Span,
}

impl SetPlan {
    /// A field that errors tell of.
    pub(super) fn broken(prop: usize, span: Span) -> Self {
        Self { prop, when: Vec::new(), value: Value::Leave, with: None, broken: true, span }
    }
}

impl Value {
    /// The objects that it is made of, lists unpacked: their type and fields.
    #[must_use]
    pub fn objects(&self) -> Vec<(TypeId, &[SetPlan])> {
        match self {
            Self::Object(ty, sets) | Self::Group(_, _, ty, sets) => vec![(*ty, sets)],
            Self::As(_, _, inner) | Self::Each(_, inner) => inner.objects(),
            Self::Rows(rows) => rows.iter().flat_map(|row| row.value.objects()).collect(),
            Self::List(values) => values.iter().flat_map(Self::objects).collect(),
            _ => Vec::new(),
        }
    }
}

/// Calls `visit` for every value below `sets`, depth first.
pub fn visit_values<'p>(sets: &'p [SetPlan], visit: &mut impl FnMut(&'p Value)) {
    fn one<'p>(value: &'p Value, visit: &mut impl FnMut(&'p Value)) {
        visit(value);
        match value {
            Value::Object(_, sets) | Value::Group(_, _, _, sets) => visit_values(sets, visit),
            Value::As(_, _, inner) | Value::Each(_, inner) => one(inner, visit),
            Value::Rows(rows) => rows.iter().for_each(|row| one(&row.value, visit)),
            Value::List(values) => values.iter().for_each(|value| one(value, visit)),
            _ => {}
        }
    }
    sets.iter().for_each(|set| one(&set.value, visit));
}
