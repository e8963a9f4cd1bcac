//! What goes wrong with a receipt, and what that is at each provider.

use std::time::Duration;

use kassa_tests::sim::{Documented, Fault, Forgery};
use serde::{Deserialize, Serialize};

/// What goes wrong with a receipt.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub(crate) enum Kind {
    Nothing,
    CloseAfter,
    HangAfter,
    Error500After,
    ErrorIn200,
    HalfBody,
    LateVisibility,
    DuplicateWithId,
    Duplicate,
    NotPrinted,
    TooMany,
    SlowDrip,
    OthersAnswer,
    Rejected,
    CloseBefore,
    CallbackTwice,
    CallbacksAtOnce,
    CallbackFirst,
    CallbackStale,
    CallbackForged,
}

use Kind::{
    CallbackFirst, CallbackForged, CallbackStale, CallbackTwice, CallbacksAtOnce, CloseAfter, CloseBefore, Duplicate,
    DuplicateWithId, Error500After, ErrorIn200, HalfBody, HangAfter, LateVisibility, NotPrinted, Nothing, OthersAnswer,
    Rejected, SlowDrip, TooMany,
};

/// For how long a provider does not show what it has. An account that says so says more.
pub(crate) const LATE: Duration = Duration::from_millis(400);
/// Longer than any account waits for an answer.
const HANG: Duration = Duration::from_millis(700);
const STALE: Duration = Duration::from_millis(600);
const DRIP: Duration = Duration::from_millis(4);

impl Kind {
    pub(crate) const ALL: [Kind; 20] = [
        Nothing,
        CloseAfter,
        HangAfter,
        Error500After,
        ErrorIn200,
        HalfBody,
        LateVisibility,
        DuplicateWithId,
        Duplicate,
        NotPrinted,
        TooMany,
        SlowDrip,
        OthersAnswer,
        Rejected,
        CloseBefore,
        CallbackTwice,
        CallbacksAtOnce,
        CallbackFirst,
        CallbackStale,
        CallbackForged,
    ];

    /// A name, and one that fits above a column.
    pub(crate) fn names(self) -> (&'static str, &'static str) {
        match self {
            Nothing => ("nothing", "none"),
            CloseAfter => ("accepted, then closed", "close"),
            HangAfter => ("accepted, then hung", "hang"),
            Error500After => ("500 after the commit", "500"),
            ErrorIn200 => ("an error in a 200", "e200"),
            HalfBody => ("half a body", "half"),
            LateVisibility => ("visible late", "late"),
            DuplicateWithId => ("a duplicate, with its id", "dup+"),
            Duplicate => ("a duplicate, without an id", "dup"),
            NotPrinted => ("registered, not printed", "noprt"),
            TooMany => ("429", "429"),
            SlowDrip => ("slow drip", "drip"),
            OthersAnswer => ("another's answer", "other"),
            Rejected => ("rejected", "rej"),
            CloseBefore => ("closed, not accepted", "shut"),
            CallbackTwice => ("the callback twice", "cb2"),
            CallbacksAtOnce => ("callbacks at once", "cb||"),
            CallbackFirst => ("the callback before the answer", "cb<"),
            CallbackStale => ("the callback late", "cb>"),
            CallbackForged => ("a forged callback", "cb!"),
        }
    }

    /// Its place among all of them.
    pub(crate) fn code(self) -> u8 {
        let place = Kind::ALL.iter().position(|kind| *kind == self);
        place.and_then(|place| u8::try_from(place).ok()).unwrap_or(0)
    }

