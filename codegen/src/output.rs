//! The files of a run: one map feeds writing, checking and the tests (F9).

use std::collections::BTreeMap;
use std::fmt;
use std::fs::File;
use std::io::{self, BufRead, BufReader, Read};
use std::path::{Path, PathBuf};

/// The generated files, by path below the output folder.
#[derive(Debug, Default)]
pub struct FileMap {
    files: BTreeMap<PathBuf, String>,
}

/// How the output folder differs from what would be generated.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Differences {
    /// Files that are not there.
    pub missing: Vec<PathBuf>,
    /// Files with other content.
    pub stale: Vec<PathBuf>,
    /// Files that nothing generates.
    pub orphaned: Vec<PathBuf>,
}

impl Differences {
    /// Whether there are none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.missing.is_empty() && self.stale.is_empty() && self.orphaned.is_empty()
    }

    /// How many files there are of each kind, as what was done to them: `2 new, 1 removed`.
    #[must_use]
    pub fn counts(&self) -> String {
        let counts = [(&self.missing, "new"), (&self.stale, "changed"), (&self.orphaned, "removed")];
        let counts: Vec<_> = counts
            .iter()
            .filter(|(paths, _)| !paths.is_empty())
            .map(|(paths, what)| format!("{} {what}", paths.len()))
            .collect();
        if counts.is_empty() { "nothing to do".to_owned() } else { counts.join(", ") }
    }
}

impl fmt::Display for Differences {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (what, paths) in [("missing", &self.missing), ("stale", &self.stale), ("orphaned", &self.orphaned)] {
            for path in paths {
                writeln!(f, "{what}: {}", path.display())?;
            }
        }
        Ok(())
    }
}

impl FileMap {
    /// Adds a file.
    ///
    /// # Panics
    /// When it is added twice.
    pub fn add(&mut self, path: impl Into<PathBuf>, text: String) {
        let path = path.into();
        assert!(self.files.insert(path.clone(), text).is_none(), "{} is generated twice", path.display());
    }

    /// The files, by path.
    pub fn iter(&self) -> impl Iterator<Item = (&Path, &str)> {
        self.files.iter().map(|(path, text)| (path.as_path(), text.as_str()))
    }

    /// How the folder `out` differs from this.
    ///
    /// # Errors
    /// When it cannot be read.
    pub fn compare(&self, out: &Path) -> io::Result<Differences> {
        let mut differences = Differences::default();
        for (path, text) in self.iter() {
            match std::fs::read(out.join(path)) {
                Ok(found) if found == text.as_bytes() => {}
                Ok(_) => differences.stale.push(path.to_owned()),
                Err(error) if error.kind() == io::ErrorKind::NotFound => differences.missing.push(path.to_owned()),
                Err(error) => return Err(error),
            }
        }
        let mut found = Vec::new();
        walk(out, Path::new(""), &mut found)?;
        found.sort_unstable();
        differences.orphaned.extend(found.into_iter().filter(|path| !self.files.contains_key(path)));
        Ok(differences)
    }

    /// Writes what differs, and removes what nothing generates, with the folders that are empty then. Files that are as
    /// they should be are not touched.
    ///
    /// # Errors
    /// When a file cannot be written, or one in `out` is somebody else's or of another crate: then nothing is written or
    /// removed.
    pub fn write(&self, out: &Path) -> io::Result<Differences> {
        let differences = self.compare(out)?;
        for path in differences.stale.iter().chain(&differences.orphaned) {
            if !is_generated(&out.join(path))? {
                let path = path.display();
                let words = format!("`{path}` is there and was not generated; take it away, or choose another folder");
                return Err(io::Error::new(io::ErrorKind::AlreadyExists, words));
            }
        }
        // Whoever names the folder above those of his clients means another one.
        if let Some(path) =
            differences.orphaned.iter().find(|path| path.ends_with("Cargo.toml") && path.iter().count() > 1)
        {
            let path = path.display();
            let words = format!("`{path}` is of another crate; take it away, or choose another folder");
            return Err(io::Error::new(io::ErrorKind::AlreadyExists, words));
        }
        for path in differences.missing.iter().chain(&differences.stale) {
            let target = out.join(path);
            if let Some(parent) = target.parent() {
                std::fs::create_dir_all(parent)?;
            }
            std::fs::write(target, &self.files[path])?;
        }
        for path in &differences.orphaned {
            std::fs::remove_file(out.join(path))?;
            for folder in path.ancestors().skip(1).filter(|folder| !folder.as_os_str().is_empty()) {
                // One that still holds something stays.
                if std::fs::remove_dir(out.join(folder)).is_err() {
                    break;
                }
            }
        }
        Ok(differences)
    }
}

