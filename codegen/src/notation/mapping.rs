//! The maps of `mapping.yaml`.

use super::Value::{Any, Bool, Choice, Int, Is, Matches, Reason, True, Word};
use super::{
    Form, Forms, Key, Map, Name, Value, any_of, due, each, each_like, each_some, form, list, list_of, map, may, one_of,
    some,
};
use crate::model::UNITS;

/// `mapping.yaml`.
pub(crate) fn root() -> Value {
    Is(mapping)
}

pub(crate) fn mapping() -> Map {
    map(
        "mapping",
        "a mapping",
        vec![
            due("provider", Is(provider), "What is mapped, and how doubt ends."),
            may("settings", each(Is(setting)), "Settings of an account."),
            may("security", security(), "What feeds the security schemes of the document."),
            may("statuses", each_like(STATUS, then()), "What statuses mean, whichever operation they answer."),
            may("tables", each(Is(table)), "From enumerations to codes."),
            may("errors", each(Is(error_table)), "From error codes to classes."),
            due(
                "operations",
                Value::Operations(Box::new(Value::Forms(operation))),
                "What the provider does for each uniform operation.",
            ),
            may("callbacks", each(Value::Forms(callback)), "What becomes of what the provider sends by itself."),
            may(
                "ignore",
                each(Reason),
                "What of the document nothing else speaks of: an operation, `Schema`, `Schema.field`, `Schema.code`, `examples/FILE`.",
            ),
        ],
    )
}

/// A status; more than one in the key of an answer.
const STATUS: &str = "^ *[1-5][0-9][0-9] *$";
const STATUSES: &str = "^ *[1-5][0-9][0-9] *(, *[1-5][0-9][0-9] *)*$";

pub(crate) fn provider() -> Map {
    map(
        "provider",
        "`provider`",
        vec![
            may("title", Word, "Its name for people."),
            may("title_ru", Word, "Its name for people who read Russian."),
            may("document", Word, "The document that is mapped."),
            due("doubt", Any(vec![Choice(&["blind"]), Is(doubt)]), "How doubt ends: exactly one."),
        ],
    )
}

pub(crate) fn doubt() -> Map {
    one_of("doubt", "`doubt`", doubt_keys(), &["keyed", "locatable", "blind"])
}

fn doubt_keys() -> Vec<Key> {
    vec![
        may("keyed", Is(keyed), "By repeating the request with the same key."),
        may("locatable", Is(locatable), "By asking for the key."),
        may("blind", Is(blind), "An operator decides."),
    ]
}

pub(crate) fn keyed() -> Map {
    map(
        "keyed",
        "`keyed`",
        vec![
            may("retention_days", Int(0), "How many days the provider remembers a key."),
            may("about", Word, "What is to be known of it."),
        ],
    )
}

pub(crate) fn locatable() -> Map {
    map(
        "locatable",
        "`locatable`",
        vec![
            may(
                "visible_after_seconds",
                Int(0),
                "After how many seconds what was sent is found, where the document says so.",
            ),
            may("about", Word, "What is to be known of it."),
        ],
    )
}

pub(crate) fn blind() -> Map {
    map("blind", "`blind`", vec![may("about", Word, "What is to be known of it.")])
}

/// What a setting may be.
pub(crate) const SETTING_TYPES: &[&str] = &["text", "secret", "bool", "offset"];

pub(crate) fn setting() -> Map {
    one_of("setting", "a setting", setting_keys(), &["type", "one_of"])
}

fn setting_keys() -> Vec<Key> {
    vec![
        may("type", Choice(SETTING_TYPES), "What it may be."),
        may("one_of", some(Word), "What it may be chosen from."),
        may("optional", Bool, "Whether it may be left out."),
        may("default", Word, "What it is when left out; never of a choice or a secret."),
        due("about", Reason, "What it decides."),
    ]
}

fn security() -> Value {
    Any(vec![each(Value::Forms(feed)), Is(own_header)])
}

