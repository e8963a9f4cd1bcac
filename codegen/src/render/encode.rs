//! From the input of a uniform operation to the provider's request.

mod checks;
mod guards;
mod values;

pub(super) use values::decided;

use proc_macro2::TokenStream;
use quote::quote;

use super::access::{Scope, elements, reach};
use super::field;
use super::shared::{Form, Part, Shared, Variable};
use super::types::{Slot, slot};
use crate::model::{Literal, MappedPlan, Plan, RowPlan, SetPlan, UPath, Value};
use crate::names::{field_name, ident, type_name};
use crate::spec::{Prop, Schema, SchemaKind, TypeId, TypeKind};
use crate::uniform::{Ty, TypeId as UniformId, Uniform};
use guards::{sent_name, siblings, takes_of};

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
