//! What becomes of each uniform field in a provider's operation, and by which line.

use std::fmt::Write as _;

use crate::load::Specs;
use crate::model::{MappedPlan, Plan, SetPlan, UPath, Value};
use crate::spec::{Prop, TypeKind};
use crate::tree::Span;
use crate::uniform::{Ty, TypeId, Uniform};

/// What becomes of a uniform field.
#[derive(Debug)]
pub enum UniformFate<'p> {
    /// It is sent, in these fields: the way to each, and where the uniform field stands beside it.
    Carried(Vec<(String, Span)>),
    /// The provider takes it to be this without being told.
    Implied {
        /// The value; `None` for what the model takes an absent value to be.
        value: Option<usize>,
        /// Why.
        why: &'p str,
        /// The line that says so.
        span: Span,
    },
    /// A submission that states it is refused.
    Refused {
        /// Why.
        why: &'p str,
        /// The line that says so.
        span: Span,
    },
    /// It is left out.
    Dropped {
        /// Why.
        why: &'p str,
        /// The line that says so.
        span: Span,
    },
}

/// The fields that a merchant states and that are sent: every one needs a fate.
#[must_use]
pub fn owed(uniform: &Uniform, input: TypeId) -> Vec<UPath> {
    let mut paths = UPath::leaves(uniform, input);
    paths.retain(|path| {
        let field = path.last(uniform);
        !field.own && field.derived.is_none()
    });
    paths
}

/// What becomes of the fields of an operation's input; `None` where nothing says so.
#[must_use]
pub fn of<'p>(
    plan: &'p Plan,
    uniform: &Uniform,
    operation: usize,
    mapped: &'p MappedPlan,
) -> Vec<(UPath, Option<UniformFate<'p>>)> {
    let mut sent = sent(plan, mapped);
    sent.extend(mapped.chosen.iter().map(|chosen| (&chosen.path, "the operation".to_owned(), chosen.span)));
    let paths = owed(uniform, uniform.operations[operation].input);
    paths.into_iter().map(|path| (fate(&sent, mapped, &path), path)).map(|(fate, path)| (path, fate)).collect()
}

fn fate<'p>(sent: &[(&'p UPath, String, Span)], mapped: &'p MappedPlan, path: &UPath) -> Option<UniformFate<'p>> {
    let fields: Vec<_> = sent
        .iter()
        .filter(|(taken, ..)| taken.steps == path.steps)
        .map(|(_, wire, span)| (wire.clone(), *span))
        .collect();
    if !fields.is_empty() {
        return Some(UniformFate::Carried(fields));
    }
    if let Some(implied) = mapped.implied.iter().find(|implied| implied.path.steps == path.steps) {
        return Some(UniformFate::Implied { value: implied.value, why: &implied.reason, span: implied.span });
    }
    if let Some((_, why, span)) = mapped.refuse.iter().find(|(refused, ..)| refused.covers(path)) {
        return Some(UniformFate::Refused { why, span: *span });
    }
    let (_, why, span) = mapped.drop.iter().find(|(dropped, ..)| dropped.covers(path))?;
    Some(UniformFate::Dropped { why, span: *span })
}

impl UniformFate<'_> {
    /// The lines that say so.
    #[must_use]
    pub fn spans(&self) -> Vec<Span> {
        match self {
            Self::Carried(fields) => fields.iter().map(|(_, span)| *span).collect(),
            Self::Implied { span, .. } | Self::Refused { span, .. } | Self::Dropped { span, .. } => vec![*span],
        }
    }

    /// In a word or two: the fields that carry it, or why nothing does.
    #[must_use]
    pub fn short(&self, path: &UPath, uniform: &Uniform) -> String {
        match self {
            Self::Carried(fields) => fields.iter().map(|(wire, _)| wire.as_str()).collect::<Vec<_>>().join(", "),
            Self::Implied { value, .. } => match (value, path.last(uniform).ty) {
                (Some(value), Ty::Enum(of)) => format!("= {}", uniform.enums[of].values[*value].name),
                _ => "= otherwise".to_owned(),
            },
            Self::Refused { .. } => "refused".to_owned(),
            Self::Dropped { .. } => "dropped".to_owned(),
        }
    }
}

