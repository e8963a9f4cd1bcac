//! Credentials: what is added to a request before it is sent, and the login that gives a token.

use std::collections::{BTreeMap, BTreeSet};

use proc_macro2::{Ident, TokenStream};
use quote::{format_ident, quote};

use super::access::{Access, Scope, reach_wire};
use super::client::field_names;
use super::encode::Encoder;
use super::recover::offset_tokens;
use super::settings::optional;
use crate::mapping::{Algorithm, Encoding, SettingKind};
use crate::model::{ExpiresPlan, FeedPlan, LoginPlan, OffsetPlan, Plan, Value, WirePath};
use crate::names::{ident, type_name};
use crate::spec::{Operation, Scheme, SchemeKind};
use crate::uniform::Uniform;

/// Fields of the provider beside its settings: keys that are read once.
pub(super) fn keys(plan: &Plan) -> Vec<Ident> {
    rsa_settings(plan).into_iter().map(|index| rsa_field(plan, index)).collect()
}

/// What is looked at when an account is opened; gives the fields of [`keys`].
pub(super) fn opening(plan: &Plan) -> TokenStream {
    let problem = |name: &str, problem: TokenStream| {
        quote! { vec![SettingError { name: #name.to_owned(), problem: #problem }] }
    };
    let keys = rsa_settings(plan).into_iter().map(|index| {
        let (field, name) = (rsa_field(plan, index), &plan.mapping.settings[index].name.text);
        let (setting, broken) = (ident(name), problem(name, quote! { misfit.to_string() }));
        quote! { let #field = kassa_core::RsaKey::read(&settings.#setting).map_err(|misfit| #broken)?; }
    });
    let header = plan.own_header.map(|(header, _)| {
        let setting = &plan.mapping.settings[header];
        let (name, field) = (&setting.name.text, ident(&setting.name.text));
        let text = match (&setting.kind, optional(setting)) {
            (SettingKind::Secret, false) => quote! { Some(settings.#field.expose()) },
            (SettingKind::Secret, true) => quote! { settings.#field.as_ref().map(|name| name.expose()) },
            (_, false) => quote! { Some(settings.#field.as_str()) },
            (_, true) => quote! { settings.#field.as_deref() },
        };
        let broken = problem(name, quote! { "is no name of a header".to_owned() });
        let halves = optional(setting).then(|| {
            let value = ident(&plan.mapping.settings[plan.own_header.expect("just seen").1].name.text);
            let broken = problem(name, quote! { "stands alone: name and value of the header go together".to_owned() });
            quote! { if settings.#field.is_some() != settings.#value.is_some() { return Err(#broken); } }
        });
        quote! {
            if #text.is_some_and(|name| !kassa_core::auth::is_header_name(name)) { return Err(#broken); }
            #halves
        }
    });
    let addresses = addresses(plan);
    quote! { #(#keys)* #header #(#addresses)* }
}

/// What looks at the addresses that a secret is added to.
fn addresses(plan: &Plan) -> Vec<TokenStream> {
    let with = plan.mapped().flat_map(|(_, mapped)| plan.places(mapped)).filter_map(|(_, set)| set.with.as_ref());
    let named = with.flat_map(|with| with.addresses.iter().map(move |address| (*address, &with.query, with.setting)));
    let named: BTreeSet<_> = named.collect();
    let look = |(address, query, secret): (usize, &String, usize)| {
        let setting = &plan.mapping.settings[address];
        let (name, field, secret) =
            (&setting.name.text, ident(&setting.name.text), &plan.mapping.settings[secret].name.text);
        let look = |address: TokenStream| {
            quote! {
                kassa_core::auth::bare_address(#address, #query, #secret)
                    .map_err(|misfit| vec![SettingError { name: #name.to_owned(), problem: misfit.to_string() }])?;
            }
        };
        if !optional(setting) {
            return look(quote! { &settings.#field });
        }
        let look = look(quote! { address });
        quote! { if let Some(address) = &settings.#field { #look } }
    };
    named.into_iter().map(look).collect()
}

/// What adds secrets to the addresses in a body.
fn additions(plan: &Plan) -> Vec<TokenStream> {
    let mut found: BTreeMap<_, BTreeSet<usize>> = BTreeMap::new();
    for (_, mapped) in plan.mapped() {
        for (path, set) in plan.places(mapped) {
            let Some(with) = &set.with else { continue };
            found.entry((path, &with.query, with.setting)).or_default().extend(mapped.calls());
        }
    }
    let step = |((path, query, setting), calls): ((Vec<&str>, &String, usize), BTreeSet<usize>)| {
        let step = with(plan, &[setting], |values| {
            let secret = &values[0].reference;
            quote! { kassa_core::auth::add_to_address(request, &[#(#path),*], #query, #secret)?; }
        });
        within(only(plan, |index, _| calls.contains(&index)), step)
    };
    found.into_iter().map(step).collect()
}

/// The settings with RSA keys.
fn rsa_settings(plan: &Plan) -> BTreeSet<usize> {
    let feeds = plan.security.iter().flatten();
    feeds
        .filter_map(|feed| if let FeedPlan::Sign(Algorithm::RsaSha256, key, _) = feed { Some(*key) } else { None })
        .collect()
}

fn rsa_field(plan: &Plan, setting: usize) -> Ident {
    format_ident!("rsa_{}", plan.mapping.settings[setting].name.text)
}

/// `Provider::authorize`, and `Provider::login` where there is one.
pub(super) fn methods(plan: &Plan) -> TokenStream {
    let schemes = plan.api.schemes.iter().zip(&plan.security);
    // Signatures are over what is sent: what changes the body comes first.
    let steps: Vec<_> = additions(plan)
        .into_iter()
        .chain(schemes.filter_map(|(scheme, feed)| {
            let step = step(plan, scheme, feed.as_ref()?)?;
            Some(within(asks(plan, scheme), step))
        }))
        .chain(plan.own_header.map(|(header, value)| {
            let step = with(plan, &[header, value], |values| {
                let (name, secret) = (text(plan, header, &values[0]), &values[1].reference);
                quote! { kassa_core::auth::set_own_header(request, #name, #secret)?; }
            });
            within(None, step)
        }))
        .collect();
    let request = if steps.is_empty() { ident("_request") } else { ident("request") };
    let login =
        plan.login.is_some().then(|| quote! { fn login(&self) -> Option<&dyn kassa_core::Login> { Some(self) } });
    quote! {
        fn authorize(&self, #request: &mut Request) -> Result<(), BuildError> {
            #(#steps)*
            Ok(())
        }

        #login
    }
}

/// What adds the credentials of a scheme; `None` for the token of a login.
fn step(plan: &Plan, scheme: &Scheme, feed: &FeedPlan) -> Option<Step> {
    Some(match feed {
        FeedPlan::Setting(setting) => with(plan, &[*setting], |values| put(&scheme.kind, &values[0])),
        FeedPlan::Basic(user, password) => with(plan, &[*user, *password], |values| {
            let (user, password) = (text(plan, *user, &values[0]), text(plan, *password, &values[1]));
            let secret = &values[1].reference;
            quote! {
                call::set_secret_header(request, "authorization", &kassa_core::auth::basic(#user, #password)?)?;
                call::note_secret(request, Some(#secret));
            }
        }),
        FeedPlan::Sign(algorithm, key, encoding) => {
            let SchemeKind::HeaderKey(header) = &scheme.kind else { unreachable!("checked while resolving") };
            let bytes = match algorithm {
                Algorithm::HmacSha256 => {
                    let key = ident(&plan.mapping.settings[*key].name.text);
                    quote! { kassa_core::auth::hmac_sha256(&self.settings.#key, request.body()) }
                }
                Algorithm::RsaSha256 => {
                    let key = rsa_field(plan, *key);
                    quote! { self.#key.sign(request.body())? }
                }
            };
            let encode = match encoding {
                Encoding::Hex => quote! { kassa_core::auth::hex },
                Encoding::Base64 => quote! { kassa_core::auth::base64 },
            };
            Step::always(quote! {
                let signature = #encode(&#bytes);
                call::set_secret_header(request, #header, &signature)?;
            })
        }
        FeedPlan::Login => return None,
    })
}

/// What puts a secret where the scheme wants it.
fn put(kind: &SchemeKind, secret: &Held) -> TokenStream {
    let Held { place, reference } = secret;
    match kind {
        SchemeKind::Bearer => quote! {
            call::set_secret_header(request, "authorization", &format!("Bearer {}", #place.expose()))?;
        },
        SchemeKind::Basic => unreachable!("checked while resolving"),
        SchemeKind::HeaderKey(name) => quote! { call::set_secret_header(request, #name, #place.expose())?; },
        SchemeKind::QueryKey(name) => quote! { kassa_core::auth::set_secret_query(request, #name, #reference)?; },
        SchemeKind::CookieKey(name) => quote! { kassa_core::auth::set_secret_cookie(request, #name, #reference)?; },
    }
}

/// A setting at hand.
struct Held {
    /// Where it is.
    place: TokenStream,
    /// A reference to it.
    reference: TokenStream,
}

/// What adds a credential.
struct Step {
    /// What has to be there for it.
    given: Option<TokenStream>,
    what: TokenStream,
}

impl Step {
    fn always(what: TokenStream) -> Self {
        Self { given: None, what }
    }
}

/// A step that is done if the account has all of these settings.
fn with(plan: &Plan, settings: &[usize], step: impl Fn(&[Held]) -> TokenStream) -> Step {
    let found: Vec<_> = settings.iter().map(|index| &plan.mapping.settings[*index]).collect();
    let field = |name: &str| {
        let name = ident(name);
        quote! { self.settings.#name }
    };
    if !found.iter().any(|setting| optional(setting)) {
        let places = found.iter().map(|setting| field(&setting.name.text));
        let held = places.map(|place| Held { reference: quote! { &#place }, place });
        return Step::always(step(&held.collect::<Vec<_>>()));
    }
    let names: Vec<_> = (0..found.len()).map(|n| format_ident!("value{n}")).collect();
    let options = found.iter().map(|setting| {
        let field = field(&setting.name.text);
        if optional(setting) {
            quote! { #field.as_ref() }
        } else {
            quote! { Some(&#field) }
        }
    });
    let held = names.iter().map(|name| Held { place: quote! { #name }, reference: quote! { #name } });
    let what = step(&held.collect::<Vec<_>>());
    Step { given: Some(quote! { let (#(Some(#names),)*) = (#(#options,)*) }), what }
}

/// The text of a setting.
fn text(plan: &Plan, setting: usize, held: &Held) -> TokenStream {
    let Held { place, reference } = held;
    match plan.mapping.settings[setting].kind {
        SettingKind::Secret => quote! { #place.expose() },
        _ => quote! { #reference },
    }
}

/// A step for requests alone that one of these tests fits; for all where there are none.
fn within(which: Option<Vec<TokenStream>>, step: Step) -> TokenStream {
    let Step { given, what } = step;
    match (which.as_deref(), given) {
        (None, None) => what,
        (None, Some(given)) => quote! { if #given { #what } },
        (Some(which), None) => quote! { if #(#which)||* { #what } },
        (Some([which]), Some(given)) => quote! { if #which && #given { #what } },
        (Some(which), Some(given)) => quote! { if (#(#which)||*) && #given { #what } },
    }
}

/// Whether a request is for an operation that asks for the scheme; `None` where every one does.
fn asks(plan: &Plan, scheme: &Scheme) -> Option<Vec<TokenStream>> {
    only(plan, |_, operation| operation.security.iter().flatten().any(|name| *name == scheme.name))
}

/// Whether a request is for one of these operations: a test for each; `None` where every one is, the login aside.
fn only(plan: &Plan, these: impl Fn(usize, &Operation) -> bool) -> Option<Vec<TokenStream>> {
    let login = plan.login.as_ref().map(|login| login.call.call);
    let all = plan.api.operations.iter().enumerate().filter(|(index, _)| Some(*index) != login);
    let (these, others): (Vec<_>, Vec<_>) = all.partition(|(index, operation)| these(*index, operation));
    if others.is_empty() {
        return None;
    }
    let tests = these.iter().map(|(_, operation)| {
        let (method, path) = (&operation.method, &operation.path);
        quote! { kassa_core::auth::is_for(request, &self.base_url, #method, #path) }
    });
    Some(tests.collect())
}

/// `impl Login`, where there is one.
pub(super) fn login(plan: &Plan, uniform: &Uniform) -> TokenStream {
    let Some(login) = &plan.login else { return TokenStream::new() };
    let name = ident(&type_name(&plan.name));
    let request = login_request(plan, uniform, login);
    let token = token(plan, login);
    let schemes = plan.api.schemes.iter().zip(&plan.security);
    let fed: Vec<&Scheme> =
        schemes.filter(|(_, feed)| matches!(feed, Some(FeedPlan::Login))).map(|(scheme, _)| scheme).collect();
    let needed: Option<Vec<Vec<TokenStream>>> = fed.iter().map(|scheme| asks(plan, scheme)).collect();
    let (request_name, needed) = match needed {
        Some(tests) => {
            let tests = tests.iter().flatten();
            (ident("request"), quote! { #(#tests)||* })
        }
        None => (ident("_request"), quote! { true }),
    };
    let held = Held { place: quote! { token }, reference: quote! { token } };
    let steps = fed.iter().map(|scheme| within(asks(plan, scheme), Step::always(put(&scheme.kind, &held))));
    let renew_on = login.renew_on.iter().map(|status| proc_macro2::Literal::u16_unsuffixed(*status));
    quote! {
        impl kassa_core::Login for #name {
            fn request(&self) -> Result<Request, BuildError> { #request }

            fn token(&self, reply: &Reply, now: kassa_core::Timestamp) -> Result<kassa_core::Token, kassa_core::Misfit> { #token }

            fn is_needed(&self, #request_name: &Request) -> bool { #needed }

            fn authorize(&self, token: &kassa_core::Secret, request: &mut Request) -> Result<(), BuildError> {
                #(#steps)*
                Ok(())
            }

            fn renew_on(&self) -> &'static [u16] { &[#(#renew_on),*] }
        }
    }
}

fn login_request(plan: &Plan, uniform: &Uniform, login: &LoginPlan) -> TokenStream {
    let call = &plan.api.operations[login.call.call];
    let (call_name, encoder) = (ident(&call.rust), Encoder { plan, uniform, mapped: None, shared: None });
    let fields = field_names(call).into_iter().enumerate().map(|(n, name)| {
        let name = ident(&name);
        let value = match (call.params.get(n), &login.call.body) {
            (Some(param), _) => match login.call.params.iter().find(|set| set.prop == n) {
                Some(set) => encoder.slotted(set, &param.prop, &[], &Scope::input()),
                None => quote! { None },
            },
            (None, Some((ty, sets, _))) => encoder.object(*ty, sets, &Scope::input()),
            (None, None) => unreachable!("checked: a body is set"),
        };
        quote! { #name: #value }
    });
    let fields: Vec<_> = fields.collect();
    let settings =
        super::mentions(&quote! { #(#fields)* }, "settings").then(|| quote! { let settings = &self.settings; });
    let mut secrets = BTreeSet::new();
    login.call.visit(&mut |value| {
        if let Value::Setting(index, _) = value
            && plan.mapping.settings[*index].kind == SettingKind::Secret
        {
            secrets.insert(*index);
        }
    });
    let notes = secrets.into_iter().map(|index| {
        let name = ident(&plan.mapping.settings[index].name.text);
        quote! { call::note_secret(&mut request, Some(&self.settings.#name)); }
    });
    // A login may itself want credentials, as long as no login gives them.
    let asked = plan.api.schemes.iter().zip(&plan.security).filter_map(|(scheme, feed)| {
        let asks = call.security.iter().flatten().any(|name| *name == scheme.name);
        step(plan, scheme, feed.as_ref().filter(|_| asks)?).map(|step| within(None, step))
    });
    let asked: Vec<_> = asked.collect();
    let steps = (!asked.is_empty()).then(|| quote! { { let request = &mut request; #(#asked)* } });
    let notes: Vec<_> = notes.collect();
    let built = quote! { client::#call_name { #(#fields,)* }.request(&self.base_url) };
    if notes.is_empty() && steps.is_none() {
        return quote! { #settings #built };
    }
    quote! {
        #settings
        let mut request = #built?;
        #(#notes)*
        #steps
        Ok(request)
    }
}

fn token(plan: &Plan, login: &LoginPlan) -> TokenStream {
    let call = &plan.api.operations[login.call.call];
    let (name, reply_name) = (ident(&call.rust), ident(&format!("{}Reply", call.rust)));
    let variant = ident(&call.responses[login.call.replies[0].responses[0]].rust);
    let reach = |path: &WirePath| reach_wire(&plan.api, path, Access::place(quote! { body })).option();
    let token = reach(&login.token);
    let (now, expires) = match &login.expires {
        None => (ident("_"), quote! { None }),
        Some(ExpiresPlan::After(seconds)) => {
            let seconds = proc_macro2::Literal::i64_unsuffixed(*seconds);
            (ident("now"), quote! { kassa_core::auth::after(now, #seconds) })
        }
        Some(ExpiresPlan::Seconds(path)) => {
            let seconds = reach(path);
            (ident("now"), quote! { #seconds.and_then(|seconds| kassa_core::auth::after(now, *seconds)) })
        }
        Some(ExpiresPlan::Unix(path)) => {
            let seconds = reach(path);
            (ident("_"), quote! { #seconds.and_then(|seconds| kassa_core::auth::unix(*seconds)) })
        }
        Some(ExpiresPlan::At(path, minutes)) => {
            let text = reach(path);
            let offset = minutes.map_or(OffsetPlan::None, OffsetPlan::Fixed);
            let offset = offset_tokens(plan, &offset);
            (ident("_"), quote! { #text.and_then(|text| kassa_core::auth::at(text, #offset)) })
        }
    };
    let message = match &login.message {
        Some(path) => {
            let words = reach(path);
            quote! { #words.and_then(kassa_core::json::plain) }
        }
        None => quote! { None },
    };
    let unused = (now == "_").then(|| quote! { let _ = now; });
    quote! {
        #unused
        match client::#name::read(reply) {
            Ok(client::#reply_name::#variant(body)) => {
                kassa_core::Token::given(#token.map(|token| token.as_str()), #expires, #message, reply)
            }
            _ => Err(kassa_core::auth::refused(reply, None)),
        }
    }
}
