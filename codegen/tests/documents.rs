//! The client generator on the documents of `tests/documents`: what is right is taken without a word, and what is wrong is
//! told at its line.

use std::path::{Path, PathBuf};

use kassa_codegen::client::{Generated, Options, generate};

/// Right, and with something in them that no client can do.
const TOLD: [&str; 3] = ["constraints_patterns.yaml", "defaults_ill_typed.yaml", "parameters_undeclared.yaml"];

/// Wrong, and taken without a word, or told of at another line. Whatever mends one takes it off this list.
const NOT_TOLD_YET: [&str; 19] = [
    "alias_bomb.yaml",
    "bounds_impossible.yaml",
    "discriminator_property_missing.yaml",
    "empty.yaml",
    "items_missing.yaml",
    "keyword_of_wrong_type.yaml",
    "media_type_broken.yaml",
    "parameter_not_in_path.yaml",
    "parameter_style_unfit.yaml",
    "parameter_without_schema.yaml",
    "path_template.yaml",
    "path_twice.yaml",
    "paths_of_wrong_type.json",
    "recursion_without_end.yaml",
    "reference_cycle_all_of.yaml",
    "reference_cycle_parameter.yaml",
    "reference_of_another_kind.yaml",
    "required_of_wrong_type.yaml",
    "surrogate_alone.json",
];

/// Refused as a whole, though it could be guessed what is meant.
const REFUSED: [&str; 1] = ["version_number.yaml"];

fn documents(folder: &str) -> Vec<PathBuf> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../tests/documents").join(folder);
    let entries = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    let mut found: Vec<_> = entries
        .filter(|path| path.extension().is_some_and(|extension| extension == "yaml" || extension == "json"))
        .collect();
    found.sort();
    found
}

fn name(path: &Path) -> &str {
    path.file_name().unwrap().to_str().unwrap()
}

fn lines(generated: &Generated) -> Vec<u32> {
    generated.notes.sorted().iter().map(|note| generated.tree.place(note.offset).line).collect()
}

#[test]
fn what_is_right_is_taken_without_a_word() {
    let right = documents("");
    assert!(right.len() > 70, "{}", right.len());
    for path in right.iter().chain(
        &documents("references_files").into_iter().filter(|path| name(path) == "openapi.yaml").collect::<Vec<_>>(),
    ) {
        let generated = generate(path, &Options::default());
        assert!(!generated.notes.refused() && generated.files.iter().next().is_some(), "{}", path.display());
        assert_eq!(!lines(&generated).is_empty(), TOLD.contains(&name(path)), "{}", path.display());
    }
}

#[test]
fn what_is_wrong_is_told_at_its_line() {
    let wrong = documents("wrong");
    assert!(wrong.len() > 40, "{}", wrong.len());
    for path in wrong.iter().filter(|path| name(path) != "names_hostile.yaml") {
        let text = std::fs::read_to_string(path).unwrap();
        let (_, rest) = text.split_once("Wrong at line ").unwrap_or_else(|| panic!("{}", path.display()));
        let line: u32 = rest.split(':').next().unwrap().parse().unwrap();
        let generated = generate(path, &Options::default());
        let told = lines(&generated).contains(&line);
        assert_eq!(told, !NOT_TOLD_YET.contains(&name(path)), "{}: {line} in {:?}", path.display(), lines(&generated));
        let usable = rest.lines().next().unwrap();
        if usable.contains("Usable: all") {
            assert_eq!(generated.notes.refused(), REFUSED.contains(&name(path)), "{}", path.display());
        }
    }
}

#[test]
fn names_stay_names() {
    let hostile = documents("wrong").into_iter().find(|path| name(path) == "names_hostile.yaml").unwrap();
    let generated = generate(&hostile, &Options::default());
    assert!(!generated.notes.refused());
    for (path, text) in generated.files.iter() {
        assert!(path.components().all(|part| matches!(part, std::path::Component::Normal(_))), "{}", path.display());
        if path.extension().is_some_and(|extension| extension == "rs") {
            syn::parse_file(text).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
        }
    }
}