/// What stands in the first line of each generated file.
pub(crate) const MARK: &str = "Generated by kassa-codegen";

/// Whether a file was generated.
fn is_generated(path: &Path) -> io::Result<bool> {
    let mut first = String::new();
    match BufReader::new(File::open(path)?).take(FIRST).read_line(&mut first) {
        Ok(_) => Ok(first.contains(MARK)),
        Err(error) if error.kind() == io::ErrorKind::InvalidData => Ok(false),
        Err(error) => Err(error),
    }
}

/// How many bytes of a file are looked at for the mark.
const FIRST: u64 = 1000;

/// The files that a run owns below `root`: Rust sources and manifests. Nothing else is looked at, or removed.
fn walk(root: &Path, below: &Path, found: &mut Vec<PathBuf>) -> io::Result<()> {
    let entries = match std::fs::read_dir(root.join(below)) {
        Ok(entries) => entries,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(()),
        Err(error) => return Err(error),
    };
    for entry in entries {
        let entry = entry?;
        let path = below.join(entry.file_name());
        if entry.file_type()?.is_dir() {
            if entry.file_name() != "target" {
                walk(root, &path, found)?;
            }
        } else if path.extension().is_some_and(|extension| extension == "rs") || path.ends_with("Cargo.toml") {
            found.push(path);
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn writes_what_differs_and_nothing_else() {
        let out = tempfile::tempdir().unwrap();
        let mut files = FileMap::default();
        files.add("src/a.rs", format!("// {MARK}\na"));
        files.add("src/b.rs", format!("// {MARK}\nb"));
        std::fs::create_dir_all(out.path().join("src/old")).unwrap();
        std::fs::write(out.path().join("src/b.rs"), format!("// {MARK}\nother")).unwrap();
        std::fs::write(out.path().join("src/old/c.rs"), format!("// {MARK}\nc")).unwrap();
        std::fs::write(out.path().join("Cargo.toml"), format!("# {MARK}\n")).unwrap();
        std::fs::write(out.path().join("src/note.txt"), "kept").unwrap();
        let differences = files.compare(out.path()).unwrap();
        assert_eq!(
            differences.to_string(),
            "missing: src/a.rs\nstale: src/b.rs\norphaned: Cargo.toml\norphaned: src/old/c.rs\n"
        );
        files.write(out.path()).unwrap();
        assert!(files.compare(out.path()).unwrap().is_empty());
        assert!(out.path().join("src/note.txt").exists() && !out.path().join("src/old").exists());
        let before = std::fs::metadata(out.path().join("src/a.rs")).unwrap().modified().unwrap();
        files.write(out.path()).unwrap();
        assert_eq!(std::fs::metadata(out.path().join("src/a.rs")).unwrap().modified().unwrap(), before);
    }

    #[test]
    fn a_crate_below_stays() {
        let out = tempfile::tempdir().unwrap();
        let manifest = out.path().join("pets/Cargo.toml");
        std::fs::create_dir_all(out.path().join("pets")).unwrap();
        std::fs::write(&manifest, format!("# {MARK}\n")).unwrap();
        let mut files = FileMap::default();
        files.add("Cargo.toml", format!("# {MARK}\n"));
        let error = files.write(out.path()).unwrap_err();
        assert_eq!(error.to_string(), "`pets/Cargo.toml` is of another crate; take it away, or choose another folder");
        assert!(manifest.exists() && !out.path().join("Cargo.toml").exists());
    }

    #[test]
    fn what_somebody_wrote_stays() {
        let out = tempfile::tempdir().unwrap();
        let mut files = FileMap::default();
        files.add("mod.rs", format!("// {MARK}\n"));
        for (name, text) in [
            ("lib.rs", &b"pub mod mine;\n"[..]),
            ("mod.rs", b"mod old;\n"),
            ("odd.rs", b"\xff\xfe"),
            ("empty.rs", b""),
            ("mod.rs", b""),
            ("Cargo.toml", b"[package]\n"),
        ] {
            let path = out.path().join(name);
            std::fs::write(&path, text).unwrap();
            let error = files.write(out.path()).unwrap_err();
            assert_eq!(error.kind(), io::ErrorKind::AlreadyExists, "{error}");
            assert_eq!(std::fs::read(&path).unwrap(), text);
            assert_eq!(std::fs::read_dir(out.path()).unwrap().count(), 1);
            std::fs::remove_file(path).unwrap();
        }
    }
}
