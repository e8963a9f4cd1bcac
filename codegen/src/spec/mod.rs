//! A provider's API: what its OpenAPI document says, resolved and named.

mod audit;
mod callbacks;
mod document;
mod elements;
mod schema;

pub use document::read;

use crate::tree::{Span, Spot};

/// An API.
#[derive(Debug)]
pub struct Api {
    /// Its title.
    pub title: String,
    /// Where it answers, by its first server without variables.
    pub server: Option<String>,
    /// Whether a connection needs a client certificate (`x-client-certificate: required`).
    pub client_certificate: bool,
    /// Its named types, in the order of the document.
    pub types: Vec<TypeDef>,
    /// Its operations, in the order of the document.
    pub operations: Vec<Operation>,
    /// What the provider sends by itself, in the order of the document.
    pub callbacks: Vec<Callback>,
    /// Errors tell of callbacks that are therefore missing.
    pub broken_callbacks: bool,
    /// Its security schemes.
    pub schemes: Vec<Scheme>,
    /// The examples that stand in it.
    pub examples: Vec<Example>,
    /// Security schemes that an error tells of, by name.
    pub broken_schemes: Vec<String>,
    /// Where it stands.
    pub span: Span,
}

/// Names a type of an [`Api`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct TypeId(pub usize);

/// A named type.
#[derive(Debug)]
pub struct TypeDef {
    /// Its name in the document.
    pub name: String,
    /// Its name in Rust.
    pub rust: String,
    /// What it is.
    pub doc: String,
    /// Its shape.
    pub kind: TypeKind,
    /// Null is allowed wherever it stands.
    pub nullable: bool,
    /// An error tells what is wrong with it, so nothing else is held against its shape.
    pub broken: bool,
    /// Where it is defined.
    pub span: Span,
}

/// The shape of a named type.
#[derive(Debug)]
pub enum TypeKind {
    /// An object with these properties.
    Object(Vec<Prop>),
    /// One of these values.
    Enum(EnumDef),
    /// One of these shapes, tried in order.
    OneOf(Vec<Variant>),
    /// Another name for a shape.
    Alias(Schema),
}

/// A property of an object.
#[derive(Debug)]
pub struct Prop {
    /// Its name on the wire.
    pub wire: String,
    /// Its name in Rust.
    pub rust: String,
    /// Its shape.
    pub schema: Schema,
    /// Whether it has to be there.
    pub required: bool,
    /// Where it is defined.
    pub span: Span,
}

/// An alternative of a [`TypeKind::OneOf`].
#[derive(Debug)]
pub struct Variant {
    /// Its name in Rust.
    pub rust: String,
    /// Its shape.
    pub schema: Schema,
}

/// An enumeration.
#[derive(Debug)]
pub struct EnumDef {
    /// Whether its values are numbers.
    pub numeric: bool,
    /// Its values.
    pub values: Vec<EnumValue>,
}

/// A value of an enumeration.
#[derive(Debug)]
pub struct EnumValue {
    /// The value on the wire, as text.
    pub wire: String,
    /// Its name in Rust.
    pub rust: String,
    /// What it means.
    pub doc: String,
    /// Where it stands.
    pub span: Span,
}

/// A shape where it is used.
#[derive(Debug, Clone)]
pub struct Schema {
    /// The shape.
    pub kind: SchemaKind,
    /// Whether null is allowed.
    pub nullable: bool,
    /// What it is.
    pub doc: String,
    /// Codes that `x-error-codes` documents, with their meaning.
    pub error_codes: Vec<(String, Span)>,
    /// An error tells what is wrong with it, so nothing else is held against its shape.
    pub broken: bool,
    /// Where it stands.
    pub span: Span,
}

/// A shape.
#[derive(Debug, Clone)]
pub enum SchemaKind {
    /// Text, with the limits of its length.
    Text {
        /// At least so many characters.
        min: Option<u64>,
        /// At most so many characters.
        max: Option<u64>,
    },
    /// A date and time.
    DateTime,
    /// A whole number.
    Integer,
    /// A number, exact.
    Number,
    /// A number that may come as text, or the other way round.
    NumberOrString,
    /// True or false.
    Bool,
    /// A named type.
    Named(TypeId),
    /// A list.
    List(Box<Schema>),
    /// A map from text.
    Map(Box<Schema>),
    /// Any JSON.
    Json,
}

/// An operation.
#[derive(Debug)]
pub struct Operation {
    /// Its id in the document.
    pub id: String,
    /// Its type in Rust.
    pub rust: String,
    /// HTTP method, in capitals.
    pub method: String,
    /// Its path.
    pub path: String,
    /// What it does.
    pub doc: String,
    /// Its parameters.
    pub params: Vec<Param>,
    /// Its JSON body.
    pub body: Option<Schema>,
    /// Its answers.
    pub responses: Vec<Response>,
    /// Alternatives of schemes that all have to be satisfied.
    pub security: Vec<Vec<String>>,
    /// Errors tell of parameters that are therefore missing.
    pub broken_params: bool,
    /// Errors tell of answers that are therefore missing.
    pub broken_responses: bool,
    /// Where it is defined.
    pub span: Span,
}

