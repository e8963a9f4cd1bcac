//! What is wrong with a document, and what was left out for it.

use std::collections::HashSet;
use std::fmt::{self, Write as _};

use crate::diag::Code;
use crate::tree::{Tree, steers};

/// How bad it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Level {
    /// Nothing is generated.
    Error,
    /// Something is left out, or typed more loosely.
    Warning,
    /// The document says more than is checked, or typed, or known: nothing is lost by it.
    Remark,
}

impl Level {
    /// As rustc says it.
    fn word(self) -> &'static str {
        match self {
            Self::Error => "error",
            Self::Warning => "warning",
            Self::Remark => "note",
        }
    }
}

/// One thing that is wrong.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Note {
    /// How bad it is.
    pub level: Level,
    /// Its code.
    pub code: Code,
    /// Where.
    pub offset: u32,
    /// What.
    pub message: String,
}

/// Collects what is wrong; of the same thing at one place, one note is kept.
#[derive(Debug, Default)]
pub struct Notes {
    all: Vec<Note>,
    seen: HashSet<(u32, Code)>,
    wrong: usize,
}

/// How many notes are kept: nobody reads more.
const MAX_KEPT: usize = 1000;

impl Notes {
    /// Tells of something that is left out, or typed more loosely.
    pub(crate) fn warn(&mut self, code: Code, offset: u32, message: impl fmt::Display) {
        self.add(Level::Warning, code, offset, message);
    }

    /// Tells why nothing is generated.
    pub(crate) fn refuse(&mut self, code: Code, offset: u32, message: impl fmt::Display) {
        self.add(Level::Error, code, offset, message);
    }

    /// Tells of what is right, and neither checked nor typed.
    pub(crate) fn remark(&mut self, offset: u32, message: impl fmt::Display) {
        self.remark_as(Code::S006, offset, message);
    }

    /// Tells of what nothing is made of, and nothing rests on.
    pub(crate) fn remark_as(&mut self, code: Code, offset: u32, message: impl fmt::Display) {
        self.add(Level::Remark, code, offset, message);
    }

    fn add(&mut self, level: Level, code: Code, offset: u32, message: impl fmt::Display) {
        let new = self.seen.insert((offset, code));
        self.wrong += usize::from(new && level != Level::Remark);
        if new && (self.all.len() < MAX_KEPT || level == Level::Error) {
            self.all.push(Note { level, code, offset, message: message.to_string() });
        }
    }

    /// Whether anything refuses the document.
    #[must_use]
    pub fn refused(&self) -> bool {
        self.all.iter().any(|note| note.level == Level::Error)
    }

    /// Whether the document cannot be read at all, so that nobody knows what it is.
    #[must_use]
    pub fn unreadable(&self) -> bool {
        self.all.iter().any(|note| note.level == Level::Error && note.code == Code::S001)
    }

    /// How many things are wrong; remarks are not.
    #[must_use]
    pub fn count(&self) -> usize {
        self.wrong
    }

    /// All that were kept, errors first, by place.
    #[must_use]
    pub fn sorted(&self) -> Vec<&Note> {
        let mut all: Vec<&Note> = self.all.iter().collect();
        all.sort_by_key(|note| (note.level, note.offset, note.code));
        all
    }

    /// The first `most` as rustc prints them.
    #[must_use]
    pub fn shown(&self, tree: &Tree, most: usize) -> String {
        let mut out = String::new();
        for note in self.sorted().into_iter().take(most) {
            let place = tree.place(note.offset);
            let (level, width) = (note.level.word(), place.line.to_string().len());
            let _ = writeln!(out, "{level}[{}]: {}", note.code, plain(&note.message));
            let _ = writeln!(out, "{:width$}--> {}:{}:{}", "", place.path.display(), place.line, place.column);
            let _ = writeln!(out, "{:width$} |\n{} | {}", "", place.line, place.excerpt);
            let _ = writeln!(out, "{:width$} | {:indent$}^\n", "", "", indent = place.indent);
        }
        if self.seen.len() > most {
            let _ = writeln!(out, "… and {} more", self.seen.len() - most);
        }
        out
    }

    /// Each on one line.
    pub fn lines(&self, tree: &Tree) -> impl Iterator<Item = String> {
        self.sorted().into_iter().map(|note| {
            let place = tree.place(note.offset);
            format!(
                "{}:{}:{}: {}[{}]: {}",
                place.path.display(),
                place.line,
                place.column,
                note.level.word(),
                note.code,
                plain(&note.message)
            )
        })
    }

    /// Each as a JSON object on a line, the keys as in rustc's JSON: `level`, `code`, `message`, `spans`, `help`.
    #[must_use]
    pub fn to_json_lines(&self, tree: &Tree) -> String {
        let mut out = String::new();
        for note in self.sorted() {
            let (line, column) = tree.line_and_column(note.offset);
            let line = serde_json::json!({
                "level": note.level.word(),
                "code": note.code.to_string(),
                "message": note.message,
                "spans": [{
                    "file_name": tree.file_at(note.offset),
                    "line_start": line,
                    "column_start": column,
                    "line_end": line,
                    "column_end": column,
                    "is_primary": true,
                    "label": null,
                }],
                "help": [],
            });
            let _ = writeln!(out, "{line}");
        }
        out
    }

    /// The first, on one line.
    #[must_use]
    pub fn first(&self, tree: &Tree) -> Option<String> {
        self.lines(tree).next()
    }
}

/// Where something is, for a message.
pub(super) struct At<'t> {
    pub(super) tree: &'t Tree,
    pub(super) offset: u32,
}

impl fmt::Display for At<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (line, column) = self.tree.line_and_column(self.offset);
        write!(f, "{}:{line}:{column}", self.tree.file_at(self.offset).display())
    }
}

/// How many characters of a name are shown.
const MAX_NAME: usize = 100;

/// A message, in which a name of the document, between backticks, can neither steer a terminal nor fill it.
pub(crate) fn plain(text: &str) -> String {
    let part = |(n, part): (usize, &str)| {
        let most = if n % 2 == 1 { MAX_NAME } else { 4 * MAX_NAME };
        let mut out: String = part.chars().take(most).map(|c| if steers(c) { '·' } else { c }).collect();
        if part.chars().count() > most {
            out.push('…');
        }
        out
    };
    text.split('`').take(MAX_NAME).enumerate().map(part).collect::<Vec<_>>().join("`")
}
