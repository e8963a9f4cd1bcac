//! Providers of one's own: generated from other specs, opened by name, used as those that are built in.

use std::path::Path;

use kassa::config::{Config, ConfigError};
use kassa::{Catalogue, Dispatcher, SqliteJournal};
use kassa_codegen::{Error, Input};

use crate::bench::cash;

fn root() -> &'static Path {
    Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/.."))
}

fn input() -> Input {
    Input::new(root().join("tests/neighbours/specs")).on("kassa")
}

#[test]
fn what_is_generated_is_what_the_specs_say() {
    let report = kassa_codegen::verify(input(), &root().join("tests/neighbours/src/providers"), None);
    let report = report.unwrap_or_else(|error| panic!("{error}\nrun `cargo gen-neighbours`"));
    assert_eq!(report.providers, kassa_neighbours::providers().iter().map(|info| info.name).collect::<Vec<_>>());
}

#[test]
fn a_build_script_gets_the_same_files() {
    let out = tempfile::tempdir().unwrap();
    let report = kassa_codegen::build(input(), out.path());
    assert_eq!(report.changed.missing.len(), report.files);
    kassa_codegen::verify(input(), out.path(), None).unwrap();
}

#[test]
fn what_the_code_stands_on_is_a_path() {
    for on in ["", "two words", "kassa; fn f() {}"] {
        let error = kassa_codegen::check(input().on(on)).unwrap_err();
        assert!(matches!(&error, Error::On(_)), "{on}: {error}");
    }
}

fn load(folder: &Path, provider: &str, catalogue: Catalogue) -> Result<Config, ConfigError> {
    let file = folder.join("kassa.yaml");
    let text = format!(
        "journal: k\naccounts:\n  shop: {{ provider: {provider}, settings: {{ login: shop, password: {{ file: password }} }} }}\n\
         routes: [{{ name: all, accounts: [shop] }}]\n"
    );
    std::fs::write(&file, text).unwrap();
    std::fs::write(folder.join("password"), "a-password").unwrap();
    Config::load_with(&file, catalogue)
}

#[tokio::test]
async fn a_configuration_names_them_when_it_is_told_of_them() {
    let folder = tempfile::tempdir().unwrap();
    let error = load(folder.path(), "acme", Catalogue::built_in()).unwrap_err();
    assert!(error.to_string().contains("unknown provider `acme`"), "{error}");

    let catalogue = Catalogue::built_in().with(kassa_neighbours::providers(), kassa_neighbours::open);
    let built_in = Catalogue::built_in().providers().len();
    assert_eq!(catalogue.providers().len(), built_in + kassa_neighbours::providers().len());
    let config = load(folder.path(), "acme", catalogue).unwrap();
    let journal = SqliteJournal::open(&config.journal).unwrap();
    let dispatcher = Dispatcher::builder().accounts(config.accounts).routes(config.routes).journal(journal).build();
    let explanation = dispatcher.unwrap().explain("k", &kassa::uniform::Submission::CashIn(cash(100)));
    assert_eq!(explanation.candidates[0].provider, "acme");
    assert!(explanation.first().is_some(), "{explanation}");
}

#[test]
fn one_of_the_same_name_takes_the_place_of_another() {
    let acme = kassa_neighbours::providers().iter().find(|info| info.name == "acme").unwrap();
    let catalogue = Catalogue::built_in()
        .with(kassa_neighbours::providers(), |_, _, _| panic!("the first is not asked"))
        .with(&[acme], kassa_neighbours::open);
    assert_eq!(catalogue.providers().iter().filter(|info| info.name == "acme").count(), 1);
    let errors = catalogue.open("acme", &Default::default(), None).unwrap_err();
    assert!(errors.iter().any(|error| error.name == "password"), "{errors:?}");
    let errors = catalogue.open("nobody", &Default::default(), None).unwrap_err();
    assert!(errors[0].to_string().contains("there is no `nobody`"), "{errors:?}");
}

/// Of the documents of the made-up providers, too, nothing is left unaccounted for.
#[test]
fn the_documents_are_covered() {
    let coverage = kassa_codegen::coverage(input()).unwrap();
    assert!(coverage.failure.is_none(), "{}", coverage.failure.unwrap());
}
