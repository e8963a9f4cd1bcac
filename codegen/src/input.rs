//! What a run reads, and where the code that it makes will stand.

use std::path::{Path, PathBuf};

/// What a run reads, and where the code that it makes will stand.
#[derive(Debug, Clone)]
pub struct Input {
    /// The folder with `providers/`.
    pub specs: PathBuf,
    /// The folder of the uniform model.
    pub uniform: PathBuf,
    /// The crate, as a path of Rust, whose model and `Provider` the code is for; `None` makes a crate of its own.
    pub on: Option<String>,
}

impl Input {
    /// Specs with their own uniform model, from which a whole crate is made.
    #[must_use]
    pub fn new(specs: impl Into<PathBuf>) -> Self {
        let specs = specs.into();
        Self { uniform: specs.join("uniform"), specs, on: None }
    }

    /// Providers for the uniform model of this version of Kassa, which the crate `on` has: `kassa` for a service, or
    /// `kassa_providers`. A module is made of them, not a crate.
    #[must_use]
    pub fn on(self, on: impl Into<String>) -> Self {
        let published = Path::new(env!("CARGO_MANIFEST_DIR")).with_file_name("specs").join("uniform");
        Self { uniform: published, on: Some(on.into()), ..self }
    }

    /// The uniform model is in this folder.
    #[must_use]
    pub fn uniform(self, folder: impl Into<PathBuf>) -> Self {
        Self { uniform: folder.into(), ..self }
    }

    /// The folders of `providers/`, in order.
    pub(crate) fn providers(&self) -> Vec<String> {
        let Ok(entries) = std::fs::read_dir(self.specs.join("providers")) else { return Vec::new() };
        let mut names: Vec<String> = entries
            .filter_map(Result::ok)
            .filter(|entry| entry.file_type().is_ok_and(|kind| kind.is_dir()))
            .filter_map(|entry| entry.file_name().into_string().ok())
            .collect();
        names.sort();
        names
    }

    /// What a run depends on, for `rerun-if-changed`.
    #[must_use]
    pub fn watched(&self) -> Vec<PathBuf> {
        let providers = self.specs.join("providers");
        let folders: Vec<_> = self.providers().iter().map(|name| providers.join(name)).collect();
        [vec![self.uniform.clone(), providers], folders].concat()
    }
}

impl From<&Path> for Input {
    fn from(specs: &Path) -> Self {
        Self::new(specs)
    }
}

impl From<&PathBuf> for Input {
    fn from(specs: &PathBuf) -> Self {
        Self::new(specs)
    }
}