/// A request that the provider sends by itself.
#[derive(Debug)]
pub struct Callback {
    /// Its name in the document.
    pub name: String,
    /// Its type in Rust.
    pub rust: String,
    /// HTTP method, in capitals.
    pub method: String,
    /// What it tells.
    pub doc: String,
    /// Its parameters, in headers and the query.
    pub params: Vec<Param>,
    /// Its JSON body.
    pub body: Option<Schema>,
    /// What it takes for an answer.
    pub responses: Vec<Response>,
    /// Errors tell of parameters that are therefore missing.
    pub broken_params: bool,
    /// Errors tell of answers that are therefore missing.
    pub broken_responses: bool,
    /// Where it is defined.
    pub span: Span,
}

/// Where a parameter stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Place {
    /// In the path.
    Path,
    /// In the query.
    Query,
    /// In a header.
    Header,
}

impl Place {
    /// Its name, as documents and mappings write it.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Path => "path",
            Self::Query => "query",
            Self::Header => "header",
        }
    }
}

/// A parameter.
#[derive(Debug)]
pub struct Param {
    /// Where it stands.
    pub place: Place,
    /// Its shape and name.
    pub prop: Prop,
}

/// An answer.
#[derive(Debug)]
pub struct Response {
    /// Its status; `None` for all others.
    pub status: Option<u16>,
    /// Its variant in Rust.
    pub rust: String,
    /// What it means.
    pub doc: String,
    /// Its JSON body.
    pub body: Option<Schema>,
    /// Where it is defined.
    pub span: Span,
}

/// An example that stands in a document.
#[derive(Debug)]
pub struct Example {
    /// What it shows.
    pub value: Spot,
    /// What it is an example of.
    pub schema: Schema,
}

/// A security scheme.
#[derive(Debug)]
pub struct Scheme {
    /// Its name in the document.
    pub name: String,
    /// How it works.
    pub kind: SchemeKind,
    /// Where it is defined.
    pub span: Span,
}

/// How a security scheme works.
#[derive(Debug)]
pub enum SchemeKind {
    /// A bearer token.
    Bearer,
    /// User and password.
    Basic,
    /// A key in the header of this name.
    HeaderKey(String),
    /// A key in the query, under this name.
    QueryKey(String),
    /// A key in the cookie of this name.
    CookieKey(String),
}

impl Api {
    /// The type that `id` names.
    #[must_use]
    pub fn ty(&self, id: TypeId) -> &TypeDef {
        &self.types[id.0]
    }

    /// The properties of an object, through aliases; `None` of anything else.
    #[must_use]
    pub fn props(&self, schema: &Schema) -> Option<(TypeId, &[Prop])> {
        match &schema.kind {
            SchemaKind::Named(id) => match &self.ty(*id).kind {
                TypeKind::Object(props) => Some((*id, props)),
                TypeKind::Alias(inner) => self.props(inner),
                _ => None,
            },
            _ => None,
        }
    }

    /// The enumeration that `schema` is, through aliases.
    #[must_use]
    pub fn enumeration(&self, schema: &Schema) -> Option<(TypeId, &EnumDef)> {
        match &schema.kind {
            SchemaKind::Named(id) => match &self.ty(*id).kind {
                TypeKind::Enum(def) => Some((*id, def)),
                TypeKind::Alias(inner) => self.enumeration(inner),
                _ => None,
            },
            _ => None,
        }
    }

    /// The shape behind aliases.
    #[must_use]
    pub fn shape<'a>(&'a self, schema: &'a Schema) -> &'a SchemaKind {
        match &schema.kind {
            SchemaKind::Named(id) => match &self.ty(*id).kind {
                TypeKind::Alias(inner) => self.shape(inner),
                _ => &schema.kind,
            },
            kind => kind,
        }
    }

    /// Whether an error tells what is wrong with the shape.
    #[must_use]
    pub fn broken(&self, schema: &Schema) -> bool {
        schema.broken
            || match &schema.kind {
                SchemaKind::Named(id) => {
                    self.ty(*id).broken || matches!(&self.ty(*id).kind, TypeKind::Alias(inner) if self.broken(inner))
                }
                _ => false,
            }
    }

    /// Whether null is allowed, by the use or by the type.
    #[must_use]
    pub fn nullable(&self, schema: &Schema) -> bool {
        schema.nullable
            || match &schema.kind {
                SchemaKind::Named(id) => {
                    self.ty(*id).nullable
                        || matches!(&self.ty(*id).kind, TypeKind::Alias(inner) if self.nullable(inner))
                }
                _ => false,
            }
    }
}
