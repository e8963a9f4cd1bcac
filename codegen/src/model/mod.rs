//! The resolved mapping: every name looked up, every conversion typed. Rendering computes nothing any more.

mod broken;
mod callback;
mod convert;
mod path;
mod reply;
mod request;
mod resolve;
mod security;

pub use broken::{BrokenLines, BrokenPlan};
pub use callback::{AnswerPlan, CallbackKind, CallbackPlan, MappedCallbackPlan, ProofPlan};
pub(crate) use convert::UNITS;
pub use convert::{ContactUnit, Convert, Inexact};
pub use path::UPath;
pub use reply::{
    Condition, EachPlan, GiveHow, GivePlan, OffsetPlan, ReadPlan, ReadVerb, ReplyPlan, RulePlan, ThenPlan, WirePath,
};
pub(crate) use request::WITH_ELSEWHERE;
pub use request::{
    AbsentPlan, Chosen, Guard, ImpliedPlan, InputTest, Literal, PagePart, RequirePlan, RequiredPlan, RowPlan, SetPlan,
    TakePlan, Value, WithPlan, visit_values,
};
pub use resolve::resolve;
pub use security::{ExpiresPlan, FeedPlan, LoginPlan};

use std::collections::BTreeSet;

use crate::mapping::{Mapping, Pages};
use crate::spec::{Api, Prop, TypeId};
use crate::tree::Span;

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