/// Of a document without security schemes.
pub(crate) fn own_header() -> Map {
    map(
        "own_header",
        "`security` without schemes",
        vec![due("header", Is(from_setting), "Name of the header."), due("value", Is(from_setting), "Its value.")],
    )
}

/// A value of the account.
pub(crate) fn from_setting() -> Map {
    map("from_setting", "a value of the account", vec![due("setting", Word, "The setting.")])
}

/// How a signature is made.
pub(crate) const SIGNATURES: &[&str] = &["hmac_sha256", "rsa_sha256"];

/// How a signature is written.
pub(crate) const ENCODINGS: &[&str] = &["hex", "base64"];

pub(crate) fn feed() -> Forms {
    Forms {
        name: "feed",
        what: "a security entry",
        forms: vec![
            form("setting", "a security entry", vec![due("setting", Word, "The setting that holds it.")]),
            form(
                "user",
                "a security entry",
                vec![due("user", Is(from_setting), "The user."), due("password", Is(from_setting), "The password.")],
            ),
            form(
                "sign",
                "a security entry",
                vec![
                    due("sign", Choice(SIGNATURES), "How the body is signed."),
                    due("key", Is(from_setting), "The key: a text for HMAC, PEM for RSA."),
                    due("as", Choice(ENCODINGS), "How the signature is written."),
                ],
            ),
            form("login", "a security entry", vec![due("login", Is(login), "The call that gives a token.")]),
        ],
    }
}

pub(crate) fn login() -> Map {
    map(
        "login",
        "a login",
        vec![
            due("call", Word, "The `operationId` of the call."),
            may("path", each(line()), "Parameters in the path."),
            may("query", each(line()), "Parameters in the query."),
            may("header", each(line()), "Headers."),
            may("body", each(line()), "The fields of the body."),
            due("token", Word, "Where the token stands in the answer."),
            may("expires", Value::Forms(expires), "How long it is good; left out, until it is refused."),
            may("message", Word, "Where the provider's words stand when it gives none."),
            may("renew_on", list(Int(100)), "Statuses that say of a request that its token is not good any more."),
        ],
    )
}

pub(crate) fn expires() -> Forms {
    Forms {
        name: "expires",
        what: "`expires`",
        forms: vec![
            form("seconds", "`expires`", vec![due("seconds", Word, "The field that says for how many seconds.")]),
            form(
                "at",
                "`expires`",
                vec![
                    due("at", Word, "The field that says until when."),
                    may("offset", Word, "The offset of a time that states none."),
                ],
            ),
            form(
                "after_seconds",
                "`expires`",
                vec![due("after_seconds", Int(1), "For how many seconds it always is.")],
            ),
        ],
    }
}

pub(crate) fn table() -> Map {
    map(
        "table",
        "a table",
        vec![
            due("uniform", Value::Name(Name::Enumeration), "The enumeration."),
            may("provider", Word, "The enum of the document; without one, codes are whole numbers."),
            due("rows", Value::Rows(Box::new(cell())), "A row for each value of the enumeration."),
            may("other_codes", each(Reason), "Codes that no value has, with what they mean."),
        ],
    )
}

fn cell() -> Value {
    Any(vec![Word, Value::Forms(row)])
}

pub(crate) fn row() -> Forms {
    Forms {
        name: "row",
        what: "a row",
        forms: vec![
            form(
                "unsupported",
                "a row with `unsupported`",
                vec![due("unsupported", Reason, "Why the provider has no such value.")],
            ),
            form("when", "a row with `when`", decided()),
            form(
                "code",
                "a row with `code`",
                vec![
                    due("code", Word, "The code."),
                    may("reads_as", Word, "The value that the code reads back as, when that is another one."),
                ],
            ),
            form("decided_by", "a row with `decided_by`", decided()),
        ],
    }
}

fn decided() -> Vec<Key> {
    vec![
        due("decided_by", Word, "The setting that decides; refused until it does."),
        due("when", each_some(Word), "The code for each choice that gives one."),
    ]
}

