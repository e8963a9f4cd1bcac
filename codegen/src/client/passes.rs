//! What is known only once all types are: which of them are recursive, broken, sent, received or constrained.

use std::collections::HashSet;

use super::marks;
use super::model::{Api, Shape, TypeDef, TypeId, TypeKind, Use};
use super::notes::{At, Notes};
use crate::diag::Code;
use crate::tree::Tree;

/// Brings the types to what can be rendered, and leaves out operations that cannot be.
pub(crate) fn settle(api: &mut Api, tree: &Tree, notes: &mut Notes) {
    settle_aliases(&mut api.types, notes);
    marks::settle(&mut api.types);
    settle_recursion(&mut api.types);
    settle_broken(&mut api.types);
    let types = &api.types;
    let broken = |of: &Use| of.broken_at().or_else(|| types[of.names()?.0].broken);
    let mut is_sound = |name: &str, offset: u32, broken: Option<u32>| {
        if let Some(at) = broken.map(|offset| At { tree, offset }) {
            notes.warn(Code::S005, offset, format_args!("`{name}` is left out, for what is missing at {at}"));
        }
        broken.is_none()
    };
    api.operations.retain(|operation| {
        let broken = operation.sent().chain(operation.received()).find_map(broken);
        is_sound(&operation.label(), operation.offset, broken)
    });
    api.events.retain(|event| {
        let broken = event.received().chain(event.sent()).find_map(broken);
        is_sound(&event.name, event.offset, broken)
    });
    settle_usage(api);
    settle_offered(&mut api.types);
    api.depth = super::depth::of(&api.types);
    settle_constraints(&mut api.types);
}

/// Types that a use embeds without a list or a map between.
fn direct(of: &Use) -> Option<TypeId> {
    match &of.shape {
        Shape::Named(id) => Some(*id),
        _ => None,
    }
}

/// Aliases that lead to themselves: through a list or a map they become types of their own; else they say nothing.
fn settle_aliases(types: &mut [TypeDef], notes: &mut Notes) {
    let is_alias = |id: TypeId| matches!(types[id.0].kind, TypeKind::Alias { .. });
    let edges = |edge: &dyn Fn(&Use) -> Option<TypeId>| -> Vec<Vec<usize>> {
        types
            .iter()
            .map(|ty| match &ty.kind {
                TypeKind::Alias { of, .. } => edge(of).filter(|id| is_alias(*id)).map(|id| id.0).into_iter().collect(),
                _ => Vec::new(),
            })
            .collect()
    };
    let names = edges(&direct);
    let (straight, far) = (circles(&names), lengths(&names));
    let any = circles(&edges(&Use::names));
    for (n, ty) in types.iter_mut().enumerate() {
        if straight[n].1 {
            notes.warn(Code::S005, ty.offset, "these references lead in a circle: left out");
            ty.kind = TypeKind::Alias { of: Use::broken(ty.offset), own: false };
        } else if far[n] > MAX_NAMES {
            // The first says it for those that rest on it.
            if far[n] == MAX_NAMES + 1 {
                let message = format!("more than {MAX_NAMES} references lead on to others: left out");
                notes.warn(Code::S006, ty.offset, message);
            }
            ty.kind = TypeKind::Alias { of: Use::broken(ty.offset), own: false };
        } else if any[n].1
            && let TypeKind::Alias { own, .. } = &mut ty.kind
        {
            *own = true;
        }
    }
}

/// How many names may lead from one to a type: the compiler follows no more.
const MAX_NAMES: usize = 60;

/// How many steps it is from each node to the end, where each has one way at most; 0 of those that lead in a circle.
fn lengths(edges: &[Vec<usize>]) -> Vec<usize> {
    let mut known: Vec<Option<usize>> = vec![None; edges.len()];
    for start in 0..edges.len() {
        let (mut way, mut at) = (Vec::new(), Some(start));
        while let Some(node) = at.filter(|node| known[*node].is_none()) {
            known[node] = Some(0);
            way.push(node);
            at = edges[node].first().copied();
        }
        let end = at.and_then(|node| known[node]).unwrap_or_default();
        for (length, node) in (end..).zip(way.into_iter().rev()) {
            known[node] = Some(length);
        }
    }
    known.into_iter().map(Option::unwrap_or_default).collect()
}

