//! Operations, parameters, statuses and the fields of bodies.

use std::collections::BTreeSet;

use super::{Count, Fate, Kind};
use crate::model::{
    CallbackKind, GiveHow, Ignored, MappedPlan, ReadPlan, ReadVerb, ReplyPlan, SetPlan, Value, WirePath,
};
use crate::spec::{Operation, Prop, Schema, SchemaKind, TypeId, TypeKind};
use crate::tree::Span;

/// A line of a mapping about a field.
#[derive(Clone, Copy)]
enum Line<'p> {
    /// What the field is set to.
    Set(&'p SetPlan),
    /// What becomes of it, by rules that look at these.
    Read(&'p ReadPlan),
}

/// The lines about the fields of an object.
type Object<'p> = (TypeId, Vec<Line<'p>>);

impl<'p> Line<'p> {
    fn prop(self) -> usize {
        match self {
            Self::Set(set) => set.prop,
            Self::Read(read) => read.prop,
        }
    }

    fn fate(self) -> Fate {
        match self {
            Self::Set(SetPlan { value: Value::Leave, .. }) | Self::Read(ReadPlan { verb: ReadVerb::Ignore, .. }) => {
                Fate::Dropped
            }
            _ => Fate::Carried,
        }
    }

    /// Whether all that the field holds is compared with what was sent.
    fn compares(self) -> bool {
        matches!(self, Self::Read(ReadPlan { verb: ReadVerb::Compare(_), .. }))
    }

    fn objects(self) -> Vec<Object<'p>> {
        match self {
            Self::Set(set) => sets(set.value.objects()),
            Self::Read(read) => reads(read.verb.objects()),
        }
    }
}

fn sets<'p>(objects: Vec<(TypeId, &'p [SetPlan])>) -> Vec<Object<'p>> {
    objects.into_iter().map(|(ty, sets)| (ty, sets.iter().map(Line::Set).collect())).collect()
}

fn reads<'p>(objects: Vec<(TypeId, &'p [ReadPlan])>) -> Vec<Object<'p>> {
    objects.into_iter().map(|(ty, reads)| (ty, reads.iter().map(Line::Read).collect())).collect()
}

/// How the fields of an object are to be taken that no line speaks of.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Above {
    /// Each needs a line.
    Lines,
    /// The fate of what holds them is theirs; of an open one, the holder is told.
    Is(Fate),
    /// The holder is read as a whole: what rules and other lines look at is carried, the rest dropped.
    Whole,
}

/// Where the walk is.
struct Place<'w> {
    kind: Kind,
    path: String,
    above: Above,
    /// The types that it is within.
    way: &'w mut Vec<TypeId>,
    /// The fields that rules, and parts of times, look at.
    looked_at: &'w BTreeSet<(TypeId, usize)>,
}

impl Count<'_, '_> {
    pub(super) fn operations(&mut self) {
        let plan = self.plan;
        for (index, operation) in plan.api.operations.iter().enumerate() {
            let callers: Vec<&MappedPlan> = plan.calls().filter(|mapped| mapped.calls().contains(&index)).collect();
            let fate = if !callers.is_empty() {
                Fate::Carried
            } else if self.passed_over(&[Ignored::Operation(index)]) {
                Fate::Dropped
            } else {
                let help = format!("call it, or say under `ignore`: `{}: why`", operation.id);
                self.open(operation.span, format!("nothing calls `{}`", operation.id), &help);
                Fate::Open
            };
            self.add(Kind::Operation, &operation.id, operation.span, fate);
            let above = if fate == Fate::Carried { Above::Lines } else { Above::Is(fate) };
            self.parameters(operation, &callers, above);
            self.request(operation, &callers, above);
            self.answers(operation, &callers, above);
        }
    }

    fn parameters(&mut self, operation: &Operation, callers: &[&MappedPlan], above: Above) {
        for (index, param) in operation.params.iter().enumerate() {
            let lines: Vec<Line<'_>> = callers
                .iter()
                .flat_map(|mapped| mapped.params.iter().filter(|set| set.prop == index).map(Line::Set))
                .collect();
            let name = format!("{} {} {}", operation.id, param.place.name(), param.prop.wire);
            let fate = self.fate(&param.prop, &lines, &[], above, &name);
            self.add(Kind::Parameter, name, param.prop.span, fate);
        }
    }

    fn request(&mut self, operation: &Operation, callers: &[&MappedPlan], above: Above) {
        let Some(body) = &operation.body else { return };
        let bodies = callers.iter().filter_map(|mapped| mapped.body.as_ref());
        let objects = sets(bodies.map(|(ty, sets, _)| (*ty, &sets[..])).collect());
        let (way, looked_at) = (&mut Vec::new(), &BTreeSet::new());
        let place = Place { kind: Kind::RequestField, path: operation.id.clone(), above, way, looked_at };
        self.fields(body, &objects, place);
    }

