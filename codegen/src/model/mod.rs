//! The resolved mapping: every name looked up, every conversion typed. Rendering computes nothing any more.

mod broken;
mod convert;
mod path;
mod resolve;
mod security;

pub use broken::{BrokenLines, BrokenPlan};
pub(crate) use convert::UNITS;
pub use convert::{ContactUnit, Convert, Inexact};
pub use path::UPath;
pub use resolve::resolve;
pub use security::{ExpiresPlan, FeedPlan, LoginPlan};

use std::collections::BTreeSet;

use crate::mapping::{Mapping, Mixed, Omit, Pages};
use crate::source::Span;
use crate::spec::{Api, Place, Prop, TypeId};
use crate::uniform::Day;

/// A provider, resolved.
#[derive(Debug)]
pub struct Plan {
    /// The folder of its spec.
    pub name: String,
    /// Its API.
    pub api: Api,
    /// Its mapping as written.
    pub mapping: Mapping,
    /// Tables, in the order of the mapping.
    pub tables: Vec<TablePlan>,
    /// Classes of the rows of the error tables: index of the table, then of the row.
    pub errors: Vec<Vec<usize>>,
    /// What feeds each security scheme, by index.
    pub security: Vec<Option<FeedPlan>>,
    /// The settings with name and value of a header of which the document says nothing.
    pub own_header: Option<(usize, usize)>,
    /// The login that gives a token.
    pub login: Option<LoginPlan>,
    /// What statuses mean for every operation.
    pub statuses: Vec<(u16, ThenPlan)>,
    /// One for each uniform operation that the mapping mentions.
    pub operations: Vec<OperationPlan>,
    /// One for each callback of the document that the mapping mentions.
    pub callbacks: Vec<CallbackPlan>,
    /// What could not be resolved.
    pub broken: BrokenPlan,
    /// Settings that something uses.
    pub used_settings: BTreeSet<usize>,
    /// Tables that something uses.
    pub used_tables: BTreeSet<usize>,
    /// Error tables that something uses.
    pub used_errors: BTreeSet<usize>,
    /// Values of the provider's enums that a constant, a condition, a setting or a row of a table names.
    pub used_codes: BTreeSet<(TypeId, usize)>,
    /// What is passed over: what it names, where, and which entry of the mapping says so.
    pub ignore: Vec<(Ignored, Span, usize)>,
}

/// Something of a document that a mapping passes over.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Ignored {
    /// An operation, with all that it has.
    Operation(usize),
    /// A schema, with all that it has.
    Type(TypeId),
    /// A property of an object, or a value of an enum.
    Member(TypeId, usize),
    /// A file of `examples/`.
    Example(String),
}

/// A table, resolved.
#[derive(Debug)]
pub struct TablePlan {
    /// The enumeration; `None` when there is no such.
    pub uniform: Option<usize>,
    /// The provider's enum.
    pub provider: Option<TypeId>,
    /// Rows: value of the enumeration, and the cell. In the order of the mapping.
    pub rows: Vec<(usize, CellPlan)>,
    /// An error tells what is wrong with its enumerations, so nothing else is held against it.
    pub broken: bool,
}

/// A cell, resolved.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum CellPlan {
    /// A code; reads back as this value, when that is another one.
    Code(String, Option<usize>),
    /// Nothing.
    Unsupported(String),
    /// What a setting decides: its index, and code by choice.
    Decided(usize, Vec<(usize, String)>),
}

/// How a uniform operation is served.
#[derive(Debug)]
pub struct OperationPlan {
    /// The uniform operation.
    pub operation: usize,
    /// Its name as written.
    pub span: Span,
    /// How.
    pub kind: OperationKind,
}

/// How a uniform operation is served.
#[derive(Debug)]
pub enum OperationKind {
    /// Not at all.
    Unsupported(String),
    /// So.
    Mapped(Box<MappedPlan>),
}