/// Boxes what would hold itself.
fn settle_recursion(types: &mut [TypeDef]) {
    let edges: Vec<Vec<usize>> =
        types.iter().map(|ty| ty.uses().into_iter().filter_map(direct).map(|id| id.0).collect()).collect();
    let circles = circles(&edges);
    for (n, ty) in types.iter_mut().enumerate() {
        let within = |of: &Use| direct(of).is_some_and(|id| circles[n].1 && circles[id.0].0 == circles[n].0);
        match &mut ty.kind {
            TypeKind::Struct { fields, .. } | TypeKind::Tuple { items: fields, .. } => {
                fields.iter_mut().for_each(|field| field.boxed = within(&field.of))
            }
            TypeKind::Union { variants, .. } => {
                variants.iter_mut().for_each(|variant| variant.boxed = within(&variant.of));
            }
            TypeKind::Parts { parts, .. } => {
                parts.iter_mut().for_each(|part| part.field.boxed = within(&part.field.of));
            }
            TypeKind::Pending | TypeKind::Enum { .. } | TypeKind::Alias { .. } => {}
        }
    }
}

fn settle_broken(types: &mut [TypeDef]) {
    for ty in types.iter_mut() {
        let pending = matches!(ty.kind, TypeKind::Pending).then_some(ty.offset);
        ty.broken = ty.broken.or(pending).or_else(|| ty.uses().iter().find_map(|of| of.broken_at()));
    }
    spread(types, |ty| ty.broken, |ty, at| ty.broken = Some(at));
}

/// Spreads a mark from types to those that use them.
fn spread<M: Copy>(types: &mut [TypeDef], of: impl Fn(&TypeDef) -> Option<M>, mark: impl Fn(&mut TypeDef, M)) {
    let mut users: Vec<Vec<usize>> = vec![Vec::new(); types.len()];
    for (n, ty) in types.iter().enumerate() {
        for id in ty.uses().into_iter().filter_map(Use::names) {
            users[id.0].push(n);
        }
    }
    let mut due: Vec<usize> = (0..types.len()).filter(|n| of(&types[*n]).is_some()).collect();
    while let Some(n) = due.pop() {
        let Some(had) = of(&types[n]) else { continue };
        for user in &users[n] {
            if of(&types[*user]).is_none() {
                mark(&mut types[*user], had);
                due.push(*user);
            }
        }
    }
}

/// Marks everything that is reached from `from`.
fn reach(types: &[TypeDef], from: impl IntoIterator<Item = TypeId>) -> HashSet<usize> {
    let mut seen: HashSet<usize> = HashSet::new();
    let mut due: Vec<usize> = from.into_iter().map(|id| id.0).collect();
    while let Some(n) = due.pop() {
        if seen.insert(n) {
            due.extend(types[n].uses().into_iter().filter_map(Use::names).map(|id| id.0));
        }
    }
    seen
}

fn settle_usage(api: &mut Api) {
    let names = |of: &Use| of.names();
    let sent = reach(&api.types, api.operations.iter().flat_map(|operation| operation.sent().filter_map(names)));
    let received =
        reach(&api.types, api.operations.iter().flat_map(|operation| operation.received().filter_map(names)));
    let modules = api.operations.iter().map(|operation| operation.module + 1).max().unwrap_or_default();
    let mut own: Vec<Option<usize>> = vec![None; api.types.len()];
    let mut shared = vec![false; api.types.len()];
    for module in 0..modules {
        let of = api.operations.iter().filter(|operation| operation.module == module);
        for n in
            reach(&api.types, of.flat_map(|operation| operation.sent().chain(operation.received()).filter_map(names)))
        {
            shared[n] |= own[n].is_some();
            own[n] = Some(module);
        }
    }
    let told = reach(&api.types, api.events.iter().flat_map(|event| event.received().filter_map(names)));
    let answered = reach(&api.types, api.events.iter().flat_map(|event| event.sent().filter_map(names)));
    // What no operation reaches is shared, and so is what it uses.
    let idle = (0..api.types.len()).filter(|n| own[*n].is_none()).map(TypeId);
    let idle = reach(&api.types, idle);
    for (n, ty) in api.types.iter_mut().enumerate() {
        ty.sent = sent.contains(&n) || answered.contains(&n);
        ty.received = received.contains(&n) || told.contains(&n);
        ty.module = own[n].filter(|_| {
            modules > 1 && !shared[n] && !told.contains(&n) && !answered.contains(&n) && !idle.contains(&n)
        });
    }
}