    fn answers(&mut self, operation: &Operation, callers: &[&MappedPlan], above: Above) {
        let mut told: Vec<(Vec<usize>, &Schema)> = Vec::new();
        for (index, response) in operation.responses.iter().enumerate() {
            let status = response.status.map_or_else(|| "default".to_owned(), |status| status.to_string());
            let name = format!("{} {status}", operation.id);
            let general = self.plan.mapping.statuses.iter().any(|general| Some(general.code) == response.status);
            let read = replies(callers, &[index]).next().is_some();
            // Whatever else a login answers, there is no token, and no byte of what wants one leaves.
            let logs_in = self
                .plan
                .login
                .as_ref()
                .is_some_and(|login| callers.iter().any(|call| std::ptr::eq(*call, &login.call)));
            let fate = match above {
                Above::Is(fate) => fate,
                _ if read || general || logs_in => Fate::Carried,
                // M003 asks for a meaning of every status of an operation that is called.
                _ => Fate::Open,
            };
            self.add(Kind::Status, name, response.span, fate);
            let Some(body) = &response.body else { continue };
            // Statuses with the same body document its fields once.
            match (told.iter_mut().find(|(_, other)| same(other, body)), &body.kind) {
                (Some((indices, _)), SchemaKind::Named(_)) => indices.push(index),
                _ => told.push((vec![index], body)),
            }
        }
        for (indices, body) in told {
            let mut looked_at = BTreeSet::new();
            let objects = reads_of(replies(callers, &indices), &mut looked_at);
            let statuses: Vec<_> = indices
                .iter()
                .filter_map(|index| operation.responses[*index].status)
                .map(|status| status.to_string())
                .collect();
            let path = format!("{} {}", operation.id, statuses.join(", "));
            let way = &mut Vec::new();
            self.fields(body, &objects, Place { kind: Kind::ResponseField, path, above, way, looked_at: &looked_at });
        }
    }

    pub(super) fn callbacks(&mut self) {
        let plan = self.plan;
        for (index, callback) in plan.api.callbacks.iter().enumerate() {
            let found = plan.callbacks.iter().find(|found| found.callback == index).map(|found| &found.kind);
            let (fate, mapped) = match found {
                Some(CallbackKind::Mapped(mapped)) => (Fate::Carried, Some(&**mapped)),
                Some(CallbackKind::Unsupported(_)) => (Fate::Refused, None),
                // M001 asks for a line about every callback.
                None => (Fate::Open, None),
            };
            self.add(Kind::Callback, &callback.name, callback.span, fate);
            for (n, param) in callback.params.iter().enumerate() {
                let name = format!("{} {} {}", callback.name, param.place.name(), param.prop.wire);
                let fate = match mapped {
                    None => fate,
                    Some(mapped) if mapped.proofs.iter().any(|proof| proof.param == Some(n)) => Fate::Carried,
                    Some(_) => Fate::Dropped,
                };
                self.add(Kind::Parameter, name, param.prop.span, fate);
            }
            let Some(body) = &callback.body else { continue };
            let mut looked_at = BTreeSet::new();
            let objects = reads_of(mapped.into_iter().map(|mapped| &mapped.told), &mut looked_at);
            let above = if mapped.is_some() { Above::Lines } else { Above::Is(fate) };
            let (path, way) = (callback.name.clone(), &mut Vec::new());
            self.fields(body, &objects, Place { kind: Kind::CallbackField, path, above, way, looked_at: &looked_at });
        }
    }