/// A mapped operation, resolved.
#[derive(Debug)]
pub struct MappedPlan {
    /// The provider's operation; where a field of the input decides it, the first of them.
    pub call: usize,
    /// Its name as written.
    pub call_span: Span,
    /// What decides which operation is called.
    pub chosen: Option<Chosen>,
    /// Parameters: index in the operation, and the value.
    pub params: Vec<SetPlan>,
    /// The body: its type and fields, and where it stands.
    pub body: Option<(TypeId, Vec<SetPlan>, Span)>,
    /// An error tells why there is no body.
    pub broken_body: bool,
    /// What has to be true.
    pub require: Vec<RequirePlan>,
    /// What is implied.
    pub implied: Vec<ImpliedPlan>,
    /// What is refused: path, reason, place.
    pub refuse: Vec<(UPath, String, Span)>,
    /// What is left out: path, reason, place.
    pub drop: Vec<(UPath, String, Span)>,
    /// How it is asked for page by page.
    pub pages: Option<Pages>,
    /// Answers.
    pub replies: Vec<ReplyPlan>,
    /// Where these stand.
    pub reply_span: Span,
    /// An error tells of some answer that is therefore missing.
    pub broken_replies: bool,
    /// What could not be resolved.
    pub broken: BrokenLines,
}

/// A field of the input that decides which operation of the provider is called.
#[derive(Debug)]
pub struct Chosen {
    /// The field.
    pub path: UPath,
    /// Its enumeration.
    pub of: usize,
    /// The operation for each value, or why there is none.
    pub calls: Vec<(usize, Result<usize, String>)>,
    /// Where the field is named.
    pub span: Span,
}

/// A field and its value.
#[derive(Debug)]
pub struct SetPlan {
    /// Index of the property in its object, or of the parameter in its operation.
    pub prop: usize,
    /// What has to be true for it to be sent.
    pub when: Vec<Guard>,
    /// The value.
    pub value: Value,
    /// The value is an address, and this is added to it when it is sent.
    pub with: Option<WithPlan>,
    /// An error tells what is wrong with the line; the value is then nothing.
    pub broken: bool,
    /// The name as written.
    pub span: Span,
}

/// A secret that is added to an address, resolved.
#[derive(Debug, Clone)]
pub struct WithPlan {
    /// The query parameter that it becomes.
    pub query: String,
    /// Where that is named.
    pub span: Span,
    /// The setting that holds it.
    pub setting: usize,
    /// The settings that may be the address.
    pub addresses: Vec<usize>,
}

/// Where [`WithPlan`] does not reach.
pub(crate) const WITH_ELSEWHERE: &str =
    "`with` is for an address at one place of a request's body: not in a list, a parameter, a login or an answer";

/// A condition of sending.
#[derive(Debug, Clone, PartialEq)]
pub enum Guard {
    /// Another field of the same object is sent as one of these; as anything at all, if there are none.
    Sibling(usize, Vec<Literal>),
    /// Another field of the same object is not sent.
    Without(usize),
    /// A field of the input is so.
    Input(UPath, InputTest),
}

/// A test of a field of the input.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum InputTest {
    /// It is stated.
    Present,
    /// It is not stated.
    Absent,
    /// It is not zero.
    Nonzero,
    /// It is one of these values of its enumeration, or has one of them.
    Values(usize, Vec<usize>),
    /// It is this.
    Bool(bool),
}

/// An object in a list that stands there if something is true.
#[derive(Debug)]
pub struct RowPlan {
    /// What has to be true.
    pub when: Vec<Guard>,
    /// The object.
    pub value: Value,
    /// Where it stands.
    pub span: Span,
}

/// A value.
#[derive(Debug)]
pub enum Value {
    /// The key; a UUID if the provider wants one.
    Key(bool),
    /// Of the page that is asked for, as these pages go.
    Page(PagePart, Pages),
    /// From the input.
    Take(TakePlan),
    /// From what all items have in common.
    Lift(TakePlan, Mixed),
    /// Money of the items at hand, added up.
    Sum(TakePlan),
    /// A literal.
    Const(Literal),
    /// A setting, and what to do without it.
    Setting(usize, AbsentPlan),
    /// An object.
    Object(TypeId, Vec<SetPlan>),
    /// An object, as this alternative of a type.
    As(TypeId, usize, Box<Value>),
    /// What each element of a list becomes: an object, or those of some rows.
    Each(UPath, Box<Value>),
    /// An object for each value that a field of the elements of a list has: list, field.
    Group(UPath, UPath, TypeId, Vec<SetPlan>),
    /// A list of these; what is itself made from a list stands there element by element.
    List(Vec<Value>),
    /// A list of those whose condition is true.
    Rows(Vec<RowPlan>),
    /// Nothing.
    Leave,
}

