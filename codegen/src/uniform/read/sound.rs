//! What has to be true of the types as a whole: formulas name fields that are there, and nothing contains itself.

use crate::diag::{Code, Diagnostics};
use crate::uniform::{Formula, MAX_PATHS, Shape, Ty, Type, TypeId, Uniform};

pub(super) fn check(uniform: &Uniform, diags: &mut Diagnostics) {
    formulas(uniform, diags);
    cycles(uniform, diags);
}

/// Formulas name money and quantity fields that are there.
fn formulas(uniform: &Uniform, diags: &mut Diagnostics) {
    let find =
        |ty: &Type, name: &str| ty.fields.iter().find(|field| field.name == name).map(|field| (field.ty, field.shape));
    for ty in &uniform.types {
        for field in &ty.fields {
            for formula in [&field.derived, &field.otherwise].into_iter().flatten() {
                let sound = match formula {
                    Formula::Product(a, b) => {
                        matches!(
                            (find(ty, a), find(ty, b)),
                            (Some((Ty::Money, Shape::One)), Some((Ty::Quantity, Shape::One)))
                        )
                    }
                    Formula::Tax(amount, rate) => {
                        let rates = |of: usize| uniform.enums[of].values.iter().any(|value| value.rate.is_some());
                        let amount = ty.fields.iter().find(|field| &field.name == amount);
                        let whole = amount.is_some_and(|field| field.shape == Shape::One || field.otherwise.is_some());
                        amount.is_some_and(|field| field.ty == Ty::Money)
                            && whole
                            && matches!(find(ty, rate), Some((Ty::Enum(of), Shape::One)) if rates(of))
                            && field.derived.is_some()
                    }
                    Formula::Sum(list, name) => match find(ty, list) {
                        Some((Ty::Struct(id), Shape::List)) => {
                            matches!(find(uniform.ty(id), name), Some((Ty::Money, _)))
                        }
                        _ => false,
                    },
                };
                if !sound || field.ty != Ty::Money {
                    let message = "a formula is of money: the sum of a money field over a list, money × quantity, or the tax within money";
                    diags.error(Code::S008, field.span, message);
                }
            }
        }
    }
}

/// A receipt is a tree of a certain depth: a mapping says of each field of it what becomes of it.
fn cycles(uniform: &Uniform, diags: &mut Diagnostics) {
    /// Looks for a way from `ty` back to a type on the way to it; tells the field that closes it.
    fn walk(uniform: &Uniform, ty: TypeId, way: &mut Vec<TypeId>, done: &mut [bool], diags: &mut Diagnostics) {
        way.push(ty);
        for field in &uniform.ty(ty).fields {
            let Ty::Struct(inner) = field.ty else { continue };
            if let Some(begin) = way.iter().position(|entered| *entered == inner) {
                let names: Vec<_> = way[begin..].iter().map(|id| format!("`{}`", uniform.ty(*id).name)).collect();
                let message = match &names[..] {
                    [name] => format!("{name} contains itself"),
                    _ => format!("{} contains itself, by way of {}", names[0], names[1..].join(", ")),
                };
                diags
                    .error(Code::S008, field.span, message)
                    .secondary(uniform.ty(inner).span, "the type")
                    .help("a mapping has to say of each field what becomes of it, so there has to be an end");
            } else if !done[inner.0] {
                walk(uniform, inner, way, done, diags);
            }
        }
        way.pop();
        done[ty.0] = true;
    }
    let mut done = vec![false; uniform.types.len()];
    for n in 0..uniform.types.len() {
        if !done[n] {
            walk(uniform, TypeId(n), &mut Vec::new(), &mut done, diags);
        }
    }
}

/// A few lines of types within types can make more fields than anybody can map.
pub(super) fn check_size(uniform: &Uniform, diags: &mut Diagnostics) {
    fn size(uniform: &Uniform, ty: TypeId, depth: usize, known: &mut [Option<usize>]) -> usize {
        // Deeper than there are types, a type contains itself, which has been told.
        if depth > uniform.types.len() {
            return 0;
        }
        if let Some(size) = known[ty.0] {
            return size;
        }
        let fields = uniform.ty(ty).fields.iter().map(|field| match field.ty {
            Ty::Struct(inner) => size(uniform, inner, depth + 1, known).saturating_add(1),
            _ => 1,
        });
        let sum = fields.fold(0, usize::saturating_add);
        known[ty.0] = Some(sum);
        sum
    }
    let mut known = vec![None; uniform.types.len()];
    for operation in &uniform.operations {
        if size(uniform, operation.input, 0, &mut known) > MAX_PATHS {
            let message = format!("`{}` has more than {MAX_PATHS} fields", uniform.ty(operation.input).name);
            diags.error(Code::S008, operation.span, message);
        }
    }
}
