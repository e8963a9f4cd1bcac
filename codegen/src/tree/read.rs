//! From files to the tree.

use std::io;
use std::path::{Path, PathBuf};
use std::sync::OnceLock;

use super::{NodeId, Policy, Source, Span, Tree, json, to_u32, yaml};

/// Why a file is not read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Unread {
    /// Where.
    pub span: Span,
    /// Why.
    pub reason: String,
    /// What to do, where that is known.
    pub help: Option<&'static str>,
}

impl Unread {
    /// Of one character.
    pub(super) fn at(offset: u32, reason: impl Into<String>) -> Self {
        Self::over(Span { start: offset, end: offset + 1 }, reason)
    }

    pub(super) fn over(span: Span, reason: impl Into<String>) -> Self {
        Self { span, reason: reason.into(), help: None }
    }

    /// Why, and what to do, in one line.
    #[must_use]
    pub fn said(&self) -> String {
        self.help.map_or_else(|| self.reason.clone(), |help| format!("{}: {help}", self.reason))
    }

    pub(super) fn too_deep(offset: u32, policy: Policy) -> Self {
        Self::at(offset, format!("values nested more than {} deep", policy.depth))
    }
}

/// How much text a run reads: offsets have 32 bits, and nobody publishes more.
const MAX_TEXT: usize = 1 << 30;
/// How large a file may be.
const MAX_SIZE: u64 = 300 << 20;

impl Tree {
    /// Reads the file at `path`, which is relative to `folder`, and gives its root.
    ///
    /// # Errors
    /// When it cannot be read, or is neither JSON nor YAML.
    pub fn read(&mut self, folder: &Path, path: &str) -> Result<NodeId, Unread> {
        let file = folder.join(path);
        let large = || io::Error::new(io::ErrorKind::FileTooLarge, "more than 300 MB");
        let bytes = match std::fs::metadata(&file) {
            Ok(about) if about.len() > MAX_SIZE => Err(large()),
            Ok(_) => std::fs::read(&file),
            Err(error) => Err(error),
        };
        let bytes = bytes.map_err(|error| {
            // The words of the operating system would differ from one to the next.
            let reason = match error.kind() {
                io::ErrorKind::NotFound => "there is no such file".to_owned(),
                io::ErrorKind::IsADirectory => "this is a folder, and a file is due".to_owned(),
                io::ErrorKind::FileTooLarge => "the file is too large: 300 MB are read at most".to_owned(),
                kind => format!("the file cannot be read: {kind}"),
            };
            let start = self.keep(folder, path, "");
            Unread::over(Span { start, end: start }, reason)
        })?;
        match String::from_utf8(bytes) {
            Ok(text) => self.parse(folder, path, &text),
            Err(error) => {
                // What is UTF-8 before the place is as long in the text that is shown.
                let start = self.keep(folder, path, &String::from_utf8_lossy(error.as_bytes()));
                let at = start + to_u32(error.utf8_error().valid_up_to());
                Err(Unread { help: Some("save it as UTF-8"), ..Unread::at(at, "the file is not UTF-8") })
            }
        }
    }

    /// Adds a file that is read already, and gives its root.
    ///
    /// # Errors
    /// When it is neither JSON nor YAML, or too large.
    pub fn add(&mut self, path: &str, text: &str) -> Result<NodeId, Unread> {
        self.parse(Path::new(""), path, text)
    }

    fn parse(&mut self, folder: &Path, path: &str, text: &str) -> Result<NodeId, Unread> {
        if self.text.len() + text.len() > MAX_TEXT {
            let start = self.keep(folder, path, "");
            return Err(Unread::at(start, "the file is too large: 1 GB is read at most"));
        }
        let start = self.keep(folder, path, text.strip_prefix('\u{feff}').unwrap_or(text));
        let Some(range) = self.sources.last().map(|source| source.text.clone()) else {
            return Err(Unread::at(start, "the file is empty"));
        };
        // What begins like JSON is JSON; a document in YAML's flow style begins so too, and is read on the second try.
        let text = &self.text[range.start as usize..range.end as usize];
        let begins = text.trim_start().as_bytes().first().copied();
        let twins = self.twins.len();
        let root = match begins {
            None => return Err(Unread::over(Span { start, end: start }, "the file is empty")),
            Some(b'{' | b'[') => match json::parse(self, range.clone()) {
                Err(error) if path.ends_with(".json") || error.reason.contains("more than") => return Err(error),
                Err(_) => {
                    self.twins.truncate(twins);
                    yaml::parse(self, range)?
                }
                Ok(root) => root,
            },
            Some(_) => yaml::parse(self, range)?,
        };
        let end = NodeId(to_u32(self.nodes.len()));
        if let Some(source) = self.sources.last_mut() {
            source.root = root;
            source.end = end;
        }
        Ok(root)
    }

    /// Keeps a file of which nothing is read yet, and gives where its text begins.
    fn keep(&mut self, folder: &Path, path: &str, text: &str) -> u32 {
        // Two files never begin at one place, even where one is empty.
        self.text.push('\n');
        let start = to_u32(self.text.len());
        self.text.push_str(text);
        let (text, first) = (start..to_u32(self.text.len()), NodeId(to_u32(self.nodes.len())));
        let (folder, path) = (PathBuf::from(folder), path.to_owned());
        self.sources.push(Source { folder, path, text, root: first, end: first, lines: OnceLock::new() });
        start
    }
}