/// What tells of a page.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PagePart {
    /// How many elements come before it.
    Offset,
    /// Its number.
    Number,
    /// How many elements it is asked to have.
    Size,
    /// What the answer before it said.
    Cursor,
}

/// A literal of the wire.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Literal {
    /// Text.
    Text(String),
    /// A whole number.
    Int(i64),
    /// A number.
    Number(String),
    /// True or false.
    Bool(bool),
    /// A value of an enum.
    Variant(TypeId, usize),
}

/// A field of the input, resolved.
#[derive(Debug)]
pub struct TakePlan {
    /// The path.
    pub path: UPath,
    /// The conversion.
    pub convert: Convert,
    /// What is done without a value.
    pub absent: AbsentPlan,
    /// Where that stands.
    pub absent_span: Option<Span>,
    /// What is left out although it is stated.
    pub omit: Option<Omit>,
    /// The path as written.
    pub span: Span,
}

/// What is done without a value.
#[derive(Debug, Clone)]
pub enum AbsentPlan {
    /// The field is left out.
    Omit,
    /// It is refused, if something is true.
    Refuse(String, Span, Vec<Guard>),
    /// A setting is sent.
    Setting(usize),
}

/// A requirement, resolved.
#[derive(Debug)]
pub struct RequirePlan {
    /// What.
    pub what: RequiredPlan,
    /// Why.
    pub reason: String,
}

/// What is required, resolved.
#[derive(Debug)]
pub enum RequiredPlan {
    /// These money fields come to that one.
    Sum(Vec<UPath>, UPath),
    /// The field is what the model takes an absent value to be.
    Otherwise(UPath),
    /// An element with the field at one of these values is alone in its list.
    Alone(UPath, usize, Vec<usize>),
}

/// An implied field, resolved.
#[derive(Debug)]
pub struct ImpliedPlan {
    /// The path.
    pub path: UPath,
    /// The value of its enumeration; `None` for what the model takes an absent value to be.
    pub value: Option<usize>,
    /// Why.
    pub reason: String,
    /// Where it stands.
    pub span: Span,
}

/// An answer, resolved.
#[derive(Debug)]
pub struct ReplyPlan {
    /// Indices of the responses of the call.
    pub responses: Vec<usize>,
    /// Where it stands.
    pub span: Span,
    /// The object that is read, and its fields.
    pub read: Option<(TypeId, Vec<ReadPlan>, Span)>,
    /// The list that the body is.
    pub elements: Option<EachPlan>,
    /// Rules.
    pub rules: Vec<RulePlan>,
    /// Errors tell of its body.
    pub broken_body: bool,
    /// Errors tell of rules that are therefore missing.
    pub broken_rules: bool,
}

/// A field of an answer, resolved.
#[derive(Debug)]
pub struct ReadPlan {
    /// Index of the property in its object.
    pub prop: usize,
    /// What becomes of it.
    pub verb: ReadVerb,
    /// An error tells what is wrong with the line; the field is then ignored.
    pub broken: bool,
    /// The name as written.
    pub span: Span,
}

/// What becomes of a field of an answer.
#[derive(Debug)]
pub enum ReadVerb {
    /// Given to the result, as each of these.
    Give(Vec<GivePlan>),
    /// Where the next page begins.
    Cursor,
    /// It has to be the key.
    ExpectKey,
    /// It has to be this.
    Expect(Literal),
    /// It is compared with what was sent at this path of the body, names joined by dots.
    Compare(String),
    /// It is the key.
    FindKey(Span),
    /// Rules look at it.
    Match(Span),
    /// Nothing.
    Ignore,
    /// Its own fields.
    Fields(TypeId, Vec<ReadPlan>),
    /// Its elements.
    Each(EachPlan),
}

/// A list of an answer that becomes a list of the result, resolved.
#[derive(Debug)]
pub struct EachPlan {
    /// The list of the result.
    pub list: UPath,
    /// The type of an element on the wire, and its fields.
    pub ty: TypeId,
    /// What becomes of these.
    pub reads: Vec<ReadPlan>,
    /// Whether an element may be null.
    pub nullable: bool,
    /// Where it stands.
    pub span: Span,
}

