//! A client that is made when the crate is built, as a service would have it.

use std::path::Path;

use kassa_codegen::client::{Options, build};

fn main() {
    let out = std::env::var("OUT_DIR").expect("cargo sets OUT_DIR");
    let options = Options { module: true, ..Options::default() };
    build(Path::new("../documents/unions_discriminator.yaml"), &options, &Path::new(&out).join("tickets"));
}