    /// Counts the fields of a body, and of all that it holds.
    fn fields(&mut self, schema: &Schema, objects: &[Object<'_>], place: Place<'_>) {
        let plan = self.plan;
        let mut schema = schema;
        let mut path = place.path.clone();
        loop {
            match plan.api.shape(schema) {
                SchemaKind::List(inner) => (schema, path) = (inner, path + "[]"),
                SchemaKind::Map(inner) => (schema, path) = (inner, path + "{}"),
                _ => break,
            }
        }
        let SchemaKind::Named(id) = *plan.api.shape(schema) else { return };
        match &plan.api.ty(id).kind {
            // A type within itself has been counted.
            TypeKind::Object(props) if !place.way.contains(&id) => {
                place.way.push(id);
                for (index, prop) in props.iter().enumerate() {
                    let lines: Vec<Line<'_>> = objects
                        .iter()
                        .filter(|(ty, _)| *ty == id)
                        .flat_map(|(_, lines)| lines.iter().copied().filter(|line| line.prop() == index))
                        .collect();
                    let name = format!("{path}{}{}", if place.way.len() == 1 { " " } else { "." }, prop.wire);
                    let above = match place.above {
                        Above::Whole if place.looked_at.contains(&(id, index)) => Above::Is(Fate::Carried),
                        Above::Whole => Above::Is(Fate::Dropped),
                        above => above,
                    };
                    let fate = self.fate(prop, &lines, &[Ignored::Member(id, index), Ignored::Type(id)], above, &name);
                    self.add(place.kind, &name, prop.span, fate);
                    let below: Vec<Object<'_>> = lines.iter().flat_map(|line| line.objects()).collect();
                    let above = match (place.above, fate) {
                        (Above::Lines, Fate::Carried) if lines.iter().any(|line| line.compares()) => {
                            Above::Is(Fate::Carried)
                        }
                        (Above::Lines, Fate::Carried) if below.is_empty() => Above::Whole,
                        (Above::Lines, Fate::Carried) => Above::Lines,
                        (Above::Lines, fate) => Above::Is(fate),
                        (above, _) => above,
                    };
                    let (kind, way, looked_at) = (place.kind, &mut *place.way, place.looked_at);
                    self.fields(&prop.schema, &below, Place { kind, path: name, above, way, looked_at });
                }
                place.way.pop();
            }
            // A list in one of several shapes has the same elements in each.
            TypeKind::OneOf(_) if plan.api.elements(schema).is_some() => {
                let inner = plan.api.elements(schema).expect("just seen");
                self.fields(inner, objects, Place { path: path + "[]", ..place });
            }
            TypeKind::OneOf(variants) => {
                for variant in variants {
                    let Some((id, _)) = plan.api.props(&variant.schema) else { continue };
                    let mut above = place.above;
                    if above == Above::Lines && !objects.iter().any(|(ty, _)| *ty == id) {
                        let fate = self.variant(id, &path, variant.schema.span);
                        above = Above::Is(fate);
                    }
                    let path = format!("{path}({})", plan.api.ty(id).name);
                    let (kind, way, looked_at) = (place.kind, &mut *place.way, place.looked_at);
                    self.fields(&variant.schema, objects, Place { kind, path, above, way, looked_at });
                }
            }
            _ => {}
        }
    }

    /// A variant that no line makes or reads.
    fn variant(&mut self, id: TypeId, path: &str, span: Span) -> Fate {
        if self.passed_over(&[Ignored::Type(id)]) {
            return Fate::Dropped;
        }
        let name = &self.plan.api.ty(id).name;
        let help = format!("send or read it, or say under `ignore`: `{name}: why`");
        self.open(span, format!("`{path}` is never a `{name}`"), &help);
        Fate::Open
    }

    /// What becomes of a field, and of the values of its enum by the way.
    fn fate(&mut self, prop: &Prop, lines: &[Line<'_>], ignored: &[Ignored], above: Above, name: &str) -> Fate {
        let fate = match above {
            Above::Is(fate) => fate,
            _ if lines.iter().any(|line| line.fate() == Fate::Carried) => Fate::Carried,
            _ if !lines.is_empty() => Fate::Dropped,
            _ if self.passed_over(ignored) => Fate::Dropped,
            _ => {
                let help = match ignored.first() {
                    Some(Ignored::Member(id, _)) => {
                        format!(
                            "give it a line, or say under `ignore`: `{}.{}: why`",
                            self.plan.api.ty(*id).name,
                            prop.wire
                        )
                    }
                    _ => "give it a line".to_owned(),
                };
                self.open(prop.span, format!("nothing says what becomes of `{name}`"), &help);
                Fate::Open
            }
        };
        self.seen(&prop.schema, fate);
        fate
    }
}

/// The answers that are for one of these responses.
fn replies<'p>(callers: &[&'p MappedPlan], indices: &[usize]) -> impl Iterator<Item = &'p ReplyPlan> {
    let replies = callers.iter().flat_map(|mapped| &mapped.replies);
    replies.filter(move |reply| reply.responses.iter().any(|index| indices.contains(index)))
}

/// The lines of answers, and the fields that their rules and the parts of times look at.
fn reads_of<'p>(
    replies: impl Iterator<Item = &'p ReplyPlan>,
    looked_at: &mut BTreeSet<(TypeId, usize)>,
) -> Vec<Object<'p>> {
    let objects = replies.filter_map(|reply| {
        let mut look = |path: &WirePath| looked_at.extend(path.0.iter().copied());
        reply.rules.iter().for_each(|rule| rule.looks_at(&mut look));
        let elements = reply.elements.as_ref().map(|each| (each.ty, &each.reads[..]));
        reply.read.as_ref().map(|(ty, reads, _)| (*ty, &reads[..])).or(elements)
    });
    let objects = reads(objects.collect());
    objects.iter().for_each(|(_, lines)| lines.iter().for_each(|line| parts(*line, looked_at)));
    objects
}

/// Whether two bodies are of one named type.
fn same(one: &Schema, other: &Schema) -> bool {
    matches!((&one.kind, &other.kind), (SchemaKind::Named(one), SchemaKind::Named(other)) if one == other)
}

/// The fields that a time in parts is made of.
fn parts(line: Line<'_>, looked_at: &mut BTreeSet<(TypeId, usize)>) {
    if let Line::Read(ReadPlan { verb: ReadVerb::Give(gives), .. }) = line {
        for give in gives {
            if let GiveHow::Parts(paths, _) = &give.how {
                paths.iter().for_each(|part| looked_at.extend(part.0.iter().copied()));
            }
        }
    }
    line.objects().iter().flat_map(|(_, lines)| lines).for_each(|line| parts(*line, looked_at));
}
