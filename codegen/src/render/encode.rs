//! From the input of a uniform operation to the provider's request.

use proc_macro2::TokenStream;
use quote::quote;

use super::access::{Access, Parts, Scope, elements, reach};
use super::field;
use super::settings::{choice_type, choice_variant, optional as setting_optional};
use super::shared::{Form, Part, Shared, Variable};
use super::tables::needs_settings;
use super::types::{Slot, slot};
use crate::mapping::{Mixed, Omit, Pages, Setting, SettingKind};
use crate::model::{
    AbsentPlan, ContactUnit, Convert, Guard, Inexact, InputTest, Literal, MappedPlan, PagePart, Plan, RequiredPlan,
    RowPlan, SetPlan, TakePlan, UPath, Value,
};
use crate::names::{field_name, ident, type_name};
use crate::spec::{Prop, Schema, SchemaKind, TypeId, TypeKind};
use crate::uniform::{Formula, Shape, Ty, TypeId as UniformId, Uniform};

/// Renders what turns an input into a request.
pub(super) struct Encoder<'p> {
    pub(super) plan: &'p Plan,
    pub(super) uniform: &'p Uniform,
    /// The operation that is built; none for the answer to a callback, which has nothing of an input.
    pub(super) mapped: Option<&'p MappedPlan>,
    /// Where parts go that other operations may have too, and the type of the input.
    pub(super) shared: Option<(&'p Shared<'p>, UniformId)>,
}

/// A value that may be absent, or not.
struct Made {
    expr: TokenStream,
    option: bool,
}