pub(crate) fn error_table() -> Map {
    map(
        "error_table",
        "an error table",
        vec![
            may("prefix", Word, "What stands before a code when it is shown."),
            may("codes", Word, "`Schema.field`, whose x-error-codes are all due."),
            may("rows", each(Is(error_row)), "A row for each code."),
        ],
    )
}

pub(crate) fn error_row() -> Map {
    map(
        "error_row",
        "a row",
        vec![
            due("class", Value::Name(Name::Class), "What it proves."),
            may("new_key", Bool, "Whether a later attempt needs a new key."),
            may("about", Word, "What it means."),
        ],
    )
}

pub(crate) fn operation() -> Forms {
    Forms {
        name: "operation",
        what: "an operation",
        forms: vec![
            form("unsupported", "an operation that is not mapped", unsupported()),
            form(
                "call",
                "an operation",
                vec![
                    due("call", Any(vec![Word, Is(call)]), "The operation of the document."),
                    may("path", each(line()), "Parameters in the path."),
                    may("query", each(line()), "Parameters in the query."),
                    may("header", each(line()), "Parameters in headers."),
                    may("body", each(line()), "The fields of the body, in the order of the document."),
                    may("require", list(Value::Forms(requirement)), "What has to be true, or it is refused."),
                    may(
                        "implied",
                        Value::EachName(Name::Input, Box::new(Is(implied))),
                        "Fields that the provider takes to be this without being told.",
                    ),
                    may(
                        "refuse",
                        Value::EachName(Name::Input, Box::new(Reason)),
                        "Fields that are refused when they are stated, and why.",
                    ),
                    may("drop", Value::EachName(Name::Input, Box::new(Reason)), "Fields that are left out, and why."),
                    may("pages", Is(pages), "How a list is asked for page by page."),
                    due("reply", each_like(STATUSES, Is(answer)), "What answers mean, by status."),
                ],
            ),
        ],
    }
}

fn unsupported() -> Vec<Key> {
    vec![due("unsupported", Reason, "Why the provider has nothing like it.")]
}

pub(crate) fn call() -> Map {
    map(
        "call",
        "`call`",
        vec![
            due("take", Value::Name(Name::Input), "The field that decides."),
            due("when", each_some(Any(vec![Word, Is(no_call)])), "The operation for each of its values."),
        ],
    )
}

pub(crate) fn no_call() -> Map {
    map("no_call", "a value without an operation", unsupported())
}

pub(crate) fn requirement() -> Forms {
    Forms {
        name: "requirement",
        what: "a requirement",
        forms: vec![
            form(
                "sum",
                "a requirement of `sum`",
                vec![
                    due("sum", list(Value::Name(Name::Input)), "Money fields that are added up."),
                    due("equals", Value::Name(Name::Input), "What they have to come to."),
                    due("reason", Reason, "Why."),
                ],
            ),
            form(
                "path",
                "a requirement of `path`",
                vec![
                    due("path", Value::Name(Name::Input), "The field."),
                    due("is", Choice(&["otherwise"]), "What the model takes an absent value to be."),
                    due("reason", Reason, "Why."),
                ],
            ),
            form(
                "alone",
                "a requirement of `alone`",
                vec![
                    due("alone", each_some(words()), "A field of the items: an item with this value is the only one."),
                    due("reason", Reason, "Why."),
                ],
            ),
            form(
                "setting",
                "a requirement of `setting`",
                vec![
                    due("setting", Word, "An optional setting that the account has to have."),
                    due("reason", Reason, "Why."),
                ],
            ),
        ],
    }
}

pub(crate) fn implied() -> Map {
    map(
        "implied",
        "an implied field",
        vec![due("is", Word, "The value that is true then, or `otherwise`."), due("reason", Reason, "Why.")],
    )
}

pub(crate) fn pages() -> Map {
    map(
        "pages",
        "`pages`",
        vec![
            due("by", Choice(&["offset", "page", "cursor"]), "What tells one page from another."),
            may("size", Int(1), "How many elements a page is asked to have."),
            may("from", Int(0), "What is counted from."),
        ],
    )
}

