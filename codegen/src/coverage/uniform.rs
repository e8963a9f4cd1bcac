//! What becomes of the uniform model.

use super::{Count, Fate, Kind};
use crate::fates::{self, UniformFate};
use crate::mapping::Cell;
use crate::model::OperationKind;

impl Count<'_, '_> {
    pub(super) fn uniform(&mut self) {
        let (plan, uniform) = (self.plan, self.uniform);
        for operation in &plan.operations {
            let name = &uniform.operations[operation.operation].name;
            let fate = match &operation.kind {
                OperationKind::Unsupported(_) => Fate::Refused,
                OperationKind::Mapped(_) => Fate::Carried,
            };
            self.add(Kind::UniformOperation, name, operation.span, fate);
        }
        for (index, mapped) in plan.mapped() {
            for (path, found) in fates::of(plan, uniform, index, mapped) {
                let span = path.last(uniform).span;
                let name = format!("{} {}", uniform.operations[index].name, path.text);
                let fate = match found {
                    // M001 asks for a fate of every field.
                    None => Fate::Open,
                    Some(UniformFate::Carried(_) | UniformFate::Implied { .. }) => Fate::Carried,
                    Some(UniformFate::Refused { .. }) => Fate::Refused,
                    Some(UniformFate::Dropped { .. }) => Fate::Dropped,
                };
                self.add(Kind::UniformField, name, span, fate);
            }
        }
        for (table, row) in plan.mapping.tables.iter().flat_map(|table| table.rows.iter().map(move |row| (table, row)))
        {
            let fate = match row.cell {
                Cell::Unsupported(_) => Fate::Refused,
                Cell::Code { .. } | Cell::Decided { .. } => Fate::Carried,
            };
            self.add(Kind::UniformValue, format!("{} {}", table.name.text, row.value.text), row.value.span, fate);
        }
    }
}
