//! The objects of OpenAPI 3.0 and 3.1: the keys that each has, and what stands under them.

/// An object of the specification.
pub(super) struct Object {
    /// What it is, for a message.
    pub(super) name: &'static str,
    /// Its keys; those of both versions, as tools write both in both.
    pub(super) keys: &'static [(&'static str, Under)],
    /// What stands under every other key, where that is any name.
    pub(super) named: Option<&'static Object>,
    /// Whether others than the specification give it keys: then only what looks like a slip of the pen is one.
    pub(super) open: bool,
}

/// What stands under a key.
pub(super) enum Under {
    /// Nothing with keys of the specification.
    Anything,
    One(&'static Object),
    List(&'static Object),
    /// A map of such, by any names.
    Map(&'static Object),
}

use Under::{Anything, List, Map, One};

const fn object(name: &'static str, keys: &'static [(&'static str, Under)]) -> Object {
    Object { name, keys, named: None, open: false }
}

/// A map of `of`, by names with a meaning.
const fn map(name: &'static str, of: &'static Object) -> Object {
    Object { name, keys: &[], named: Some(of), open: false }
}

pub(super) static DOCUMENT: Object = object(
    "the document",
    &[
        ("openapi", Anything),
        ("info", One(&INFO)),
        ("jsonSchemaDialect", Anything),
        ("servers", List(&SERVER)),
        ("paths", One(&PATHS)),
        ("webhooks", Map(&PATH_ITEM)),
        ("components", One(&COMPONENTS)),
        ("security", Anything),
        ("tags", List(&TAG)),
        ("externalDocs", One(&EXTERNAL_DOCS)),
    ],
);

static INFO: Object = object(
    "`info`",
    &[
        ("title", Anything),
        ("summary", Anything),
        ("description", Anything),
        ("termsOfService", Anything),
        ("contact", Anything),
        ("license", Anything),
        ("version", Anything),
    ],
);

static SERVER: Object =
    object("a server", &[("url", Anything), ("description", Anything), ("variables", Map(&SERVER_VARIABLE))]);

static SERVER_VARIABLE: Object =
    object("a variable of a server", &[("enum", Anything), ("default", Anything), ("description", Anything)]);

static TAG: Object =
    object("a tag", &[("name", Anything), ("description", Anything), ("externalDocs", One(&EXTERNAL_DOCS))]);

static EXTERNAL_DOCS: Object = object("`externalDocs`", &[("description", Anything), ("url", Anything)]);

pub(super) static COMPONENTS: Object = object(
    "`components`",
    &[
        ("schemas", Map(&SCHEMA)),
        ("responses", Map(&RESPONSE)),
        ("parameters", Map(&PARAMETER)),
        ("examples", Map(&EXAMPLE)),
        ("requestBodies", Map(&REQUEST_BODY)),
        ("headers", Map(&HEADER)),
        ("securitySchemes", Map(&SECURITY_SCHEME)),
        ("links", Map(&LINK)),
        ("callbacks", Map(&CALLBACK)),
        ("pathItems", Map(&PATH_ITEM)),
    ],
);

pub(super) static PATHS: Object = map("`paths`", &PATH_ITEM);

static CALLBACK: Object = map("a callback", &PATH_ITEM);

static PATH_ITEM: Object = object(
    "a path",
    &[
        ("summary", Anything),
        ("description", Anything),
        ("get", One(&OPERATION)),
        ("put", One(&OPERATION)),
        ("post", One(&OPERATION)),
        ("delete", One(&OPERATION)),
        ("options", One(&OPERATION)),
        ("head", One(&OPERATION)),
        ("patch", One(&OPERATION)),
        ("trace", One(&OPERATION)),
        ("servers", List(&SERVER)),
        ("parameters", List(&PARAMETER)),
    ],
);

static OPERATION: Object = object(
    "an operation",
    &[
        ("tags", Anything),
        ("summary", Anything),
        ("description", Anything),
        ("externalDocs", One(&EXTERNAL_DOCS)),
        ("operationId", Anything),
        ("parameters", List(&PARAMETER)),
        ("requestBody", One(&REQUEST_BODY)),
        ("responses", One(&RESPONSES)),
        ("callbacks", Map(&CALLBACK)),
        ("deprecated", Anything),
        ("security", Anything),
        ("servers", List(&SERVER)),
    ],
);

static PARAMETER: Object = object(
    "a parameter",
    &[
        ("name", Anything),
        ("in", Anything),
        ("description", Anything),
        ("required", Anything),
        ("deprecated", Anything),
        ("allowEmptyValue", Anything),
        ("style", Anything),
        ("explode", Anything),
        ("allowReserved", Anything),
        ("schema", One(&SCHEMA)),
        ("example", Anything),
        ("examples", Map(&EXAMPLE)),
        ("content", Map(&MEDIA_TYPE)),
    ],
);

static HEADER: Object = object(
    "a header",
    &[
        ("description", Anything),
        ("required", Anything),
        ("deprecated", Anything),
        ("allowEmptyValue", Anything),
        ("style", Anything),
        ("explode", Anything),
        ("allowReserved", Anything),
        ("schema", One(&SCHEMA)),
        ("example", Anything),
        ("examples", Map(&EXAMPLE)),
        ("content", Map(&MEDIA_TYPE)),
    ],
);

static REQUEST_BODY: Object =
    object("a body", &[("description", Anything), ("content", Map(&MEDIA_TYPE)), ("required", Anything)]);

static MEDIA_TYPE: Object = object(
    "a media type",
    &[("schema", One(&SCHEMA)), ("example", Anything), ("examples", Map(&EXAMPLE)), ("encoding", Map(&ENCODING))],
);

static ENCODING: Object = object(
    "an encoding",
    &[
        ("contentType", Anything),
        ("headers", Map(&HEADER)),
        ("style", Anything),
        ("explode", Anything),
        ("allowReserved", Anything),
    ],
);

static RESPONSES: Object = map("`responses`", &RESPONSE);

static RESPONSE: Object = object(
    "a response",
    &[("description", Anything), ("headers", Map(&HEADER)), ("content", Map(&MEDIA_TYPE)), ("links", Map(&LINK))],
);

static EXAMPLE: Object = object(
    "an example",
    &[("summary", Anything), ("description", Anything), ("value", Anything), ("externalValue", Anything)],
);

static LINK: Object = object(
    "a link",
    &[
        ("operationRef", Anything),
        ("operationId", Anything),
        ("parameters", Anything),
        ("requestBody", Anything),
        ("description", Anything),
        ("server", One(&SERVER)),
    ],
);

static SECURITY_SCHEME: Object = object(
    "a security scheme",
    &[
        ("type", Anything),
        ("description", Anything),
        ("name", Anything),
        ("in", Anything),
        ("scheme", Anything),
        ("bearerFormat", Anything),
        ("flows", One(&FLOWS)),
        ("openIdConnectUrl", Anything),
    ],
);

static FLOWS: Object = object(
    "`flows`",
    &[
        ("implicit", One(&FLOW)),
        ("password", One(&FLOW)),
        ("clientCredentials", One(&FLOW)),
        ("authorizationCode", One(&FLOW)),
    ],
);

static FLOW: Object = object(
    "a flow of OAuth 2",
    &[("authorizationUrl", Anything), ("tokenUrl", Anything), ("refreshUrl", Anything), ("scopes", Anything)],
);

static SCHEMA: Object = Object {
    name: "a schema",
    named: None,
    open: true,
    keys: &[
        ("title", Anything),
        ("description", Anything),
        ("type", Anything),
        ("format", Anything),
        ("default", Anything),
        ("example", Anything),
        ("examples", Anything),
        ("enum", Anything),
        ("const", Anything),
        ("multipleOf", Anything),
        ("maximum", Anything),
        ("exclusiveMaximum", Anything),
        ("minimum", Anything),
        ("exclusiveMinimum", Anything),
        ("maxLength", Anything),
        ("minLength", Anything),
        ("pattern", Anything),
        ("maxItems", Anything),
        ("minItems", Anything),
        ("uniqueItems", Anything),
        ("maxContains", Anything),
        ("minContains", Anything),
        ("maxProperties", Anything),
        ("minProperties", Anything),
        ("required", Anything),
        ("dependentRequired", Anything),
        ("nullable", Anything),
        ("readOnly", Anything),
        ("writeOnly", Anything),
        ("deprecated", Anything),
        ("discriminator", Anything),
        ("xml", Anything),
        ("externalDocs", Anything),
        ("contentEncoding", Anything),
        ("contentMediaType", Anything),
        ("contentSchema", One(&SCHEMA)),
        ("allOf", List(&SCHEMA)),
        ("oneOf", List(&SCHEMA)),
        ("anyOf", List(&SCHEMA)),
        ("not", One(&SCHEMA)),
        ("if", One(&SCHEMA)),
        ("then", One(&SCHEMA)),
        ("else", One(&SCHEMA)),
        ("properties", Map(&SCHEMA)),
        ("patternProperties", Map(&SCHEMA)),
        ("additionalProperties", One(&SCHEMA)),
        ("unevaluatedProperties", One(&SCHEMA)),
        ("propertyNames", One(&SCHEMA)),
        ("dependentSchemas", Map(&SCHEMA)),
        ("items", One(&SCHEMA)),
        ("prefixItems", List(&SCHEMA)),
        ("unevaluatedItems", One(&SCHEMA)),
        ("contains", One(&SCHEMA)),
        ("$defs", Map(&SCHEMA)),
        ("definitions", Map(&SCHEMA)),
        ("$id", Anything),
        ("$schema", Anything),
        ("$anchor", Anything),
        ("$comment", Anything),
        ("$vocabulary", Anything),
        ("$dynamicRef", Anything),
        ("$dynamicAnchor", Anything),
    ],
};
