//! The JSON Schemas of the specs: what the generator reads they take, and what it refuses for its keys they refuse.

use std::fs;
use std::path::{Path, PathBuf};

use jsonschema::Validator;
use kassa_codegen::load::load;
use kassa_codegen::notation;
use kassa_codegen::tree::{Node, Policy, Tree, Value};
use serde_json::Value as Json;

fn folder(below: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join(below)
}

/// The schemas that belong to the uniform model of some specs, by name.
struct Schemas(Vec<(&'static str, Validator)>);

impl Schemas {
    fn of(specs: &Path) -> Self {
        let specs = load(specs).unwrap_or_else(|failure| panic!("{failure}"));
        let schemas = notation::schemas(&specs.uniform).into_iter().map(|(name, text)| {
            let schema: Json = serde_json::from_str(&text).unwrap();
            assert!(jsonschema::meta::is_valid(&schema), "{name} is no schema");
            (name, jsonschema::validator_for(&schema).unwrap())
        });
        Self(schemas.collect())
    }

    /// What the schema of a file says of it; `None` of a file that has none.
    fn errors(&self, file: &Path) -> Option<Vec<String>> {
        let name = file.file_stem().unwrap().to_str().unwrap();
        let (_, schema) = self.0.iter().find(|(known, _)| *known == name)?;
        let root = file.parent().unwrap();
        let mut tree = Tree::new(Policy::SPECS);
        let id = tree.read(root, file.file_name().unwrap().to_str().unwrap()).ok()?;
        let json = json(tree.node(id));
        Some(schema.iter_errors(&json).map(|error| format!("{}: {error}", error.instance_path())).collect())
    }
}

/// The tree of a file as an editor sees it: keys are texts.
fn json(node: Node<'_>) -> Json {
    match node.value() {
        Value::Null => Json::Null,
        Value::Bool(value) => Json::Bool(value),
        Value::Number(text) => serde_json::from_str(text).unwrap_or_else(|_| Json::from(text)),
        Value::Text(text) => Json::from(text),
        Value::List(_) => node.items().map(json).collect(),
        Value::Map(_) => node.entries().map(|entry| (entry.key.to_owned(), json(entry.value))).collect(),
    }
}

/// Every file below a folder, in order.
fn files(folder: &Path) -> Vec<PathBuf> {
    let mut all = Vec::new();
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() { all.extend(files(&path)) } else { all.push(path) }
    }
    all.sort();
    all
}

/// The specs of the repository, and `base`.
#[test]
fn what_is_read_is_taken() {
    for specs in ["../specs", "tests/fixtures/base"] {
        let schemas = Schemas::of(&folder(specs));
        let mut checked = 0;
        for file in files(&folder(specs)) {
            if let Some(errors) = schemas.errors(&file).filter(|_| file.extension().is_some_and(|end| end == "yaml")) {
                assert!(errors.is_empty(), "{}:\n{}", file.display(), errors.join("\n"));
                checked += 1;
            }
        }
        let providers = fs::read_dir(folder(specs).join("providers")).unwrap().count();
        assert_eq!(checked, 4 + providers, "{specs}");
    }
}

/// Providers that are kept elsewhere, for the model of the repository.
#[test]
fn what_is_kept_elsewhere_is_taken() {
    let schemas = Schemas::of(&folder("../specs"));
    let mut checked = 0;
    for file in files(&folder("../tests/neighbours/specs")) {
        if file.ends_with("mapping.yaml") {
            let errors = schemas.errors(&file).expect("a schema");
            assert!(errors.is_empty(), "{}:\n{}", file.display(), errors.join("\n"));
            checked += 1;
        }
    }
    assert!(checked > 0);
}

/// Fixtures whose errors no schema can see, with the reason.
const BEYOND: &[(&str, &str)] = &[
    ("s002_openapi", "an OpenAPI document has a schema of its own"),
    ("s007_openapi", "an OpenAPI document has a schema of its own"),
];

/// What is refused for an unknown key (S002) or a missing one (S007) is refused by the schema as well.
#[test]
fn what_is_refused_for_its_keys_is_refused() {
    let base = folder("tests/fixtures/base");
    let schemas = Schemas::of(&base);
    let mut seen = 0;
    for entry in fs::read_dir(folder("tests/fixtures")).unwrap() {
        let entry = entry.unwrap();
        let name = entry.file_name().into_string().unwrap();
        if !name.starts_with("s002_") && !name.starts_with("s007_") {
            continue;
        }
        let texts = files(&entry.path()).into_iter().filter(|file| file.extension().is_some_and(|end| end == "yaml"));
        let refused = texts.filter_map(|file| schemas.errors(&file)).any(|errors| !errors.is_empty());
        let beyond = BEYOND.iter().any(|(known, _)| *known == name);
        assert!(refused != beyond, "{name}: the schema {}", if refused { "refuses it" } else { "takes it" });
        seen += 1;
    }
    assert!(seen > 10, "{seen}");
}

/// Of an editor's errors, the one for a misspelt key names its place.
#[test]
fn a_misspelt_key_is_refused_at_its_place() {
    let text = fs::read_to_string(folder("tests/fixtures/base/providers/acme/mapping.yaml")).unwrap();
    let misspelt = [
        ("{ setting: token }", "{ settings: token }", "/security/token"),
        ("        fields:\n", "        feilds:\n", "/operations/register_receipt/body/lines"),
        ("{ take: kind, table: kind }", "{ take: kind, tabel: kind }", "/operations/register_receipt/body/kind"),
        ("{ take: cash, unit: roubles }", "{ take: cash, unit: rubles }", "/operations/register_receipt/body/cash"),
        ("{ take: items.price,", "{ take: items.prise,", "/operations/register_receipt/body/lines"),
        (
            "{ give: document_number }",
            "{ gives: document_number }",
            "/operations/register_receipt/reply/200/read/number",
        ),
        ("class: invalid, about: The printer", "class: invald, about: The printer", "/errors/printer/rows/7/class"),
        ("      vat22: {", "      vat23: {", "/tables/tax/rows"),
        ("statuses:\n", "status:\n", ""),
        ("  status: { unsupported", "  stauts: { unsupported", "/operations"),
    ];
    let schemas = Schemas::of(&folder("tests/fixtures/base"));
    let temporary = tempfile::tempdir().unwrap();
    let file = temporary.path().join("mapping.yaml");
    for (right, wrong, place) in misspelt {
        assert!(text.contains(right), "{right}");
        fs::write(&file, text.replacen(right, wrong, 1)).unwrap();
        let errors = schemas.errors(&file).unwrap();
        assert!(errors.iter().any(|error| error.starts_with(place)), "{wrong}: {errors:?}");
        assert!(!errors.is_empty(), "{wrong}");
    }
}

/// Each of these files says where its schema is, and that is where it is.
#[test]
fn each_file_names_its_schema() {
    let mut named = 0;
    for file in files(&folder("../specs")) {
        let stem = file.file_stem().unwrap().to_str().unwrap();
        let is_spec = file.extension().is_some_and(|end| end == "yaml")
            && ["mapping", "enumerations", "types", "operations", "errors"].contains(&stem);
        if !is_spec {
            continue;
        }
        let text = fs::read_to_string(&file).unwrap();
        let line = text.lines().next().unwrap();
        let way = line.strip_prefix("# yaml-language-server: $schema=");
        let way = way.unwrap_or_else(|| panic!("{} names no schema in its first line", file.display()));
        let schema = file.parent().unwrap().join(way).canonicalize();
        let expected = folder("../specs/schema").join(format!("{stem}.json")).canonicalize();
        assert_eq!(schema.unwrap(), expected.unwrap(), "{}", file.display());
        named += 1;
    }
    assert!(named > 5, "{named}");
}

/// The code of the specs alone decides what they are.
#[test]
fn they_are_the_same_each_time() {
    let specs = load(&folder("../specs")).unwrap();
    assert_eq!(notation::schemas(&specs.uniform), notation::schemas(&specs.uniform));
    for (name, text) in notation::schemas(&specs.uniform) {
        let committed = fs::read_to_string(folder("../specs/schema").join(format!("{name}.json"))).unwrap();
        assert!(committed == text, "{name}.json is not what the specs say; run `cargo gen`");
    }
}
