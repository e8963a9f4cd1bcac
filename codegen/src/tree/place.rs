//! From byte offsets to lines and columns, for those few that are shown.

use std::path::{Path, PathBuf};

use super::{NodeId, Source, Tree, to_u32};

/// Where something stands, for people.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Place {
    /// The path of the file: one that can be opened from where the run was started.
    pub path: PathBuf,
    /// The line, from 1.
    pub line: u32,
    /// The column in characters, from 1.
    pub column: u32,
    /// The line itself, around the place.
    pub excerpt: String,
    /// How many characters of the excerpt stand before the place.
    pub indent: usize,
}

/// How much of a line is shown on either side.
const AROUND: usize = 60;

impl Tree {
    /// The file that an offset is in.
    pub(super) fn source_at(&self, offset: u32) -> Option<&Source> {
        self.sources.iter().rev().find(|source| source.text.start <= offset)
    }

    /// The folder and the path of the file that an offset is in.
    #[must_use]
    pub fn path_at(&self, offset: u32) -> (&Path, &str) {
        self.source_at(offset).map_or((Path::new(""), ""), |source| (&source.folder, &source.path))
    }

    /// The path of the file that an offset is in: one that can be opened from where the run was started.
    #[must_use]
    pub fn file_at(&self, offset: u32) -> PathBuf {
        let (folder, path) = self.path_at(offset);
        folder.join(path)
    }

    /// The root of the file that an offset is in.
    #[must_use]
    pub fn root_at(&self, offset: u32) -> Option<NodeId> {
        self.source_at(offset).map(|source| source.root)
    }

    /// The text of the file that an offset is in.
    #[must_use]
    pub fn text_at(&self, offset: u32) -> &str {
        self.source_at(offset).map_or("", |source| self.text_of(source))
    }

    /// Where the file begins that was read last.
    #[must_use]
    pub fn start_of_last(&self) -> super::Span {
        let start = self.sources.last().map_or(0, |source| source.text.start);
        super::Span { start, end: start }
    }

    /// The folder of the file that was read first.
    #[must_use]
    pub fn first_folder(&self) -> &Path {
        self.sources.first().map_or(Path::new(""), |source| &source.folder)
    }

    fn text_of(&self, source: &Source) -> &str {
        &self.text[source.text.start as usize..source.text.end as usize]
    }

    /// Whether no line ends between two offsets.
    pub(super) fn same_line(&self, one: u32, other: u32) -> bool {
        let between = self.text.get(one.min(other) as usize..one.max(other) as usize);
        between.is_some_and(|text| !text.contains('\n'))
    }

    /// The line and the column of an offset, both from 1, the column in characters.
    #[must_use]
    pub fn line_and_column(&self, offset: u32) -> (u32, u32) {
        let Some(source) = self.source_at(offset) else { return (1, 1) };
        let (at, line) = self.line_of(source, offset);
        let column = self.text[line.0 as usize..at as usize].chars().count() + 1;
        (line.1, to_u32(column))
    }

    /// The line that an offset is in, without its end.
    #[must_use]
    pub fn line(&self, offset: u32) -> &str {
        let Some(source) = self.source_at(offset) else { return "" };
        let (_, (start, _)) = self.line_of(source, offset);
        self.text[start as usize..source.text.end as usize].lines().next().unwrap_or_default()
    }

    /// An offset, moved to where a character of a file begins, and where its line begins, and its number.
    fn line_of(&self, source: &Source, offset: u32) -> (u32, (u32, u32)) {
        let lines = source.lines.get_or_init(|| {
            let text = self.text_of(source).bytes().zip(source.text.start + 1..);
            std::iter::once(source.text.start).chain(text.filter(|(b, _)| *b == b'\n').map(|(_, next)| next)).collect()
        });
        let mut at = offset.clamp(source.text.start, source.text.end);
        while !self.text.is_char_boundary(at as usize) {
            at -= 1;
        }
        let number = lines.partition_point(|start| *start <= at);
        (at, (lines[number - 1], to_u32(number)))
    }

    /// The path of the file that a node is in, and its root.
    #[must_use]
    pub fn file_of(&self, id: NodeId) -> Option<(&str, NodeId)> {
        let source = self.sources.iter().find(|source| id < source.end)?;
        Some((&source.path, source.root))
    }

    /// The root of the file with this path, if it could be read.
    #[must_use]
    pub fn root_of(&self, path: &str) -> Option<NodeId> {
        let read = |source: &&super::Source| source.path == path && source.root < source.end;
        self.sources.iter().find(read).map(|source| source.root)
    }

    /// Where an offset is.
    #[must_use]
    pub fn place(&self, offset: u32) -> Place {
        let Some(source) = self.source_at(offset) else {
            return Place { path: PathBuf::new(), line: 1, column: 1, excerpt: String::new(), indent: 0 };
        };
        let (at, (line_start, line)) = self.line_of(source, offset);
        let (at, line_start) = ((at - source.text.start) as usize, (line_start - source.text.start) as usize);
        let text = self.text_of(source);
        let column = text[line_start..at].chars().count() + 1;
        let rest = text[at..].split(['\n', '\r']).next().unwrap_or_default();
        let before: Vec<char> = text[line_start..at].chars().rev().take(AROUND).collect();
        let visible = |c: char| if steers(c) { ' ' } else { c };
        let excerpt: String = before.iter().rev().copied().chain(rest.chars().take(AROUND)).map(visible).collect();
        Place { path: source.folder.join(&source.path), line, column: to_u32(column), excerpt, indent: before.len() }
    }
}

/// Whether a character does something to a terminal in place of being shown: it moves the cursor, or turns the direction.
pub(crate) fn steers(c: char) -> bool {
    c.is_control()
        || matches!(c, '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}' | '\u{61c}' | '\u{feff}')
}
