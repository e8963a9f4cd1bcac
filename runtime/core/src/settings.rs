//! The settings of an account, declared by a mapping and filled by configuration (F11).

use std::collections::BTreeMap;

use crate::{Offset, Secret, moment};

/// What a setting may be.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SettingKind {
    /// Any text.
    Text,
    /// A secret; comes from the environment or a file.
    Secret,
    /// `true` or `false`.
    Bool,
    /// An offset from UTC: `+03:00`.
    Offset,
    /// One of these.
    OneOf(&'static [&'static str]),
}

/// A setting that a mapping declares.
#[derive(Debug)]
pub struct SettingInfo {
    /// Its name.
    pub name: &'static str,
    /// What it may be.
    pub kind: SettingKind,
    /// Whether an account must have it.
    pub required: bool,
    /// What it is when left out.
    pub default: Option<&'static str>,
    /// What it decides.
    pub about: &'static str,
}

/// What is wrong with a setting.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("setting `{name}`: {problem}")]
pub struct SettingError {
    /// Its name.
    pub name: String,
    /// What is wrong with it, and what to do.
    pub problem: String,
}

/// The settings of an account, by name. Every value is held as a secret, since a mistaken configuration may put one
/// anywhere.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct SettingValues(pub BTreeMap<String, Secret>);

impl SettingValues {
    /// Sets one, for accounts that code declares.
    #[must_use]
    pub fn with(mut self, name: impl Into<String>, value: impl Into<String>) -> Self {
        self.0.insert(name.into(), Secret::new(value));
        self
    }

    /// Everything that is wrong with these settings for a provider that declares `infos`.
    #[must_use]
    pub fn problems(&self, infos: &'static [SettingInfo]) -> Vec<SettingError> {
        let mut problems = Vec::new();
        for name in self.0.keys() {
            if !infos.iter().any(|info| info.name == name) {
                let known: Vec<_> = infos.iter().map(|info| format!("`{}`", info.name)).collect();
                problems.push(SettingError {
                    name: name.clone(),
                    problem: format!("the provider has no such setting; it has {}", known.join(", ")),
                });
            }
        }
        problems.extend(infos.iter().filter_map(|info| read_setting(self, info).err()));
        problems
    }
}

/// The text of a setting, or its default; checked against what it may be.
///
/// # Errors
/// When it is required and missing, or is not what it may be.
pub fn read_setting<'v>(
    values: &'v SettingValues,
    info: &'static SettingInfo,
) -> Result<Option<&'v str>, SettingError> {
    let error = |problem: String| SettingError { name: info.name.to_owned(), problem };
    let Some(text) = values.0.get(info.name).map(Secret::expose).or(info.default) else {
        return if info.required { Err(error(format!("is missing ({})", info.about))) } else { Ok(None) };
    };
    let fits = match info.kind {
        SettingKind::Text | SettingKind::Secret => !text.is_empty(),
        SettingKind::Bool => matches!(text, "true" | "false"),
        SettingKind::Offset => moment::parse_offset(text).is_some(),
        SettingKind::OneOf(choices) => choices.contains(&text),
    };
    if fits {
        return Ok(Some(text));
    }
    Err(error(match info.kind {
        SettingKind::Text | SettingKind::Secret => "is empty".to_owned(),
        // The value is not shown: it may be a secret that stands under the wrong name.
        SettingKind::Bool => "is neither true nor false".to_owned(),
        SettingKind::Offset => "is no offset from UTC; write one such as \"+03:00\"".to_owned(),
        SettingKind::OneOf(choices) => format!("is none of {}", choices.join(", ")),
    }))
}

/// Reads an offset that [`read_setting`] has accepted.
#[doc(hidden)]
#[must_use]
pub fn offset(text: &str) -> Option<Offset> {
    moment::parse_offset(text)
}

#[cfg(test)]
mod tests {
    use super::*;

    static INFOS: [SettingInfo; 3] = [
        SettingInfo { name: "token", kind: SettingKind::Secret, required: true, default: None, about: "who we are" },
        SettingInfo {
            name: "dialect",
            kind: SettingKind::OneOf(&["a", "b"]),
            required: true,
            default: None,
            about: "x",
        },
        SettingInfo { name: "print", kind: SettingKind::Bool, required: false, default: Some("true"), about: "x" },
    ];

    #[test]
    fn every_problem_is_told() {
        let values = SettingValues::default().with("dialect", "c").with("tocken", "t").with("print", "yes");
        let problems: Vec<_> = values.problems(&INFOS).iter().map(ToString::to_string).collect();
        assert_eq!(
            problems,
            [
                "setting `tocken`: the provider has no such setting; it has `token`, `dialect`, `print`",
                "setting `token`: is missing (who we are)",
                "setting `dialect`: is none of a, b",
                "setting `print`: is neither true nor false",
            ]
        );
    }
}