/// A field of the result and how it is made.
#[derive(Debug)]
pub struct GivePlan {
    /// The field of the result.
    pub target: UPath,
    /// How it is made.
    pub how: GiveHow,
    /// Taken from a text such as `a=1&b=2`: the value of this name.
    pub query: Option<String>,
    /// An earlier time counts as none.
    pub none_before: Option<Day>,
    /// 0 counts as none.
    pub omit_zero: bool,
}

/// How a field of the result is made.
#[derive(Debug)]
pub enum GiveHow {
    /// By a conversion.
    Convert(Convert),
    /// A time in parts: paths below this field, offset.
    Parts(Vec<WirePath>, OffsetPlan),
}

/// What becomes of a callback of the document.
#[derive(Debug)]
pub struct CallbackPlan {
    /// Its index in the API.
    pub callback: usize,
    /// Its name as written.
    pub span: Span,
    /// What becomes of it.
    pub kind: CallbackKind,
}

/// What becomes of a callback of the document.
#[derive(Debug)]
pub enum CallbackKind {
    /// It is not listened to.
    Unsupported(String),
    /// It is.
    Mapped(Box<MappedCallbackPlan>),
}

/// A callback that is listened to, resolved.
#[derive(Debug)]
pub struct MappedCallbackPlan {
    /// What it is held against.
    pub proofs: Vec<ProofPlan>,
    /// Why it is held against nothing: the provider gives no means to tell it from a forged one.
    pub unverified: Option<String>,
    /// Errors tell of some that are therefore missing.
    pub broken_proofs: bool,
    /// Parameters that are not looked at: index in the callback, and the name as written.
    pub ignore: Vec<(usize, Span)>,
    /// How its body is read, and what it proves; without responses.
    pub told: ReplyPlan,
    /// What the provider takes for "received"; none after a diagnostic.
    pub answer: Option<AnswerPlan>,
}

/// A parameter that has to be what a setting says.
#[derive(Debug)]
pub struct ProofPlan {
    /// Where it stands.
    pub place: Place,
    /// Its name.
    pub name: String,
    /// Its index in the callback; none of a query parameter that stands in our address alone.
    pub param: Option<usize>,
    /// The setting.
    pub setting: usize,
    /// The name as written.
    pub span: Span,
}

/// An answer to a callback, resolved.
#[derive(Debug)]
pub struct AnswerPlan {
    /// Its index among the responses of the callback.
    pub response: usize,
    /// Its body: type and fields, and where it stands.
    pub body: Option<(TypeId, Vec<SetPlan>, Span)>,
    /// An error tells why there is no body.
    pub broken_body: bool,
    /// Where it stands.
    pub span: Span,
}

/// The offset of a time that states none.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum OffsetPlan {
    /// Stays unknown.
    None,
    /// Minutes ahead of UTC.
    Fixed(i32),
    /// A setting.
    Setting(usize),
}

/// A path of properties from an object of the provider.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WirePath(pub Vec<(TypeId, usize)>);

/// A rule, resolved.
#[derive(Debug)]
pub struct RulePlan {
    /// What has to be true.
    pub when: Vec<Condition>,
    /// What follows.
    pub then: ThenPlan,
    /// Where it stands.
    pub span: Span,
}

/// A condition.
#[derive(Debug, PartialEq)]
pub enum Condition {
    /// The status is one of these.
    Status(Vec<u16>),
    /// The uniform operation asked about is one of these.
    Operation(Vec<usize>),
    /// The setting is one of these choices.
    Setting(usize, Vec<usize>),
    /// The field is one of these.
    Is(WirePath, Vec<Literal>),
    /// The field is there.
    Present(WirePath),
    /// The field is not there.
    Absent(WirePath),
    /// The field is a number other than 0.
    Nonzero(WirePath),
    /// The field is a text that contains one of these.
    Contains(WirePath, Vec<String>),
}

/// What follows, resolved.
#[derive(Debug, Clone)]
pub enum ThenPlan {
    /// Registered.
    Registered,
    /// A query is answered.
    Answered,
    /// Pending.
    Pending,
    /// An error table tells: table, code, message.
    Error(usize, WirePath, Option<WirePath>),
    /// Of this class: class, new key, message, about.
    Class(usize, bool, Option<WirePath>, String),
}

impl Plan {
    /// The property at the end of a path.
    #[must_use]
    pub fn last_prop(&self, path: &WirePath) -> &Prop {
        let (ty, prop) = path.0.last().expect("a path has an end");
        let crate::spec::TypeKind::Object(props) = &self.api.ty(*ty).kind else {
            unreachable!("paths go through objects")
        };
        &props[*prop]
    }

