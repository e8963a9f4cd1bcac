//! Codes of enumerations and of errors.

use super::{Count, Fate, Kind};
use crate::model::Ignored;
use crate::spec::{Schema, SchemaKind, TypeId, TypeKind};

impl Count<'_, '_> {
    /// Remembers what becomes of a field, if it holds values of an enum.
    pub(super) fn seen(&mut self, schema: &Schema, fate: Fate) {
        let mut schema = schema;
        while let SchemaKind::List(inner) | SchemaKind::Map(inner) = self.plan.api.shape(schema) {
            schema = inner;
        }
        if let Some((id, _)) = self.plan.api.enumeration(schema) {
            self.enums.entry(id).or_default().push(fate);
        }
    }

    pub(super) fn codes(&mut self) {
        let plan = self.plan;
        for (index, ty) in plan.api.types.iter().enumerate() {
            let TypeKind::Enum(def) = &ty.kind else { continue };
            let id = TypeId(index);
            let fields = self.enums.get(&id).cloned().unwrap_or_default();
            let others: Vec<&str> = plan
                .mapping
                .tables
                .iter()
                .zip(&plan.tables)
                .filter(|(_, table)| table.provider == Some(id))
                .flat_map(|(table, _)| table.other_codes.iter().map(|(code, _)| code.text.as_str()))
                .collect();
            for (n, value) in def.values.iter().enumerate() {
                let fate = if plan.used_codes.contains(&(id, n)) {
                    Fate::Carried
                } else if others.contains(&value.wire.as_str())
                    || !fields.is_empty() && fields.iter().all(|fate| *fate == Fate::Dropped)
                    || self.passed_over(&[Ignored::Member(id, n), Ignored::Type(id)])
                {
                    Fate::Dropped
                } else {
                    // A field of which nothing says what becomes has been told, with all that it may hold.
                    if !fields.contains(&Fate::Open) {
                        let message = format!("nothing names code {} of `{}`", value.wire, ty.name);
                        let help = format!(
                            "give it a row, a rule or a constant, or say under `ignore`: `{}.{}: why`",
                            ty.name, value.wire
                        );
                        self.open(value.span, message, &help);
                    }
                    Fate::Open
                };
                self.add(Kind::EnumCode, format!("{} {}", ty.name, value.wire), value.span, fate);
            }
        }
        // Codes without an enum are documented by the table itself: by what the vendor says in words.
        for (table, _) in plan.mapping.tables.iter().zip(&plan.tables).filter(|(_, table)| table.provider.is_none()) {
            let rows = table.rows.iter().flat_map(|row| row.codes().map(|code| (code, Fate::Carried)));
            let others = table.other_codes.iter().map(|(code, _)| (code, Fate::Dropped));
            let mut told: Vec<&str> = Vec::new();
            for (code, fate) in rows.chain(others) {
                if !told.contains(&code.text.as_str()) {
                    told.push(&code.text);
                    self.add(Kind::EnumCode, format!("{} {}", table.name.text, code.text), code.span, fate);
                }
            }
        }
    }

    pub(super) fn error_codes(&mut self) {
        let plan = self.plan;
        for (index, ty) in plan.api.types.iter().enumerate() {
            let TypeKind::Object(props) = &ty.kind else { continue };
            for (n, prop) in props.iter().enumerate() {
                let field = format!("{}.{}", ty.name, prop.wire);
                let table =
                    plan.mapping.errors.iter().find(|table| table.codes.as_ref().is_some_and(|of| of.text == field));
                for (code, span) in &prop.schema.error_codes {
                    let fate = if table.is_some_and(|table| table.rows.iter().any(|row| &row.code.text == code)) {
                        Fate::Carried
                    } else if self.passed_over(&[Ignored::Member(TypeId(index), n), Ignored::Type(TypeId(index))]) {
                        Fate::Dropped
                    } else {
                        let help =
                            format!("add an error table with `codes: {field}`, or say under `ignore`: `{field}: why`");
                        self.open(*span, format!("no error table has code {code} of `{field}`"), &help);
                        Fate::Open
                    };
                    self.add(Kind::ErrorCode, format!("{field} {code}"), *span, fate);
                }
            }
        }
        // Codes that no field lists are documented by the table itself.
        for table in plan.mapping.errors.iter().filter(|table| table.codes.is_none()) {
            for row in &table.rows {
                self.add(
                    Kind::ErrorCode,
                    format!("{} {}", table.name.text, row.code.text),
                    row.code.span,
                    Fate::Carried,
                );
            }
        }
    }
}
