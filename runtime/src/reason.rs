//! The words for why a submission was rejected or is in doubt, and what to do: made here and nowhere else.

use kassa_core::{Doubt, Finding, Repeat};
use kassa_providers::uniform::error_class;

use crate::outcome::Reason;

/// Why a submission was surely not registered.
pub(crate) fn rejected(finding: &Finding) -> Reason {
    Reason {
        class: finding.class.name.to_owned(),
        code: finding.code.clone(),
        message: finding.message.clone(),
        about: finding.about.to_owned(),
        next_step: format!("{} It is surely not registered, so a new key is safe.", finding.class.about),
    }
}

const BY_PEOPLE: &str =
    "Only an operator can tell: look for it at the provider, and end the doubt with `kassa doubt resolve`.";

fn until_settled(how: &str) -> String {
    format!("Do not submit it under another key before this is settled. {how}")
}

/// The same reason for a submission that has become one for people.
pub(crate) fn held(reason: Reason) -> Reason {
    Reason { next_step: until_settled(BY_PEOPLE), ..reason }
}

/// Why nobody knows, and how the doubt can end; `held` where only people can tell.
pub(crate) fn in_doubt(finding: &Finding, doubt: Doubt, held: bool) -> Reason {
    let how = match doubt {
        _ if held => BY_PEOPLE,
        Doubt::Keyed { .. } => "`resume` repeats the request with its key until the provider answers.",
        Doubt::Locatable { visible_after: Some(_) } => "`resume` asks the provider for it by its key.",
        Doubt::Locatable { visible_after: None } => {
            "`resume` asks the provider for it by its key. That it is not found proves nothing unless the account states \
             `visible_after`; `kassa doubt resolve` ends the doubt otherwise."
        }
        Doubt::Blind => "`resume` asks the provider for it.",
    };
    Reason {
        class: finding.class.name.to_owned(),
        code: finding.code.clone(),
        message: finding.message.clone(),
        about: finding.about.to_owned(),
        next_step: until_settled(how),
    }
}

/// Why a query has no answer.
pub(crate) fn unanswered(finding: &Finding) -> Reason {
    let next_step = match finding.class.repeat {
        Repeat::Never => "Mend what it names and ask again.",
        Repeat::Backoff | Repeat::Ask => "Ask again later.",
    };
    Reason {
        class: finding.class.name.to_owned(),
        code: finding.code.clone(),
        message: finding.message.clone(),
        about: finding.about.to_owned(),
        next_step: next_step.to_owned(),
    }
}

/// The finding for a submission whose answer did not come, `why` in the transport's words.
pub(crate) fn lost(why: String) -> Finding {
    unknown(Some(why), "The request left, and no whole answer came back.")
}

/// The finding for a submission that was on its way when its process ended.
pub(crate) fn interrupted() -> Finding {
    unknown(None, "The process ended after the request was sent and before its answer was kept.")
}

/// The finding for a submission that a provider had taken and does not find any more.
pub(crate) fn gone() -> Finding {
    unknown(None, "The provider had taken it, and does not find it any more.")
}

/// The finding for a submission that a provider surely does not have, after it has had the time to show.
pub(crate) fn not_there(finding: &Finding) -> Finding {
    Finding {
        about: "The provider does not have it, and has had the time that it declares for it to show.",
        ..finding.clone()
    }
}

fn unknown(message: Option<String>, about: &'static str) -> Finding {
    Finding { class: &error_class::OUTCOME_UNKNOWN, code: None, message, about, new_key: false, provider_id: None }
}
