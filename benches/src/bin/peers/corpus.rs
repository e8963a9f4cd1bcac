//! The documents.

use std::fs::File;
use std::io::{self, Read as _};
use std::path::{Path, PathBuf};

/// A document of OpenAPI 3.
#[derive(Debug, Clone)]
pub(crate) struct Document {
    /// Where it is.
    pub(crate) path: PathBuf,
    /// What it is called: its path below the folder.
    pub(crate) name: String,
    /// How many bytes it has.
    pub(crate) bytes: u64,
}

/// The documents of OpenAPI 3 below `folder`, by size.
pub(crate) fn find(folder: &Path) -> io::Result<Vec<Document>> {
    let mut found = Vec::new();
    walk(folder, folder, &mut found)?;
    found.sort_by(|a, b| (a.bytes, &a.name).cmp(&(b.bytes, &b.name)));
    Ok(found)
}

fn walk(root: &Path, folder: &Path, found: &mut Vec<Document>) -> io::Result<()> {
    for entry in std::fs::read_dir(folder)? {
        let path = entry?.path();
        if path.is_dir() {
            walk(root, &path, found)?;
        } else if path.extension().is_some_and(|ext| ext == "json" || ext == "yaml" || ext == "yml") && is_ours(&path)?
        {
            let name = path.strip_prefix(root).unwrap_or(&path).display().to_string();
            let bytes = std::fs::metadata(&path)?.len();
            found.push(Document { path, name, bytes });
        }
    }
    Ok(())
}

/// Whether a file says to be OpenAPI 3. Read in pieces: what this process holds at once is counted to those it starts.
fn is_ours(path: &Path) -> io::Result<bool> {
    let mut file = File::open(path)?;
    let mut piece = vec![0; 64 << 10];
    let mut kept = 0;
    loop {
        let read = file.read(&mut piece[kept..])?;
        if read == 0 {
            return Ok(false);
        }
        let end = kept + read;
        if says_three(&piece[..end]) {
            return Ok(true);
        }
        // What begins in this piece may end in the next.
        kept = end.min(32);
        piece.copy_within(end - kept..end, 0);
    }
}

fn says_three(text: &[u8]) -> bool {
    const KEY: &[u8] = b"openapi";
    let starts = text.windows(KEY.len()).enumerate().filter(|(_, window)| *window == KEY);
    starts.into_iter().any(|(at, _)| {
        let rest = text[at + KEY.len()..].iter().filter(|byte| !matches!(byte, b'"' | b'\'' | b' '));
        rest.take(3).eq(b":3.".iter())
    })
}

/// At most `count` of `all`, over all sizes evenly.
pub(crate) fn sample<T>(all: Vec<T>, count: usize) -> Vec<T> {
    let of = all.len();
    if count >= of {
        return all;
    }
    let chosen: Vec<usize> = (0..count).map(|n| (2 * n + 1) * of / (2 * count)).collect();
    all.into_iter().enumerate().filter(|(n, _)| chosen.contains(n)).map(|(_, one)| one).collect()
}
