//! Reading operations and error classes.

use super::text;
use crate::diag::{Code, Diagnostics};
use crate::notation::uniform as notation;
use crate::tree::Entry;
use crate::uniform::{Class, Operation, OperationKind, Shape, Uniform};

/// An operation. Types that are not there are told when `whole` says that all of them were read.
pub(super) fn operation(
    entry: Entry<'_>,
    uniform: &Uniform,
    whole: bool,
    diags: &mut Diagnostics,
) -> Option<Operation> {
    let keys = notation::operation().expect(entry.value, diags)?;
    let node = keys.node();
    let kind_node = node.get("kind")?;
    let kind = match kind_node.as_text() {
        Some("submit") => OperationKind::Submit,
        Some("inquire") => OperationKind::Inquire,
        Some("query") => OperationKind::Query,
        _ => {
            diags.error(Code::S003, kind_node.span(), "`kind` is `submit`, `inquire` or `query`");
            return None;
        }
    };
    let mut ty = |key: &str| {
        let node = node.get(key)?;
        let name = node.expect_text("a type", diags)?;
        let id = uniform.type_named(name);
        if id.is_none() && whole {
            let known = uniform.types.iter().map(|ty| ty.name.as_str());
            diags.unknown(Code::M005, node.span(), format!("no such type: `{name}`"), name, known);
        }
        id
    };
    let (input, output) = (ty("input"), ty("output"));
    if let Some(output) = output
        && !uniform.operations.iter().any(|earlier| earlier.output == output)
        && !uniform.ty(output).fields.iter().any(|field| field.name == "unread" && field.shape == Shape::List)
    {
        let span = uniform.ty(output).span;
        diags
            .error(Code::S008, entry.key_span, "a result needs a field `unread`: what of an answer could not be read")
            .secondary(span, "the result")
            .help("add `unread: { list: text, own: true }`");
    }
    let about = text(node, "about");
    Some(Operation { name: entry.key.to_owned(), kind, input: input?, output: output?, about, span: entry.key_span })
}

/// An error class.
pub(super) fn class(entry: Entry<'_>, diags: &mut Diagnostics) -> Option<Class> {
    let keys = notation::class().expect(entry.value, diags)?;
    let node = keys.node();
    let mut one_of = |key: &str, choices: &[&str]| {
        let node = node.get(key)?;
        let text = node.as_text().filter(|text| choices.contains(text)).map(str::to_owned);
        if text.is_none() {
            diags.error(Code::S003, node.span(), format!("`{key}` is one of {}", choices.join(", ")));
        }
        text
    };
    let means = one_of("means", notation::MEANS)?;
    let repeat = one_of("repeat", notation::REPEATS)?;
    let elsewhere_node = node.get("elsewhere")?;
    let elsewhere = elsewhere_node.expect_bool("`elsewhere`", diags)?;
    if elsewhere && means != "rejected" {
        diags.error(Code::S008, elsewhere_node.span(), "only what is surely rejected may go to another account");
    }
    Some(Class {
        name: entry.key.to_owned(),
        means,
        repeat,
        elsewhere,
        about: text(node, "about"),
        span: entry.key_span,
    })
}
