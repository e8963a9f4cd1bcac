//! scratch
fn main() { match kassa_codegen::load::load(std::path::Path::new("specs")) { Ok(specs) => {let d = kassa_codegen::render::render(&specs).write(std::path::Path::new("generated")).unwrap(); print!("{d}")}, Err(e) => { eprintln!("{e}"); std::process::exit(1) } } }