fn words() -> Value {
    Any(vec![Word, list(Word)])
}

/// What has to be true for a field to be sent.
fn when() -> Value {
    each_some(Any(vec![Choice(&["present", "nonzero"]), Word, list(Word)]))
}
fn when_key() -> Key {
    may(
        "when",
        when(),
        "When it is sent at all: a sibling of the provider, or `uniform.…`, by code, `present` or `nonzero`.",
    )
}

/// A line of a request.
pub(crate) fn line() -> Value {
    Value::Forms(request)
}

/// What a field of a request is set to.
pub(crate) fn request() -> Forms {
    Forms {
        name: "request",
        what: "a field",
        forms: vec![
            form(
                "take",
                "`take`",
                vec![
                    due("take", Value::Name(Name::Taken), "A field of what is submitted, or `key`."),
                    table_key(),
                    unit_key(),
                    format_key(),
                    zone_key(),
                    may(
                        "inexact",
                        Choice(&["refuse", "round_half_up"]),
                        "What is done with digits that would be lost.",
                    ),
                    absent_key(),
                    omit_key(),
                    when_key(),
                ],
            ),
            form(
                "lift",
                "`lift`",
                vec![
                    due("lift", Value::Name(Name::Input), "A field of the items, as the value that all of them share."),
                    table_key(),
                    unit_key(),
                    format_key(),
                    zone_key(),
                    due("mixed", Choice(MIXED), "What is done when the items differ."),
                    absent_key(),
                    when_key(),
                ],
            ),
            form(
                "sum",
                "`sum`",
                vec![
                    due("sum", Value::Name(Name::Input), "Money that is added up over a group."),
                    unit_key(),
                    omit_key(),
                    when_key(),
                ],
            ),
            form("const", "`const`", vec![due("const", Word, "Always this."), when_key()]),
            form(
                "setting",
                "`setting`",
                vec![
                    due("setting", Word, "A setting of the account."),
                    may("with", Is(with), "A secret that is added to this address when the request is sent."),
                    absent_key(),
                    when_key(),
                ],
            ),
            form(
                "each",
                "`each`",
                vec![
                    due("each", Value::Name(Name::Input), "A list: this once for each of its elements."),
                    as_key(),
                    fields_key(),
                    rows_key(),
                ],
            ),
            form(
                "group",
                "`group`",
                vec![
                    due(
                        "group",
                        Value::Name(Name::Input),
                        "A list: this once for each value that a field of its elements has.",
                    ),
                    due("by", Value::Name(Name::Input), "The field."),
                    due("fields", each(line()), "The fields of each object."),
                ],
            ),
            form(
                "as",
                "`as`",
                vec![
                    due("as", Word, "The alternative of the document that this is."),
                    due("fields", each(line()), "Its fields."),
                ],
            ),
            form("fields", "`fields`", vec![due("fields", each(line()), "The fields of an object."), when_key()]),
            form("list", "`list`", vec![due("list", list(line()), "A list of exactly these."), when_key()]),
            form("rows", "`rows`", vec![due("rows", some(Is(list_row)), "A list of those whose time has come.")]),
            form("leave", "`leave`", vec![due("leave", Reason, "Never sent, and why.")]),
        ],
    }
}

/// A secret in the query of an address.
pub(crate) fn with() -> Map {
    map(
        "with",
        "`with`",
        vec![
            due("query", Word, "The query parameter that it becomes."),
            due("setting", Word, "The secret, which a callback is verified by."),
        ],
    )
}

