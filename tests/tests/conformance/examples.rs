//! The documented requests and responses, from `specs/providers/*/examples`.

use std::path::PathBuf;

pub(crate) fn specs() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../specs")
}

/// The text of an example.
#[track_caller]
pub(crate) fn read(provider: &str, name: &str) -> String {
    let path = specs().join("providers").join(provider).join("examples").join(name);
    std::fs::read_to_string(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

/// The names of a provider's examples that end in `suffix`, sorted.
pub(crate) fn names(provider: &str, suffix: &str) -> Vec<String> {
    let folder = specs().join("providers").join(provider).join("examples");
    let files = std::fs::read_dir(&folder).unwrap_or_else(|error| panic!("{}: {error}", folder.display()));
    let names = files.map(|file| file.unwrap().file_name().into_string().unwrap());
    let mut names: Vec<_> = names.filter(|name| name.ends_with(suffix)).collect();
    names.sort();
    names
}