/// Marks what untagged unions have to choose from, through aliases, lists, maps and unions within them; and the
/// enumerations in the fields of such structs.
fn settle_offered(types: &mut [TypeDef]) {
    let is_union = |n: &usize| matches!(types[*n].kind, TypeKind::Union { tag: None, .. });
    let mut due: Vec<usize> = (0..types.len()).filter(is_union).collect();
    let mut seen = vec![false; types.len()];
    while let Some(n) = due.pop() {
        let leads_on = matches!(types[n].kind, TypeKind::Union { tag: None, .. } | TypeKind::Alias { .. });
        if leads_on && !std::mem::replace(&mut seen[n], true) {
            let within: Vec<usize> = types[n].uses().into_iter().filter_map(Use::names).map(|id| id.0).collect();
            within.iter().for_each(|of| types[*of].offered = true);
            due.extend(within);
        }
    }
    let offered = types.iter().filter(|ty| ty.offered && matches!(ty.kind, TypeKind::Struct { .. }));
    let listed: Vec<usize> = offered.flat_map(TypeDef::uses).filter_map(|of| behind(types, of)).collect();
    listed.into_iter().for_each(|n| types[n].offered |= matches!(types[n].kind, TypeKind::Enum { .. }));
}

/// The type that a use names, behind aliases.
fn behind(types: &[TypeDef], of: &Use) -> Option<usize> {
    let mut id = of.names()?;
    for _ in 0..=MAX_NAMES {
        match &types[id.0].kind {
            TypeKind::Alias { of, own: false } => id = of.names()?,
            _ => return Some(id.0),
        }
    }
    None
}

fn settle_constraints(types: &mut [TypeDef]) {
    for ty in types.iter_mut() {
        let needs = matches!(&ty.kind, TypeKind::Struct { fields, .. } if fields.iter().any(|field| field.write_only && field.required && ty.received));
        ty.constrained = needs || ty.rules.is_some() || ty.uses().iter().any(|of| of.has_rules());
    }
    spread(types, |ty| ty.constrained.then_some(()), |ty, ()| ty.constrained = true);
}

/// For each node its strongly connected component, and whether it lies on a circle (Tarjan, without recursion: a chain
/// may be as long as a document).
pub(super) fn circles(edges: &[Vec<usize>]) -> Vec<(usize, bool)> {
    let n = edges.len();
    let (mut index, mut low) = (vec![usize::MAX; n], vec![0; n]);
    let mut component = vec![(usize::MAX, false); n];
    let (mut next, mut stack, mut on_stack) = (0, Vec::new(), vec![false; n]);
    let mut way: Vec<(usize, usize)> = Vec::new();
    for start in 0..n {
        if index[start] != usize::MAX {
            continue;
        }
        way.push((start, 0));
        while let Some((node, edge)) = way.pop() {
            if edge == 0 {
                index[node] = next;
                low[node] = next;
                next += 1;
                stack.push(node);
                on_stack[node] = true;
            }
            if let Some(to) = edges[node].get(edge).copied() {
                way.push((node, edge + 1));
                if index[to] == usize::MAX {
                    way.push((to, 0));
                } else if on_stack[to] {
                    low[node] = low[node].min(index[to]);
                }
                continue;
            }
            if low[node] == index[node] {
                let at = stack.iter().rposition(|had| *had == node).unwrap_or_default();
                let members: Vec<usize> = stack.split_off(at);
                let circle = members.len() > 1 || edges[node].contains(&node);
                for member in members {
                    on_stack[member] = false;
                    component[member] = (node, circle);
                }
            }
            if let Some((parent, _)) = way.last() {
                low[*parent] = low[*parent].min(low[node]);
            }
        }
    }
    component
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn circles_are_found() {
        let found = circles(&[vec![1], vec![2], vec![0], vec![0], vec![4], vec![]]);
        let on: Vec<bool> = found.iter().map(|(_, circle)| *circle).collect();
        assert_eq!(on, [true, true, true, false, true, false]);
        assert!(found[0].0 == found[1].0 && found[1].0 == found[2].0 && found[3].0 != found[0].0);
        let long: Vec<Vec<usize>> = (0..200_000).map(|n| vec![(n + 1) % 200_000]).collect();
        assert!(circles(&long).iter().all(|(_, circle)| *circle));
    }
}
