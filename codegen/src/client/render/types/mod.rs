//! Types and how they go over the wire.

mod checks;
mod defaults;
mod enumeration;
mod parts;
mod structure;
mod tuple;
mod union;

pub(super) use self::checks::checks;
pub(super) use self::parts::has_files;
use super::super::model::{Field, Shape, TypeDef, TypeId, TypeKind, Use};
use super::writer::Writer;

/// How long a chain of aliases is followed.
const MAX_ALIASES: usize = 64;

/// Looks types up.
#[derive(Clone, Copy)]
pub(super) struct Types<'a>(pub(super) &'a [TypeDef]);

impl Types<'_> {
    pub(super) fn get(&self, id: TypeId) -> &TypeDef {
        &self.0[id.0]
    }

    /// Whether null is allowed, by the use or by the type.
    pub(super) fn nullable(&self, of: &Use) -> bool {
        let mut nullable = of.nullable;
        let mut shape = &of.shape;
        for _ in 0..MAX_ALIASES {
            let Shape::Named(id) = shape else { break };
            nullable |= self.get(*id).nullable;
            match &self.get(*id).kind {
                TypeKind::Alias { of, own: false } => shape = &of.shape,
                _ => break,
            }
        }
        // Null is one of the values of any.
        nullable && *shape != Shape::Any
    }

    /// The type, without null.
    pub(super) fn name(&self, of: &Use) -> String {
        match &of.shape {
            Shape::Any => "Json".to_owned(),
            Shape::Object => "Object".to_owned(),
            Shape::Bool => "bool".to_owned(),
            Shape::Int(name) => (*name).to_owned(),
            Shape::Whole => "Whole".to_owned(),
            Shape::Float => "f64".to_owned(),
            Shape::Number => "Number".to_owned(),
            Shape::Text => "String".to_owned(),
            Shape::Secret => "Secret".to_owned(),
            Shape::Date => "Written<Date>".to_owned(),
            Shape::DateTime => "DateTime".to_owned(),
            Shape::Uuid => "Written<Uuid>".to_owned(),
            Shape::Base64 => "Base64".to_owned(),
            Shape::List(item) => format!("Vec<{}>", self.full(item)),
            Shape::Map(value) => format!("BTreeMap<String, {}>", self.full(value)),
            Shape::Named(id) => self.get(*id).rust.clone(),
            Shape::Broken(_) => "Json".to_owned(),
        }
    }

    /// The type, with null.
    pub(super) fn full(&self, of: &Use) -> String {
        let name = self.name(of);
        if self.nullable(of) { format!("Option<{name}>") } else { name }
    }

    /// The type of a field.
    pub(super) fn of_field(&self, field: &Field, required: bool) -> String {
        let name = self.name(&field.of);
        let name = if field.boxed { format!("Box<{name}>") } else { name };
        match (required, self.nullable(&field.of)) {
            (true, false) => name,
            (true, true) | (false, false) => format!("Option<{name}>"),
            (false, true) => format!("Maybe<{name}>"),
        }
    }

    /// Which of the functions reads and writes it.
    fn ending(&self, field: &Field, required: bool) -> &'static str {
        match (required, self.nullable(&field.of)) {
            (true, _) => "",
            (false, false) => "_some",
            (false, true) => "_maybe",
        }
    }

    /// Whether values are kept that the document does not allow.
    fn is_open(&self, of: &Use) -> bool {
        match self.shape(of) {
            Shape::Date | Shape::DateTime | Shape::Uuid => true,
            Shape::List(of) | Shape::Map(of) => self.is_open(of),
            Shape::Named(id) => match &self.get(*id).kind {
                TypeKind::Enum { .. } | TypeKind::Union { .. } | TypeKind::Alias { .. } => true,
                TypeKind::Struct { fields, .. } => fields.iter().any(|field| self.is_listed(&field.of)),
                _ => false,
            },
            _ => false,
        }
    }

    /// Whether its values are those of an enumeration, or texts of some form.
    fn is_listed(&self, of: &Use) -> bool {
        match self.shape(of) {
            Shape::Named(id) => matches!(self.get(*id).kind, TypeKind::Enum { .. }),
            Shape::List(of) | Shape::Map(of) => self.is_listed(of),
            _ => self.is_open(of),
        }
    }

    /// The shape behind aliases.
    fn shape<'u>(&'u self, of: &'u Use) -> &'u Shape {
        let mut shape = &of.shape;
        for _ in 0..MAX_ALIASES {
            let Shape::Named(id) = shape else { break };
            match &self.get(*id).kind {
                TypeKind::Alias { of, own: false } => shape = &of.shape,
                _ => break,
            }
        }
        shape
    }

    /// The type behind aliases.
    fn behind(&self, of: &Use) -> Option<&TypeDef> {
        match self.shape(of) {
            Shape::Named(id) => Some(self.get(*id)),
            _ => None,
        }
    }
}

/// Whether a field has to be there in both directions that the type goes.
fn required(ty: &TypeDef, field: &Field) -> bool {
    field.required && !(field.read_only && ty.sent) && !(field.write_only && ty.received)
}

/// Writes a type.
pub(super) fn write(w: &mut Writer, types: Types<'_>, ty: &TypeDef) {
    match &ty.kind {
        TypeKind::Struct { fields, more } => structure::write(w, types, ty, fields, more.as_ref()),
        TypeKind::Tuple { items, more } => tuple::write(w, types, ty, items, more.as_ref()),
        TypeKind::Enum { values, texts: true } => enumeration::texts(w, ty, values),
        TypeKind::Enum { values, texts: false } => enumeration::values(w, ty, values),
        TypeKind::Union { tag, variants } => union::write(w, types, ty, tag.as_deref(), variants),
        TypeKind::Alias { of, own: false } => {
            doc(w, ty);
            w.line(&format!("pub type {} = {};", ty.rust, types.name(of)));
        }
        TypeKind::Alias { of, own: true } => structure::own(w, types, ty, of),
        TypeKind::Parts { parts: list, more } => parts::write(w, types, ty, list, more.as_ref()),
        TypeKind::Pending => {}
    }
}

fn doc(w: &mut Writer, ty: &TypeDef) {
    w.doc(&ty.doc);
}

/// Writes a field's documentation.
pub(super) fn field_doc(w: &mut Writer, field: &Field) {
    // Only what the name does not say already.
    let named = field.rust.trim_start_matches("r#") == field.wire || field.wire.contains(char::is_control);
    let text = match field.doc.trim() {
        "" if named => String::new(),
        "" => format!("`{}`", field.wire.replace('`', "'")),
        text => text.to_owned(),
    };
    w.doc(&text);
    if field.deprecated {
        if !text.is_empty() {
            w.line("///");
        }
        w.line("/// Deprecated.");
    }
}
