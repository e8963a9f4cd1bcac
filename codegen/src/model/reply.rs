//! What is read of an answer, and what it proves, resolved.

use super::{Convert, Literal, UPath};
use crate::spec::TypeId;
use crate::tree::Span;
use crate::uniform::Day;

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
    /// A text such as `a=1&b=2` whose value of this name is 0 counts as none.
    pub none_if_zero: Option<String>,
}

/// How a field of the result is made.
#[derive(Debug)]
pub enum GiveHow {
    /// By a conversion.
    Convert(Convert),
    /// A time in parts: paths below this field, offset.
    Parts(Vec<WirePath>, OffsetPlan),
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