/// The fate of every uniform field in every provider: a field on a line, whatever the order of the mappings.
#[must_use]
pub fn table(specs: &Specs) -> String {
    let mut out = String::new();
    let uniform = &specs.uniform;
    for (index, operation) in uniform.operations.iter().enumerate() {
        let columns: Vec<(&str, Vec<_>)> = specs
            .plans
            .iter()
            .filter_map(|plan| {
                let mapped = plan.mapped().find(|(mapped, _)| *mapped == index)?.1;
                Some((plan.name.as_str(), of(plan, uniform, index, mapped)))
            })
            .collect();
        let mut rows = vec![vec![operation.name.clone(), "tag".to_owned()]];
        rows[0].extend(columns.iter().map(|(name, _)| (*name).to_owned()));
        for (n, path) in owed(uniform, operation.input).iter().enumerate() {
            let mut row = vec![format!("  {}", path.text), path.last(uniform).tag.clone()];
            let fates = columns.iter().map(|(_, fates)| fates[n].1.as_ref());
            row.extend(fates.map(|fate| fate.map(|fate| fate.short(path, uniform)).unwrap_or_default()));
            rows.push(row);
        }
        let widths: Vec<usize> =
            (0..rows[0].len()).map(|n| rows.iter().map(|row| row[n].chars().count()).max().unwrap_or(0)).collect();
        for row in rows {
            let cells: Vec<_> = row.iter().zip(&widths).map(|(cell, width)| format!("{cell:<width$}")).collect();
            let _ = writeln!(out, "{}", cells.join("  ").trim_end());
        }
        out.push('\n');
    }
    out
}

/// The fields of a request that carry something: what, the way to the field, and the line.
fn sent<'p>(plan: &'p Plan, mapped: &'p MappedPlan) -> Vec<(&'p UPath, String, Span)> {
    let mut out = Vec::new();
    let call = &plan.api.operations[mapped.call];
    for set in &mapped.params {
        value(plan, &set.value, &call.params[set.prop].prop.wire, &mut out);
    }
    if let Some((ty, sets, _)) = &mapped.body
        && let TypeKind::Object(props) = &plan.api.ty(*ty).kind
    {
        object(plan, sets, props, "", &mut out);
    }
    out
}

fn object<'p>(
    plan: &'p Plan,
    sets: &'p [SetPlan],
    props: &[Prop],
    above: &str,
    out: &mut Vec<(&'p UPath, String, Span)>,
) {
    for set in sets {
        let dot = if above.is_empty() { "" } else { "." };
        value(plan, &set.value, &format!("{above}{dot}{}", props[set.prop].wire), out);
    }
}

fn value<'p>(plan: &'p Plan, found: &'p Value, path: &str, out: &mut Vec<(&'p UPath, String, Span)>) {
    match found {
        Value::Take(take) | Value::Lift(take, _) => out.push((&take.path, path.to_owned(), take.span)),
        Value::List(values) => values.iter().for_each(|found| value(plan, found, &format!("{path}[]"), out)),
        Value::Each(_, inner) => value(plan, inner, &format!("{path}[]"), out),
        Value::Rows(rows) => rows.iter().for_each(|row| value(plan, &row.value, &format!("{path}[]"), out)),
        Value::As(_, _, inner) => value(plan, inner, path, out),
        Value::Object(ty, sets) => {
            if let TypeKind::Object(props) = &plan.api.ty(*ty).kind {
                object(plan, sets, props, path, out);
            }
        }
        Value::Group(_, _, ty, sets) => {
            if let TypeKind::Object(props) = &plan.api.ty(*ty).kind {
                object(plan, sets, props, &format!("{path}[]"), out);
            }
        }
        // A sum says again what the elements carry.
        Value::Key(_) | Value::Page(..) | Value::Sum(_) | Value::Const(_) | Value::Setting(..) | Value::Leave => {}
    }
}
