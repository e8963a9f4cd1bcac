//! The files of a run: one map feeds writing, checking and the tests (F9).

use std::collections::BTreeMap;
use std::fmt;
use std::io;
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
        differences.orphaned.extend(found.into_iter().filter(|path| !self.files.contains_key(path)));
        Ok(differences)
    }

    /// Writes what differs, and removes what nothing generates. Files that are as they should be are not touched.
    ///
    /// # Errors
    /// When a file cannot be written.
    pub fn write(&self, out: &Path) -> io::Result<Differences> {
        let differences = self.compare(out)?;
        for path in differences.missing.iter().chain(&differences.stale) {
            let target = out.join(path);
            if let Some(parent) = target.parent() {
                std::fs::create_dir_all(parent)?;
            }
            std::fs::write(target, &self.files[path])?;
        }
        for path in &differences.orphaned {
            std::fs::remove_file(out.join(path))?;
        }
        Ok(differences)
    }
}

/// The files that a run owns below `root`: Rust sources and the manifest. Nothing else is looked at, or removed.
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
        } else if path.extension().is_some_and(|extension| extension == "rs") {
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
        files.add("src/a.rs", "a".to_owned());
        files.add("src/b.rs", "b".to_owned());
        std::fs::create_dir_all(out.path().join("src/old")).unwrap();
        std::fs::write(out.path().join("src/b.rs"), "other").unwrap();
        std::fs::write(out.path().join("src/old/c.rs"), "c").unwrap();
        std::fs::write(out.path().join("src/note.txt"), "kept").unwrap();
        let differences = files.compare(out.path()).unwrap();
        assert_eq!(differences.to_string(), "missing: src/a.rs\nstale: src/b.rs\norphaned: src/old/c.rs\n");
        files.write(out.path()).unwrap();
        assert!(files.compare(out.path()).unwrap().is_empty());
        assert!(out.path().join("src/note.txt").exists());
        let before = std::fs::metadata(out.path().join("src/a.rs")).unwrap().modified().unwrap();
        files.write(out.path()).unwrap();
        assert_eq!(std::fs::metadata(out.path().join("src/a.rs")).unwrap().modified().unwrap(), before);
    }
}
