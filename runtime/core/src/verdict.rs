//! What a reply proves.

use std::time::Duration;

use crate::{Reply, Unreadable, json};

/// What an error class proves about the submission it answers.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Means {
    /// Surely not registered.
    Rejected,
    /// Accepted, not decided yet.
    Pending,
    /// It may or may not have been registered.
    Doubt,
}

/// What may be done with the same request to the same account.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Repeat {
    /// Nothing.
    Never,
    /// Send it again after a pause: it was surely not registered.
    Backoff,
    /// Find out how it ended, as the provider's [`Doubt`] says.
    Ask,
}

/// An error class of the uniform model (`specs/uniform/errors.yaml`).
#[derive(Debug, PartialEq, Eq)]
pub struct ErrorClass {
    /// Its name.
    pub name: &'static str,
    /// What it proves.
    pub means: Means,
    /// What may be done with the same request to the same account.
    pub repeat: Repeat,
    /// Whether another account may help; never for what is not [`Means::Rejected`].
    pub elsewhere: bool,
    /// What it says to a person.
    pub about: &'static str,
}

/// What a provider said instead of a result.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Finding {
    /// The class that the mapping's error table gives it.
    pub class: &'static ErrorClass,
    /// The provider's code: `FCEError 24`, `HTTP 401`.
    pub code: Option<String>,
    /// The provider's own words.
    pub message: Option<String>,
    /// What the code means, from the mapping.
    pub about: &'static str,
    /// A later attempt needs a new provider key: the provider answers this one with what it remembers.
    pub new_key: bool,
    /// The provider's own id of what it has not decided yet, by which it may want to be asked.
    pub provider_id: Option<String>,
}

impl Finding {
    /// What the status of a reply alone says.
    #[must_use]
    pub fn of_status(class: &'static ErrorClass, reply: &Reply, about: &'static str) -> Self {
        let code = Some(format!("HTTP {}", reply.status().as_u16()));
        Self { class, code, message: None, about, new_key: false, provider_id: None }
    }

    /// What a reply is about that cannot be read as its document says: who sent it is not known either.
    pub const UNREADABLE: &'static str = "The reply is not what the document promises.";

    /// A reply that cannot be read as its document says.
    #[must_use]
    pub fn unreadable(class: &'static ErrorClass, reply: &Reply, unreadable: &Unreadable) -> Self {
        let about = Self::UNREADABLE;
        let mut message = unreadable.to_string();
        if let Some(excerpt) = json::excerpt(reply) {
            message.push_str("; it begins: ");
            message.extend(excerpt.chars().take(120));
        }
        Self { message: Some(message), ..Self::of_status(class, reply, about) }
    }

    /// What a callback says.
    #[must_use]
    pub const fn of_callback(class: &'static ErrorClass, about: &'static str) -> Self {
        Self { class, code: None, message: None, about, new_key: false, provider_id: None }
    }

    /// A field of a registration; what cannot be read is told, and does not make the registration undone.
    #[doc(hidden)]
    pub fn keep<T>(unread: &mut Vec<String>, field: Option<Result<T, Unreadable>>) -> Option<T> {
        match field? {
            Ok(value) => Some(value),
            Err(problem) => {
                unread.push(problem.to_string());
                None
            }
        }
    }

    /// An element of a list of the result; one that cannot be read is told, and so is what of it cannot be.
    #[doc(hidden)]
    pub fn element<T>(
        unread: &mut Vec<String>,
        list: &str,
        index: usize,
        make: impl FnOnce(&mut Vec<String>) -> Result<T, Unreadable>,
    ) -> Option<T> {
        let mut told = Vec::new();
        let made = make(&mut told);
        let problem = made.as_ref().err().map(ToString::to_string);
        let named = |text: String| match text.strip_prefix(list) {
            Some(rest) => format!("{list}[{index}]{rest}"),
            None => format!("{list}[{index}]: {text}"),
        };
        unread.extend(told.into_iter().chain(problem).map(named));
        made.ok()
    }

    /// An object of the result that is there when all that it has to have is.
    #[doc(hidden)]
    pub fn object<T>(make: impl FnOnce() -> Option<T>) -> Option<T> {
        make()
    }
}

/// What a reply proves about a submission (F6). Nothing is guessed: what no rule of the mapping decides is a finding
/// that means doubt.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Verdict<T> {
    /// It is registered; of a query, it is answered.
    Done(T),
    /// It is not, or not yet, or nobody knows: the class of the finding tells.
    Found(Finding),
}

/// How doubt about a submission ends with a provider (F6).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Doubt {
    /// Repeat the same request with the same key: the provider answers it as the first time.
    Keyed {
        /// How long the provider remembers a key, if it says so.
        retention: Option<Duration>,
    },
    /// Ask by key.
    Locatable {
        /// How long a registered submission may not be found yet, if that is known. Where it is not, "not found" proves
        /// nothing.
        visible_after: Option<Duration>,
    },
    /// Nothing but an operator can tell.
    Blind,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_of_an_element_cannot_be_read_is_told_by_its_place() {
        let mut unread = Vec::new();
        let read = |unread: &mut Vec<String>| {
            Finding::keep::<i64>(unread, Some(Err(Unreadable::new("list.at", "is no date"))));
            Ok(7)
        };
        assert_eq!(Finding::element(&mut unread, "list", 2, read), Some(7));
        let failed: Option<i64> =
            Finding::element(&mut unread, "list", 3, |_| Err(Unreadable::new("list.id", "is missing")));
        assert_eq!(failed, None);
        assert_eq!(unread, ["list[2].at: is no date", "list[3].id: is missing"]);
    }
}
