//! What the generator reads of an OpenAPI document against what the crate `openapiv3` reads of it: a second opinion, by
//! another reader, of every operation, status, property and required field.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use kassa_codegen::spec::TypeKind;
use openapiv3::{OpenAPI, ReferenceOr, SchemaKind, StatusCode, Type};

fn specs() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../specs")
}

fn second_opinion(provider: &str) -> OpenAPI {
    let path = specs().join("providers").join(provider).join("openapi.yaml");
    let text = std::fs::read_to_string(&path).unwrap();
    serde_yaml::from_str(&text).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

#[test]
fn operations_and_statuses_agree() {
    let loaded = kassa_codegen::check(&specs()).unwrap();
    assert!(!loaded.plans.is_empty());
    for plan in &loaded.plans {
        let document = second_opinion(&plan.name);
        let theirs: BTreeSet<(String, String, String, BTreeSet<u16>)> = document
            .operations()
            .map(|(path, method, operation)| {
                let statuses = operation.responses.responses.keys().filter_map(|status| match status {
                    StatusCode::Code(code) => Some(*code),
                    StatusCode::Range(_) => None,
                });
                let id = operation.operation_id.clone().unwrap();
                (id, method.to_uppercase(), path.to_owned(), statuses.collect())
            })
            .collect();
        let ours: BTreeSet<_> = plan
            .api
            .operations
            .iter()
            .map(|operation| {
                let statuses = operation.responses.iter().filter_map(|response| response.status).collect();
                (operation.id.clone(), operation.method.clone(), operation.path.clone(), statuses)
            })
            .collect();
        assert_eq!(ours, theirs, "{}", plan.name);
    }
}

#[test]
fn properties_and_required_fields_agree() {
    let loaded = kassa_codegen::check(&specs()).unwrap();
    for plan in &loaded.plans {
        let document = second_opinion(&plan.name);
        let schemas = document.components.unwrap().schemas;
        let mut objects = 0;
        for (name, schema) in &schemas {
            let ReferenceOr::Item(schema) = schema else { continue };
            let ours =
                plan.api.types.iter().find(|ty| &ty.name == name).unwrap_or_else(|| panic!("{name} is not read"));
            // An alternative may be null where the whole says nothing of it; the other way round would lose a null.
            assert!(ours.nullable || !schema.schema_data.nullable, "{name}");
            let SchemaKind::Type(Type::Object(theirs)) = &schema.schema_kind else { continue };
            let TypeKind::Object(props) = &ours.kind else { panic!("{name} is an object") };
            let read: Vec<_> = props.iter().map(|prop| (prop.wire.as_str(), prop.required)).collect();
            let expected: Vec<_> =
                theirs.properties.keys().map(|key| (key.as_str(), theirs.required.contains(key))).collect();
            assert_eq!(read, expected, "{name}");
            objects += 1;
        }
        assert!(objects > 0, "{}", plan.name);
    }
}
