//! Source files: their text, their YAML trees and the positions in them.

mod tree;
mod yaml;

use std::fmt;
use std::path::{Path, PathBuf};

pub(crate) use tree::list_of;
pub use tree::{Entry, Kind, Node};

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
    /// The path as it is shown: below the folder that the run was given.
    pub path: PathBuf,
    /// What it holds.
    pub text: String,
}

impl File {
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
    pub fn parse(&mut self, shown: &Path, text: String, diags: &mut Diagnostics) -> Option<Node> {
        let id = FileId(u32::try_from(self.files.len()).expect("fewer than 2^32 files"));
        self.files.push(File { path: shown.to_owned(), text });
        yaml::parse(id, &self.files[id.0 as usize].text, diags)
    }

    /// Reads `shown` below `root` and parses it. `None` after a diagnostic.
    pub fn read(&mut self, root: &Path, shown: &Path, diags: &mut Diagnostics) -> Option<Node> {
        match std::fs::read_to_string(root.join(shown)) {
            Ok(text) => self.parse(shown, text, diags),
            Err(error) => {
                let id = FileId(u32::try_from(self.files.len()).expect("fewer than 2^32 files"));
                self.files.push(File { path: shown.to_owned(), text: String::new() });
                let span = Span { file: id, line: 1, column: 1, end_line: 1, end_column: 1 };
                diags.error(Code::S001, span, format!("cannot read the file: {error}"));
                None
            }
        }
    }
}

impl fmt::Display for Span {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}", self.line, self.column)
    }
}
