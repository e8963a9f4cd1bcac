//! Accounts of every provider, with every combination of the settings that decide something.

use kassa_core::{ProviderInfo, SettingInfo, SettingKind, SettingValues};
use kassa_providers::{Provider, providers};

/// What every secret of a test account is.
pub(crate) const SECRET: &str = "hunter2-hunter2";

/// What every text setting of a test account is, where it has one.
pub(crate) const TEXT: &str = "da2bb850-63ef-47e4-8b45-7b5b841eaa9b";

/// A provider with settings that somebody chose.
#[derive(Debug)]
pub(crate) struct Account {
    pub(crate) settings: Vec<(&'static str, String)>,
    pub(crate) provider: Box<dyn Provider>,
}

impl Account {
    pub(crate) fn name(&self) -> &'static str {
        self.provider.info().name
    }

    /// Its settings, for a failure to name.
    pub(crate) fn label(&self) -> String {
        format!("{} {:?}", self.name(), self.settings)
    }
}

/// What is known of the provider `name`, built in or made up.
#[track_caller]
pub(crate) fn info(name: &str) -> &'static ProviderInfo {
    let found = providers().iter().chain(kassa_neighbours::providers()).find(|info| info.name == name);
    found.unwrap_or_else(|| panic!("there is no {name}"))
}

/// The provider `name` with `settings`.
#[track_caller]
pub(crate) fn account(name: &str, settings: &[(&'static str, &str)]) -> Account {
    let settings: Vec<_> = settings.iter().map(|(name, value)| (*name, (*value).to_owned())).collect();
    let values = values(&settings);
    let info = info(name);
    let built_in = providers().iter().any(|built_in| built_in.name == name);
    let open = if built_in { kassa_providers::open } else { kassa_neighbours::open };
    // An address of ours only where the document has none.
    let documented = info.base_url.is_some();
    let base_url = (!documented).then_some("https://provider.test");
    let provider = open(name, &values, base_url).unwrap_or_else(|errors| panic!("{name} {settings:?}: {errors:?}"));
    Account { settings, provider }
}

pub(crate) fn values(settings: &[(&'static str, String)]) -> SettingValues {
    settings.iter().fold(SettingValues::default(), |values, (name, value)| values.with(*name, value))
}

/// `info` with every combination of its choices. Texts are all there or all away, secrets and offsets always there:
/// none of them decides what a value means.
pub(crate) fn combinations(info: &ProviderInfo) -> Vec<Account> {
    let mut all: Vec<Vec<(&'static str, String)>> = vec![Vec::new()];
    for setting in info.settings {
        let Some(choices) = choices(setting) else { continue };
        all = all.iter().flat_map(|chosen| choices.iter().map(|choice| with(chosen, setting.name, choice))).collect();
    }
    let texts: Vec<_> = info.settings.iter().filter(|setting| setting.kind == SettingKind::Text).collect();
    let mut accounts = Vec::new();
    for chosen in all {
        let everything =
            texts.iter().fold(chosen.clone(), |chosen, text| with(&chosen, text.name, &Some(text_of(text))));
        let required = texts.iter().filter(|text| text.required);
        let least = required.fold(chosen, |chosen, text| with(&chosen, text.name, &Some(text_of(text))));
        for settings in [least, everything] {
            let borrowed: Vec<_> = settings.iter().map(|(name, value)| (*name, value.as_str())).collect();
            accounts.push(account(info.name, &borrowed));
        }
    }
    accounts
}

/// An INN is one; any other text is just a text.
fn text_of(setting: &SettingInfo) -> &'static str {
    if setting.name == "seller_inn" { "7707083893" } else { TEXT }
}

/// What a setting may be here; `None` for a text, which is not chosen alone.
fn choices(setting: &SettingInfo) -> Option<Vec<Option<&'static str>>> {
    let mut choices = match setting.kind {
        SettingKind::Text => return None,
        SettingKind::Secret => return Some(vec![Some(SECRET)]),
        SettingKind::Offset => return Some(vec![Some("+03:00")]),
        SettingKind::Bool => vec![Some("true"), Some("false")],
        SettingKind::OneOf(choices) => choices.iter().copied().map(Some).collect(),
    };
    if !setting.required && setting.default.is_none() {
        choices.push(None);
    }
    Some(choices)
}

fn with(
    chosen: &[(&'static str, String)],
    name: &'static str,
    choice: &Option<&'static str>,
) -> Vec<(&'static str, String)> {
    chosen.iter().cloned().chain(choice.map(|choice| (name, choice.to_owned()))).collect()
}

/// Every provider with every combination of its choices.
pub(crate) fn all() -> Vec<Account> {
    providers().iter().flat_map(|info| combinations(info)).collect()
}

/// These, and the made-up providers that register receipts.
pub(crate) fn all_and_made_up() -> Vec<Account> {
    let made_up = ["delta", "echo"].into_iter().flat_map(|name| combinations(info(name)));
    all().into_iter().chain(made_up).collect()
}