    /// What it is for a submission at the provider; `None` where that has no such thing. `n` decides where there are
    /// several.
    ///
    /// Where answers name neither the receipt nor its key, nobody can tell another's answer: such providers are not asked
    /// to give one.
    pub(crate) fn submitted(self, provider: &str, key: &str, n: u32) -> Option<Fault> {
        let either = |one: Fault, other: Fault| if n.is_multiple_of(2) { one } else { other };
        let commits = |status: u16, body: String| Fault::CommitThenAnswer { status, body };
        let answers = |body: &str| Fault::AnswerHttp {
            status: 200,
            body: body.to_owned(),
            content_type: "application/json".to_owned(),
        };
        Some(match self {
            Nothing => return None,
            CloseAfter => Fault::CommitThenClose,
            HangAfter => Fault::CommitThenHang(HANG),
            Error500After => Fault::CommitThenError500,
            ErrorIn200 => {
                let uncommitted = match provider {
                    "checkonline" => Fault::HtmlOk,
                    "itkassa" => {
                        Fault::DocumentedError(Documented::Refused { code: 7, message: "injected".to_owned() })
                    }
                    "rentel" => answers(r#"{"Status":"Failed"}"#),
                    _ => answers(r#"{"error":{"message":"injected","code":500}}"#),
                };
                either(commits(200, r#"{"error":"internal error"}"#.to_owned()), uncommitted)
            }
            HalfBody => Fault::HalfBody,
            LateVisibility => Fault::LateVisibility(LATE),
            DuplicateWithId => {
                commits(409, format!(r#"{{"error":{{"code":409,"message":"duplicate","id":"{key}"}}}}"#))
            }
            Duplicate => commits(409, r#"{"error":{"code":409,"message":"duplicate"}}"#.to_owned()),
            NotPrinted if provider == "itkassa" => Fault::DocumentedError(Documented::CriticalError {
                code: 83,
                phase: "CloseDocument".to_owned(),
                text: "Нет бумаги".to_owned(),
                registered: true,
            }),
            NotPrinted => Fault::NotPrinted,
            TooMany if provider == "mobika" => Fault::DocumentedError(Documented::Http(429)),
            TooMany => Fault::AnswerHttp { status: 429, body: String::new(), content_type: "text/plain".to_owned() },
            SlowDrip => Fault::SlowDrip(DRIP),
            OthersAnswer if !says_whose(provider) => return None,
            OthersAnswer => Fault::OthersAnswer,
            Rejected => Fault::DocumentedError(match provider {
                "checkonline" => either_error(n, Documented::Service(21), Documented::Device(51)),
                "itkassa" => Documented::Refused { code: 3, message: "injected".to_owned() },
                "rentel" => either_error(
                    n,
                    Documented::OperationFailed("Нет бумаги.".to_owned()),
                    Documented::Refused { code: 3, message: "injected".to_owned() },
                ),
                "smartcashier" => {
                    either_error(n, Documented::OperationFailed("Открыта крышка.".to_owned()), Documented::Http(403))
                }
                _ => Documented::Http(403),
            }),
            CloseBefore => either(Fault::CloseBeforeCommit, Fault::Html),
            CallbackTwice => Fault::CallbackTwice,
            CallbacksAtOnce => Fault::CallbackAtOnce(3),
            CallbackFirst => Fault::CallbackBeforeAnswer,
            CallbackStale => Fault::CallbackLate(STALE),
            // Who has the secret is no forger.
            CallbackForged if provider == "mobika" && n.is_multiple_of(3) => {
                Fault::CallbackForged(Forgery::WrongAmounts)
            }
            CallbackForged => {
                either(Fault::CallbackForged(Forgery::WrongSecret), Fault::CallbackForged(Forgery::UnknownId))
            }
        })
    }

    /// The same for the first question after it.
    pub(crate) fn asked(self, provider: &str) -> Option<Fault> {
        let answers = |status| Fault::AnswerHttp { status, body: String::new(), content_type: "text/plain".to_owned() };
        Some(match self {
            HalfBody => Fault::HalfBody,
            SlowDrip => Fault::SlowDrip(DRIP),
            OthersAnswer if says_whose(provider) => Fault::OthersAnswer,
            TooMany => answers(429),
            Error500After => answers(500),
            ErrorIn200 => Fault::HtmlOk,
            CloseBefore => Fault::CloseBeforeCommit,
            _ => return None,
        })
    }

    /// What a repeat may meet once more.
    pub(crate) fn repeated(self, n: u32) -> Option<Fault> {
        match self {
            CloseAfter | HangAfter | Error500After if n.is_multiple_of(3) => Some(Fault::CommitThenClose),
            TooMany if n.is_multiple_of(3) => self.submitted("", "", n),
            _ => None,
        }
    }
}

/// Whether the provider's answers name the key that they are for.
pub(crate) fn says_whose(provider: &str) -> bool {
    matches!(provider, "checkonline" | "mobika")
}

fn either_error(n: u32, one: Documented, other: Documented) -> Documented {
    if n.is_multiple_of(2) { one } else { other }
}
