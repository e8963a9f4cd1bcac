//! What a provider's document has, and what becomes of each of it: carried, refused, dropped for a reason, or open.
//!
//! The rules of [`mod@crate::check`] ask for a line where leaving one out would lose something. The coverage counts, and
//! looks where no rule does: at operations that nothing calls, codes that nothing names, and examples that do not fit
//! their types. What it finds can be passed over under `ignore` of a mapping, with a reason.

mod codes;
mod examples;
mod fields;
mod print;
mod uniform;

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use crate::diag::{Code, Diagnostics, Failure};
use crate::load::Specs;
use crate::model::{Ignored, Plan};
use crate::spec::TypeId;
use crate::tree::{Span, Tree};
use crate::uniform::Uniform;

/// What of a document, or of the uniform model, is counted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Kind {
    /// Operations of the document.
    Operation,
    /// Parameters of requests.
    Parameter,
    /// Fields of the bodies of requests, wherever they stand.
    RequestField,
    /// Statuses of answers.
    Status,
    /// Fields of the bodies of answers, wherever they stand.
    ResponseField,
    /// What the provider sends by itself.
    Callback,
    /// Fields of the bodies of these.
    CallbackField,
    /// Values of enums, and codes of tables that no enum stands behind.
    EnumCode,
    /// Codes of errors.
    ErrorCode,
    /// Documented requests and answers.
    Example,
    /// Uniform operations.
    UniformOperation,
    /// Uniform fields, of each operation that the provider offers.
    UniformField,
    /// Uniform values, of each table.
    UniformValue,
}

impl Kind {
    /// All of them, in the order in which they are shown.
    pub const ALL: [Self; 13] = [
        Self::Operation,
        Self::Parameter,
        Self::RequestField,
        Self::Status,
        Self::ResponseField,
        Self::Callback,
        Self::CallbackField,
        Self::EnumCode,
        Self::ErrorCode,
        Self::Example,
        Self::UniformOperation,
        Self::UniformField,
        Self::UniformValue,
    ];

    /// Its name.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Operation => "operations",
            Self::Parameter => "parameters",
            Self::RequestField => "request fields",
            Self::Status => "statuses",
            Self::ResponseField => "response fields",
            Self::Callback => "callbacks",
            Self::CallbackField => "callback fields",
            Self::EnumCode => "enumeration codes",
            Self::ErrorCode => "error codes",
            Self::Example => "examples",
            Self::UniformOperation => "uniform operations",
            Self::UniformField => "uniform fields",
            Self::UniformValue => "uniform values",
        }
    }
}

/// What becomes of something.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fate {
    /// It is sent, read, or named.
    Carried,
    /// A submission that states it is refused, for a reason.
    Refused,
    /// It is left out or passed over, for a reason.
    Dropped,
    /// Nothing says what becomes of it.
    Open,
}

/// Something documented, and what becomes of it.
#[derive(Debug)]
pub struct Item {
    /// What it is.
    pub kind: Kind,
    /// Its name, with the way to it.
    pub name: String,
    /// Where it is documented.
    pub span: Span,
    /// What becomes of it.
    pub fate: Fate,
}

/// How many of a kind there are, by what becomes of them.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Counts {
    /// All.
    pub documented: usize,
    /// Sent, read, or named.
    pub carried: usize,
    /// Refused for a reason.
    pub refused: usize,
    /// Left out for a reason.
    pub dropped: usize,
    /// Not accounted for.
    pub open: usize,
}

/// The coverage of a provider.
#[derive(Debug)]
pub struct Provider {
    /// The folder of its spec.
    pub name: String,
    /// Its name for people.
    pub title: String,
    /// Everything that is documented.
    pub items: Vec<Item>,
}

impl Provider {
    /// How many of a kind there are.
    #[must_use]
    pub fn counts(&self, kind: Kind) -> Counts {
        let mut counts = Counts::default();
        for item in self.items.iter().filter(|item| item.kind == kind) {
            counts.documented += 1;
            *match item.fate {
                Fate::Carried => &mut counts.carried,
                Fate::Refused => &mut counts.refused,
                Fate::Dropped => &mut counts.dropped,
                Fate::Open => &mut counts.open,
            } += 1;
        }
        counts
    }
}

/// The coverage of every provider.
#[derive(Debug)]
pub struct Coverage {
    /// The providers, by name.
    pub providers: Vec<Provider>,
    /// What is not accounted for, by position; none when everything is.
    pub failure: Option<Box<Failure>>,
}

/// Counts what `specs` document.
#[must_use]
pub fn coverage(specs: Specs) -> Coverage {
    let Specs { uniform, plans, mut tree, input } = specs;
    let root = input.specs.as_path();
    let mut diags = Diagnostics::default();
    let providers = plans.iter().map(|plan| provider(root, plan, &uniform, &mut tree, &mut diags)).collect();
    let diagnostics = diags.finish();
    let failure = (!diagnostics.is_empty()).then(|| Box::new(Failure { diagnostics, tree }));
    Coverage { providers, failure }
}

fn provider(root: &Path, plan: &Plan, uniform: &Uniform, tree: &mut Tree, diags: &mut Diagnostics) -> Provider {
    let mut count = Count { plan, uniform, items: Vec::new(), ignored: BTreeSet::new(), enums: BTreeMap::new(), diags };
    count.operations();
    count.callbacks();
    count.codes();
    count.error_codes();
    count.examples(root, tree);
    count.uniform();
    count.needless();
    Provider { name: plan.name.clone(), title: plan.mapping.title.clone(), items: count.items }
}

/// The counting of one provider.
struct Count<'p, 'd> {
    plan: &'p Plan,
    uniform: &'p Uniform,
    items: Vec<Item>,
    /// The entries of `ignore` that something needed.
    ignored: BTreeSet<usize>,
    /// What becomes of the fields that hold a value of an enum.
    enums: BTreeMap<TypeId, Vec<Fate>>,
    diags: &'d mut Diagnostics,
}

impl Count<'_, '_> {
    fn add(&mut self, kind: Kind, name: impl Into<String>, span: Span, fate: Fate) {
        self.items.push(Item { kind, name: name.into(), span, fate });
    }

    /// Tells what nothing accounts for.
    fn open(&mut self, span: Span, message: String, help: &str) {
        self.diags.error(Code::M014, span, message).help(help);
    }

    /// Whether `ignore` names one of these; the entry is then needed.
    fn passed_over(&mut self, names: &[Ignored]) -> bool {
        let entry = self.plan.ignore.iter().find(|(ignored, ..)| names.contains(ignored));
        self.ignored.extend(entry.map(|(.., index)| *index));
        entry.is_some()
    }

    /// An entry of `ignore` that nothing needs says what is no longer true.
    fn needless(&mut self) {
        for (ignored, span, index) in &self.plan.ignore {
            if self.ignored.contains(index) {
                continue;
            }
            let name = &self.plan.mapping.ignore[*index].0.text;
            if let Ignored::Example(_) = ignored {
                self.diags.error(Code::M005, *span, format!("there is no file `{name}`"));
            } else {
                let message = format!("`{name}` is accounted for, so it is not passed over");
                self.diags.error(Code::M004, *span, message);
            }
        }
    }
}
