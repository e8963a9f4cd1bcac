//! Types and how they go over the wire.

use super::super::model::{EnumValue, Field, Part, Rules, Shape, TypeDef, TypeId, TypeKind, Use, Variant};
use super::writer::{Writer, literal};

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
            Shape::Float => "f64".to_owned(),
            Shape::Number => "Number".to_owned(),
            Shape::Text => "String".to_owned(),
            Shape::Date => "Written<Date>".to_owned(),
            Shape::DateTime => "DateTime".to_owned(),
            Shape::Uuid => "Written<Uuid>".to_owned(),
            Shape::Base64 => "Base64".to_owned(),
            Shape::List(item) => format!("Vec<{}>", self.full(item)),
            Shape::Map(value) => format!("BTreeMap<String, {}>", self.full(value)),
            Shape::Named(id) => self.get(*id).rust.clone(),
            Shape::Broken => "Json".to_owned(),
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

    /// The type behind aliases.
    fn behind(&self, of: &Use) -> Option<&TypeDef> {
        let mut shape = &of.shape;
        for _ in 0..MAX_ALIASES {
            let Shape::Named(id) = shape else { return None };
            match &self.get(*id).kind {
                TypeKind::Alias { of, own: false } => shape = &of.shape,
                _ => return Some(self.get(*id)),
            }
        }
        None
    }
}

/// Whether a field has to be there in both directions that the type goes.
fn required(ty: &TypeDef, field: &Field) -> bool {
    field.required && !(field.read_only && ty.sent) && !(field.write_only && ty.received)
}

