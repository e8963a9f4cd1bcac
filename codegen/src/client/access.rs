//! Security schemes and servers.

use heck::ToShoutySnakeCase as _;

use super::lower::Lowering;
use super::model::{Place, Scheme, SchemeKind, Server, Source, SourceKind, Variable};
use super::name::{Names, escaped, field_name, type_name};
use super::parameters::{Said, is_token};
use super::view::shown;
use crate::diag::Code;
use crate::tree::{NodeId, Tree, Value};

impl Lowering<'_> {
    /// The security schemes.
    pub(crate) fn schemes(&mut self, root: NodeId) -> Vec<Scheme> {
        let tree = self.reader.tree;
        let Some(components) = tree.get(root, "components") else { return Vec::new() };
        let mut names = Names::default();
        let mut constants = Names::default();
        let mut schemes: Vec<Scheme> = Vec::new();
        for (name, node) in tree.entries_of(components, "securitySchemes").iter() {
            let Some(node) = self.reader.follow(node, "securitySchemes") else { continue };
            let key = tree.text(node, "name").unwrap_or_default().to_owned();
            let http = tree.text(node, "scheme").unwrap_or("bearer").to_ascii_lowercase();
            let (kind, what) = match (tree.text(node, "type"), tree.text(node, "in")) {
                (Some("apiKey"), Some("header")) if is_token(&key) => {
                    let what = format!("The key in the header `{key}`.");
                    (SchemeKind::HeaderKey(key.to_ascii_lowercase()), what)
                }
                (Some("apiKey"), Some("query")) if !key.is_empty() => {
                    let what = format!("The key in the query parameter `{key}`.");
                    (SchemeKind::QueryKey(key), what)
                }
                (Some("apiKey"), Some("cookie")) if is_token(&key) => {
                    let what = format!("The key in the cookie `{key}`.");
                    (SchemeKind::CookieKey(key), what)
                }
                (Some("http"), _) if http == "basic" => (SchemeKind::Basic, "User and password.".to_owned()),
                (Some("http"), _) if http == "bearer" => {
                    (SchemeKind::Token("Bearer".to_owned()), "The bearer token.".to_owned())
                }
                (Some("http"), _) if is_token(&http) => {
                    let what = format!("What stands behind `{http}` in the header `Authorization`.");
                    (SchemeKind::Token(http), what)
                }
                (Some("oauth2"), _) => {
                    (SchemeKind::Token("Bearer".to_owned()), "The access token of OAuth 2.".to_owned())
                }
                (Some("openIdConnect"), _) => {
                    (SchemeKind::Token("Bearer".to_owned()), "The access token of OpenID Connect.".to_owned())
                }
                (Some("mutualTLS"), _) => {
                    let what = "Whether the transport shows a client certificate, which it has to do by itself.";
                    (SchemeKind::MutualTls, what.to_owned())
                }
                _ => {
                    self.reader.notes.warn(
                        Code::S006,
                        tree.offset(node),
                        format!("the security scheme `{name}` {}: left out", lacking(tree, node)),
                    );
                    continue;
                }
            };
            let doc = match tree.text(node, "description").map(str::trim).filter(|text| !text.is_empty()) {
                Some(text) => format!("{what}\n\n{text}"),
                None => what,
            };
            let shown = match &kind {
                SchemeKind::HeaderKey(key) => Some((Place::Header, key.clone())),
                SchemeKind::QueryKey(key) => Some((Place::Query, key.clone())),
                SchemeKind::CookieKey(key) => Some((Place::Cookie, key.clone())),
                SchemeKind::Basic | SchemeKind::Token(_) => Some((Place::Header, "authorization".to_owned())),
                SchemeKind::MutualTls => None,
            };
            self.schemes.insert(name.to_owned(), shown);
            let field = names.take(&field_name(name, "scheme"));
            let mut sources = self.sources(node);
            for source in &mut sources {
                source.doc = format!("{} For [`Access::{field}`].", source.doc);
                source.rust = constants.take(&format!("{field} {}", source.rust).to_shouty_snake_case());
            }
            schemes.push(Scheme { name: name.to_owned(), rust: escaped(field), doc, kind, sources });
        }
        schemes
    }

    /// Where the tokens of a scheme come from.
    fn sources(&self, node: NodeId) -> Vec<Source> {
        let tree = self.reader.tree;
        // What is no part of an address is left out; nobody could ask there.
        let place = |node: NodeId, key: &str| {
            let text = tree.text(node, key).unwrap_or_default().trim();
            if text.bytes().all(|b| b.is_ascii_graphic()) { text.to_owned() } else { String::new() }
        };
        if let Some(url) = tree.text(node, "openIdConnectUrl").filter(|url| !url.is_empty()) {
            let doc = "Where the provider of OpenID Connect says where it answers.".to_owned();
            return vec![Source { rust: String::new(), doc, at: SourceKind::OpenId(url.to_owned()) }];
        }
        let mut sources = Vec::new();
        for (flow, node) in tree.entries_of(node, "flows").iter().filter(|(flow, _)| !flow.starts_with("x-")) {
            let places = ["authorizationUrl", "tokenUrl", "refreshUrl"].map(|key| place(node, key));
            if places.iter().all(String::is_empty) {
                continue;
            }
            let scopes = tree.entries_of(node, "scopes");
            let scopes: Vec<String> =
                scopes.iter().map(|(scope, _)| format!("`{}`", scope.replace('`', "'"))).collect();
            let doc = match scopes.len() {
                0 => format!("The flow `{}` of OAuth 2.", flow.replace('`', "'")),
                _ => {
                    format!("The flow `{}` of OAuth 2, with the scopes {}.", flow.replace('`', "'"), scopes.join(", "))
                }
            };
            sources.push(Source { rust: flow.to_owned(), doc, at: SourceKind::Flow(places) });
        }
        sources
    }

    /// The alternatives of schemes that an operation needs.
    pub(super) fn access(&mut self, root: NodeId, node: NodeId) -> Vec<Vec<(String, Vec<String>)>> {
        let tree = self.reader.tree;
        let mut list = self.list_of(node, "security");
        // What is blank says nothing, and surely not that everybody may do it.
        if list.is_empty() && tree.get(node, "security").is_none_or(|said| matches!(tree.value(said), Value::Null)) {
            list = self.list_of(root, "security");
        }
        let mut all = Vec::new();
        for alternative in list {
            let offset = tree.offset(*alternative);
            if !matches!(tree.value(*alternative), Value::Map(_)) {
                let message = format!("schemes are named in a map, and this is {}: left out", tree.kind(*alternative));
                self.reader.notes.warn(Code::S003, offset, message);
                continue;
            }
            let entries = tree.entries(*alternative);
            if let Some((name, _)) = entries.iter().find(|(name, _)| !self.schemes.contains_key(*name)) {
                let message = format!(
                    "there is no security scheme `{name}` under `components` that can be used: this alternative is left out"
                );
                self.reader.notes.warn(Code::S005, offset, message);
                continue;
            }
            let scopes =
                |of| tree.items(of).iter().filter_map(|scope| tree.as_text(*scope).map(str::to_owned)).collect();
            all.push(entries.iter().map(|(name, of)| (name.to_owned(), scopes(of))).collect());
        }
        // What asks for something is not sent without.
        if let Some(first) = list.first().filter(|_| all.is_empty()) {
            self.spoil(tree.offset(*first));
        }
        all
    }

    /// Whether something else says what a parameter would: two headers of one name contradict each other.
    pub(super) fn said_elsewhere(&mut self, said: Said, access: &[Vec<(String, Vec<String>)>]) -> bool {
        let tree = self.reader.tree;
        let (name, place) = (tree.text(said.node, "name").unwrap_or_default(), tree.text(said.node, "in"));
        let by = match (place, name.to_ascii_lowercase().as_str()) {
            (Some("header"), "accept") => "the media types of the answers".to_owned(),
            (Some("header"), "content-type") => "the media type of the body".to_owned(),
            (Some("header"), "host" | "content-length" | "transfer-encoding" | "connection") => {
                "the transport".to_owned()
            }
            (place, lower) => {
                let is_shown = |(scheme, _): &&(String, Vec<String>)| match self.schemes.get(scheme) {
                    Some(Some((Place::Header, key))) => place == Some("header") && key == lower,
                    Some(Some((Place::Query, key))) => place == Some("query") && key == name,
                    Some(Some((Place::Cookie, key))) => place == Some("cookie") && key == name,
                    _ => false,
                };
                let Some((scheme, _)) = access.iter().flatten().find(is_shown) else {
                    if place == Some("header") && lower == "authorization" {
                        let message =
                            "`Authorization` is what security schemes are for; none says it here: a parameter";
                        self.reader.notes.remark(tree.offset(said.site), message);
                    }
                    return false;
                };
                format!("the security scheme `{scheme}`")
            }
        };
        self.reader.notes.remark(tree.offset(said.site), format!("`{name}` is said by {by}, and by no parameter"));
        true
    }

    /// The servers of the document.
    pub(crate) fn servers(&mut self, root: NodeId) -> Vec<Server> {
        let tree = self.reader.tree;
        let mut names = Names::without(&["Self_"]);
        let mut servers = Vec::new();
        for node in tree.items_of(root, "servers") {
            let Some(url) = self.server_url(*node) else { continue };
            let description = tree.text(*node, "description").unwrap_or_default();
            let label = if description.len() > 40 { "" } else { description };
            let rust = names.take(&type_name(&format!("{label} server"), "Server"));
            let variables = self.variables(*node, &url);
            servers.push(Server { rust, url, doc: description.to_owned(), variables });
        }
        servers
    }

    /// The address of a server. Paths are appended to it, so it has no query.
    fn server_url(&mut self, node: NodeId) -> Option<String> {
        let tree = self.reader.tree;
        let url = tree.text(node, "url")?.trim();
        let end = url.find(['?', '#']).unwrap_or(url.len());
        if end < url.len() {
            let message = format!(
                "the address `{url}` has a query or a fragment, and paths are appended to it: that is left out"
            );
            self.reader.notes.warn(Code::S008, tree.offset(node), message);
        }
        Some(url[..end].to_owned())
    }

    fn variables(&mut self, node: NodeId, url: &str) -> Vec<Variable> {
        let tree = self.reader.tree;
        let mut names = Names::default();
        let mut variables: Vec<Variable> = Vec::new();
        for part in url.split('{').skip(1) {
            let Some((wire, _)) = part.split_once('}') else { continue };
            if variables.iter().any(|had| had.wire == wire) {
                continue;
            }
            let said = tree.get(node, "variables").and_then(|of| tree.get(of, wire));
            if said.is_none() {
                self.reader.notes.warn(
                    Code::S007,
                    tree.offset(node),
                    format!(
                        "nothing declares the variable `{wire}` of this server: it is empty until the caller fills it"
                    ),
                );
            }
            let text = |id: NodeId| shown(tree, id).trim_matches('"').to_owned();
            let scalar = |id: NodeId| tree.as_text(id).map_or_else(|| text(id), str::to_owned);
            let default = said.and_then(|said| tree.get(said, "default"));
            let mut choices: Vec<String> =
                said.map(|said| tree.items_of(said, "enum").iter().map(|id| scalar(*id)).collect()).unwrap_or_default();
            if let Some(at) = default.filter(|at| !choices.is_empty() && !choices.contains(&scalar(*at))) {
                let message = format!(
                    "the default `{}` is none of the values of the enumeration: it is allowed as well",
                    scalar(at)
                );
                self.reader.notes.warn(Code::S008, tree.offset(at), message);
                choices.push(scalar(at));
            }
            variables.push(Variable {
                wire: wire.to_owned(),
                rust: escaped(names.take(&field_name(wire, "variable"))),
                default: default.map(scalar).unwrap_or_default(),
                choices,
                doc: said.and_then(|said| tree.text(said, "description")).unwrap_or_default().to_owned(),
            });
        }
        variables
    }

    /// The server of an operation or a path, its variables at their defaults.
    pub(super) fn server_of(&mut self, node: NodeId) -> Option<String> {
        let server = *self.reader.tree.items_of(node, "servers").first()?;
        let mut url = self.server_url(server)?;
        for variable in self.variables(server, &url.clone()) {
            url = url.replace(&format!("{{{}}}", variable.wire), &variable.default);
        }
        Some(url)
    }
}

/// What a security scheme does not say of itself.
fn lacking(tree: &Tree, node: NodeId) -> String {
    match (tree.text(node, "type"), tree.text(node, "in")) {
        (None, _) => "has no `type`".to_owned(),
        (Some("apiKey"), Some("header" | "query" | "cookie")) => match tree.text(node, "name") {
            None | Some("") => "has no `name`".to_owned(),
            Some(name) => format!("has a `name` that no header or cookie has, `{name}`"),
        },
        (Some("apiKey"), None) => "does not say by `in` where the key goes".to_owned(),
        (Some("apiKey"), Some(place)) => format!("has its key in `{place}`, which is none of header, query and cookie"),
        (Some("http"), _) => {
            format!("has the `scheme` `{}`, which is no word", tree.text(node, "scheme").unwrap_or_default())
        }
        (Some(other), _) => {
            format!("has the type `{other}`, which is none of apiKey, http, oauth2, openIdConnect and mutualTLS")
        }
    }
}