impl Made {
    fn as_option(&self) -> TokenStream {
        let expr = &self.expr;
        if self.option {
            quote! { #expr }
        } else {
            quote! { Some(#expr) }
        }
    }
}

impl Encoder<'_> {
    /// The checks before anything is built: what is refused, implied or required.
    pub(super) fn checks(&self) -> TokenStream {
        let Some(mapped) = self.mapped else { return TokenStream::new() };
        let mut whole = Vec::new();
        let mut by_list: Vec<(UPath, Vec<TokenStream>)> = Vec::new();
        let mut add = |path: &UPath, check: &dyn Fn(&Scope) -> TokenStream| {
            let count = path.list(self.uniform);
            if count == 0 {
                whole.push(check(&Scope::input()));
                return;
            }
            let list = path.prefix(count);
            let scope = Scope::input().with(&list, "item");
            let check = check(&scope);
            match by_list.iter_mut().find(|(known, _)| *known == list) {
                Some((_, checks)) => checks.push(check),
                None => by_list.push((list, vec![check])),
            }
        };
        for (path, reason, _) in &mapped.refuse {
            add(path, &|scope| {
                let stated = self.stated(path, scope);
                let text = &path.text;
                let reason = format!("cannot be sent: {reason}");
                quote! { if #stated { return Err(Refusal::new(#text, #reason)); } }
            });
        }
        for implied in &mapped.implied {
            add(&implied.path, &|scope| {
                let text = &implied.path.text;
                let item = implied.path.last(self.uniform);
                let (broken, reason) = match (implied.value, item.ty) {
                    (Some(value), Ty::Enum(of)) => {
                        let item = &self.uniform.enums[of];
                        let (ty, variant) =
                            (ident(&type_name(&item.name)), ident(&type_name(&item.values[value].name)));
                        let access = reach(self.uniform, &implied.path, scope).option();
                        let reason = format!("can only be {}: {}", item.values[value].name, implied.reason);
                        (quote! { #access.is_some_and(|value| *value != #ty::#variant) }, reason)
                    }
                    _ => {
                        let Some(Formula::Product(a, b)) = &item.otherwise else {
                            unreachable!("checked while resolving")
                        };
                        let reason = format!("can only be {a} × {b}: {}", implied.reason);
                        (self.otherwise_broken(&implied.path, scope), reason)
                    }
                };
                quote! { if #broken { return Err(Refusal::new(#text, #reason)); } }
            });
        }
        let mut requires = Vec::new();
        for require in &mapped.require {
            match &require.what {
                RequiredPlan::Sum(sum, equals) => requires.push(self.sum_is(sum, equals, &require.reason)),
                RequiredPlan::Alone(path, of, values) => {
                    requires.push(self.alone(path, *of, values, &require.reason));
                }
                RequiredPlan::Otherwise(path) => add(path, &|scope| {
                    let broken = self.otherwise_broken(path, scope);
                    let (text, reason) =
                        (&path.text, format!("has to be what it is when left out: {}", require.reason));
                    quote! { if #broken { return Err(Refusal::new(#text, #reason)); } }
                }),
            }
        }
        for (path, guards) in self.guarded_only() {
            let conditions: Vec<&[Guard]> = guards.iter().map(|guards| &guards[..]).collect();
            let reason = format!("is stated, and can only be sent where {}", self.said(&conditions, &[]));
            add(&path, &|scope| {
                let stated = self.stated(&path, scope);
                let text = &path.text;
                let any = conditions.iter().map(|guards| {
                    let all = guards.iter().map(|guard| self.guard(guard, &[], scope));
                    quote! { (#(#all)&&*) }
                });
                quote! { if #stated && !(#(#any)||*) { return Err(Refusal::new(#text, #reason)); } }
            });
        }
        let loops = by_list.iter().map(|(list, checks)| {
            let text = &list.text;
            let items = elements(self.uniform, list, &Scope::input());
            let code = quote! {
                for (index, item) in #items.enumerate() {
                    let check = || -> Result<(), Refusal> { #(#checks)* Ok(()) };
                    check().map_err(|refusal| refusal.in_element(#text, index))?;
                }
            };
            let part = Part {
                name: format!("check_{}", field_name(text)),
                about: format!("Refuses what of `{text}` cannot be sent"),
                result: quote! { () },
                form: Form::Steps(quote! { Refusal }),
                code,
            };
            self.part(part, &Scope::input())
        });
        quote! { #(#whole)* #(#loops)* #(#requires)* }
    }

    /// Whether a field is stated and is not what the model takes an absent one to be.
    fn otherwise_broken(&self, path: &UPath, scope: &Scope) -> TokenStream {
        let item = path.last(self.uniform);
        let above = self.above(path, scope);
        let name = field(&item.name);
        let Some(Formula::Product(a, b)) = &item.otherwise else { unreachable!("checked while resolving") };
        let (a, b) = (field(a), field(b));
        quote! { #above.#name.is_some_and(|stated| Some(stated) != #above.#a.times(#above.#b)) }
    }

    fn sum_is(&self, sum: &[UPath], equals: &UPath, reason: &str) -> TokenStream {
        let names = sum.iter().map(|path| path.text.as_str()).collect::<Vec<_>>().join(" + ");
        let reason = format!("has to be {}: {reason}", equals.text);
        let parts = sum.iter().map(|path| reach(self.uniform, path, &Scope::input()).expr);
        let equals = reach(self.uniform, equals, &Scope::input()).expr;
        quote! {
            if Money::checked_sum([#(#parts),*]) != Some(#equals) {
                return Err(Refusal::new(#names, #reason));
            }
        }
    }

    /// An element with one of these values has to be alone in its list.
    fn alone(&self, path: &UPath, of: usize, values: &[usize], reason: &str) -> TokenStream {
        let list = path.prefix(path.list(self.uniform));
        let variants = self.variants(of, values);
        let (items, all) =
            (elements(self.uniform, &list, &Scope::input()), elements(self.uniform, &list, &Scope::input()));
        let value = reach(self.uniform, path, &Scope::input().with(&list, "item")).option();
        let text = &path.text;
        let reason = format!("has to be the only one there: {reason}");
        quote! {
            if #all.take(2).count() > 1 && #items.any(|item| #value.is_some_and(|value| matches!(*value, #(#variants)|*))) {
                return Err(Refusal::new(#text, #reason));
            }
        }
    }

    fn variants(&self, of: usize, values: &[usize]) -> Vec<TokenStream> {
        let item = &self.uniform.enums[of];
        let ty = ident(&type_name(&item.name));
        values
            .iter()
            .map(|value| {
                let variant = ident(&type_name(&item.values[*value].name));
                quote! { #ty::#variant }
            })
            .collect()
    }

    /// Fields that several lines carry, each under a condition of the input: with the conditions of each.
    fn guarded_only(&self) -> Vec<(UPath, Vec<Vec<Guard>>)> {
        let mut lines = Vec::new();
        self.mapped.inspect(|mapped| carried_under(mapped, &mut lines));
        let mut found: Vec<(UPath, Vec<Vec<Guard>>)> = Vec::new();
        for (take, guards) in &lines {
            let same: Vec<_> = lines.iter().filter(|(other, _)| other.path == take.path).collect();
            let of_input = |guards: &[Guard]| guards.iter().all(|guard| matches!(guard, Guard::Input(..)));
            let known = found.iter().any(|(path, _)| *path == take.path);
            if known || same.len() < 2 || same.iter().any(|(_, guards)| guards.is_empty() || !of_input(guards)) {
                continue;
            }
            if !says_so(&take.path, guards) {
                found.push((take.path.clone(), same.iter().map(|(_, guards)| guards.clone()).collect()));
            }
        }
        found
    }

    /// What is lost when a line does not apply: it is refused, unless the condition itself says that there is nothing, or
    /// another line carries it.
    fn lost(&self, value: &Value, guards: &[Guard], props: &[Prop], scope: &Scope) -> Vec<TokenStream> {
        let (mut lines, mut takes) = (Vec::new(), Vec::new());
        self.mapped.inspect(|mapped| carried_under(mapped, &mut lines));
        takes_of(value, &mut takes);
        takes.retain(|take| {
            !says_so(&take.path, guards) && lines.iter().filter(|(other, _)| other.path == take.path).count() < 2
        });
        let reason = format!("is stated, and can only be sent where {}", self.said(&[guards], props));
        takes
            .iter()
            .map(|take| {
                let text = &take.path.text;
                let stated = self.stated_anywhere(&take.path, scope);
                quote! { if #stated { return Err(Refusal::new(#text, #reason)); } }
            })
            .collect()
    }

    /// Conditions in words.
    fn said(&self, any: &[&[Guard]], props: &[Prop]) -> String {
        let one = |guard: &Guard| match guard {
            Guard::Input(path, InputTest::Present) => format!("{} is stated", path.text),
            Guard::Input(path, InputTest::Absent) => format!("{} is not stated", path.text),
            Guard::Input(path, InputTest::Nonzero) => format!("{} is not zero", path.text),
            Guard::Input(path, InputTest::Bool(value)) => format!("{} is {value}", path.text),
            Guard::Input(path, InputTest::Values(of, values)) => {
                let names: Vec<_> =
                    values.iter().map(|value| self.uniform.enums[*of].values[*value].name.as_str()).collect();
                format!("{} is {}", path.text, names.join(" or "))
            }
            Guard::Without(index) => {
                let name = props.get(*index).map_or("a field beside it", |prop| prop.wire.as_str());
                format!("{name} is not sent")
            }
            Guard::Sibling(index, literals) => {
                let name = props.get(*index).map_or("a field beside it", |prop| prop.wire.as_str());
                if literals.is_empty() {
                    return format!("{name} is sent");
                }
                let codes: Vec<_> = literals.iter().map(|literal| literal_text(self.plan, literal)).collect();
                format!("{name} is {}", codes.join(" or "))
            }
        };
        let all = |guards: &&[Guard]| guards.iter().map(one).collect::<Vec<_>>().join(" and ");
        any.iter().map(all).collect::<Vec<_>>().join(", or ")
    }

    /// A condition of sending.
    fn guard(&self, guard: &Guard, props: &[Prop], scope: &Scope) -> TokenStream {
        match guard {
            Guard::Without(index) => {
                let sent = sent_name(&props[*index]);
                match slot(&props[*index], &self.plan.api) {
                    Slot::Plain => quote! { false },
                    _ => quote! { #sent.as_ref().is_none() },
                }
            }
            Guard::Sibling(index, literals) => {
                let prop = &props[*index];
                let sent = sent_name(prop);
                let access = match slot(prop, &self.plan.api) {
                    Slot::Plain => Access::place(quote! { #sent }),
                    _ => Access::maybe(quote! { #sent.as_ref() }),
                };
                let option = access.option();
                if literals.is_empty() {
                    return quote! { #option.is_some() };
                }
                let pattern = |literal: &Literal| !matches!(literal, Literal::Text(_) | Literal::Number(_));
                if !access.optional && literals.iter().all(pattern) {
                    let values = literals.iter().map(|literal| literal_tokens(self.plan, literal, false));
                    return quote! { matches!(#sent, #(#values)|*) };
                }
                if !access.optional {
                    let tests = literals.iter().map(|literal| {
                        let value = literal_tokens(self.plan, literal, false);
                        quote! { #sent == #value }
                    });
                    return quote! { (#(#tests)||*) };
                }
                let tests = literals.iter().map(|literal| {
                    let value = literal_tokens(self.plan, literal, false);
                    match literal {
                        Literal::Text(_) => quote! { value == #value },
                        _ => quote! { *value == #value },
                    }
                });
                quote! { #option.is_some_and(|value| #(#tests)||*) }
            }
            Guard::Input(path, InputTest::Absent) => {
                let stated = self.stated_anywhere(path, scope);
                quote! { !(#stated) }
            }
            Guard::Input(path, test) => self.anywhere(path, scope, &|path, scope| match test {
                InputTest::Absent => unreachable!("asked for above"),
                InputTest::Present | InputTest::Nonzero => self.stated(path, scope),
                InputTest::Bool(expected) => {
                    let option = reach(self.uniform, path, scope).option();
                    quote! { #option.is_some_and(|value| *value == #expected) }
                }
                InputTest::Values(of, values) => {
                    let variants = self.variants(*of, values);
                    let option = reach(self.uniform, path, scope).option();
                    if path.last(self.uniform).shape == Shape::Set {
                        return quote! {
                            #option.is_some_and(|values| values.iter().any(|value| matches!(*value, #(#variants)|*)))
                        };
                    }
                    quote! { #option.is_some_and(|value| matches!(*value, #(#variants)|*)) }
                }
            }),
        }
    }

    /// A test of a field; of some element, where none is at hand.
    fn anywhere(&self, path: &UPath, scope: &Scope, test: &dyn Fn(&UPath, &Scope) -> TokenStream) -> TokenStream {
        let count = path.list(self.uniform);
        let at_hand = scope.element.as_ref().is_some_and(|(list, _)| list.covers(&path.prefix(count)));
        if count == 0 || at_hand {
            return test(path, scope);
        }
        let list = path.prefix(count);
        let items = elements(self.uniform, &list, scope);
        let test = test(path, &scope.with(&list, "item"));
        quote! { #items.any(|item| #test) }
    }

    fn stated_anywhere(&self, path: &UPath, scope: &Scope) -> TokenStream {
        self.anywhere(path, scope, &|path, scope| self.stated(path, scope))
    }

    /// The place of the object that a path's field is in.
    fn above(&self, path: &UPath, scope: &Scope) -> TokenStream {
        let count = path.steps.len() - 1;
        if count == path.list(self.uniform) {
            return match &scope.element {
                Some((_, name)) if count > 0 => quote! { #name },
                _ => {
                    let root = &scope.root;
                    quote! { #root }
                }
            };
        }
        reach(self.uniform, &path.prefix(count), scope).expr
    }

    /// Whether a field is stated.
    fn stated(&self, path: &UPath, scope: &Scope) -> TokenStream {
        let item = path.last(self.uniform);
        let access = reach(self.uniform, path, scope);
        match (item.shape, item.ty) {
            (Shape::One, Ty::Money) => {
                let expr = access.expr;
                if access.optional {
                    quote! { #expr.is_some_and(|value| !value.is_zero()) }
                } else {
                    quote! { !#expr.is_zero() }
                }
            }
            _ => access.is_some(),
        }
    }

    /// The literal of an object.
    pub(super) fn object(&self, ty: TypeId, sets: &[SetPlan], scope: &Scope) -> TokenStream {
        let def = self.plan.api.ty(ty);
        let TypeKind::Object(props) = &def.kind else { unreachable!("bodies are objects") };
        let name = ident(&def.rust);
        let name = quote! { types::#name };
        let looked_at: Vec<usize> = sets.iter().flat_map(siblings).collect();
        // What something else looks at is made first; then what looks at it; then the object takes all of them.
        let looks = |set: &&SetPlan| siblings(set).next().is_some();
        let first = sets.iter().filter(|set| looked_at.contains(&set.prop));
        let second = sets.iter().filter(|set| !looked_at.contains(&set.prop)).filter(looks);
        let mut made = Vec::new();
        let locals: Vec<_> = first
            .chain(second)
            .map(|set| {
                let prop = &props[set.prop];
                let (name, value) = (sent_name(prop), self.slotted(set, prop, props, scope));
                made.push(set.prop);
                quote! { let #name = #value; }
            })
            .collect();
        let fields = props.iter().enumerate().map(|(index, prop)| {
            let field = ident(&prop.rust);
            let value = match sets.iter().find(|set| set.prop == index) {
                Some(_) if made.contains(&index) => {
                    let name = sent_name(prop);
                    quote! { #name }
                }
                Some(set) => self.slotted(set, prop, props, scope),
                None => self.nothing(prop),
            };
            quote! { #field: #value }
        });
        let object = quote! { #name { #(#fields,)* } };
        let code = if locals.is_empty() {
            object
        } else {
            quote! {{ #(#locals)* #object }}
        };
        let part = Part {
            name: format!("encode_{}", field_name(&def.rust)),
            about: format!("A [`types::{}`], filled in", def.rust),
            result: name,
            form: Form::Value(quote! { Refusal }),
            code,
        };
        self.part(part, scope)
    }

    /// What other operations may have too.
    fn part(&self, part: Part, scope: &Scope) -> TokenStream {
        let Some((shared, input)) = self.shared else { return part.code };
        let mut variables = vec![Variable::Of("key", quote! { str }), Variable::Input(input)];
        if let Some((list, _)) = &scope.element {
            let Ty::Struct(item) = list.last(self.uniform).ty else { return part.code };
            let item = ident(&type_name(&self.uniform.ty(item).name));
            variables.push(Variable::Of("group", quote! { [&#item] }));
            variables.push(Variable::Of("item", quote! { #item }));
        }
        variables.push(Variable::Of("settings", quote! { Settings }));
        variables.push(Variable::Of("page", quote! { Page }));
        shared.part(part, &variables)
    }

    fn nothing(&self, prop: &Prop) -> TokenStream {
        match slot(prop, &self.plan.api) {
            Slot::Maybe => quote! { Maybe::Absent },
            _ => quote! { None },
        }
    }

    /// A field as its slot holds it; `props` are those of the object that it is in.
    pub(super) fn slotted(&self, set: &SetPlan, prop: &Prop, props: &[Prop], scope: &Scope) -> TokenStream {
        if matches!(set.value, Value::Leave) {
            return self.nothing(prop);
        }
        let may_be_absent = slot(prop, &self.plan.api) != Slot::Plain;
        let mut made = self.make(&set.value, &prop.schema, props, scope, may_be_absent);
        if !set.when.is_empty() {
            let conditions = set.when.iter().map(|guard| self.guard(guard, props, scope));
            let lost = self.lost(&set.value, &set.when, props, scope);
            let expr = made.as_option();
            made = Made { expr: quote! { if #(#conditions)&&* { #expr } else { #(#lost)* None } }, option: true };
        }
        let Made { expr, option } = made;
        match (slot(prop, &self.plan.api), option) {
            (Slot::Plain, true) => {
                // A condition has told that it is there (M012).
                let mut takes = Vec::new();
                takes_of(&set.value, &mut takes);
                let text = takes.first().map_or(prop.wire.as_str(), |take| take.path.text.as_str());
                quote! { #expr.ok_or_else(|| Refusal::new(#text, "is missing"))? }
            }
            (Slot::Plain, false) | (Slot::Nullable | Slot::Optional, true) => expr,
            (Slot::Nullable | Slot::Optional, false) => quote! { Some(#expr) },
            (Slot::Maybe, true) => quote! { Maybe::from(#expr) },
            (Slot::Maybe, false) => quote! { Maybe::Value(#expr) },
        }
    }

    fn make(&self, value: &Value, schema: &Schema, props: &[Prop], scope: &Scope, may_be_absent: bool) -> Made {
        match value {
            Value::Key(false) => Made { expr: quote! { key.to_owned() }, option: false },
            Value::Key(true) => Made { expr: quote! { codec::uuid(key).refuse("key")? }, option: false },
            Value::Page(part, pages) => self.page(*part, pages, schema),
            Value::Take(take) => self.take(take, reach(self.uniform, &take.path, scope), schema, props, scope),
            Value::Lift(take, mixed) => self.lift(take, *mixed, schema, props, scope),
            Value::Sum(take) => self.sum(take, schema, props, scope),
            Value::Const(literal) => Made { expr: literal_tokens(self.plan, literal, true), option: false },
            Value::Setting(index, absent) => self.setting(*index, absent, schema, props, scope),
            Value::Object(ty, sets) => {
                let object = self.object(*ty, sets, scope);
                let TypeKind::Object(props) = &self.plan.api.ty(*ty).kind else {
                    unreachable!("checked while resolving")
                };
                if may_be_absent && super::types::defaults(props, &self.plan.api) {
                    let name = ident(&self.plan.api.ty(*ty).rust);
                    return Made {
                        expr: quote! { Some(#object).filter(|value| *value != types::#name::default()) },
                        option: true,
                    };
                }
                Made { expr: object, option: false }
            }
            Value::As(..) => Made { expr: self.element(value, scope), option: false },
            Value::Each(list, inner) => Made { expr: self.each(list, inner, schema, scope), option: false },
            Value::Group(list, by, ty, sets) => {
                let inner = Scope { group: Some(ident("group")), ..scope.with(list, "item") };
                let object = self.object(*ty, sets, &inner);
                let name = ident(&self.plan.api.ty(*ty).rust);
                let items = elements(self.uniform, list, scope);
                let by = field(&by.last(self.uniform).name);
                let text = &list.text;
                let item = super::mentions(&object, "item").then(|| quote! { let item = group[0]; });
                let expr = quote! {
                    codec::groups(#items, |item| item.#by).iter().enumerate().map(|(index, group)| {
                        let one = || -> Result<types::#name, Refusal> { #item Ok(#object) };
                        one().map_err(|refusal| refusal.in_element(#text, index))
                    }).collect::<Result<Vec<_>, Refusal>>()?
                };
                Made { expr, option: false }
            }
            Value::Rows(rows) => {
                let steps = self.rows(rows, scope);
                let held = super::types::rust_type(self.inner(schema), &self.plan.api, &quote! { types:: });
                let what = rows.first().map_or_else(String::new, |row| self.type_of(&row.value));
                let part = Part {
                    name: format!("encode_{}_list", field_name(&what)),
                    about: format!("Each [`types::{what}`] that is sent"),
                    result: quote! { Vec<#held> },
                    form: Form::Value(quote! { Refusal }),
                    code: quote! {{ let mut list = Vec::new(); #(#steps)* list }},
                };
                Made { expr: self.part(part, scope), option: false }
            }
            Value::List(values) => {
                let inner = self.inner(schema);
                if values.iter().any(|value| matches!(value, Value::Each(..) | Value::Group(..) | Value::Rows(_))) {
                    let steps = values.iter().map(|value| match value {
                        Value::Each(..) | Value::Group(..) | Value::Rows(_) => {
                            let many = self.make(value, schema, props, scope, false).expr;
                            quote! { list.extend(#many); }
                        }
                        _ => {
                            let Made { expr, option } = self.make(value, inner, props, scope, false);
                            if option {
                                quote! { list.extend(#expr); }
                            } else {
                                quote! { list.push(#expr); }
                            }
                        }
                    });
                    return Made { expr: quote! {{ let mut list = Vec::new(); #(#steps)* list }}, option: false };
                }
                let made: Vec<_> = values.iter().map(|value| self.make(value, inner, props, scope, false)).collect();
                if made.iter().any(|made| made.option) {
                    let items = made.iter().map(Made::as_option);
                    return Made { expr: quote! { [#(#items),*].into_iter().flatten().collect() }, option: false };
                }
                let items = made.iter().map(|made| &made.expr);
                Made { expr: quote! { vec![#(#items),*] }, option: false }
            }
            Value::Leave => Made { expr: quote! { None }, option: true },
        }
    }

    /// What a list on the wire is of.
    fn inner<'s>(&'s self, schema: &'s Schema) -> &'s Schema {
        match self.plan.api.shape(schema) {
            SchemaKind::List(inner) => inner,
            _ => unreachable!("checked while resolving"),
        }
    }

    /// The name of an object's type, or of the union that it is an alternative of.
    fn type_of(&self, value: &Value) -> String {
        match value {
            Value::As(ty, ..) | Value::Object(ty, _) => self.plan.api.ty(*ty).rust.clone(),
            _ => unreachable!("elements are objects"),
        }
    }

    /// An object of a list, as the alternative that it is.
    fn element(&self, value: &Value, scope: &Scope) -> TokenStream {
        match value {
            Value::As(union, index, inner) => {
                let ty = self.plan.api.ty(*union);
                let TypeKind::OneOf(variants) = &ty.kind else { unreachable!("checked while resolving") };
                let (name, variant) = (ident(&ty.rust), ident(&variants[*index].rust));
                let object = self.element(inner, scope);
                quote! { types::#name::#variant(#object) }
            }
            Value::Object(ty, sets) => self.object(*ty, sets, scope),
            _ => unreachable!("elements are objects"),
        }
    }

    /// A list with what each element of a list becomes.
    fn each(&self, list: &UPath, value: &Value, schema: &Schema, scope: &Scope) -> TokenStream {
        let inner_schema = self.inner(schema);
        let inner = scope.with(list, "item");
        let held = super::types::rust_type(inner_schema, &self.plan.api, &quote! { types:: });
        let items = elements(self.uniform, list, scope);
        let text = &list.text;
        if let Value::Rows(rows) = value {
            let steps = self.rows(rows, &inner);
            return quote! {{
                let mut all = Vec::new();
                for (index, item) in #items.enumerate() {
                    let one = || -> Result<Vec<#held>, Refusal> {
                        let mut list = Vec::new();
                        #(#steps)*
                        match list.len() {
                            0 => Err(Refusal::new(#text, "cannot be sent: nothing of the provider's stands for it")),
                            1 => Ok(list),
                            _ => Err(Refusal::new(#text, "cannot be sent: it says several things, which are sent apart")),
                        }
                    };
                    all.extend(one().map_err(|refusal| refusal.in_element(#text, index))?);
                }
                all
            }};
        }
        let object = self.element(value, &inner);
        let what = self.type_of(value);
        let part = Part {
            name: format!("encode_{}", field_name(&what)),
            about: format!("A [`types::{what}`], filled in"),
            result: quote! { Result<#held, Refusal> },
            form: Form::Body,
            code: quote! { Ok(#object) },
        };
        let object = self.part(part, &inner);
        quote! {
            #items.enumerate().map(|(index, item)| {
                let one = || -> Result<#held, Refusal> { #object };
                one().map_err(|refusal| refusal.in_element(#text, index))
            }).collect::<Result<Vec<_>, Refusal>>()?
        }
    }

    /// Statements that push onto `list` what stands there.
    fn rows(&self, rows: &[RowPlan], scope: &Scope) -> Vec<TokenStream> {
        let row = |row: &RowPlan| {
            let conditions = row.when.iter().map(|guard| self.guard(guard, &[], scope));
            let object = self.element(&row.value, scope);
            let lost = self.lost(&row.value, &row.when, &[], scope);
            let otherwise = (!lost.is_empty()).then(|| quote! { else { #(#lost)* } });
            quote! { if #(#conditions)&&* { list.push(#object); } #otherwise }
        };
        rows.iter().map(row).collect()
    }

    fn sum(&self, take: &TakePlan, schema: &Schema, props: &[Prop], scope: &Scope) -> Made {
        let list = take.path.prefix(take.path.list(self.uniform));
        let items = match &scope.group {
            Some(group) => quote! { #group.iter() },
            None => elements(self.uniform, &list, scope),
        };
        let value = reach(self.uniform, &take.path, &scope.with(&list, "item")).result();
        let text = &take.path.text;
        let made = self.take(take, Access::place(quote! { sum }), schema, props, scope);
        let expr = made.expr;
        Made {
            expr: quote! {{
                let sum = codec::sum(#text, #items.map(|item| #value))?;
                #expr
            }},
            option: made.option,
        }
    }

    fn page(&self, part: PagePart, pages: &Pages, schema: &Schema) -> Made {
        let literal = proc_macro2::Literal::i64_unsuffixed;
        let from = literal(pages.from);
        let number = match part {
            PagePart::Offset => quote! { page.offset(#from) },
            PagePart::Number => quote! { page.number(#from) },
            PagePart::Size => {
                let size = literal(pages.size.map_or(0, |(size, _)| size));
                quote! { #size }
            }
            PagePart::Cursor => return Made { expr: quote! { page.cursor().map(str::to_owned) }, option: true },
        };
        let expr = match self.plan.api.shape(schema) {
            SchemaKind::Integer => number,
            SchemaKind::NumberOrString => quote! { codec::int_to_either(#number) },
            _ => quote! { #number.to_string() },
        };
        Made { expr, option: false }
    }

    fn setting(&self, index: usize, absent: &AbsentPlan, schema: &Schema, props: &[Prop], scope: &Scope) -> Made {
        let setting = &self.plan.mapping.settings[index];
        let name = ident(&setting.name.text);
        let option = setting_optional(setting);
        let chosen = self.choice(setting, schema);
        let expr = match (&setting.kind, option) {
            (SettingKind::Bool, _) => quote! { settings.#name },
            (SettingKind::Secret, false) => quote! { settings.#name.expose().to_owned() },
            (SettingKind::Secret, true) => quote! { settings.#name.as_ref().map(|value| value.expose().to_owned()) },
            (SettingKind::OneOf(_), false) => chosen(quote! { settings.#name }),
            (SettingKind::OneOf(_), true) => {
                let chosen = chosen(quote! { value });
                quote! { settings.#name.map(|value| #chosen) }
            }
            _ => quote! { settings.#name.clone() },
        };
        self.absent(Made { expr, option }, &setting.name.text, absent, schema, props, scope)
    }

    /// What writes a choice as the field holds it: text, or a value of the provider's enum.
    fn choice<'a>(&'a self, setting: &'a Setting, schema: &Schema) -> impl Fn(TokenStream) -> TokenStream + 'a {
        let target = self.plan.api.enumeration(schema).map(|(id, def)| (ident(&self.plan.api.ty(id).rust), def));
        move |value| {
            let (SettingKind::OneOf(choices), Some((name, def))) = (&setting.kind, &target) else {
                return quote! { #value.as_str().to_owned() };
            };
            let ty = choice_type(setting);
            let arms = choices.iter().map(|choice| {
                let chosen = choice_variant(choice);
                let found = def.values.iter().find(|value| &value.wire == choice).expect("checked while resolving");
                let variant = ident(&found.rust);
                quote! { settings::#ty::#chosen => types::#name::#variant }
            });
            quote! { match #value { #(#arms,)* } }
        }
    }

    /// What is done without a value.
    fn absent(
        &self,
        made: Made,
        name: &str,
        absent: &AbsentPlan,
        schema: &Schema,
        props: &[Prop],
        scope: &Scope,
    ) -> Made {
        let Made { expr, option } = made;
        match absent {
            _ if !option => Made { expr, option },
            AbsentPlan::Omit => Made { expr, option },
            AbsentPlan::Refuse(reason, _, when) if !when.is_empty() => {
                let reason = format!("is missing: {reason}");
                let conditions = when.iter().map(|guard| self.guard(guard, props, scope));
                let expr = quote! {
                    match #expr {
                        None if #(#conditions)&&* => return Err(Refusal::new(#name, #reason)),
                        stated => stated,
                    }
                };
                Made { expr, option: true }
            }
            AbsentPlan::Refuse(reason, ..) => {
                let reason = format!("is missing: {reason}");
                Made { expr: quote! { #expr.ok_or_else(|| Refusal::new(#name, #reason))? }, option: false }
            }
            AbsentPlan::Setting(index) => {
                let otherwise = self.setting(*index, &AbsentPlan::Omit, schema, props, scope).expr;
                let copy = self.plan.mapping.settings[*index].kind == SettingKind::Bool;
                let expr = if copy {
                    quote! { #expr.unwrap_or(#otherwise) }
                } else {
                    quote! { #expr.unwrap_or_else(|| #otherwise) }
                };
                Made { expr, option: false }
            }
        }
    }

    fn lift(&self, take: &TakePlan, mixed: Mixed, schema: &Schema, props: &[Prop], scope: &Scope) -> Made {
        let list = take.path.prefix(take.path.list(self.uniform));
        let items = elements(self.uniform, &list, scope);
        let inner = scope.with(&list, "item");
        let value = reach(self.uniform, &take.path, &inner).option();
        let text = &take.path.text;
        let common = match mixed {
            Mixed::First => quote! { #items.next().and_then(|item| #value) },
            Mixed::Omit => quote! { codec::common(#items.map(|item| #value)).unwrap_or_default() },
            Mixed::Refuse => quote! {
                codec::common(#items.map(|item| #value))
                    .map_err(|_| Refusal::new(#text, "differs between items, and only one can be sent for all"))?
            },
        };
        self.take(take, Access::maybe(common), schema, props, scope)
    }

    fn take(&self, take: &TakePlan, access: Access, schema: &Schema, props: &[Prop], scope: &Scope) -> Made {
        let text = &take.path.text;
        let optional = access.optional;
        let nothing = |place: &TokenStream| match take.omit? {
            Omit::Zero => Some(quote! { #place.is_zero() }),
            Omit::Empty => Some(quote! { #place.is_empty() }),
        };
        let access = match nothing(&quote! { value }) {
            Some(nothing) if optional => {
                let option = access.option();
                Access::maybe(quote! { #option.filter(|value| !#nothing) })
            }
            _ => access,
        };
        let (fallible, gives_option) = traits(&take.convert);
        let made = access.map(|parts| {
            let converted = self.convert(&take.convert, schema, parts);
            if fallible {
                quote! { #converted.refuse(#text) }
            } else {
                converted
            }
        });
        let expr = match (optional, fallible, gives_option) {
            (false, true, _) => quote! { #made? },
            (true, true, true) => quote! { #made.transpose()?.flatten() },
            (true, true, false) => quote! { #made.transpose()? },
            (_, false, _) => made,
        };
        let made = match nothing(&access.expr) {
            Some(nothing) if !optional => {
                Made { expr: quote! { if #nothing { None } else { Some(#expr) } }, option: true }
            }
            _ => Made { expr, option: optional || gives_option },
        };
        self.absent(made, text, &take.absent, schema, props, scope)
    }

    fn convert(&self, convert: &Convert, schema: &Schema, parts: &Parts) -> TokenStream {
        let Parts { reference, value, receiver } = parts;
        let rule = |inexact: &Inexact| match inexact {
            Inexact::Refuse => quote! { Inexact::Refuse },
            Inexact::RoundHalfUp => quote! { Inexact::RoundHalfUp },
        };
        match convert {
            Convert::Text(None, None) | Convert::Texts => quote! { #receiver.clone() },
            Convert::Text(min, max) | Convert::OnlyText(min, max) => {
                let bound = |limit: &Option<u64>| match limit {
                    Some(limit) => {
                        let limit = proc_macro2::Literal::u64_unsuffixed(*limit);
                        quote! { Some(#limit) }
                    }
                    None => quote! { None },
                };
                let (min, max) = (bound(min), bound(max));
                let function = ident(if matches!(convert, Convert::Text(..)) { "limited" } else { "only_text" });
                quote! { codec::#function(#reference, #min, #max) }
            }
            Convert::Bool | Convert::Int => value.clone(),
            Convert::Flag => quote! { i64::from(#value) },
            Convert::Digits => match self.plan.api.shape(schema) {
                SchemaKind::NumberOrString => quote! { codec::int_to_either(#value) },
                _ => quote! { #receiver.to_string() },
            },
            Convert::Scaled(places, inexact)
            | Convert::Number(places, inexact)
            | Convert::Decimal(places, inexact)
            | Convert::EitherNumber(places, inexact)
            | Convert::EitherText(places, inexact) => {
                let (inexact, places) = (rule(inexact), proc_macro2::Literal::u32_unsuffixed(*places));
                let function = ident(match convert {
                    Convert::Scaled(..) => "to_scaled",
                    Convert::Number(..) => "to_number",
                    Convert::Decimal(..) => "to_decimal",
                    Convert::EitherNumber(..) => "to_either_number",
                    _ => "to_either_text",
                });
                quote! { codec::#function(#value, #places, #inexact) }
            }
            Convert::Table(index) => {
                let (table, settings) = self.table(*index);
                quote! { tables::#table::encode(#value #settings) }
            }
            Convert::Mask(index) => {
                let (table, settings) = self.table(*index);
                if settings.is_empty() {
                    return quote! { codec::to_mask(#reference, tables::#table::encode) };
                }
                quote! { codec::to_mask(#reference, |kind| tables::#table::encode(kind #settings)) }
            }
            Convert::Only(index) => {
                let (table, settings) = self.table(*index);
                if settings.is_empty() {
                    return quote! { codec::only(#reference).and_then(tables::#table::encode) };
                }
                quote! { codec::only(#reference).and_then(|kind| tables::#table::encode(kind #settings)) }
            }
            Convert::Contact(unit) => match unit {
                ContactUnit::Email => quote! { codec::contact_to_email(#reference) },
                ContactUnit::PhonePlus => quote! { codec::contact_to_phone(#reference, PhoneStyle::Plus) },
                ContactUnit::PhoneSeven => quote! { codec::contact_to_phone(#reference, PhoneStyle::Seven) },
                ContactUnit::PhonePlusSeven => quote! { codec::contact_to_phone(#reference, PhoneStyle::PlusSeven) },
                ContactUnit::EitherPlusSeven => quote! { codec::contact_to_either(#reference, PhoneStyle::PlusSeven) },
                ContactUnit::EitherPlus => quote! { codec::contact_to_either(#reference, PhoneStyle::Plus) },
                ContactUnit::EitherSeven => quote! { codec::contact_to_either(#reference, PhoneStyle::Seven) },
            },
            Convert::Hex => quote! { codec::to_hex(#reference) },
            Convert::Base64 => quote! { codec::to_base64(#reference) },
            Convert::Day(form) => quote! { codec::day_to_text(#value, #form) },
            Convert::Moment(_) => quote! { DateTime::from(#value) },
            Convert::MomentText(form, zone) => {
                let zone = super::recover::offset_tokens(self.plan, zone);
                let text = quote! { codec::moment_to_text(#value, #form, #zone) };
                match self.plan.api.shape(schema) {
                    SchemaKind::DateTime => quote! { #text.map(DateTime::new) },
                    _ => text,
                }
            }
            Convert::Seconds(zone) => {
                let zone = super::recover::offset_tokens(self.plan, zone);
                quote! { codec::moment_to_seconds(#value, #zone) }
            }
            Convert::Decided(setting, units) => decided(self.plan, *setting, units, |unit| {
                let converted = self.convert(unit, schema, parts);
                if traits(unit).0 {
                    converted
                } else {
                    quote! { Ok::<_, Misfit>(#converted) }
                }
            }),
        }
    }

    /// The module of a table, and the settings that it needs.
    fn table(&self, index: usize) -> (proc_macro2::Ident, TokenStream) {
        let name = ident(&self.plan.mapping.tables[index].name.text);
        let settings = needs_settings(&self.plan.tables[index]).then(|| quote! { , settings });
        (name, settings.unwrap_or_default())
    }
}

/// What a setting decides between; refused until it does.
pub(super) fn decided(
    plan: &Plan,
    setting: usize,
    units: &[(usize, Convert)],
    make: impl Fn(&Convert) -> TokenStream,
) -> TokenStream {
    let written = &plan.mapping.settings[setting];
    let (name, ty) = (ident(&written.name.text), choice_type(written));
    let SettingKind::OneOf(choices) = &written.kind else { unreachable!("checked while resolving") };
    let optional = setting_optional(written);
    let wrap = |pattern: TokenStream| {
        if optional {
            quote! { Some(#pattern) }
        } else {
            pattern
        }
    };
    let arms = units.iter().map(|(choice, unit)| {
        let chosen = choice_variant(&choices[*choice]);
        let (pattern, made) = (wrap(quote! { settings::#ty::#chosen }), make(unit));
        quote! { #pattern => #made }
    });
    let others = (optional || units.len() < choices.len()).then(|| {
        let text = format!("is ambiguous until the setting `{}` decides: {}", written.name.text, written.about);
        quote! { _ => Err(Misfit::new(#text)) }
    });
    let arms: Vec<_> = arms.chain(others).collect();
    quote! { match settings.#name { #(#arms,)* } }
}

/// The name of what a field is set to, before it is in its object.
fn sent_name(prop: &Prop) -> proc_macro2::Ident {
    ident(&format!("sent_{}", prop.rust.trim_start_matches("r#")))
}

/// The fields of the same object that a field looks at.
fn siblings(set: &SetPlan) -> impl Iterator<Item = usize> {
    let absent = match &set.value {
        Value::Take(take) | Value::Lift(take, _) | Value::Sum(take) => Some(&take.absent),
        Value::Setting(_, absent) => Some(absent),
        _ => None,
    };
    let of_absent = match absent {
        Some(AbsentPlan::Refuse(_, _, guards)) => &guards[..],
        _ => &[],
    };
    set.when.iter().chain(of_absent).filter_map(|guard| match guard {
        Guard::Sibling(index, _) | Guard::Without(index) => Some(*index),
        Guard::Input(..) => None,
    })
}

/// What a value takes from the input.
fn takes_of<'v>(value: &'v Value, found: &mut Vec<&'v TakePlan>) {
    match value {
        Value::Take(take) | Value::Lift(take, _) => found.push(take),
        Value::Object(_, sets) | Value::Group(_, _, _, sets) => {
            sets.iter().for_each(|set| takes_of(&set.value, found));
        }
        Value::As(_, _, inner) | Value::Each(_, inner) => takes_of(inner, found),
        Value::List(values) => values.iter().for_each(|value| takes_of(value, found)),
        Value::Rows(rows) => rows.iter().for_each(|row| takes_of(&row.value, found)),
        Value::Key(_) | Value::Page(..) | Value::Sum(_) | Value::Const(_) | Value::Setting(..) | Value::Leave => {}
    }
}

/// Every line that carries a field, with all conditions that it stands under.
fn carried_under<'m>(mapped: &'m MappedPlan, found: &mut Vec<(&'m TakePlan, Vec<Guard>)>) {
    fn walk<'m>(value: &'m Value, guards: &[Guard], found: &mut Vec<(&'m TakePlan, Vec<Guard>)>) {
        let mut sets = |sets: &'m [SetPlan]| {
            for set in sets {
                walk(&set.value, &[guards, &set.when[..]].concat(), found);
            }
        };
        match value {
            Value::Take(take) | Value::Lift(take, _) => found.push((take, guards.to_vec())),
            Value::Object(_, inner) | Value::Group(_, _, _, inner) => sets(inner),
            Value::As(_, _, inner) | Value::Each(_, inner) => walk(inner, guards, found),
            Value::List(values) => values.iter().for_each(|value| walk(value, guards, found)),
            Value::Rows(rows) => {
                rows.iter().for_each(|row| walk(&row.value, &[guards, &row.when[..]].concat(), found));
            }
            Value::Key(_) | Value::Page(..) | Value::Sum(_) | Value::Const(_) | Value::Setting(..) | Value::Leave => {}
        }
    }
    let body = mapped.body.iter().flat_map(|(_, sets, _)| sets);
    for set in mapped.params.iter().chain(body) {
        walk(&set.value, &set.when, found);
    }
}

/// Whether one of the conditions says that there is a value at `path`: without it nothing is lost.
fn says_so(path: &UPath, guards: &[Guard]) -> bool {
    guards
        .iter()
        .any(|guard| matches!(guard, Guard::Input(of, InputTest::Present | InputTest::Nonzero) if of.covers(path)))
}

/// A literal as a person reads it.
fn literal_text(plan: &Plan, literal: &Literal) -> String {
    match literal {
        Literal::Text(text) | Literal::Number(text) => text.clone(),
        Literal::Int(value) => value.to_string(),
        Literal::Bool(value) => value.to_string(),
        Literal::Variant(id, index) => match &plan.api.ty(*id).kind {
            TypeKind::Enum(def) => def.values[*index].wire.clone(),
            _ => unreachable!("checked while resolving"),
        },
    }
}

/// Whether a conversion can fail, and whether it may give nothing.
fn traits(convert: &Convert) -> (bool, bool) {
    match convert {
        Convert::Text(None, None)
        | Convert::Texts
        | Convert::Bool
        | Convert::Flag
        | Convert::Int
        | Convert::Digits
        | Convert::Hex
        | Convert::Base64
        | Convert::Moment(_) => (false, false),
        _ if convert.one_kind() => (true, true),
        _ => (true, false),
    }
}

/// A literal of the wire; owned, or as a pattern of what is read.
pub(super) fn literal_tokens(plan: &Plan, literal: &Literal, owned: bool) -> TokenStream {
    match literal {
        Literal::Text(text) if owned => quote! { #text.to_owned() },
        Literal::Text(text) => quote! { #text },
        Literal::Int(value) => {
            let value = proc_macro2::Literal::i64_unsuffixed(*value);
            quote! { #value }
        }
        Literal::Number(text) => {
            let value = proc_macro2::Literal::i64_suffixed(text.parse().unwrap_or_default());
            quote! { Number::from(#value) }
        }
        Literal::Bool(value) => quote! { #value },
        Literal::Variant(id, index) => {
            let ty = plan.api.ty(*id);
            let TypeKind::Enum(def) = &ty.kind else { unreachable!("checked while resolving") };
            let (name, variant) = (ident(&ty.rust), ident(&def.values[*index].rust));
            quote! { types::#name::#variant }
        }
    }
}
