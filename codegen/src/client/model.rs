//! What is generated: types and operations, resolved and named.

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
    Parts(Vec<Part>),
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

/// A piece of a path.
#[derive(Debug)]
pub(crate) enum Piece {
    Text(String),
    /// The index of a parameter.
    Param(usize),
}

#[derive(Debug)]
pub(crate) struct Operation {
    pub(crate) id: String,
    /// Whether the document names it.
    pub(crate) named: bool,
    pub(crate) rust: String,
    pub(crate) method: &'static str,
    pub(crate) path: String,
    pub(crate) pieces: Vec<Piece>,
    pub(crate) doc: String,
    pub(crate) deprecated: bool,
    pub(crate) params: Vec<Param>,
    pub(crate) body: Option<Body>,
    pub(crate) reply: String,
    pub(crate) responses: Vec<Response>,
    pub(crate) access: Vec<Vec<(String, Vec<String>)>>,
    pub(crate) server: Option<String>,
    pub(crate) tag: Option<String>,
    pub(crate) module: usize,
    pub(crate) offset: u32,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Place {
    Path,
    Query,
    Header,
    Cookie,
}

#[derive(Debug)]
pub(crate) struct Param {
    pub(crate) place: Place,
    pub(crate) field: Field,
    pub(crate) style: &'static str,
    pub(crate) reserved: bool,
}

#[derive(Debug)]
pub(crate) struct Body {
    pub(crate) required: bool,
    pub(crate) media: Vec<Media>,
    /// The enum over several media types.
    pub(crate) rust: String,
}

#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Media {
    pub(crate) kind: MediaKind,
    pub(crate) media_type: String,
    pub(crate) of: Use,
    pub(crate) rust: String,
}

#[derive(Debug, Clone, PartialEq)]
pub(crate) enum MediaKind {
    Json,
    /// How fields are written, of those that are not as usual.
    Form(Vec<Encoding>),
    /// A struct of parts, or parts that the document does not name.
    Multipart,
    Text,
    /// A stream of events.
    Events,
    /// A stream of JSON values.
    Lines,
    Bytes,
    /// Bytes of a type that the sender states.
    Content,
}

/// How a field of a form is written.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Encoding {
    pub(crate) name: String,
    /// The style, unless it is the usual one.
    pub(crate) style: Option<&'static str>,
    /// Whether reserved characters are not escaped.
    pub(crate) reserved: bool,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Status {
    Exact(u16),
    /// `4XX`.
    Range(u16),
    Default,
}

#[derive(Debug)]
pub(crate) struct Response {
    pub(crate) status: Status,
    pub(crate) rust: String,
    pub(crate) doc: String,
    pub(crate) media: Vec<Media>,
    /// The enum over several media types.
    pub(crate) body: String,
    pub(crate) headers: Vec<Param>,
    /// The struct of the headers.
    pub(crate) headers_rust: String,
}

/// What the service sends by itself: a callback or a webhook.
#[derive(Debug)]
pub(crate) struct Event {
    pub(crate) name: String,
    pub(crate) rust: String,
    pub(crate) method: &'static str,
    pub(crate) doc: String,
    /// The end of its path, in which parameters stand.
    pub(crate) path: String,
    pub(crate) params: Vec<Param>,
    pub(crate) body: Option<Body>,
    /// What it is answered with, and the enum over that.
    pub(crate) responses: Vec<Response>,
    pub(crate) reply: String,
    pub(crate) offset: u32,
}

#[derive(Debug)]
pub(crate) struct Scheme {
    pub(crate) name: String,
    pub(crate) rust: String,
    pub(crate) doc: String,
    pub(crate) kind: SchemeKind,
    /// Where its tokens come from.
    pub(crate) sources: Vec<Source>,
}

/// Where tokens come from: a constant of generated code.
#[derive(Debug)]
pub(crate) struct Source {
    pub(crate) rust: String,
    pub(crate) doc: String,
    pub(crate) at: SourceKind,
}

#[derive(Debug)]
pub(crate) enum SourceKind {
    /// Addresses of a flow of OAuth: where users are asked, and where tokens are given and refreshed; empty of none.
    Flow([String; 3]),
    /// The address of a discovery document.
    OpenId(String),
}

#[derive(Debug)]
pub(crate) enum SchemeKind {
    HeaderKey(String),
    QueryKey(String),
    CookieKey(String),
    Basic,
    /// A token, after the name of an HTTP scheme.
    Token(String),
    /// The transport shows a certificate.
    MutualTls,
}

#[derive(Debug)]
pub(crate) struct Server {
    pub(crate) rust: String,
    /// It may be relative to where the document was found.
    pub(crate) url: String,
    pub(crate) doc: String,
    pub(crate) variables: Vec<Variable>,
}

#[derive(Debug)]
pub(crate) struct Variable {
    pub(crate) wire: String,
    pub(crate) rust: String,
    pub(crate) default: String,
    pub(crate) choices: Vec<String>,
    pub(crate) doc: String,
}

impl Server {
    /// Whether the address is one only beside another.
    pub(crate) fn is_relative(&self) -> bool {
        !self.url.contains("://") && !self.url.starts_with('{')
    }
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
            TypeKind::Parts(parts) => parts.iter().map(|part| &part.field.of).collect(),
            TypeKind::Pending | TypeKind::Enum { .. } => Vec::new(),
        }
    }
}

impl Operation {
    /// What it is called in a message: what the document calls it, or its method and path.
    pub(crate) fn label(&self) -> String {
        if self.named { self.id.clone() } else { format!("{} {}", self.method, self.path) }
    }

    /// What it sends.
    pub(crate) fn sent(&self) -> impl Iterator<Item = &Use> {
        let params = self.params.iter().map(|param| &param.field.of);
        params.chain(self.body.iter().flat_map(|body| body.media.iter().map(|media| &media.of)))
    }

    /// What it receives.
    pub(crate) fn received(&self) -> impl Iterator<Item = &Use> {
        self.responses.iter().flat_map(Response::uses)
    }
}

impl Event {
    /// What it says.
    pub(crate) fn received(&self) -> impl Iterator<Item = &Use> {
        let params = self.params.iter().map(|param| &param.field.of);
        params.chain(self.body.iter().flat_map(|body| body.media.iter().map(|media| &media.of)))
    }

    /// What it is answered with.
    pub(crate) fn sent(&self) -> impl Iterator<Item = &Use> {
        self.responses.iter().flat_map(Response::uses)
    }
}

impl Response {
    fn uses(&self) -> impl Iterator<Item = &Use> {
        let headers = self.headers.iter().map(|header| &header.field.of);
        self.media.iter().map(|media| &media.of).chain(headers)
    }
}
