//! What is sent and received, and by what credentials and where.

use super::{Field, Use};

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
