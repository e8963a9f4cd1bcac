//! What a service has once: credentials, servers, the library file and the manifest.

use super::super::model::{Api, SchemeKind, Server, Source, SourceKind, Variable};
use super::writer::{Writer, literal};
use super::{Layout, SKIPPED, header};

/// Credentials.
pub(super) fn access(api: &Api) -> String {
    let mut w = super::file(api, "Credentials, and a client that shows them.", false);
    w.line("");
    w.line("/// Calls the operations of the service.");
    w.line("pub type Client<T> = kassa_core::client::Client<T, Access>;");
    w.line("");
    w.line("/// The credentials of the service: what is there is shown where it is asked for.");
    w.line("#[derive(Debug, Clone, Default)]");
    if api.schemes.is_empty() {
        w.line("pub struct Access {}");
    } else {
        w.open("pub struct Access {");
        for scheme in &api.schemes {
            w.doc(&scheme.doc);
            w.field(
                &scheme.rust,
                match scheme.kind {
                    SchemeKind::Basic => "Option<Basic>",
                    SchemeKind::MutualTls => "bool",
                    _ => "Option<Secret>",
                },
            );
        }
        w.close("}");
    }
    w.line("");
    w.open("impl Credentials for Access {");
    w.open("fn apply(&self, name: &str, request: &mut Request) -> Result<bool, BuildError> {");
    w.open("match name {");
    for scheme in &api.schemes {
        let of = format!("self.{}", scheme.rust);
        let call = match &scheme.kind {
            SchemeKind::HeaderKey(name) => format!("key_in_header({}, {of}.as_ref(), request)", literal(name)),
            SchemeKind::QueryKey(name) => format!("key_in_query({}, {of}.as_ref(), request)", literal(name)),
            SchemeKind::CookieKey(name) => format!("key_in_cookie({}, {of}.as_ref(), request)", literal(name)),
            SchemeKind::Basic => format!("basic({of}.as_ref(), request)"),
            SchemeKind::Token(name) => format!("token({}, {of}.as_ref(), request)", literal(name)),
            SchemeKind::MutualTls => format!("Ok({of})"),
        };
        w.line(&format!("{} => {call},", literal(&scheme.name)));
    }
    w.line("_ => Ok(false),");
    w.close("}");
    w.close("}");
    w.close("}");
    api.schemes.iter().flat_map(|scheme| &scheme.sources).for_each(|source| write_source(&mut w, source));
    w.out
}

/// Writes where tokens come from.
fn write_source(w: &mut Writer, source: &Source) {
    w.line("");
    w.doc(&source.doc);
    match &source.at {
        SourceKind::OpenId(url) => {
            let head = format!("pub const {}: oauth::Discovery =", source.rust);
            w.assign(&head, "oauth::Discovery::new(", &[literal(url)]);
        }
        SourceKind::Flow(places) => {
            let head = format!("pub const {}: oauth::Endpoints =", source.rust);
            w.assign(&head, "oauth::Endpoints::new(", &places.each_ref().map(|place| literal(place)));
        }
    }
}

/// Servers.
pub(super) fn servers(api: &Api) -> String {
    let mut w = super::file(api, "Where the service answers.", false);
    for server in &api.servers {
        w.line("");
        w.doc(&format!("{}\n\n`{}`", server.doc, server.url.replace('`', "'")));
        w.line("#[derive(Debug, Clone, PartialEq, Eq)]");
        if server.variables.is_empty() {
            w.line(&format!("pub struct {};", server.rust));
        } else {
            w.open(&format!("pub struct {} {{", server.rust));
            for variable in &server.variables {
                let mut doc = if variable.doc.is_empty() {
                    format!("`{}`", variable.wire.replace('`', "'"))
                } else {
                    variable.doc.clone()
                };
                if !variable.choices.is_empty() {
                    let choices: Vec<String> =
                        variable.choices.iter().map(|choice| format!("`{}`", choice.replace('`', "'"))).collect();
                    doc.push_str(&format!("\n\nOne of {}.", choices.join(", ")));
                }
                w.doc(&doc);
                w.field(&variable.rust, "String");
            }
            w.close("}");
            w.line("");
            w.open(&format!("impl Default for {} {{", server.rust));
            w.open("fn default() -> Self {");
            let fields: Vec<String> = server
                .variables
                .iter()
                .map(|variable| format!("{}: {}.to_owned()", variable.rust, literal(&variable.default)))
                .collect();
            w.list("Self {", &fields, "}");
            w.close("}");
            w.close("}");
        }
        w.line("");
        w.open(&format!("impl {} {{", server.rust));
        write_base(&mut w, server);
        w.close("}");
    }
    w.out
}

