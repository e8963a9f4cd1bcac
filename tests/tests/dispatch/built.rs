//! The real `kassa` command, made where the tests are.

use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::LazyLock;
use std::{env, fs, process};

/// Where the command is. `cargo test` makes it only for tests of its own package, so it is made here: nothing is done
/// when it is there and fresh.
pub(crate) static KASSA: LazyLock<PathBuf> = LazyLock::new(|| {
    let test = env::current_exe().expect("a test knows where it is");
    let profile = test.parent().and_then(Path::parent).expect("tests are in `deps` of the folder of a profile");
    let made = profile.join(format!("kassa{}", env::consts::EXE_SUFFIX));
    // Another cargo takes the file away while it makes it anew; a link of our own stays.
    let own = Path::new(env!("CARGO_TARGET_TMPDIR"));
    let (fresh, own) =
        (own.join(format!("kassa-{}", process::id())), own.join(made.file_name().expect("it has a name")));
    for _ in 0..5 {
        build(profile);
        if fs::hard_link(&made, &fresh).and_then(|()| fs::rename(&fresh, &own)).is_ok() {
            // Renaming one link of a file over another leaves both.
            let _ = fs::remove_file(&fresh);
            return own;
        }
    }
    panic!("{} is not there", made.display())
});

/// Makes the command where this test was made.
fn build(profile: &Path) {
    let name = profile.file_name().and_then(|name| name.to_str()).expect("a profile has a name");
    let mut cargo = Command::new(env!("CARGO"));
    // Both packages, so that the dependencies are those that are there already.
    cargo.args(["build", "--quiet", "--package", "kassa", "--package", "kassa-tests", "--bin", "kassa"]);
    cargo.args(["--profile", if name == "debug" { "dev" } else { name }]);
    cargo.arg("--target-dir").arg(profile.parent().expect("a profile is in a target folder"));
    cargo.current_dir(env!("CARGO_MANIFEST_DIR"));
    let built = cargo.output().expect("cargo can be run");
    assert!(built.status.success(), "{}", String::from_utf8_lossy(&built.stderr));
}
