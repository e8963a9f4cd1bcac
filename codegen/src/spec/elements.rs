//! Bodies that are lists, in the shapes that documents leave open.

use super::{Api, Schema, SchemaKind, TypeKind};

impl Api {
    /// What `schema` is a list of: when it is a list, an object whose one member is a list, a map (whose one member is),
    /// or the choice between such shapes.
    #[must_use]
    pub fn elements<'a>(&'a self, schema: &'a Schema) -> Option<&'a Schema> {
        match &schema.kind {
            SchemaKind::List(inner) => Some(inner),
            SchemaKind::Map(inner) => self.plain_list(inner),
            SchemaKind::Named(id) => match &self.ty(*id).kind {
                TypeKind::Alias(inner) => self.elements(inner),
                TypeKind::Object(props) => match &props[..] {
                    [prop] => self.plain_list(&prop.schema),
                    _ => None,
                },
                TypeKind::OneOf(variants) => {
                    let mut all = variants.iter().map(|variant| self.elements(&variant.schema));
                    let first = all.next()??;
                    let same = |other: Option<&Schema>| {
                        other.is_some_and(|other| self.same(first, other) && other.nullable == first.nullable)
                    };
                    all.all(same).then_some(first)
                }
                TypeKind::Enum(_) => None,
            },
            _ => None,
        }
    }

    fn plain_list<'a>(&'a self, schema: &'a Schema) -> Option<&'a Schema> {
        match self.shape(schema) {
            SchemaKind::List(inner) => Some(inner),
            _ => None,
        }
    }

    /// Whether both are the same object.
    fn same(&self, one: &Schema, other: &Schema) -> bool {
        let id = |schema| self.props(schema).map(|(id, _)| id);
        id(one).is_some() && id(one) == id(other)
    }
}
