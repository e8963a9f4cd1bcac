//! What of an input is carried: less what the mapping drops.

use proc_macro2::TokenStream;
use quote::quote;

use super::Recoverer;
use crate::mapping::SettingKind;
use crate::model::{AbsentPlan, UPath};
use crate::names::ident;
use crate::render::field;
use crate::uniform::{Shape, Ty, TypeId as UniformId, Uniform};

impl Recoverer<'_> {
    /// The steps that take from an input what the mapping does not carry.
    pub(in crate::render) fn reduce(&self) -> Vec<TokenStream> {
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
