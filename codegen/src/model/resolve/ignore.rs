//! What of the document is passed over.

use super::Resolver;
use crate::diag::Code;
use crate::mapping::Word;
use crate::model::Ignored;
use crate::spec::{TypeDef, TypeId, TypeKind};
use crate::tree::Span;

impl Resolver<'_, '_> {
    pub(super) fn ignored(&mut self) -> Vec<(Ignored, Span, usize)> {
        let words = self.mapping.ignore.iter().map(|(word, _)| word).enumerate();
        words.filter_map(|(index, word)| Some((self.ignored_by(word)?, word.span, index))).collect()
    }

    /// An operation, a schema, a member of one, or a file of `examples/`; whether that is there, the coverage tells.
    fn ignored_by(&mut self, word: &Word) -> Option<Ignored> {
        if word.text.starts_with("examples/") {
            return Some(Ignored::Example(word.text.clone()));
        }
        if let Some(index) = self.api.operations.iter().position(|operation| operation.id == word.text) {
            return Some(Ignored::Operation(index));
        }
        let type_named = |name: &str| self.api.types.iter().position(|ty| ty.name == name).map(TypeId);
        if let Some(id) = type_named(&word.text) {
            return Some(Ignored::Type(id));
        }
        if let Some((name, member)) = word.text.split_once('.')
            && let Some(id) = type_named(name)
        {
            let ty = self.api.ty(id);
            let members = members(ty);
            if let Some(index) = members.iter().position(|known| *known == member) {
                return Some(Ignored::Member(id, index));
            }
            let message = format!("`{name}` has no `{member}`");
            self.diags.unknown(Code::M005, word.span, message, member, members).secondary(ty.span, "the schema");
            return None;
        }
        let known = self.api.operations.iter().map(|operation| operation.id.as_str());
        let known = known.chain(self.api.types.iter().map(|ty| ty.name.as_str()));
        let message = format!("the document has no operation or schema `{}`", word.text);
        self.diags
            .unknown(Code::M005, word.span, message, &word.text, known)
            .help("write `operationId`, `Schema`, `Schema.field`, `Schema.code` or `examples/FILE`");
        None
    }
}

/// The properties of an object, or the values of an enum.
fn members(ty: &TypeDef) -> Vec<&str> {
    match &ty.kind {
        TypeKind::Object(props) => props.iter().map(|prop| prop.wire.as_str()).collect(),
        TypeKind::Enum(def) => def.values.iter().map(|value| value.wire.as_str()).collect(),
        _ => Vec::new(),
    }
}
