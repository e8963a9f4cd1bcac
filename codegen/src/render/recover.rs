//! From the provider's request back to the input it was built from: the inverse of encoding, for everything that a
//! mapping carries. And what of an input is carried at all.

use proc_macro2::TokenStream;
use quote::quote;

use super::access::{Access, Parts};
use super::field;
use super::shared::{Form, Part, Shared, Variable};
use super::tables::needs_settings;
use super::types::slot;
use super::uniform_types::defaults;
use crate::mapping::{Omit, SettingKind};
use crate::model::{AbsentPlan, Convert, MappedPlan, Plan, RowPlan, SetPlan, TakePlan, UPath, Value};
use crate::names::{field_name, ident, type_name};
use crate::spec::{Schema, SchemaKind, TypeId, TypeKind};
use crate::uniform::{Field, Shape, Ty, TypeId as UniformId, Uniform};

/// Where a field of the input is found in a request.
struct Source<'p> {
    take: &'p TakePlan,
    access: Access,
    wire: String,
    /// Read for every item, from a field of the whole.
    lifted: bool,
}

/// Where a list of the input is found in a request.
struct Each<'p> {
    list: &'p UPath,
    /// Its elements, as an iterator of references.
    lines: TokenStream,
    /// The type of one.
    line: TokenStream,
    wire: String,
    sources: Vec<Source<'p>>,
}

pub(super) struct Recoverer<'p> {
    plan: &'p Plan,
    uniform: &'p Uniform,
    shared: &'p Shared<'p>,
    mapped: &'p MappedPlan,
    sources: Vec<Source<'p>>,
    lists: Vec<Each<'p>>,
    key: Option<Access>,
    /// What is wrong with a body, as conditions, and where.
    strange: Vec<(TokenStream, String)>,
    /// Whether what is at hand is always sent.
    always: bool,
}

impl<'p> Recoverer<'p> {
    pub(super) fn new(plan: &'p Plan, uniform: &'p Uniform, shared: &'p Shared<'p>, mapped: &'p MappedPlan) -> Self {
        let mut this = Self {
            plan,
            uniform,
            shared,
            mapped,
            sources: Vec::new(),
            lists: Vec::new(),
            key: None,
            strange: Vec::new(),
            always: true,
        };
        if let Some((ty, sets, _)) = &mapped.body {
            let mut sources = Vec::new();
            this.collect(*ty, sets, &Access::place(quote! { body }), "", &mut sources);
            this.sources = sources;
        }
        this
    }

    fn collect(&mut self, ty: TypeId, sets: &'p [SetPlan], above: &Access, wire: &str, sources: &mut Vec<Source<'p>>) {
        let TypeKind::Object(props) = &self.plan.api.ty(ty).kind else { return };
        for set in sets {
            let prop = &props[set.prop];
            let access = above.clone().step(&ident(&prop.rust), slot(prop, &self.plan.api));
            let wire = if wire.is_empty() { prop.wire.clone() } else { format!("{wire}.{}", prop.wire) };
            let always = self.always;
            self.always &= set.when.is_empty();
            self.collect_value(&set.value, &prop.schema, access, &wire, sources);
            self.always = always;
        }
    }

