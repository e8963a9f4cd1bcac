//! The uniform model: enumerations, types, operations and error classes of `specs/uniform/`.

mod read;

pub use read::{Files, parse_day, read};

use crate::tree::Span;

/// How many fields an operation may have, those of its types counted wherever they stand.
pub const MAX_PATHS: usize = 10_000;

/// The uniform model.
#[derive(Debug, Default)]
pub struct Uniform {
    /// Enumerations, in the order of the spec.
    pub enums: Vec<Enumeration>,
    /// Types, in the order of the spec.
    pub types: Vec<Type>,
    /// Operations, in the order of the spec.
    pub operations: Vec<Operation>,
    /// Error classes, in the order of the spec.
    pub classes: Vec<Class>,
}

/// Day of a calendar.
pub type Day = (i16, u8, u8);

/// An enumeration of FFD.
#[derive(Debug)]
pub struct Enumeration {
    /// Its name.
    pub name: String,
    /// The FFD tag.
    pub tag: String,
    /// English name.
    pub en: String,
    /// Russian name.
    pub ru: String,
    /// What it is.
    pub about: String,
    /// Its values.
    pub values: Vec<Value>,
    /// Where it is defined.
    pub span: Span,
}

/// A value of an [`Enumeration`].
#[derive(Debug)]
pub struct Value {
    /// Its name.
    pub name: String,
    /// The FFD code.
    pub code: i64,
    /// English name.
    pub en: String,
    /// Russian name.
    pub ru: String,
    /// First day an ordinary settlement may use it.
    pub since: Option<Day>,
    /// Last day an ordinary settlement may use it.
    pub until: Option<Day>,
    /// FFD versions it is limited to.
    pub ffd: Vec<String>,
    /// The value that it undoes.
    pub returns: Option<String>,
    /// VAT: percent, and of how much for the calculated rates.
    pub rate: Option<(i64, Option<i64>)>,
    /// What else is to be known.
    pub note: String,
    /// Where it is defined.
    pub span: Span,
}

/// Names a type of [`Uniform`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct TypeId(pub usize);

/// What a field holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Ty {
    /// Text.
    Text,
    /// True or false.
    Bool,
    /// A whole number.
    Int,
    /// Kopecks.
    Money,
    /// Millionths.
    Quantity,
    /// A day.
    Date,
    /// A date and time.
    Moment,
    /// An e-mail address or a phone.
    Contact,
    /// The name of a uniform operation.
    Operation,
    /// An enumeration.
    Enum(usize),
    /// Another type.
    Struct(TypeId),
}

/// How often a field holds it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Shape {
    /// Once.
    One,
    /// Once or not.
    Optional,
    /// Any number of times.
    List,
    /// A set.
    Set,
}

/// What is computed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Formula {
    /// The sum of a field over a list: list, field.
    Sum(String, String),
    /// The product of two fields, money and quantity.
    Product(String, String),
    /// The tax within an amount at a rate: money, enumeration with rates.
    Tax(String, String),
}

/// A type.
#[derive(Debug)]
pub struct Type {
    /// Its name.
    pub name: String,
    /// What it is.
    pub about: String,
    /// Its fields.
    pub fields: Vec<Field>,
    /// Where it is defined.
    pub span: Span,
}

/// A field of a [`Type`].
#[derive(Debug)]
pub struct Field {
    /// Its name.
    pub name: String,
    /// What it holds.
    pub ty: Ty,
    /// How often.
    pub shape: Shape,
    /// The FFD tag.
    pub tag: String,
    /// What it is.
    pub about: String,
    /// Never sent.
    pub own: bool,
    /// Computed and never stated.
    pub derived: Option<Formula>,
    /// What an absent value means.
    pub otherwise: Option<Formula>,
    /// What an absent value is: nothing, as money.
    pub default: bool,
    /// At least.
    pub min: Option<String>,
    /// At most.
    pub max: Option<String>,
    /// At most so many characters.
    pub max_length: Option<i64>,
    /// A regular expression of the whole text.
    pub pattern: Option<String>,
    /// Whether breaking its limits is a warning, and no error.
    pub warns: bool,
    /// Where it is defined.
    pub span: Span,
}

/// What an operation does.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum OperationKind {
    /// Journaled under a key.
    Submit,
    /// Asks how a submission ended.
    Inquire,
    /// Asks something else, or sets something. Never journaled, and registers nothing.
    Query,
}

/// An operation.
#[derive(Debug)]
pub struct Operation {
    /// Its name.
    pub name: String,
    /// What it does.
    pub kind: OperationKind,
    /// What it takes.
    pub input: TypeId,
    /// What it gives.
    pub output: TypeId,
    /// What it is for.
    pub about: String,
    /// Where it is defined.
    pub span: Span,
}

/// An error class.
#[derive(Debug)]
pub struct Class {
    /// Its name.
    pub name: String,
    /// `rejected`, `pending` or `doubt`.
    pub means: String,
    /// `never`, `backoff` or `ask`.
    pub repeat: String,
    /// Whether another account may help.
    pub elsewhere: bool,
    /// What it says.
    pub about: String,
    /// Where it is defined.
    pub span: Span,
}

impl Uniform {
    /// The type that `id` names.
    #[must_use]
    pub fn ty(&self, id: TypeId) -> &Type {
        &self.types[id.0]
    }

    /// The type of this name.
    #[must_use]
    pub fn type_named(&self, name: &str) -> Option<TypeId> {
        self.types.iter().position(|ty| ty.name == name).map(TypeId)
    }

    /// The enumeration of this name.
    #[must_use]
    pub fn enum_named(&self, name: &str) -> Option<usize> {
        self.enums.iter().position(|item| item.name == name)
    }
}
