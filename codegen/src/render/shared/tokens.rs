//! What code uses, and the same code with other names.

use proc_macro2::{Delimiter, Group, Ident, TokenStream, TokenTree};
use quote::ToTokens;

pub(super) fn regroup(group: &Group, inner: TokenStream) -> TokenTree {
    let mut made = Group::new(group.delimiter(), inner);
    made.set_span(group.span());
    made.into()
}

/// How many tokens there are.
pub(super) fn count(tokens: &TokenStream) -> usize {
    tokens
        .clone()
        .into_iter()
        .map(|tree| match tree {
            TokenTree::Group(group) => 1 + count(&group.stream()),
            _ => 1,
        })
        .sum()
}

/// Whether the tree at `index` is a variable: no field, no method, no part of a path, and no name of a field that is set.
fn is_variable(trees: &[TokenTree], index: usize) -> bool {
    let punct = |at: Option<usize>, expected: char| {
        at.and_then(|at| trees.get(at))
            .is_some_and(|tree| matches!(tree, TokenTree::Punct(punct) if punct.as_char() == expected))
    };
    let path = punct(index.checked_sub(1), ':') && punct(index.checked_sub(2), ':');
    let range = punct(index.checked_sub(1), '.') && punct(index.checked_sub(2), '.');
    (!punct(index.checked_sub(1), '.') || range) && !path && !punct(Some(index + 1), ':')
}

/// Whether `tokens` use the variable `name`.
pub(super) fn is_used(tokens: &TokenStream, name: &str) -> bool {
    let trees: Vec<TokenTree> = tokens.clone().into_iter().collect();
    trees.iter().enumerate().any(|(index, tree)| match tree {
        TokenTree::Ident(found) => found == name && is_variable(&trees, index),
        TokenTree::Group(group) => is_used(&group.stream(), name),
        _ => false,
    })
}

/// Whether something in `tokens` leaves the function that they stand in.
pub(super) fn may_fail(tokens: &TokenStream) -> bool {
    tokens.clone().into_iter().any(|tree| match tree {
        TokenTree::Punct(punct) => punct.as_char() == '?',
        TokenTree::Ident(name) => name == "return",
        TokenTree::Group(group) => may_fail(&group.stream()),
        TokenTree::Literal(_) => false,
    })
}

/// The fields that follow `input`; `None` where it is used otherwise.
pub(super) fn after_input(tokens: &TokenStream, found: &mut Vec<Ident>) -> Option<()> {
    let trees: Vec<TokenTree> = tokens.clone().into_iter().collect();
    for (index, tree) in trees.iter().enumerate() {
        match tree {
            TokenTree::Group(group) => after_input(&group.stream(), found)?,
            TokenTree::Ident(name) if name == "input" && is_variable(&trees, index) => {
                match (trees.get(index + 1), trees.get(index + 2), trees.get(index + 3)) {
                    (_, _, Some(TokenTree::Group(group))) if group.delimiter() == Delimiter::Parenthesis => {
                        return None;
                    }
                    (Some(TokenTree::Punct(dot)), Some(TokenTree::Ident(name)), _) if dot.as_char() == '.' => {
                        found.push(name.clone());
                    }
                    _ => return None,
                }
            }
            _ => {}
        }
    }
    Some(())
}

/// `input.field` as `field`, which is a reference then.
pub(super) fn without_input(tokens: TokenStream) -> TokenStream {
    let trees: Vec<TokenTree> = tokens.into_iter().collect();
    let is_punct = |at: usize, expected: char| {
        trees.get(at).is_some_and(|tree| matches!(tree, TokenTree::Punct(punct) if punct.as_char() == expected))
    };
    let mut out: Vec<TokenTree> = Vec::new();
    let mut index = 0;
    while let Some(tree) = trees.get(index) {
        match tree {
            TokenTree::Group(group) => out.push(regroup(group, without_input(group.stream()))),
            TokenTree::Ident(name) if name == "input" && is_variable(&trees, index) => {
                let whole = !is_punct(index + 3, '.');
                if whole && matches!(out.last(), Some(TokenTree::Punct(punct)) if punct.as_char() == '&') {
                    out.pop();
                }
                index += 1; // and the dot: the field comes next
            }
            other => out.push(other.clone()),
        }
        index += 1;
    }
    out.into_iter().collect()
}

/// `shared::f` as `f`, in the module itself.
pub(super) fn without_path(tokens: TokenStream) -> TokenStream {
    let mut out = TokenStream::new();
    let mut trees = tokens.into_iter().peekable();
    while let Some(tree) = trees.next() {
        match tree {
            TokenTree::Ident(name)
                if name == "shared"
                    && matches!(trees.peek(), Some(TokenTree::Punct(punct)) if punct.as_char() == ':') =>
            {
                trees.next();
                trees.next();
            }
            TokenTree::Group(group) => regroup(&group, without_path(group.stream())).to_tokens(&mut out),
            other => other.to_tokens(&mut out),
        }
    }
    out
}
