//! Paths through the uniform model.

use crate::diag::{Code, Diagnostics};
use crate::mapping::Word;
use crate::uniform::{Field, Shape, Ty, TypeId, Uniform};

/// A path from an operation's input to a field: the type and the field at each step. Every step but the last holds a
/// type; a list on the way stands for its current element.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct UPath {
    /// Type and field at each step.
    pub steps: Vec<(TypeId, usize)>,
    /// The path as text.
    pub text: String,
}

impl UPath {
    /// The field at the end.
    #[must_use]
    pub fn last<'u>(&self, uniform: &'u Uniform) -> &'u Field {
        let (ty, field) = *self.steps.last().expect("a path has an end");
        &uniform.ty(ty).fields[field]
    }

    /// Whether some step on the way, or the end, may be absent.
    #[must_use]
    pub fn optional(&self, uniform: &Uniform) -> bool {
        self.steps.iter().any(|(ty, field)| uniform.ty(*ty).fields[*field].shape == Shape::Optional)
    }

    /// How many steps lead to the innermost list on the way (the end not counted); 0 without one.
    #[must_use]
    pub fn list(&self, uniform: &Uniform) -> usize {
        let on_the_way = &self.steps[..self.steps.len() - 1];
        on_the_way
            .iter()
            .rposition(|(ty, field)| uniform.ty(*ty).fields[*field].shape == Shape::List)
            .map_or(0, |position| position + 1)
    }

    /// The first `count` steps.
    #[must_use]
    pub fn prefix(&self, count: usize) -> Self {
        let text = self.text.split('.').take(count).collect::<Vec<_>>().join(".");
        Self { steps: self.steps[..count].to_vec(), text }
    }

    /// Whether `other` is this path or below it.
    #[must_use]
    pub fn covers(&self, other: &Self) -> bool {
        other.steps.starts_with(&self.steps)
    }

    /// Looks a path up from the type `root`.
    pub fn resolve(uniform: &Uniform, root: TypeId, word: &Word, diags: &mut Diagnostics) -> Option<Self> {
        let mut steps = Vec::new();
        let mut ty = Some(root);
        for name in word.text.split('.') {
            let found =
                ty.and_then(|id| Some((id, uniform.ty(id).fields.iter().position(|field| field.name == name)?)));
            let Some((id, field)) = found else {
                let known = Self::all(uniform, root);
                let message = format!("`{}` has no field `{}`", uniform.ty(root).name, word.text);
                diags.unknown(Code::M005, word.span, message, &word.text, known.iter().map(|path| path.text.as_str()));
                return None;
            };
            steps.push((id, field));
            ty = match uniform.ty(id).fields[field].ty {
                Ty::Struct(next) => Some(next),
                _ => None,
            };
        }
        Some(Self { steps, text: word.text.clone() })
    }

    /// Every path from `root`, inner ones included, in the order of the model.
    #[must_use]
    pub fn all(uniform: &Uniform, root: TypeId) -> Vec<Self> {
        fn walk(uniform: &Uniform, ty: TypeId, so_far: &UPath, all: &mut Vec<UPath>) {
            for (n, field) in uniform.ty(ty).fields.iter().enumerate() {
                let mut path = so_far.clone();
                path.steps.push((ty, n));
                path.text =
                    if so_far.text.is_empty() { field.name.clone() } else { format!("{}.{}", so_far.text, field.name) };
                all.push(path.clone());
                // A model that contains itself would have no end.
                if let Ty::Struct(inner) = field.ty
                    && path.steps.len() < 12
                {
                    walk(uniform, inner, &path, all);
                }
            }
        }
        let mut all = Vec::new();
        walk(uniform, root, &Self { steps: Vec::new(), text: String::new() }, &mut all);
        all
    }

    /// Every path from `root` that ends in a value.
    #[must_use]
    pub fn leaves(uniform: &Uniform, root: TypeId) -> Vec<Self> {
        let mut all = Self::all(uniform, root);
        all.retain(|path| !matches!(path.last(uniform).ty, Ty::Struct(_)));
        all
    }
}