/// What is done when the items differ in what is lifted.
pub(crate) const MIXED: &[&str] = &["omit", "refuse", "first"];
/// How the key is written, other than as it is.
const KEY_UNITS: &[&str] = &["uuid"];
/// What is left out although it is stated.
pub(crate) const OMIT: &[&str] = &["zero", "empty"];
fn table_key() -> Key {
    may("table", Word, "The table of an enumeration.")
}
fn unit_key() -> Key {
    may("unit", Any(vec![Choice(UNITS), Choice(KEY_UNITS), Is(decided_unit)]), "How it is written.")
}
fn format_key() -> Key {
    may("format", Word, "How a date or a time is written: `dd.mm.yy`, `yyyy-mm-dd`, `unix`, …")
}
fn zone_key() -> Key {
    may("zone", offset(), "The offset that a time is written in, where its format has none.")
}
fn absent_key() -> Key {
    may("absent", Value::Forms(absent), "What is done when nothing is stated.")
}
fn omit_key() -> Key {
    may("omit", Choice(OMIT), "Left out although it is stated: money that is zero, a text that is empty.")
}
fn as_key() -> Key {
    may("as", Word, "The alternative of the document that each is.")
}
fn fields_key() -> Key {
    may("fields", each(line()), "The fields of each object.")
}
fn rows_key() -> Key {
    may("rows", some(Is(list_row)), "The object of each, the first whose time has come.")
}

pub(crate) fn list_row() -> Map {
    map(
        "list_row",
        "an entry of `rows`",
        vec![due("when", when(), "When it stands there."), as_key(), due("fields", each(line()), "Its fields.")],
    )
}

pub(crate) fn decided_unit() -> Map {
    map(
        "decided_unit",
        "a unit that a setting decides",
        vec![
            due("decided_by", Word, "The setting that decides; refused until it does."),
            due("when", each_some(Choice(UNITS)), "The unit for each choice that gives one."),
        ],
    )
}

pub(crate) fn absent() -> Forms {
    Forms {
        name: "absent",
        what: "`absent`",
        forms: vec![
            form(
                "refuse",
                "`absent` with `refuse`",
                vec![due("refuse", Reason, "It is refused, and why."), when_key()],
            ),
            form("setting", "`absent`", vec![due("setting", Word, "A setting stands in.")]),
        ],
    }
}

/// An offset from UTC, fixed or of the account.
fn offset() -> Value {
    Any(vec![Matches(r"^[+-][0-9]{2}:[0-9]{2}$"), Is(from_setting)])
}

pub(crate) fn answer() -> Map {
    any_of("answer", "an answer", vec![read_key(), elements_key(), outcome_key(), then_key()], &["outcome", "then"])
}

fn read_key() -> Key {
    may("read", each(read_line()), "What becomes of each field of the body.")
}
fn elements_key() -> Key {
    may("elements", Is(elements), "What becomes of a body that is a list.")
}
fn outcome_key() -> Key {
    may("outcome", list(Is(rule)), "Rules, the first that fits decides.")
}
fn then_key() -> Key {
    may("then", then(), "What follows, whatever the body says.")
}

pub(crate) fn elements() -> Map {
    map("elements", "`elements`", each_read())
}

fn each_read() -> Vec<Key> {
    vec![
        due("each", Value::Name(Name::Output), "A list of the result."),
        due("fields", each(read_line()), "What becomes of the fields of each element."),
    ]
}

/// A line of an answer.
pub(crate) fn read_line() -> Value {
    Value::Forms(read)
}

/// What becomes of a field of an answer.
pub(crate) fn read() -> Forms {
    Forms {
        name: "read",
        what: "a field",
        forms: vec![
            form("give", "`give`", give_keys()),
            form(
                "gives",
                "`gives`",
                vec![due("gives", some(Is(give)), "It becomes more than one field of the result.")],
            ),
            form(
                "compare",
                "`compare`",
                vec![due("compare", Word, "It is held against what was sent at this path of the body.")],
            ),
            form(
                "expect",
                "`expect`",
                vec![due("expect", Any(vec![Choice(&["key"]), Is(expected)]), "It has to be this.")],
            ),
            form("find", "`find`", vec![due("find", Choice(&["key"]), "It is the key.")]),
            form("match", "`match`", vec![due("match", True, "A rule of `outcome` looks at it.")]),
            form("ignore", "`ignore`", vec![due("ignore", Reason, "It is not read, and why.")]),
            form("each", "`each`", each_read()),
            form("fields", "`fields`", vec![due("fields", each(read_line()), "The fields of an object.")]),
        ],
    }
}

