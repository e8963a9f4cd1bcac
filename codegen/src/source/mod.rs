//! Source files: their text, their YAML trees and the positions in them.

mod tree;
mod yaml;

use std::fmt;
use std::io;
use std::path::{Path, PathBuf};

pub(crate) use tree::list_of;
pub use tree::{Entry, Kind, Node};
pub(crate) use yaml::scalar;

use crate::diag::{Code, Diagnostics};

/// Names a file of a run.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct FileId(u32);

/// A stretch of a file: first and last position, lines from 1, columns in characters from 1, the end excluded.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Span {
    /// The file.
    pub file: FileId,
    /// First line.
    pub line: u32,
    /// First column.
    pub column: u32,
    /// Last line.
    pub end_line: u32,
    /// Column after the last.
    pub end_column: u32,
}

/// A file as read.
#[derive(Debug)]
pub struct File {
    /// The folder of the specs, as the run was given it.
    pub root: PathBuf,
    /// The path below that.
    pub path: PathBuf,
    /// What it holds.
    pub text: String,
}

impl File {
    /// The path as it is shown: one that can be opened from where the run was started.
    #[must_use]
    pub fn shown(&self) -> PathBuf {
        self.root.join(&self.path)
    }

    /// A line, without its end; empty past the last.
    #[must_use]
    pub fn line(&self, number: u32) -> &str {
        self.text.lines().nth(number.saturating_sub(1) as usize).unwrap_or_default()
    }
}

/// All files of a run.
#[derive(Debug, Default)]
pub struct Sources {
    files: Vec<File>,
}

impl Sources {
    /// The file that `id` names.
    #[must_use]
    pub fn file(&self, id: FileId) -> &File {
        &self.files[id.0 as usize]
    }

    /// Every file read so far, in order.
    pub fn files(&self) -> impl Iterator<Item = &File> {
        self.files.iter()
    }

    /// Adds a file, and reads its YAML (or JSON) tree. `None` after a diagnostic.
    fn parse(&mut self, root: &Path, path: &Path, text: String, diags: &mut Diagnostics) -> Option<Node> {
        let id = self.add(root, path, text).file;
        yaml::parse(id, &self.files[id.0 as usize].text, diags)
    }

    /// Reads `path` below `root` and parses it. `None` after a diagnostic.
    pub fn read(&mut self, root: &Path, path: &Path, diags: &mut Diagnostics) -> Option<Node> {
        let bytes = match std::fs::read(root.join(path)) {
            Ok(bytes) => bytes,
            Err(error) => {
                // The words of the operating system would differ from one to the next.
                let message = match error.kind() {
                    io::ErrorKind::NotFound => "there is no such file".to_owned(),
                    kind => format!("the file cannot be read: {kind}"),
                };
                let start = self.add(root, path, String::new());
                diags.error(Code::S001, start, message);
                return None;
            }
        };
        match String::from_utf8(bytes) {
            Ok(text) => self.parse(root, path, text, diags),
            Err(error) => {
                let valid = String::from_utf8_lossy(&error.as_bytes()[..error.utf8_error().valid_up_to()]).into_owned();
                let start = self.add(root, path, String::from_utf8_lossy(error.as_bytes()).into_owned());
                let count = |n: usize| u32::try_from(n).unwrap_or(u32::MAX - 1) + 1;
                let line = count(valid.matches('\n').count());
                let column = count(valid.rsplit('\n').next().unwrap_or_default().chars().count());
                let span = Span { line, column, end_line: line, end_column: column + 1, ..start };
                diags.error(Code::S001, span, "the file is not UTF-8").help("save it as UTF-8");
                None
            }
        }
    }

    /// The tree of a file that has been read; `None` of one that has none.
    #[must_use]
    pub fn tree(&self, id: FileId) -> Option<Node> {
        let mut diags = Diagnostics::default();
        let tree = yaml::parse(id, &self.file(id).text, &mut diags);
        // What is wrong with it was told when it was read.
        drop(diags.finish());
        tree
    }

    /// The beginning of the file that was read last.
    ///
    /// # Panics
    /// When none was.
    #[must_use]
    pub fn start_of_last(&self) -> Span {
        let file = FileId(u32::try_from(self.files.len() - 1).expect("fewer than 2^32 files"));
        Span { file, line: 1, column: 1, end_line: 1, end_column: 1 }
    }

    /// Adds a file that has no tree; gives its beginning.
    fn add(&mut self, root: &Path, path: &Path, text: String) -> Span {
        let file = FileId(u32::try_from(self.files.len()).expect("fewer than 2^32 files"));
        self.files.push(File { root: root.to_owned(), path: path.to_owned(), text });
        Span { file, line: 1, column: 1, end_line: 1, end_column: 1 }
    }
}

impl fmt::Display for Span {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}", self.line, self.column)
    }
}
