//! What several operations of a provider have in common: written once, and called by each.
//!
//! Renderers hand in what may turn up again, and put a mark in its place. When all operations are rendered, a part with
//! one place is written there, and one with several becomes a function.

mod tokens;

use std::cell::RefCell;
use std::collections::{BTreeMap, HashMap};

use proc_macro2::{Group, Ident, Literal, TokenStream, TokenTree};
use quote::{ToTokens, quote};

use super::field;
use crate::names::{Names, field_name, ident, type_name};
use crate::uniform::{Shape, Ty, TypeId, Uniform};
use tokens::{after_input, count, is_used, may_fail, regroup, without_input, without_path};

/// What is shorter is read more easily where it is used.
const LEAST_TOKENS: usize = 60;

/// Stands before the number and the arguments of a part.
const MARK: &str = "__shared";

/// What may turn up in several operations.
pub(super) struct Part {
    /// The name of its function.
    pub(super) name: String,
    /// What that gives, for its documentation.
    pub(super) about: String,
    /// The type of the value.
    pub(super) result: TokenStream,
    /// How it stands in the code around it.
    pub(super) form: Form,
    /// The code.
    pub(super) code: TokenStream,
}

/// How a part stands in the code around it.
pub(super) enum Form {
    /// As the whole body of a function or closure, whose result it has.
    Body,
    /// As a value; what may fail in it fails with this.
    Value(TokenStream),
    /// As statements, which may fail with this.
    Steps(TokenStream),
}

/// A name that the code of a part may use, which its function then takes.
pub(super) enum Variable {
    /// A reference to a type.
    Of(&'static str, TokenStream),
    /// The input, of this type. Where its objects and lists alone are used, the function takes those.
    Input(TypeId),
}

/// The parts of a provider's operations, as they are found.
pub(super) struct Shared<'p> {
    uniform: &'p Uniform,
    found: RefCell<Found>,
}

#[derive(Default)]
struct Found {
    parts: Vec<Held>,
    /// The number of a part by all that tells it from another.
    known: HashMap<String, usize>,
}

struct Held {
    name: String,
    about: String,
    /// The code where it stands.
    inline: TokenStream,
    /// The same without marks.
    whole: TokenStream,
    /// The parameters, result and body of its function.
    parameters: TokenStream,
    result: TokenStream,
    body: TokenStream,
    /// Whether it takes fields of the input, and not the input.
    takes_fields: bool,
    /// What stands behind a call.
    behind: TokenStream,
}

impl Found {
    /// `tokens` with what the marks in it stand for.
    fn whole(&self, tokens: TokenStream) -> TokenStream {
        replaced(tokens, &mut |arguments| self.parts[number_of(arguments)].whole.clone())
    }
}

impl<'p> Shared<'p> {
    pub(super) fn new(uniform: &'p Uniform) -> Self {
        Self { uniform, found: RefCell::default() }
    }