/// Writes the function that gives the address of a server.
fn write_base(w: &mut Writer, server: &Server) {
    let relative = server.is_relative();
    let (takes, call) = if relative {
        w.line("/// The address, which is relative to where the document was found.");
        ("(&self, document: &str)", "BaseUrl::relative(")
    } else {
        w.line("/// The address.");
        ("(&self)", if server.variables.is_empty() { "BaseUrl::new(" } else { "BaseUrl::filled(" })
    };
    w.line("///");
    w.line("/// # Errors");
    w.line("/// When it is none, or a variable may not hold what it does.");
    w.open(&format!("pub fn base{takes} -> Result<BaseUrl, BuildError> {{"));
    let variable = |variable: &Variable| {
        let choices: Vec<String> = variable.choices.iter().map(|choice| literal(choice)).collect();
        format!("({}, &self.{}, &[{}])", literal(&variable.wire), variable.rust, choices.join(", "))
    };
    let variables: Vec<String> = server.variables.iter().map(variable).collect();
    let mut arguments = vec![literal(&server.url), format!("&[{}]", variables.join(", "))];
    if relative {
        arguments.insert(0, "document".to_owned());
    } else if variables.is_empty() {
        arguments.pop();
    }
    w.list(call, &arguments, ")");
    w.close("}");
}

/// Types that nest deeper are more than the compiler takes by itself.
const DEEP: usize = 40;

/// The library file.
pub(super) fn library(api: &Api, modules: &[String], layout: &Layout) -> String {
    let mut w = Writer::default();
    w.line(&format!("// {}", header(api)));
    w.line("");
    let limit = (api.depth > DEEP).then(|| format!("#![recursion_limit = \"{}\"]", 128 + 8 * api.depth));
    let mut doc = format!("{} {}\n\n{}", api.title, api.version, api.doc);
    if layout.name.is_some() {
        w.inner_doc(&doc);
        w.line("");
        w.line(SKIPPED);
        limit.iter().for_each(|limit| w.line(limit));
        // The compiler takes these of a crate alone.
        w.line("#![allow(confusable_idents, mixed_script_confusables, uncommon_codepoints, rustdoc::all)]");
    } else {
        if let Some(limit) = limit {
            doc.push_str(&format!("\n\nTypes nest deep: the crate of this module needs `{limit}`."));
        }
        w.note(&doc);
    }
    w.line("");
    w.line("pub mod access;");
    let mut rest: Vec<(&str, bool)> = modules.iter().map(|name| (name.as_str(), true)).collect();
    if !api.events.is_empty() {
        rest.push(("events", false));
    }
    if !api.servers.is_empty() {
        rest.push(("servers", false));
    }
    rest.push(("types", false));
    rest.sort_unstable();
    for (name, feature) in rest {
        if feature && modules.len() > 1 && layout.name.is_some() {
            w.line(&format!("#[cfg(feature = {})]", literal(name)));
        }
        w.line(&format!("pub mod {name};"));
    }
    w.line("");
    w.line("#[allow(unused_imports)]");
    w.line("pub use access::{Access, Client};");
    w.line("#[allow(unused_imports)]");
    w.line("pub use kassa_core;");
    w.out
}

/// The manifest.
pub(super) fn manifest(api: &Api, name: &str, modules: &[String], layout: &Layout) -> String {
    let mut out = format!("# {}\n\n[package]\n", header(api));
    let title: String = api.title.chars().filter(|c| !c.is_control()).take(100).collect();
    out.push_str(&format!("name = \"{name}\"\nversion = \"0.1.0\"\nedition = \"2024\"\n"));
    out.push_str(&format!("description = {}\n\n[lib]\n", toml(&format!("A client of {title}"))));
    out.push_str("doctest = false\n\n");
    if modules.len() > 1 {
        let mut names: Vec<&String> = modules.iter().collect();
        names.sort_unstable();
        let all: Vec<String> = names.iter().map(|name| format!("\"{name}\"")).collect();
        out.push_str(&format!("[features]\ndefault = [{}]\n", all.join(", ")));
        for name in names {
            out.push_str(&format!("{name} = []\n"));
        }
        out.push('\n');
    }
    let core = match layout.core.as_str() {
        url if url.contains("://") => format!("{{ git = {} }}", toml(url)),
        version if version.starts_with(|c: char| c.is_ascii_digit()) => toml(version),
        folder => format!("{{ path = {} }}", toml(folder)),
    };
    out.push_str(&format!("[dependencies]\nkassa-core = {core}\n"));
    out
}

/// A text of TOML.
fn toml(text: &str) -> String {
    let mut out = String::from("\"");
    for c in text.chars() {
        match c {
            '"' => out.push_str("\\\""),
            '\\' => out.push_str("\\\\"),
            c if c.is_control() => {}
            c => out.push(c),
        }
    }
    out.push('"');
    out
}