    fn collect_value(
        &mut self,
        value: &'p Value,
        schema: &'p Schema,
        access: Access,
        wire: &str,
        sources: &mut Vec<Source<'p>>,
    ) {
        match value {
            Value::Key(_) => self.key = Some(access),
            Value::Take(take) => sources.push(Source { take, access, wire: wire.to_owned(), lifted: false }),
            Value::Lift(take, _) => sources.push(Source { take, access, wire: wire.to_owned(), lifted: true }),
            Value::Object(ty, sets) => self.collect(*ty, sets, &access, wire, sources),
            Value::As(union, index, inner) => {
                let access = self.alternative(*union, *index, &access);
                self.collect_value(inner, schema, access, wire, sources);
            }
            Value::Each(list, inner) => self.collect_each(list, inner, schema, access.elements(), wire),
            Value::Rows(rows) => self.collect_rows(rows, schema, &access, wire, sources),
            Value::List(values) => {
                let SchemaKind::List(inner) = self.plan.api.shape(schema) else { return };
                let varying = |value: &Value| matches!(value, Value::Each(..) | Value::Group(..) | Value::Rows(_));
                for (index, value) in values.iter().enumerate() {
                    if varying(value) {
                        let (before, after) = (index, values.len() - index - 1);
                        let part = match access.optional {
                            false => {
                                let list = &access.expr;
                                quote! { codec::between(&#list, #before, #after) }
                            }
                            true => {
                                let list = &access.expr;
                                quote! { #list.map_or(&[][..], |list| codec::between(list, #before, #after)) }
                            }
                        };
                        match value {
                            Value::Each(list, each) => {
                                self.collect_each(list, each, schema, quote! { #part.iter() }, wire);
                            }
                            _ => self.collect_value(value, schema, Access::place(part), wire, sources),
                        }
                        // What stands after it is constant.
                        return;
                    }
                    let (expr, position) = (&access.expr, proc_macro2::Literal::usize_unsuffixed(index));
                    let element = match (access.optional, index) {
                        (true, _) => quote! { #expr.and_then(|value| value.get(#position)) },
                        (false, 0) => quote! { #expr.first() },
                        (false, _) => quote! { #expr.get(#position) },
                    };
                    let access = Access::maybe(element);
                    self.collect_value(value, inner, access, &format!("{wire}[{index}]"), sources);
                }
            }
            // A sum is computed from what the elements carry.
            Value::Const(literal) if self.always => {
                let (option, constant) = (access.option(), super::encode::literal_tokens(self.plan, literal, false));
                let other = match literal {
                    crate::model::Literal::Text(_) => quote! { value != #constant },
                    _ => quote! { *value != #constant },
                };
                self.strange.push((quote! { #option.is_none_or(|value| #other) }, wire.to_owned()));
            }
            Value::Group(..)
            | Value::Page(..)
            | Value::Sum(_)
            | Value::Const(_)
            | Value::Setting(..)
            | Value::Leave => {}
        }
    }

    /// Tells a body that the operation does not send: a constant of it is another.
    pub(super) fn tell(&self) -> TokenStream {
        let tests = self.strange.iter().map(|(strange, wire)| {
            quote! { if #strange { return Err(Unreadable::new(#wire, "is not what this operation sends")); } }
        });
        quote! { #(#tests)* }
    }

    /// A field that may be one of several alternatives, as this one.
    fn alternative(&self, union: TypeId, index: usize, access: &Access) -> Access {
        let ty = self.plan.api.ty(union);
        let TypeKind::OneOf(variants) = &ty.kind else { unreachable!("checked while resolving") };
        let (name, variant) = (ident(&ty.rust), ident(&variants[index].rust));
        let option = access.option();
        let other = (variants.len() > 1).then(|| quote! { _ => None, });
        Access::maybe(quote! {
            #option.and_then(|value| match value { types::#name::#variant(value) => Some(value), #other })
        })
    }

    /// A list whose elements come from the elements of a list of the input.
    fn collect_each(&mut self, list: &'p UPath, value: &'p Value, schema: &'p Schema, lines: TokenStream, wire: &str) {
        let SchemaKind::List(element) = self.plan.api.shape(schema) else { return };
        let always = std::mem::replace(&mut self.always, false);
        let mut inner = Vec::new();
        let line = Access::place(quote! { line });
        match value {
            Value::Rows(rows) => {
                for row in rows {
                    // Of a row without an alternative, the constants tell: the other rows' fields are then not there.
                    let access = match &row.value {
                        Value::As(union, index, _) => self.alternative(*union, *index, &line),
                        _ => self.found_by_constants(&row.value, quote! { std::iter::once(line) }),
                    };
                    let object = match &row.value {
                        Value::As(_, _, object) => object,
                        object => object,
                    };
                    self.collect_value(object, element, access, wire, &mut inner);
                }
            }
            Value::As(union, index, object) => {
                let access = self.alternative(*union, *index, &line);
                self.collect_value(object, element, access, wire, &mut inner);
            }
            object => self.collect_value(object, element, line, wire, &mut inner),
        }
        self.always = always;
        let held = super::types::rust_type(element, &self.plan.api, &quote! { types:: });
        self.lists.push(Each { list, lines, line: held, wire: wire.to_owned(), sources: inner });
    }

    /// Objects of a list that are told apart by their alternatives, or by constants.
    fn collect_rows(
        &mut self,
        rows: &'p [RowPlan],
        schema: &'p Schema,
        access: &Access,
        wire: &str,
        sources: &mut Vec<Source<'p>>,
    ) {
        let SchemaKind::List(element) = self.plan.api.shape(schema) else { return };
        let always = std::mem::replace(&mut self.always, false);
        for row in rows {
            let lines = access.elements();
            let (found, object) = match &row.value {
                Value::As(union, index, object) => {
                    let access = self.alternative(*union, *index, &Access::place(quote! { *line }));
                    let found = access.expr;
                    (Access::maybe(quote! { #lines.find_map(|line| #found) }), &**object)
                }
                object => (self.found_by_constants(object, lines), object),
            };
            self.collect_value(object, element, found, wire, sources);
        }
        self.always = always;
    }

    /// The element that has the constants of `object`.
    fn found_by_constants(&self, object: &Value, lines: TokenStream) -> Access {
        let Value::Object(ty, sets) = object else { unreachable!("rows are objects") };
        let TypeKind::Object(props) = &self.plan.api.ty(*ty).kind else { unreachable!("checked while resolving") };
        let tests = sets.iter().filter_map(|set| {
            let Value::Const(literal) = &set.value else { return None };
            let prop = &props[set.prop];
            let option = Access::place(quote! { line }).step(&ident(&prop.rust), slot(prop, &self.plan.api)).option();
            let value = super::encode::literal_tokens(self.plan, literal, false);
            Some(match literal {
                crate::model::Literal::Text(_) => quote! { #option.is_some_and(|value| value == #value) },
                _ => quote! { #option.is_some_and(|value| *value == #value) },
            })
        });
        Access::maybe(quote! { #lines.find(|line| #(#tests)&&*) })
    }

    /// The key, as an owned text.
    pub(super) fn key(&self) -> TokenStream {
        match &self.key {
            Some(access) => {
                let key = access.map(|parts| {
                    let receiver = &parts.receiver;
                    quote! { #receiver.clone() }
                });
                if access.optional {
                    quote! { #key.unwrap_or_default() }
                } else {
                    key
                }
            }
            None => quote! { String::new() },
        }
    }

    /// The input.
    pub(super) fn input(&self, input: UniformId) -> TokenStream {
        self.object(input, &UPath { steps: Vec::new(), text: String::new() }, None)
    }

    /// The literal of a type whose fields are at `at`.
    fn object(&self, ty: UniformId, at: &UPath, list: Option<&Each<'p>>) -> TokenStream {
        let def = self.uniform.ty(ty);
        let name = ident(&type_name(&def.name));
        let fields = def.fields.iter().enumerate().filter(|(_, item)| item.derived.is_none()).map(|(index, item)| {
            let value = self.field(item, &at.below(ty, index, &item.name), list);
            let name = field(&item.name);
            quote! { #name: #value }
        });
        quote! { #name { #(#fields,)* } }
    }

    fn field(&self, item: &Field, path: &UPath, list: Option<&Each<'p>>) -> TokenStream {
        match (item.ty, item.shape) {
            (Ty::Struct(ty), Shape::List) => match self.lists.iter().find(|each| each.list.steps == path.steps) {
                Some(each) => {
                    let object = self.object(ty, path, Some(each));
                    let name = ident(&type_name(&self.uniform.ty(ty).name));
                    let lines = &each.lines;
                    let wire = &each.wire;
                    let result = quote! { Result<#name, Unreadable> };
                    let object = self.part(ty, result, Form::Body, quote! { Ok(#object) }, Some(each));
                    quote! {
                        #lines.enumerate().map(|(index, line)| {
                            let one = || -> Result<#name, Unreadable> { #object };
                            one().map_err(|unreadable| unreadable.in_element(#wire, index))
                        }).collect::<Result<Vec<_>, Unreadable>>()?
                    }
                }
                None => quote! { Vec::new() },
            },
            (Ty::Struct(ty), shape) => {
                let name = ident(&type_name(&self.uniform.ty(ty).name));
                let (result, code) = match shape {
                    Shape::One => (quote! { #name }, self.object(ty, path, list)),
                    _ => (quote! { Option<#name> }, self.optional_object(ty, path, list)),
                };
                self.part(ty, result, Form::Value(quote! { Unreadable }), code, list)
            }
            _ => self.leaf(item, path, list),
        }
    }

    /// What other operations may have too.
    fn part(
        &self,
        ty: UniformId,
        result: TokenStream,
        form: Form,
        code: TokenStream,
        list: Option<&Each<'p>>,
    ) -> TokenStream {
        let call = &self.plan.api.operations[self.mapped.call];
        let Some(body) = call.body.as_ref().filter(|_| self.mapped.chosen.is_none()) else { return code };
        let body = super::types::rust_type(body, &self.plan.api, &quote! { types:: });
        let mut variables = vec![Variable::Of("body", body), Variable::Of("settings", quote! { Settings })];
        variables.extend(list.map(|each| Variable::Of("line", each.line.clone())));
        let name = &self.uniform.ty(ty).name;
        let part = Part {
            name: format!("recover_{}", field_name(name)),
            about: format!("The `{}` that a request was built from", type_name(name)),
            result,
            form,
            code,
        };
        self.shared.part(part, &variables)
    }

    /// An object that is there when one of its fields is.
    fn optional_object(&self, ty: UniformId, path: &UPath, list: Option<&Each<'p>>) -> TokenStream {
        let reachable = UPath::leaves(self.uniform, ty);
        let carried = reachable.iter().any(|leaf| {
            let mut full = path.clone();
            full.steps.extend(leaf.steps.iter().copied());
            self.options(&full, list).is_some()
        });
        if !carried {
            return quote! { None };
        }
        let def = self.uniform.ty(ty);
        let name = ident(&type_name(&def.name));
        if defaults(def, self.uniform) {
            let object = self.object(ty, path, list);
            return quote! { Some(#object).filter(|value| *value != #name::default()) };
        }
        // Something in it has to be stated: the first such field tells whether it is there.
        let (index, telling) = def
            .fields
            .iter()
            .enumerate()
            .find(|(_, item)| {
                matches!(item.shape, Shape::One) || item.min.is_some() && matches!(item.shape, Shape::Set | Shape::List)
            })
            .expect("a type without a default has a field that has to be stated");
        let found = self.options(&path.below(ty, index, &telling.name), list);
        let Some(found) = found else { return quote! { None } };
        let fields = def.fields.iter().enumerate().filter(|(_, item)| item.derived.is_none()).map(|(n, item)| {
            let field_name = field(&item.name);
            let value = if n == index {
                quote! { found }
            } else {
                self.field(item, &path.below(ty, n, &item.name), list)
            };
            quote! { #field_name: #value }
        });
        quote! { match #found { Some(found) => Some(#name { #(#fields,)* }), None => None } }
    }

    /// A field that holds a value, by its shape.
    fn leaf(&self, item: &Field, path: &UPath, list: Option<&Each<'p>>) -> TokenStream {
        if item.shape == Shape::One
            && let Some(sure) = self.sure(path, list)
        {
            return sure;
        }
        let found = self.options(path, list);
        match (item.shape, found) {
            (Shape::Optional, None) => quote! { None },
            (Shape::Optional, Some(found)) => found,
            (Shape::List | Shape::Set, None) => quote! { Default::default() },
            (Shape::List | Shape::Set, Some(found)) => quote! { #found.unwrap_or_default() },
            (Shape::One, None) => quote! { Default::default() },
            (Shape::One, Some(found)) if item.default || self.may_be_empty(path) => {
                quote! { #found.unwrap_or_default() }
            }
            (Shape::One, Some(found)) => {
                let wire = self.wire(path, list);
                quote! { #found.ok_or_else(|| Unreadable::new(#wire, "is missing"))? }
            }
        }
    }

    /// Whether a text without characters is left out.
    fn may_be_empty(&self, path: &UPath) -> bool {
        self.mapped.carried().iter().any(|take| take.path.steps == path.steps && take.omit == Some(Omit::Empty))
    }

    /// The value at `path`, when it is always there.
    fn sure(&self, path: &UPath, list: Option<&Each<'p>>) -> Option<TokenStream> {
        if let Some(chosen) = self.chosen(path).or_else(|| self.implied(path)) {
            return Some(chosen);
        }
        let own = list.map_or(&self.sources, |each| &each.sources);
        let source = own.iter().find(|source| !source.lifted && source.take.path.steps == path.steps)?;
        (!source.access.optional).then(|| self.read(source))
    }

    /// What decided which operation was called, and is told by its path.
    fn chosen(&self, path: &UPath) -> Option<TokenStream> {
        let chosen = self.mapped.chosen.as_ref()?;
        (chosen.path.steps == path.steps).then(|| quote! { chosen })
    }

    /// The value that a path always has.
    fn implied(&self, path: &UPath) -> Option<TokenStream> {
        let implied = self.mapped.implied.iter().find(|implied| implied.path.steps == path.steps)?;
        // What may be left out was most likely left out, and says the same so.
        if path.last(self.uniform).shape == Shape::Optional {
            return None;
        }
        let (value, Ty::Enum(of)) = (implied.value?, path.last(self.uniform).ty) else { return None };
        let item = &self.uniform.enums[of];
        let (ty, variant) = (ident(&type_name(&item.name)), ident(&type_name(&item.values[value].name)));
        Some(quote! { #ty::#variant })
    }

    fn wire(&self, path: &UPath, list: Option<&Each<'p>>) -> String {
        let sources = list.map_or(&self.sources, |each| &each.sources);
        sources
            .iter()
            .find(|source| source.take.path.steps == path.steps)
            .map_or_else(|| path.text.clone(), |source| source.wire.clone())
    }

    /// An `Option` of the value at `path`; `None` when nothing carries it.
    fn options(&self, path: &UPath, list: Option<&Each<'p>>) -> Option<TokenStream> {
        if let Some(chosen) = self.chosen(path).or_else(|| self.implied(path)) {
            return Some(quote! { Some(#chosen) });
        }
        let own = list.map_or(&self.sources, |each| &each.sources);
        let mut found: Vec<_> =
            own.iter().filter(|source| !source.lifted && source.take.path.steps == path.steps).collect();
        if found.is_empty() {
            found =
                self.sources.iter().filter(|source| source.lifted && source.take.path.steps == path.steps).collect();
        }
        let mut all = found.into_iter().map(|source| {
            let read = self.read(source);
            if source.access.optional {
                read
            } else {
                quote! { Some(#read) }
            }
        });
        let first = all.next()?;
        Some(all.fold(first, |all, next| quote! { #all.or(#next) }))
    }

    /// The value of a source: an `Option` where the source is one.
    fn read(&self, source: &Source<'p>) -> TokenStream {
        let wire = &source.wire;
        let fallible = invertible(&source.take.convert);
        let read = source.access.map(|parts| {
            let back = invert(self.plan, &source.take.convert, parts);
            if fallible {
                quote! { #back.unreadable(#wire) }
            } else {
                back
            }
        });
        match (source.access.optional, fallible) {
            (true, true) => quote! { #read.transpose()? },
            (false, true) => quote! { #read? },
            (_, false) => read,
        }
    }

    /// The steps that take from an input what the mapping does not carry.
    pub(super) fn reduce(&self) -> Vec<TokenStream> {
        let mut steps = Vec::new();
        let mut gone: Vec<UPath> = Vec::new();
        for (drop, ..) in &self.mapped.drop {
            let whole =
                !matches!((drop.last(self.uniform).ty, drop.last(self.uniform).shape), (Ty::Struct(_), Shape::One));
            match whole {
                true => gone.push(drop.clone()),
                false => gone.extend(
                    UPath::leaves(self.uniform, self.input_type()).into_iter().filter(|leaf| drop.covers(leaf)),
                ),
            }
        }
        gone.extend(
            UPath::leaves(self.uniform, self.input_type()).into_iter().filter(|leaf| leaf.last(self.uniform).own),
        );
        let implied = self.mapped.implied.iter().filter(|implied| implied.value.is_some());
        gone.extend(
            implied
                .filter(|implied| implied.path.last(self.uniform).shape == Shape::Optional)
                .map(|implied| implied.path.clone()),
        );
        for path in gone {
            steps.push(self.at(&path, &|place| quote! { #place = Default::default(); }));
        }
        for source in &self.sources {
            if let AbsentPlan::Setting(index) = &source.take.absent {
                let setting = &self.plan.mapping.settings[*index];
                let name = ident(&setting.name.text);
                let value = if setting.kind == SettingKind::Bool {
                    quote! { settings.#name }
                } else {
                    quote! { settings.#name.clone() }
                };
                steps.push(self.at(&source.take.path, &|place| quote! { #place.get_or_insert(#value); }));
            }
        }
        steps
    }

    fn input_type(&self) -> UniformId {
        let operation =
            self.plan.mapped().find(|(_, mapped)| std::ptr::eq(*mapped, self.mapped)).map(|(index, _)| index);
        self.uniform.operations[operation.expect("the mapping is of the plan")].input
    }

    /// A statement about the place of a field, in whatever lists and options it stands.
    fn at(&self, path: &UPath, statement: &dyn Fn(TokenStream) -> TokenStream) -> TokenStream {
        fn walk(
            uniform: &Uniform,
            steps: &[(UniformId, usize)],
            place: TokenStream,
            statement: &dyn Fn(TokenStream) -> TokenStream,
        ) -> TokenStream {
            let [(ty, index), rest @ ..] = steps else { return statement(place) };
            let item = &uniform.ty(*ty).fields[*index];
            let name = field(&item.name);
            if rest.is_empty() {
                return statement(quote! { #place.#name });
            }
            let inner = walk(uniform, rest, quote! { inner }, statement);
            match item.shape {
                Shape::One => walk(uniform, rest, quote! { #place.#name }, statement),
                Shape::Optional => quote! { if let Some(inner) = #place.#name.as_mut() { #inner } },
                Shape::List | Shape::Set => quote! { for inner in &mut #place.#name { #inner } },
            }
        }
        walk(self.uniform, &path.steps, quote! { left }, statement)
    }
}

/// Whether the inverse of a conversion can fail.
pub(super) fn invertible(convert: &Convert) -> bool {
    !matches!(convert, Convert::Text(..) | Convert::OnlyText(..) | Convert::Texts | Convert::Bool | Convert::Int)
}

/// The inverse of a conversion.
pub(super) fn invert(plan: &Plan, convert: &Convert, parts: &Parts) -> TokenStream {
    let Parts { reference, value, receiver } = parts;
    let table = |index: usize| {
        let name = ident(&plan.mapping.tables[index].name.text);
        let settings = needs_settings(&plan.tables[index]).then(|| quote! { , settings });
        (name, settings)
    };
    match convert {
        Convert::Text(..) | Convert::Texts => quote! { #receiver.clone() },
        Convert::Bool | Convert::Int => value.clone(),
        Convert::Flag => quote! { codec::flag(#value) },
        Convert::Digits => quote! { codec::digits_to_int(#receiver.as_str()) },
        Convert::Scaled(places, _) => {
            let places = proc_macro2::Literal::u32_unsuffixed(*places);
            quote! { codec::from_scaled(#value, #places) }
        }
        Convert::Number(..) | Convert::Decimal(..) | Convert::EitherNumber(..) | Convert::EitherText(..) => {
            quote! { codec::from_decimal(#receiver.as_str()) }
        }
        Convert::OnlyText(..) => quote! { vec![#receiver.clone()] },
        Convert::Hex => quote! { codec::from_hex(#reference) },
        Convert::Base64 => quote! { codec::from_base64(#reference) },
        Convert::Day(form) => quote! { codec::day_from_text(#receiver.as_str(), #form) },
        Convert::MomentText(form, offset) => {
            let offset = offset_tokens(plan, offset);
            quote! { codec::moment_from_text(#receiver.as_str(), #form, #offset) }
        }
        Convert::Seconds(offset) => {
            let offset = offset_tokens(plan, offset);
            quote! { codec::moment_from_seconds(#value, #offset) }
        }
        Convert::Decided(setting, units) => super::encode::decided(plan, *setting, units, |unit| {
            let back = invert(plan, unit, parts);
            if invertible(unit) {
                back
            } else {
                quote! { Ok::<_, Misfit>(#back) }
            }
        }),
        Convert::Table(index) => {
            let (name, settings) = table(*index);
            quote! { tables::#name::decode(#reference #settings) }
        }
        Convert::Mask(index) => {
            let (name, settings) = table(*index);
            quote! { codec::from_mask(#value, |bit| tables::#name::decode(&bit #settings)) }
        }
        Convert::Only(index) => {
            let (name, settings) = table(*index);
            quote! { tables::#name::decode(#reference #settings).map(|kind| [kind].into()) }
        }
        Convert::Contact(_) => quote! { codec::read_contact(#reference) },
        Convert::Moment(offset) => {
            let offset = offset_tokens(plan, offset);
            quote! { #receiver.moment(#offset) }
        }
    }
}

/// An offset as an `Option`.
pub(super) fn offset_tokens(plan: &Plan, offset: &crate::model::OffsetPlan) -> TokenStream {
    match offset {
        crate::model::OffsetPlan::None => quote! { None },
        crate::model::OffsetPlan::Fixed(minutes) => {
            let text =
                format!("{}{:02}:{:02}", if *minutes < 0 { '-' } else { '+' }, minutes.abs() / 60, minutes.abs() % 60);
            quote! { kassa_core::offset(#text) }
        }
        crate::model::OffsetPlan::Setting(index) => {
            let setting = &plan.mapping.settings[*index];
            let name = ident(&setting.name.text);
            if super::settings::optional(setting) {
                quote! { settings.#name }
            } else {
                quote! { Some(settings.#name) }
            }
        }
    }
}
