//! Paths through the uniform model.

use crate::diag::{Code, Diagnostics, MAX_LISTED, nearest};
use crate::mapping::Word;
use crate::uniform::{Field, MAX_PATHS, Shape, Ty, TypeId, Uniform};

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

    /// The path to a field of the type at the end.
    #[must_use]
    pub fn below(&self, ty: TypeId, field: usize, name: &str) -> Self {
        let mut path = self.clone();
        path.steps.push((ty, field));
        path.text = if self.text.is_empty() { name.to_owned() } else { format!("{}.{name}", self.text) };
        path
    }

    /// Whether `other` is this path or below it.
    #[must_use]
    pub fn covers(&self, other: &Self) -> bool {
        other.steps.starts_with(&self.steps)
    }

    /// Looks a path up from the type `root`.
    #[must_use]
    pub fn find(uniform: &Uniform, root: TypeId, text: &str) -> Option<Self> {
        let (path, rest) = Self::begin(uniform, root, text);
        rest.is_empty().then_some(path)
    }

    /// Looks a path up from the type `root`; tells what it was most likely meant to be.
    pub fn resolve(uniform: &Uniform, root: TypeId, word: &Word, diags: &mut Diagnostics) -> Option<Self> {
        let found = Self::find(uniform, root, &word.text);
        if found.is_none() {
            let message = format!("`{}` has no field `{}`", uniform.ty(root).name, word.text);
            let diag = diags.error(Code::M005, word.span, message);
            if let Some(meant) = Self::meant(uniform, root, &word.text) {
                diag.help(format!("there is `{}`", meant.text));
            } else if let (part, Some(ty)) = Self::last_type(uniform, root, &word.text) {
                let names: Vec<&str> = uniform.ty(ty).fields.iter().map(|field| field.name.as_str()).collect();
                if names.len() <= MAX_LISTED {
                    let part = if part.steps.is_empty() { &uniform.ty(root).name } else { &part.text };
                    diag.help(format!("`{part}` has {}", crate::diag::list_of(&names)));
                }
            }
        }
        found
    }

    /// The path that `text`, which names nothing, was most likely meant to be: with its wrong steps put right among
    /// their siblings, or else the only one that ends in its last step.
    #[must_use]
    pub fn meant(uniform: &Uniform, root: TypeId, text: &str) -> Option<Self> {
        let (mut path, rest) = Self::begin(uniform, root, text);
        let mut ty = path.type_below(uniform, root);
        for name in &rest {
            let step = ty.and_then(|id| {
                let names = uniform.ty(id).fields.iter().map(|field| field.name.as_str());
                let near = nearest(name, names)?;
                Some((id, uniform.ty(id).fields.iter().position(|field| field.name == near)?))
            });
            let Some((id, field)) = step else {
                let all = Self::all(uniform, root);
                let names = all.iter().map(|path| path.text.as_str());
                if !text.contains('.')
                    && let Some(near) = nearest(text, names)
                {
                    return Self::find(uniform, root, near);
                }
                let last = text.rsplit('.').next().unwrap_or(text);
                let mut same = all.iter().filter(|path| path.last(uniform).name == last);
                return same.next().filter(|_| same.next().is_none()).cloned();
            };
            path.push(uniform, id, field);
            ty = path.type_below(uniform, root);
        }
        Some(path)
    }

    /// As much of `text` as there is; `None` when not even its first step is.
    #[must_use]
    pub fn known_part(uniform: &Uniform, root: TypeId, text: &str) -> Option<Self> {
        let (path, _) = Self::begin(uniform, root, text);
        (!path.steps.is_empty()).then_some(path)
    }

    /// As much of `text` as there is, and the type that its next step is not in.
    fn last_type(uniform: &Uniform, root: TypeId, text: &str) -> (Self, Option<TypeId>) {
        let (path, _) = Self::begin(uniform, root, text);
        let ty = path.type_below(uniform, root);
        (path, ty)
    }

    /// As many steps of `text` as there are, and the rest of them.
    fn begin<'t>(uniform: &Uniform, root: TypeId, text: &'t str) -> (Self, Vec<&'t str>) {
        let mut path = Self { steps: Vec::new(), text: String::new() };
        let mut rest: Vec<&str> = text.split('.').collect();
        while let Some(name) = rest.first() {
            let step = path
                .type_below(uniform, root)
                .and_then(|id| Some((id, uniform.ty(id).fields.iter().position(|field| field.name == *name)?)));
            let Some((id, field)) = step else { break };
            path.push(uniform, id, field);
            rest.remove(0);
        }
        (path, rest)
    }

    /// The type that the next step is a field of.
    fn type_below(&self, uniform: &Uniform, root: TypeId) -> Option<TypeId> {
        if self.steps.is_empty() {
            return Some(root);
        }
        match self.last(uniform).ty {
            Ty::Struct(next) => Some(next),
            _ => None,
        }
    }

    fn push(&mut self, uniform: &Uniform, ty: TypeId, field: usize) {
        if !self.text.is_empty() {
            self.text.push('.');
        }
        self.text.push_str(&uniform.ty(ty).fields[field].name);
        self.steps.push((ty, field));
    }

    /// Every path from `root`, inner ones included, in the order of the model. A type within itself is not entered a
    /// second time: the model refuses it, and there would be no end.
    #[must_use]
    pub fn all(uniform: &Uniform, root: TypeId) -> Vec<Self> {
        fn walk(uniform: &Uniform, ty: TypeId, so_far: &UPath, all: &mut Vec<UPath>) {
            for n in 0..uniform.ty(ty).fields.len() {
                let mut path = so_far.clone();
                path.push(uniform, ty, n);
                all.push(path.clone());
                if let Ty::Struct(inner) = uniform.ty(ty).fields[n].ty
                    && path.steps.iter().all(|(entered, _)| *entered != inner)
                    && all.len() < MAX_PATHS
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