    /// The mark of a part, which stands for it until [`Shared::settle`].
    pub(super) fn part(&self, part: Part, variables: &[Variable]) -> TokenStream {
        let Part { name, about, result, form, code } = part;
        let mut found = self.found.borrow_mut();
        // Parts within it may end up there, with all that they use.
        let whole = found.whole(code.clone());
        let (mut parameters, mut arguments) = (Vec::new(), Vec::new());
        let mut takes_fields = false;
        for variable in variables {
            match variable {
                Variable::Of(name, ty) if is_used(&whole, name) => {
                    let name = ident(name);
                    parameters.push(quote! { #name: &#ty });
                    arguments.push(quote! { #name });
                }
                Variable::Of(..) => {}
                Variable::Input(ty) if is_used(&whole, "input") => match self.fields_of_input(&whole, *ty) {
                    Some(fields) => {
                        takes_fields = true;
                        for (field, ty) in fields {
                            parameters.push(quote! { #field: &#ty });
                            arguments.push(quote! { &input.#field });
                        }
                    }
                    None => {
                        let ty = ident(&type_name(&self.uniform.ty(*ty).name));
                        parameters.push(quote! { input: &#ty });
                        arguments.push(quote! { input });
                    }
                },
                Variable::Input(_) => {}
            }
        }
        let fails = may_fail(&whole);
        let (result, body, behind) = match form {
            Form::Body => (result, code.clone(), TokenStream::new()),
            Form::Value(error) if fails => (quote! { Result<#result, #error> }, quote! { Ok(#code) }, quote! { ? }),
            Form::Value(_) => (result, code.clone(), TokenStream::new()),
            Form::Steps(error) => (quote! { Result<(), #error> }, quote! { #code Ok(()) }, quote! { ?; }),
        };
        let parameters = quote! { #(#parameters),* };
        let compared = if takes_fields { without_input(body.clone()) } else { body.clone() };
        let next = found.parts.len();
        let number = *found.known.entry(format!("({parameters}) {result} {compared} {behind}")).or_insert(next);
        if number == next {
            found.parts.push(Held { name, about, inline: code, whole, parameters, result, body, takes_fields, behind });
        }
        let (mark, number) = (ident(MARK), Literal::usize_unsuffixed(number));
        quote! { #mark! { #number #(#arguments),* } }
    }

    /// The objects and lists of the input that the code uses, with their types, when it uses nothing else of it.
    fn fields_of_input(&self, code: &TokenStream, ty: TypeId) -> Option<BTreeMap<Ident, TokenStream>> {
        let mut used = Vec::new();
        after_input(code, &mut used)?;
        let fields = &self.uniform.ty(ty).fields;
        used.into_iter()
            .map(|name| {
                let item = fields.iter().find(|item| item.derived.is_none() && field(&item.name) == name)?;
                let Ty::Struct(of) = item.ty else { return None };
                let of = ident(&type_name(&self.uniform.ty(of).name));
                // The name may not be that of something else.
                (!is_used(code, &name.to_string())).then(|| match item.shape {
                    Shape::One => (name, quote! { #of }),
                    Shape::Optional => (name, quote! { Option<#of> }),
                    Shape::List | Shape::Set => (name, quote! { [#of] }),
                })
            })
            .collect()
    }

    /// Decides what becomes a function, given everything that is rendered and the operation that it is for.
    pub(super) fn settle(self, rendered: &[(String, &TokenStream)]) -> Settled {
        let parts = self.found.into_inner().parts;
        let mut users: Vec<Vec<&str>> = vec![Vec::new(); parts.len()];
        let mut places = vec![0_usize; parts.len()];
        // In the order in which a reader meets them: first what calls, then what is called.
        let mut order = Vec::new();
        for (operation, tokens) in rendered {
            let mut met = vec![false; parts.len()];
            let mut open = marks(tokens);
            open.iter().for_each(|number| places[*number] += 1);
            open.reverse();
            while let Some(number) = open.pop() {
                if std::mem::replace(&mut met[number], true) {
                    continue;
                }
                let mut inner = marks(&parts[number].body);
                if users[number].is_empty() {
                    order.push(number);
                    inner.iter().for_each(|number| places[*number] += 1);
                }
                users[number].push(operation);
                inner.reverse();
                open.extend(inner);
            }
        }
        // How long a part is depends on what becomes of those within it, which were found before it.
        let mut settled = Settled { written: Vec::new(), functions: TokenStream::new() };
        for (number, part) in parts.iter().enumerate() {
            let inline = settled.resolve(part.inline.clone());
            settled.written.push(match places[number] > 1 && count(&inline) >= LEAST_TOKENS {
                true => Written::Called(ident(&part.name), part.behind.clone()),
                false => Written::Inline(inline),
            });
        }
        // Where several would have one name, each says whom it is for.
        let is_called = |number: &usize| matches!(settled.written[*number], Written::Called(..));
        let called: Vec<usize> = order.into_iter().filter(is_called).collect();
        let mut names = Names::default();
        for number in &called {
            let name = &parts[*number].name;
            let alone = called.iter().filter(|other| parts[**other].name == *name).count() == 1;
            let name = if alone { name.clone() } else { format!("{name}_for_{}", field_name(users[*number][0])) };
            settled.written[*number] = Written::Called(ident(&names.take(&name)), parts[*number].behind.clone());
        }
        for (number, part) in parts.iter().enumerate() {
            if matches!(settled.written[number], Written::Inline(_)) {
                settled.written[number] = Written::Inline(settled.resolve(part.inline.clone()));
            }
        }
        let functions = called.into_iter().map(|number| {
            let Held { about, parameters, result, body, takes_fields, .. } = &parts[number];
            let Written::Called(name, _) = &settled.written[number] else { unreachable!("it is called") };
            let body = settled.resolve(body.clone());
            let body = if *takes_fields { without_input(body) } else { body };
            let users: Vec<_> = users[number].iter().map(|user| format!("`{user}`")).collect();
            let about = super::doc(&format!("{about}.\n\nFor {}.", users.join(", ")));
            quote! { #about pub(super) fn #name(#parameters) -> #result { #body } }
        });
        let functions = functions.collect();
        Settled { functions, ..settled }
    }
}

/// What became of the parts.
pub(super) struct Settled {
    written: Vec<Written>,
    functions: TokenStream,
}

enum Written {
    Inline(TokenStream),
    /// By this name, and with this behind the call.
    Called(Ident, TokenStream),
}

impl Settled {
    /// The functions, calling each other without a path; nothing where nothing is shared.
    pub(super) fn functions(&self) -> Option<TokenStream> {
        (!self.functions.is_empty()).then(|| without_path(self.functions.clone()))
    }

    /// Writes what stands for the marks in `tokens`.
    pub(super) fn resolve(&self, tokens: TokenStream) -> TokenStream {
        let mut out: Vec<TokenTree> = Vec::new();
        let mut trees = tokens.into_iter();
        while let Some(tree) = trees.next() {
            match tree {
                TokenTree::Ident(name) if name == MARK => out.extend(self.mark(&arguments(&mut trees), true)),
                TokenTree::Group(group) => {
                    // What fails by itself needs no `Ok(…?)` around it.
                    let wrapped = matches!(out.last(), Some(TokenTree::Ident(name)) if name == "Ok");
                    match only_mark(&group).filter(|arguments| wrapped && self.fails(arguments)) {
                        Some(arguments) => {
                            out.pop();
                            out.extend(self.mark(&arguments, false));
                        }
                        None => out.push(regroup(&group, self.resolve(group.stream()))),
                    }
                }
                other => out.push(other),
            }
        }
        out.into_iter().collect()
    }

    fn fails(&self, arguments: &Group) -> bool {
        matches!(&self.written[number_of(arguments)], Written::Called(_, behind) if !behind.is_empty())
    }

    fn mark(&self, arguments: &Group, with_behind: bool) -> TokenStream {
        match &self.written[number_of(arguments)] {
            Written::Inline(code) => code.clone(),
            Written::Called(name, behind) => {
                let arguments: TokenStream = arguments.stream().into_iter().skip(1).collect();
                let behind = with_behind.then_some(behind);
                quote! { shared::#name(#arguments) #behind }
            }
        }
    }
}

/// What follows a mark.
fn arguments(trees: &mut impl Iterator<Item = TokenTree>) -> Group {
    match (trees.next(), trees.next()) {
        (Some(TokenTree::Punct(_)), Some(TokenTree::Group(group))) => group,
        _ => unreachable!("a mark has its arguments"),
    }
}

/// The arguments of the mark that a group is, if it is nothing else.
fn only_mark(group: &Group) -> Option<Group> {
    let trees: Vec<TokenTree> = group.stream().into_iter().collect();
    match &trees[..] {
        [TokenTree::Ident(name), _, TokenTree::Group(arguments)] if name == MARK => Some(arguments.clone()),
        _ => None,
    }
}

/// `tokens` with something else for each mark.
fn replaced(tokens: TokenStream, of: &mut impl FnMut(&Group) -> TokenStream) -> TokenStream {
    let mut out = TokenStream::new();
    let mut trees = tokens.into_iter();
    while let Some(tree) = trees.next() {
        match tree {
            TokenTree::Ident(name) if name == MARK => out.extend(of(&arguments(&mut trees))),
            TokenTree::Group(group) => regroup(&group, replaced(group.stream(), of)).to_tokens(&mut out),
            other => other.to_tokens(&mut out),
        }
    }
    out
}

fn number_of(arguments: &Group) -> usize {
    let number = arguments.stream().into_iter().next().map(|tree| tree.to_string());
    number.and_then(|number| number.parse().ok()).expect("a mark begins with its number")
}

/// The numbers of all parts that `tokens` have marks of.
fn marks(tokens: &TokenStream) -> Vec<usize> {
    let mut found = Vec::new();
    let mut marked = false;
    for tree in tokens.clone() {
        match tree {
            TokenTree::Ident(name) => marked = name == MARK,
            TokenTree::Group(group) if std::mem::take(&mut marked) => found.push(number_of(&group)),
            TokenTree::Group(group) => found.extend(marks(&group.stream())),
            _ => {}
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    fn uniform() -> Uniform {
        let specs = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../specs");
        crate::load::load(crate::Input::new(specs)).expect("the specs are sound").uniform
    }

    fn input(uniform: &Uniform, name: &str) -> TypeId {
        uniform.operations.iter().find(|operation| operation.name == name).expect("there is such an operation").input
    }

    /// A long enough value that fails, made of this.
    fn value(of: TokenStream) -> Part {
        let fields = (0..LEAST_TOKENS / 4).map(|number| {
            let field = ident(&format!("f{number}"));
            quote! { #field: 1, }
        });
        Part {
            name: "make".to_owned(),
            about: "A thing".to_owned(),
            result: quote! { Thing },
            form: Form::Value(quote! { Refusal }),
            code: quote! { Thing { made: of(#of)?, #(#fields)* } },
        }
    }

    fn written(tokens: &TokenStream) -> String {
        tokens.to_string().split_whitespace().collect()
    }

    #[test]
    fn what_has_several_places_takes_what_it_uses_of_either_input() {
        let uniform = uniform();
        let shared = Shared::new(&uniform);
        let [one, two] = ["register_receipt", "register_correction"].map(|operation| {
            let variables = [Variable::Of("key", quote! { str }), Variable::Input(input(&uniform, operation))];
            let made = shared.part(value(quote! { key, &input.payments, input.payments.cash }), &variables);
            (operation.to_owned(), quote! { Ok(#made) })
        });
        let settled = shared.settle(&[(one.0, &one.1), (two.0, &two.1)]);
        let functions = written(&settled.functions().expect("something is shared"));
        assert!(functions.contains("fnmake(key:&str,payments:&Payments)->Result<Thing,Refusal>"), "{functions}");
        assert!(functions.contains("of(key,payments,payments.cash)?"), "{functions}");
        assert!(functions.contains("For`register_receipt`,`register_correction`."), "{functions}");
        // What fails by itself is not wrapped again.
        assert_eq!(written(&settled.resolve(two.1)), "shared::make(key,&input.payments)");
    }

    #[test]
    fn what_differs_and_what_has_one_place_stays_there() {
        let uniform = uniform();
        let shared = Shared::new(&uniform);
        let made =
            |of: TokenStream, operation: &str| shared.part(value(of), &[Variable::Input(input(&uniform, operation))]);
        // A field that is no object, of two types of input.
        let (one, two) =
            (made(quote! { input.kind }, "register_receipt"), made(quote! { input.kind }, "register_correction"));
        let settled = shared.settle(&[("a".to_owned(), &one), ("b".to_owned(), &two)]);
        assert!(settled.functions().is_none());
        assert!(written(&settled.resolve(two)).starts_with("Thing{made:of(input.kind)?,"));
    }

    #[test]
    fn what_is_within_something_shared_has_one_place() {
        let uniform = uniform();
        let shared = Shared::new(&uniform);
        let variables = [Variable::Of("key", quote! { str })];
        let outer = || {
            let inner = shared.part(value(quote! { key }), &variables);
            shared.part(Part { name: "outer".to_owned(), ..value(inner) }, &variables)
        };
        let (one, two) = (outer(), outer());
        let settled = shared.settle(&[("a".to_owned(), &quote! { #one #two })]);
        let functions = written(&settled.functions().expect("something is shared"));
        assert_eq!(functions.matches("pub(super)fn").count(), 1, "{functions}");
        assert!(functions.contains("fnouter(key:&str)"), "{functions}");
    }

    #[test]
    fn two_of_one_name_say_whom_they_are_for() {
        let uniform = uniform();
        let shared = Shared::new(&uniform);
        let made = |of: TokenStream| shared.part(value(of), &[]);
        let (one, two) = (made(quote! { 1 }), made(quote! { 2 }));
        let twice = quote! { #one #one #two };
        let settled = shared.settle(&[("cash_in".to_owned(), &twice), ("tellLater".to_owned(), &two)]);
        let functions = written(&settled.functions().expect("something is shared"));
        assert!(functions.contains("fnmake_for_cash_in()"), "{functions}");
        assert!(functions.contains("fnmake_for_cash_in2()"), "{functions}");
    }
}