    /// The callbacks that are listened to, with their index in the API.
    pub fn listened(&self) -> impl Iterator<Item = (usize, &MappedCallbackPlan)> {
        self.callbacks.iter().filter_map(|plan| match &plan.kind {
            CallbackKind::Mapped(mapped) => Some((plan.callback, &**mapped)),
            CallbackKind::Unsupported(_) => None,
        })
    }

    /// The lines of a body that stand at one place of it, below no list: their names from the body down, and the line.
    #[must_use]
    pub fn places<'p>(&'p self, mapped: &'p MappedPlan) -> Vec<(Vec<&'p str>, &'p SetPlan)> {
        fn walk<'p>(
            api: &'p Api,
            ty: TypeId,
            sets: &'p [SetPlan],
            above: &[&'p str],
            found: &mut Vec<(Vec<&'p str>, &'p SetPlan)>,
        ) {
            let crate::spec::TypeKind::Object(props) = &api.ty(ty).kind else { return };
            for set in sets {
                let path = [above, &[props[set.prop].wire.as_str()]].concat();
                let mut value = &set.value;
                while let Value::As(_, _, inner) = value {
                    value = inner;
                }
                if let Value::Object(ty, sets) = value {
                    walk(api, *ty, sets, &path, found);
                }
                found.push((path, set));
            }
        }
        let mut found = Vec::new();
        if let Some((ty, sets, _)) = &mapped.body {
            walk(&self.api, *ty, sets, &[], &mut found);
        }
        found
    }

    /// Every call of an operation of the provider: those of the mapped operations, and the login.
    pub fn calls(&self) -> impl Iterator<Item = &MappedPlan> {
        self.mapped().map(|(_, mapped)| mapped).chain(self.login.iter().map(|login| &login.call))
    }

    /// The mapped operations, with the index of the uniform one.
    pub fn mapped(&self) -> impl Iterator<Item = (usize, &MappedPlan)> {
        self.operations.iter().filter_map(|plan| match &plan.kind {
            OperationKind::Mapped(mapped) => Some((plan.operation, &**mapped)),
            OperationKind::Unsupported(_) => None,
        })
    }
}

impl SetPlan {
    /// A field that errors tell of.
    fn broken(prop: usize, span: Span) -> Self {
        Self { prop, when: Vec::new(), value: Value::Leave, with: None, broken: true, span }
    }
}

impl MappedCallbackPlan {
    /// Where its body has the key: the way through its objects, and the place of the line.
    #[must_use]
    pub fn keys(&self) -> Vec<(WirePath, Span)> {
        fn walk(ty: TypeId, reads: &[ReadPlan], so_far: &[(TypeId, usize)], found: &mut Vec<(WirePath, Span)>) {
            for read in reads {
                let path = [so_far, &[(ty, read.prop)]].concat();
                match &read.verb {
                    ReadVerb::FindKey(span) => found.push((WirePath(path), *span)),
                    ReadVerb::Fields(ty, reads) => walk(*ty, reads, &path, found),
                    _ => {}
                }
            }
        }
        let mut found = Vec::new();
        if let Some((ty, reads, _)) = &self.told.read {
            walk(*ty, reads, &[], &mut found);
        }
        found
    }
}

impl ReplyPlan {
    /// The lists of the answer that become lists of the result.
    #[must_use]
    pub fn lists(&self) -> Vec<&EachPlan> {
        fn below<'p>(reads: &'p [ReadPlan], found: &mut Vec<&'p EachPlan>) {
            for read in reads {
                match &read.verb {
                    ReadVerb::Each(each) => found.push(each),
                    ReadVerb::Fields(_, reads) => below(reads, found),
                    _ => {}
                }
            }
        }
        let mut found: Vec<_> = self.elements.iter().collect();
        if let Some((_, reads, _)) = &self.read {
            below(reads, &mut found);
        }
        found
    }

    /// Whether errors tell of it, so that lines or rules are missing.
    #[must_use]
    pub fn broken(&self) -> bool {
        fn below(reads: &[ReadPlan]) -> bool {
            reads.iter().any(|read| match &read.verb {
                _ if read.broken => true,
                ReadVerb::Each(each) => below(&each.reads),
                ReadVerb::Fields(_, reads) => below(reads),
                _ => false,
            })
        }
        let each = self.elements.as_ref().is_some_and(|each| below(&each.reads));
        self.broken_body || self.broken_rules || each || self.read.as_ref().is_some_and(|(_, reads, _)| below(reads))
    }

    /// Whether some rule says that this is the answer to a query.
    #[must_use]
    pub fn answers(&self) -> bool {
        self.rules.iter().any(|rule| matches!(rule.then, ThenPlan::Answered))
    }
}

