fn main() { match kassa_codegen::load::load(std::path::Path::new("specs")) { Ok(_) => println!("ok"), Err(e) => { eprintln!("{e}"); std::process::exit(1) } } }
