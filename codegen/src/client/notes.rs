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
    /// The document is right and says more than is checked, or typed: nothing is lost by it.
    Remark,
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
        self.add(Level::Remark, Code::S006, offset, message);
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
            let level = match note.level {
                Level::Error => "error",
                Level::Warning => "warning",
                Level::Remark => "note",
            };
            let width = place.line.to_string().len();
            let _ = writeln!(out, "{level}[{}]: {}", note.code, plain(&note.message));
            let _ = writeln!(out, "{:width$}--> {}:{}:{}", "", place.path, place.line, place.column);
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
            format!("{}:{}:{}: [{}] {}", place.path, place.line, place.column, note.code, plain(&note.message))
        })
    }

    /// The first, on one line.
    #[must_use]
    pub fn first(&self, tree: &Tree) -> Option<String> {
        self.lines(tree).next()
    }
}

/// A message, in which a name of the document can neither steer a terminal nor fill it.
fn plain(text: &str) -> String {
    let mut out: String = text.chars().take(400).map(|c| if steers(c) { '·' } else { c }).collect();
    if out.len() < text.len() && text.chars().count() > 400 {
        out.push('…');
    }
    out
}
