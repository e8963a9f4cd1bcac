//! What is generated: types and operations, resolved and named.

mod operations;

pub(crate) use self::operations::{
    Body, Encoding, Event, Media, MediaKind, Operation, Param, Piece, Place, Response, Scheme, SchemeKind, Server,
    Source, SourceKind, Status, Variable,
};
use super::rules::Rules;

/// Names a type.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) struct TypeId(pub(crate) usize);

/// A document, ready to be rendered.
#[derive(Debug, Default)]
pub(crate) struct Api {
    /// The name of the file that it is read from.
    pub(crate) file: String,
    pub(crate) title: String,
    pub(crate) version: String,
    pub(crate) doc: String,
    pub(crate) types: Vec<TypeDef>,
    pub(crate) operations: Vec<Operation>,
    pub(crate) events: Vec<Event>,
    pub(crate) schemes: Vec<Scheme>,
    pub(crate) servers: Vec<Server>,
    /// How many types stand within one another, at most.
    pub(crate) depth: usize,
}

/// A named type.
#[derive(Debug)]
pub(crate) struct TypeDef {
    pub(crate) rust: String,
    pub(crate) doc: String,
    pub(crate) kind: TypeKind,
    /// Null is allowed wherever it stands.
    pub(crate) nullable: bool,
    /// Constraints of every value of it; those of an alias stand in its use.
    pub(crate) rules: Option<Box<Rules>>,
    /// Where it stands.
    pub(crate) offset: u32,
    /// Sent in a request.
    pub(crate) sent: bool,
    /// Received in a reply.
    pub(crate) received: bool,
    /// Has constraints, or holds something that has.
    pub(crate) constrained: bool,
    /// One of several shapes with nothing that says of which: it has to know whether a value is one of its own.
    pub(crate) offered: bool,
    /// Rests on something that the document does not have: where that is referred to.
    pub(crate) broken: Option<u32>,
    /// The module that alone uses it; `None` of one that is shared.
    pub(crate) module: Option<usize>,
}

/// The shape of a named type.
#[derive(Debug)]
pub(crate) enum TypeKind {
    /// Not lowered yet.
    Pending,
    Struct {
        fields: Vec<Field>,
        more: Option<Use>,
    },
    /// A list whose items have types by their places.
    Tuple {
        items: Vec<Field>,
        more: Option<Use>,
    },
    /// Open: a value that the document does not have is kept.
    Enum {
        values: Vec<EnumValue>,
        texts: bool,
    },
    Union {
        tag: Option<String>,
        variants: Vec<Variant>,
    },
    /// Another name for a shape; `own` if the shape holds the name, so that it needs a type of its own.
    Alias {
        of: Use,
        own: bool,
    },
    /// The parts of a multipart body.
    Parts {
        parts: Vec<Part>,
        more: Option<More>,
    },
}

#[derive(Debug, Clone)]
pub(crate) struct Field {
    pub(crate) wire: String,
    pub(crate) rust: String,
    pub(crate) doc: String,
    pub(crate) of: Use,
    pub(crate) required: bool,
    pub(crate) read_only: bool,
    pub(crate) write_only: bool,
    pub(crate) deprecated: bool,
    pub(crate) boxed: bool,
    /// The default as JSON, of a plain value.
    pub(crate) default: Option<String>,
}

#[derive(Debug, PartialEq)]
pub(crate) struct EnumValue {
    pub(crate) rust: String,
    pub(crate) doc: String,
    /// The text, or of other values the JSON.
    pub(crate) wire: String,
}

#[derive(Debug)]
pub(crate) struct Variant {
    pub(crate) rust: String,
    pub(crate) of: Use,
    pub(crate) tags: Vec<String>,
    /// Fields, and the values of them as JSON: with others it is hardly this alternative.
    pub(crate) marks: Vec<(String, Vec<String>)>,
    pub(crate) boxed: bool,
}

#[derive(Debug)]
pub(crate) struct Part {
    pub(crate) field: Field,
    pub(crate) media_type: Option<String>,
    /// A file, or several.
    pub(crate) file: bool,
    pub(crate) list: bool,
}

/// The parts of a multipart body that the document does not name.
#[derive(Debug)]
pub(crate) struct More {
    pub(crate) of: Use,
    /// A file, or several of each name.
    pub(crate) file: bool,
    pub(crate) list: bool,
}

/// A shape where it is used.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Use {
    pub(crate) shape: Shape,
    pub(crate) nullable: bool,
    pub(crate) rules: Option<Box<Rules>>,
}

#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Shape {
    Any,
    Object,
    Bool,
    /// `i8` to `u64`.
    Int(&'static str),
    /// An integer of any size.
    Whole,
    Float,
    /// Exact, digit for digit.
    Number,
    Text,
    /// A text that no log may show.
    Secret,
    Date,
    DateTime,
    Uuid,
    Base64,
    List(Box<Use>),
    Map(Box<Use>),
    Named(TypeId),
    /// A diagnostic at this place says why there is none.
    Broken(u32),
}

impl Use {
    pub(crate) fn new(shape: Shape) -> Self {
        Self { shape, nullable: false, rules: None }
    }

    pub(crate) fn broken(offset: u32) -> Self {
        Self::new(Shape::Broken(offset))
    }

    /// The type that it names, through lists and maps.
    pub(crate) fn names(&self) -> Option<TypeId> {
        match &self.shape {
            Shape::Named(id) => Some(*id),
            Shape::List(of) | Shape::Map(of) => of.names(),
            _ => None,
        }
    }

    /// Where something is referred to that the document does not have, if it rests on such.
    pub(crate) fn broken_at(&self) -> Option<u32> {
        match &self.shape {
            Shape::Broken(offset) => Some(*offset),
            Shape::List(of) | Shape::Map(of) => of.broken_at(),
            _ => None,
        }
    }

    /// Whether it has constraints of its own, or those of the items.
    pub(crate) fn has_rules(&self) -> bool {
        self.rules.is_some()
            || match &self.shape {
                Shape::List(of) | Shape::Map(of) => of.has_rules(),
                _ => false,
            }
    }
}

impl TypeDef {
    /// Everything that it uses.
    pub(crate) fn uses(&self) -> Vec<&Use> {
        match &self.kind {
            TypeKind::Struct { fields, more } | TypeKind::Tuple { items: fields, more } => {
                fields.iter().map(|field| &field.of).chain(more).collect()
            }
            TypeKind::Union { variants, .. } => variants.iter().map(|variant| &variant.of).collect(),
            TypeKind::Alias { of, .. } => vec![of],
            TypeKind::Parts { parts, more } => {
                parts.iter().map(|part| &part.field.of).chain(more.iter().map(|more| &more.of)).collect()
            }
            TypeKind::Pending | TypeKind::Enum { .. } => Vec::new(),
        }
    }
}