/// Writes a type.
pub(super) fn write(w: &mut Writer, types: Types<'_>, ty: &TypeDef) {
    match &ty.kind {
        TypeKind::Struct { fields, more } => structure(w, types, ty, fields, more.as_ref()),
        TypeKind::Enum { values, texts: true } => texts(w, ty, values),
        TypeKind::Enum { values, texts: false } => values_of(w, ty, values),
        TypeKind::Union { tag, variants } => union(w, types, ty, tag.as_deref(), variants),
        TypeKind::Alias { of, own: false } => {
            doc(w, ty);
            w.line(&format!("pub type {} = {};", ty.rust, types.name(of)));
        }
        TypeKind::Alias { of, own: true } => own(w, types, ty, of),
        TypeKind::Parts(list) => parts(w, types, ty, list),
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

fn structure(w: &mut Writer, types: Types<'_>, ty: &TypeDef, fields: &[Field], more: Option<&Use>) {
    doc(w, ty);
    let default = fields.iter().all(|field| !required(ty, field));
    w.line(if default { "#[derive(Debug, Clone, PartialEq, Default)]" } else { "#[derive(Debug, Clone, PartialEq)]" });
    if fields.is_empty() && more.is_none() {
        w.line(&format!("pub struct {} {{}}", ty.rust));
    } else {
        w.open(&format!("pub struct {} {{", ty.rust));
        for field in fields {
            field_doc(w, field);
            w.field(&field.rust, &types.of_field(field, required(ty, field)));
        }
        if let Some(more) = more {
            w.line("/// Fields that the document does not name.");
            w.field("more", &format!("BTreeMap<String, {}>", types.full(more)));
        }
        w.close("}");
    }
    w.line("");
    w.open(&format!("impl Wire for {} {{", ty.rust));
    w.open("fn to_json(&self) -> Json {");
    w.line("let mut json = Object::new();");
    for field in fields.iter().filter(|field| !(field.read_only && ty.sent)) {
        let call = format!("json.put{}(", types.ending(field, required(ty, field)));
        w.list(&call, &[literal(&field.wire), format!("&self.{}", field.rust)], ");");
    }
    if more.is_some() {
        w.line("json.put_more(&self.more);");
    }
    w.line("json.into()");
    w.close("}");
    w.line("");
    w.open("fn from_json(json: Json) -> Result<Self, Unreadable> {");
    w.line("let mut json = Fields::of(json)?;");
    let read = |field: &Field| {
        format!("{}: json.take{}({})?", field.rust, types.ending(field, required(ty, field)), literal(&field.wire))
    };
    let mut reads: Vec<String> = fields.iter().map(read).collect();
    if more.is_some() {
        reads.push("more: json.rest()?".to_owned());
    }
    w.list("Ok(Self {", &reads, "})");
    w.close("}");
    if ty.constrained && ty.sent {
        w.line("");
        w.open("fn check(at: &mut Check<'_>) {");
        for field in fields {
            if field.write_only && field.required && ty.received {
                w.line(&format!("at.required({});", literal(&field.wire)));
            }
            let rules = checks(types, &field.of);
            closure(w, &format!("at.field({}, ", literal(&field.wire)), &rules);
        }
        if let Some(more) = more {
            let named: Vec<String> = fields.iter().map(|field| literal(&field.wire)).collect();
            closure(w, &format!("at.values(&[{}], ", named.join(", ")), &checks(types, more));
        }
        w.close("}");
    }
    w.close("}");
}

/// Writes `head|at| …);`, of no statements nothing.
fn closure(w: &mut Writer, head: &str, rules: &[String]) {
    match rules {
        [] => {}
        [only] => match only.strip_suffix("::check(at)") {
            Some(ty) if !ty.contains(['|', '(']) => w.line(&format!("{head}{ty}::check);")),
            _ => w.closure(&format!("{head}|at| {only});")),
        },
        several => {
            w.open(&format!("{head}|at| {{"));
            for rule in several {
                w.line(&format!("{rule};"));
            }
            w.close("});");
        }
    }
}

/// What holds a value at `at` against the constraints of a shape.
pub(super) fn checks(types: Types<'_>, of: &Use) -> Vec<String> {
    let mut all = Vec::new();
    if let Some(rules) = &of.rules {
        all.push(format!("at.hold(&{})", rules_literal(rules)));
    }
    let within = |item: &Use| -> Option<String> {
        let inner = checks(types, item);
        match inner.as_slice() {
            [] => None,
            [only] => Some(match only.strip_suffix("::check(at)") {
                Some(ty) if !ty.contains(['|', '(']) => format!("{ty}::check"),
                _ => format!("|at| {only}"),
            }),
            several => Some(format!("|at| {{ {}; }}", several.join("; "))),
        }
    };
    match &of.shape {
        Shape::Named(id) => {
            let ty = types.get(*id);
            match &ty.kind {
                TypeKind::Alias { of, own: false } if ty.constrained => all.extend(checks(types, of)),
                _ if ty.constrained => all.push(format!("{}::check(at)", ty.rust)),
                _ => {}
            }
        }
        Shape::List(item) => all.extend(within(item).map(|rule| format!("at.each({rule})"))),
        Shape::Map(value) => all.extend(within(value).map(|rule| format!("at.values(&[], {rule})"))),
        _ => {}
    }
    all
}

fn rules_literal(rules: &Rules) -> String {
    let mut parts = Vec::new();
    let mut add = |name: &str, value: Option<String>| parts.extend(value.map(|value| format!("{name}: Some({value})")));
    let float =
        |text: &Option<String>| text.as_deref().and_then(|text| text.parse::<f64>().ok()).map(|n| format!("{n:?}"));
    add("min_length", rules.min_length.map(|n| n.to_string()));
    add("max_length", rules.max_length.map(|n| n.to_string()));
    add("pattern", rules.pattern.as_deref().map(literal));
    add("minimum", float(&rules.minimum));
    add("maximum", float(&rules.maximum));
    add("above", float(&rules.above));
    add("below", float(&rules.below));
    add("multiple_of", rules.multiple_of.as_deref().map(literal));
    add("min_items", rules.min_items.map(|n| n.to_string()));
    add("max_items", rules.max_items.map(|n| n.to_string()));
    if rules.unique {
        parts.push("unique: true".to_owned());
    }
    format!("Rules {{ {}, ..Rules::NONE }}", parts.join(", "))
}

fn texts(w: &mut Writer, ty: &TypeDef, values: &[EnumValue]) {
    doc(w, ty);
    w.line("#[derive(Debug, Clone, PartialEq, Eq, Hash)]");
    w.open(&format!("pub enum {} {{", ty.rust));
    for value in values {
        w.doc(&format!("`{}`", value.wire.replace('`', "'")));
        w.line(&format!("{},", value.rust));
    }
    w.line("/// A value that the document does not have.");
    w.line("Other(String),");
    w.close("}");
    w.line("");
    w.open(&format!("impl {} {{", ty.rust));
    w.line("/// The value as it goes over the wire.");
    w.open("pub fn as_str(&self) -> &str {");
    w.open("match self {");
    for value in values {
        w.line(&format!("Self::{} => {},", value.rust, literal(&value.wire)));
    }
    w.line("Self::Other(text) => text,");
    w.close("}");
    w.close("}");
    w.close("}");
    w.line("");
    w.open(&format!("impl From<String> for {} {{", ty.rust));
    w.open("fn from(text: String) -> Self {");
    w.open("match text.as_str() {");
    for value in values {
        w.line(&format!("{} => Self::{},", literal(&value.wire), value.rust));
    }
    w.line("_ => Self::Other(text),");
    w.close("}");
    w.close("}");
    w.close("}");
    w.line("");
    w.open(&format!("impl Wire for {} {{", ty.rust));
    w.open("fn to_json(&self) -> Json {");
    w.line("self.as_str().into()");
    w.close("}");
    w.line("");
    w.open("fn from_json(json: Json) -> Result<Self, Unreadable> {");
    w.line("String::from_json(json).map(Self::from)");
    w.close("}");
    w.close("}");
}

/// An enumeration of numbers, or of values of several types.
fn values_of(w: &mut Writer, ty: &TypeDef, values: &[EnumValue]) {
    doc(w, ty);
    w.line("#[derive(Debug, Clone, PartialEq)]");
    w.open(&format!("pub enum {} {{", ty.rust));
    for value in values {
        w.doc(&format!("`{}`", value.wire.replace('`', "'")));
        w.line(&format!("{},", value.rust));
    }
    w.line("/// A value that the document does not have.");
    w.line("Other(Json),");
    w.close("}");
    w.line("");
    w.open(&format!("impl Wire for {} {{", ty.rust));
    w.open("fn to_json(&self) -> Json {");
    w.open("match self {");
    for value in values {
        w.line(&format!("Self::{} => Json::literal({}),", value.rust, literal(&value.wire)));
    }
    w.line("Self::Other(json) => json.clone(),");
    w.close("}");
    w.close("}");
    w.line("");
    w.open("fn from_json(json: Json) -> Result<Self, Unreadable> {");
    w.open("Ok(match json.to_string().as_str() {");
    for value in values {
        w.line(&format!("{} => Self::{},", literal(&value.wire), value.rust));
    }
    w.line("_ => Self::Other(json),");
    w.close("})");
    w.close("}");
    w.close("}");
}

fn union(w: &mut Writer, types: Types<'_>, ty: &TypeDef, tag: Option<&str>, variants: &[Variant]) {
    doc(w, ty);
    w.line("#[derive(Debug, Clone, PartialEq)]");
    w.open(&format!("pub enum {} {{", ty.rust));
    for variant in variants {
        let name = types.full(&variant.of);
        let name = if variant.boxed { format!("Box<{name}>") } else { name };
        match variant.tags.as_slice() {
            [] => w.doc(&format!("`{}`", types.name(&variant.of))),
            tags => w.doc(&format!(
                "`{}`: {}",
                tag.unwrap_or_default().replace('`', "'"),
                tags.iter().map(|tag| format!("`{}`", tag.replace('`', "'"))).collect::<Vec<_>>().join(", ")
            )),
        }
        w.line(&format!("{}({name}),", variant.rust));
    }
    if tag.is_some() {
        w.line("/// A kind that the document does not have.");
        w.line("Other(Json),");
    }
    w.close("}");
    w.line("");
    w.open(&format!("impl Wire for {} {{", ty.rust));
    w.open("fn to_json(&self) -> Json {");
    w.open("match self {");
    for variant in variants {
        let tags = tag.map(|tag| {
            let tags: Vec<String> = variant.tags.iter().map(|tag| literal(tag)).collect();
            format!(".with_tag({}, &[{}])", literal(tag), tags.join(", "))
        });
        w.line(&format!("Self::{}(of) => of.to_json(){},", variant.rust, tags.unwrap_or_default()));
    }
    if tag.is_some() {
        w.line("Self::Other(json) => json.clone(),");
    }
    w.close("}");
    w.close("}");
    w.line("");
    w.open("fn from_json(json: Json) -> Result<Self, Unreadable> {");
    match tag {
        Some(tag) => {
            w.open(&format!("match json.tag({}) {{", literal(tag)));
            for variant in variants {
                let tags: Vec<String> = variant.tags.iter().map(|tag| format!("Some({})", literal(tag))).collect();
                w.line(&format!("{} => Wire::from_json(json).map(Self::{}),", tags.join(" | "), variant.rust));
            }
            w.line("_ => Ok(Self::Other(json)),");
            w.close("}");
        }
        None => {
            w.line("let mut choice = Choice::new(json);");
            for variant in variants {
                let known = known(types, &variant.of, 0);
                let known: Vec<String> = known.iter().map(|name| literal(name)).collect();
                w.line(&format!("choice.offer(Self::{}, &[{}]);", variant.rust, known.join(", ")));
            }
            w.line("choice.finish()");
        }
    }
    w.close("}");
    if ty.constrained
        && ty.sent
        && let Some(tag) = tag
    {
        w.line("");
        w.open("fn check(at: &mut Check<'_>) {");
        for variant in variants {
            let tags: Vec<String> = variant.tags.iter().map(|tag| literal(tag)).collect();
            let rules = checks(types, &variant.of);
            if !rules.is_empty() {
                w.open(&format!("if at.is_tagged({}, &[{}]) {{", literal(tag), tags.join(", ")));
                rules.iter().for_each(|rule| w.line(&format!("{rule};")));
                w.close("}");
            }
        }
        w.close("}");
    }
    w.close("}");
}

/// The fields that a shape has a name for.
fn known(types: Types<'_>, of: &Use, depth: usize) -> Vec<String> {
    match types.behind(of).map(|ty| &ty.kind) {
        Some(TypeKind::Struct { fields, .. }) => fields.iter().map(|field| field.wire.clone()).collect(),
        Some(TypeKind::Union { variants, .. }) if depth < 4 => {
            let mut all: Vec<String> =
                variants.iter().flat_map(|variant| known(types, &variant.of, depth + 1)).collect();
            all.sort();
            all.dedup();
            all
        }
        _ => Vec::new(),
    }
}

fn own(w: &mut Writer, types: Types<'_>, ty: &TypeDef, of: &Use) {
    doc(w, ty);
    w.line("#[derive(Debug, Clone, PartialEq)]");
    let boxed = matches!(of.shape, Shape::Named(_));
    let name = if boxed { format!("Box<{}>", types.full(of)) } else { types.full(of) };
    w.line(&format!("pub struct {}(pub {name});", ty.rust));
    w.line("");
    w.open(&format!("impl Wire for {} {{", ty.rust));
    w.open("fn to_json(&self) -> Json {");
    w.line("self.0.to_json()");
    w.close("}");
    w.line("");
    w.open("fn from_json(json: Json) -> Result<Self, Unreadable> {");
    w.line("Wire::from_json(json).map(Self)");
    w.close("}");
    if ty.constrained && ty.sent {
        w.line("");
        w.open("fn check(at: &mut Check<'_>) {");
        checks(types, of).iter().for_each(|rule| w.line(&format!("{rule};")));
        w.close("}");
    }
    w.close("}");
}

fn parts(w: &mut Writer, types: Types<'_>, ty: &TypeDef, parts: &[Part]) {
    doc(w, ty);
    w.line("#[derive(Debug, Clone, PartialEq)]");
    w.open(&format!("pub struct {} {{", ty.rust));
    for part in parts {
        field_doc(w, &part.field);
        let name = match (part.file, part.list) {
            (true, true) => "Vec<File>".to_owned(),
            (true, false) if part.field.required => "File".to_owned(),
            (true, false) => "Option<File>".to_owned(),
            (false, _) => types.of_field(&part.field, part.field.required),
        };
        w.field(&part.field.rust, &name);
    }
    w.close("}");
    w.line("");
    w.open(&format!("impl {} {{", ty.rust));
    w.line("/// The parts of the body.");
    w.open("pub fn to_parts(&self) -> Multipart {");
    w.line("let mut parts = Multipart::default();");
    for part in parts {
        let (wire, rust) = (literal(&part.field.wire), &part.field.rust);
        let media_type =
            part.media_type.as_deref().map_or("None".to_owned(), |text| format!("Some({})", literal(text)));
        let (from, body) = match (part.file, part.list) {
            (true, true) => {
                (format!("for file in &self.{rust} {{"), format!("parts.file({wire}, file, {media_type});"))
            }
            (true, false) if part.field.required => {
                (String::new(), format!("parts.file({wire}, &self.{rust}, {media_type});"))
            }
            (true, false) => {
                (format!("if let Some(file) = &self.{rust} {{"), format!("parts.file({wire}, file, {media_type});"))
            }
            (false, _) => (String::new(), format!("parts.field({wire}, {media_type}, &self.{rust});")),
        };
        if from.is_empty() {
            w.line(&body);
        } else {
            w.open(&from);
            w.line(&body);
            w.close("}");
        }
    }
    w.line("parts");
    w.close("}");
    w.close("}");
}