pub(crate) fn give() -> Map {
    map("give", "an entry of `gives`", give_keys())
}

fn give_keys() -> Vec<Key> {
    vec![
        due("give", Value::Name(Name::Output), "The field of the result."),
        table_key(),
        may("unit", Choice(UNITS), "How it is written."),
        may("query", Word, "The value of this name in a text such as `a=1&b=2`."),
        format_key(),
        may("offset", offset(), "The offset of a time that states none."),
        may("none_before", Word, "An earlier day counts as none."),
        may("omit", Choice(&["zero"]), "A number that is 0 counts as none."),
        may("none_if_zero", Word, "A text such as `a=1&b=2` whose value of this name is 0 counts as none."),
        may("parts", list_of(6, Word), "The paths of year, month, day, hour, minute and second below it."),
    ]
}

pub(crate) fn expected() -> Map {
    map("expected", "`expect`", vec![due("const", Word, "Always this.")])
}

pub(crate) fn rule() -> Map {
    map(
        "rule",
        "a rule",
        vec![
            may("when", each(test()), "What has to be true: of a field, `http.status` or `uniform.operation`."),
            due("then", then(), "What follows."),
        ],
    )
}

fn test() -> Value {
    Any(vec![Choice(&["present", "absent", "nonzero"]), Word, list(Word), Is(contains)])
}

pub(crate) fn contains() -> Map {
    map("contains", "a test", vec![due("contains", Any(vec![Word, some(Word)]), "It contains one of these texts.")])
}

/// What follows from an answer, without more.
pub(crate) const FOLLOWS: &[&str] = &["registered", "answered", "pending"];

fn then() -> Value {
    Any(vec![Choice(FOLLOWS), Value::Forms(following)])
}

pub(crate) fn following() -> Forms {
    Forms {
        name: "following",
        what: "`then`",
        forms: vec![
            form(
                "error",
                "`then` with `error`",
                vec![
                    due("error", Word, "The error table."),
                    due("code", Word, "The field with the code."),
                    may("message", Word, "The field with the provider's words."),
                ],
            ),
            form(
                "class",
                "`then` with `class`",
                vec![
                    due("class", Value::Name(Name::Class), "What it proves."),
                    may("message", Word, "The field with the provider's words."),
                    may("new_key", Bool, "Whether a later attempt needs a new key."),
                    may("about", Word, "What it means."),
                ],
            ),
        ],
    }
}

pub(crate) fn callback() -> Forms {
    Forms {
        name: "callback",
        what: "a callback",
        forms: vec![
            form("unsupported", "a callback that is not mapped", unsupported()),
            Form { verb: "verify", map: any_of("verify", "a callback", callback_keys(), &["outcome", "then"]) },
        ],
    }
}

fn callback_keys() -> Vec<Key> {
    vec![
        due("verify", Any(vec![Is(unverified), Is(proof), some(Is(proof))]), "What tells it from a forged one."),
        may("ignore", each(Reason), "Parameters that are not looked at, and why."),
        read_key(),
        outcome_key(),
        then_key(),
        due("answer", Is(callback_answer), "What the provider takes for \"received\"."),
    ]
}

pub(crate) fn unverified() -> Map {
    map(
        "unverified",
        "`verify` with `none`",
        vec![due("none", Reason, "Why nothing can tell it; it is then never believed.")],
    )
}

pub(crate) fn proof() -> Map {
    one_of("proof", "a proof", proof_keys(), &["header", "query"])
}

fn proof_keys() -> Vec<Key> {
    vec![
        may("header", Word, "The header."),
        may("query", Word, "The parameter of the address."),
        due("setting", Word, "The setting that it has to be."),
    ]
}

pub(crate) fn callback_answer() -> Map {
    map(
        "callback_answer",
        "`answer`",
        vec![due("status", Int(100), "The status."), may("body", each(line()), "The fields of the body.")],
    )
}
