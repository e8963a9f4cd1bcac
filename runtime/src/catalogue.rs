//! The providers that accounts may name.

use std::fmt;

use kassa_core::{ProviderInfo, SettingError, SettingValues};
use kassa_providers::Provider;

/// Opens a provider of a set by its name, with the settings of an account and its address. What `kassa-codegen`
/// generates has such a function.
pub type Open = fn(&str, &SettingValues, Option<&str>) -> Result<Box<dyn Provider>, Vec<SettingError>>;

/// The providers that accounts may name: those of this build, and those that a service generates from specs of its own.
///
/// ```ignore
/// let catalogue = Catalogue::built_in().with(my_providers::providers(), my_providers::open);
/// let config = Config::load_with("kassa.yaml".as_ref(), catalogue)?;
/// ```
#[derive(Clone)]
pub struct Catalogue {
    infos: Vec<&'static ProviderInfo>,
    /// How each of these is opened.
    opens: Vec<Open>,
}

impl Catalogue {
    /// The providers of this build.
    #[must_use]
    pub fn built_in() -> Self {
        Self { infos: Vec::new(), opens: Vec::new() }.with(kassa_providers::providers(), kassa_providers::open)
    }

    /// Adds providers. One that has the name of another takes its place.
    #[must_use]
    pub fn with(mut self, providers: &[&'static ProviderInfo], open: Open) -> Self {
        for info in providers {
            match self.infos.iter().position(|known| known.name == info.name) {
                Some(at) => (self.infos[at], self.opens[at]) = (info, open),
                None => {
                    self.infos.push(info);
                    self.opens.push(open);
                }
            }
        }
        self
    }

    /// What they can do.
    #[must_use]
    pub fn providers(&self) -> &[&'static ProviderInfo] {
        &self.infos
    }

    /// Opens the provider of this name with the settings of an account.
    ///
    /// # Errors
    /// Everything that is wrong with the settings, or that there is no such provider.
    pub fn open(
        &self,
        provider: &str,
        settings: &SettingValues,
        base_url: Option<&str>,
    ) -> Result<Box<dyn Provider>, Vec<SettingError>> {
        let Some(at) = self.infos.iter().position(|info| info.name == provider) else {
            let known: Vec<_> = self.infos.iter().map(|info| format!("`{}`", info.name)).collect();
            let problem = format!("there is no `{provider}`; there is {}", known.join(", "));
            return Err(vec![SettingError { name: "provider".to_owned(), problem }]);
        };
        self.opens[at](provider, settings, base_url)
    }
}

impl Default for Catalogue {
    fn default() -> Self {
        Self::built_in()
    }
}

impl fmt::Debug for Catalogue {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_list().entries(self.infos.iter().map(|info| info.name)).finish()
    }
}
