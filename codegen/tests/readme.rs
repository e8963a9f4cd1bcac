//! The provider that `specs/README.md` shows as a whole is one that the generator takes as it stands there.

use std::fs;
use std::path::Path;

use kassa_codegen::coverage::coverage;
use kassa_codegen::load::load;

#[test]
fn the_whole_provider_of_the_reference_is_whole() {
    let specs = Path::new(env!("CARGO_MANIFEST_DIR")).join("../specs");
    let text = fs::read_to_string(specs.join("README.md")).expect("the reference is there");
    let (_, section) = text.split_once("## A whole provider").expect("it shows a whole provider");
    let mut blocks = section.split("```yaml\n").skip(1).map(|rest| rest.split("```").next().unwrap_or_default());
    let (openapi, mapping) = (blocks.next().expect("the document"), blocks.next().expect("the mapping"));
    let folder = tempfile::tempdir().expect("a folder");
    let provider = folder.path().join("providers/acme");
    fs::create_dir_all(&provider).expect("a folder of the provider");
    fs::create_dir_all(folder.path().join("uniform")).expect("a folder of the model");
    for file in ["enumerations.yaml", "types.yaml", "operations.yaml", "errors.yaml"] {
        fs::copy(specs.join("uniform").join(file), folder.path().join("uniform").join(file))
            .expect("the model is there");
    }
    fs::write(provider.join("openapi.yaml"), openapi).expect("the document can be written");
    fs::write(provider.join("mapping.yaml"), mapping).expect("the mapping can be written");
    match load(folder.path()) {
        Ok(loaded) => {
            if let Some(failure) = coverage(loaded).failure {
                panic!("{failure}");
            }
        }
        Err(failure) => panic!("{failure}"),
    }
}