impl MappedPlan {
    /// The operations of the provider that it may call.
    #[must_use]
    pub fn calls(&self) -> Vec<usize> {
        let chosen = self.chosen.iter().flat_map(|chosen| &chosen.calls).filter_map(|(_, call)| call.as_ref().ok());
        let mut all: Vec<usize> = std::iter::once(self.call).chain(chosen.copied()).collect();
        all.sort_unstable();
        all.dedup();
        all
    }

    /// Calls `visit` for every value that a request is made of.
    pub fn visit<'p>(&'p self, visit: &mut impl FnMut(&'p Value)) {
        visit_values(&self.params, visit);
        if let Some((_, sets, _)) = &self.body {
            visit_values(sets, visit);
        }
    }

    /// The lines by which a request carries fields.
    #[must_use]
    pub fn carried(&self) -> Vec<&TakePlan> {
        let mut found = Vec::new();
        self.visit(&mut |value| {
            if let Value::Take(take) | Value::Lift(take, _) = value {
                found.push(take);
            }
        });
        found
    }
}

impl Condition {
    /// The field that it looks at.
    #[must_use]
    pub fn path(&self) -> Option<&WirePath> {
        match self {
            Self::Is(path, _)
            | Self::Contains(path, _)
            | Self::Present(path)
            | Self::Absent(path)
            | Self::Nonzero(path) => Some(path),
            Self::Status(_) | Self::Operation(_) | Self::Setting(..) => None,
        }
    }
}

impl RulePlan {
    /// Calls `look` for every field that it looks at.
    pub fn looks_at(&self, look: &mut impl FnMut(&WirePath)) {
        self.when.iter().filter_map(Condition::path).for_each(&mut *look);
        match &self.then {
            ThenPlan::Error(_, code, message) => {
                look(code);
                message.iter().for_each(look);
            }
            ThenPlan::Class(_, _, Some(message), _) => look(message),
            ThenPlan::Registered | ThenPlan::Answered | ThenPlan::Pending | ThenPlan::Class(..) => {}
        }
    }
}

impl Value {
    /// The objects that it is made of, lists unpacked: their type and fields.
    #[must_use]
    pub fn objects(&self) -> Vec<(TypeId, &[SetPlan])> {
        match self {
            Self::Object(ty, sets) | Self::Group(_, _, ty, sets) => vec![(*ty, sets)],
            Self::As(_, _, inner) | Self::Each(_, inner) => inner.objects(),
            Self::Rows(rows) => rows.iter().flat_map(|row| row.value.objects()).collect(),
            Self::List(values) => values.iter().flat_map(Self::objects).collect(),
            _ => Vec::new(),
        }
    }
}

impl ReadVerb {
    /// The objects that are read below it: their type and fields.
    #[must_use]
    pub fn objects(&self) -> Vec<(TypeId, &[ReadPlan])> {
        match self {
            Self::Fields(ty, reads) => vec![(*ty, reads)],
            Self::Each(each) => vec![(each.ty, &each.reads)],
            _ => Vec::new(),
        }
    }
}

/// Calls `visit` for every value below `sets`, depth first.
pub fn visit_values<'p>(sets: &'p [SetPlan], visit: &mut impl FnMut(&'p Value)) {
    fn one<'p>(value: &'p Value, visit: &mut impl FnMut(&'p Value)) {
        visit(value);
        match value {
            Value::Object(_, sets) | Value::Group(_, _, _, sets) => visit_values(sets, visit),
            Value::As(_, _, inner) | Value::Each(_, inner) => one(inner, visit),
            Value::Rows(rows) => rows.iter().for_each(|row| one(&row.value, visit)),
            Value::List(values) => values.iter().for_each(|value| one(value, visit)),
            _ => {}
        }
    }
    sets.iter().for_each(|set| one(&set.value, visit));
}
