//! From byte offsets to lines and columns, for those few that are shown.

use super::{NodeId, Tree};

/// Where something stands, for people.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Place {
    /// The path of the file.
    pub path: String,
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
    fn source_at(&self, offset: u32) -> Option<&super::Source> {
        self.sources.iter().rev().find(|source| source.text.start <= offset)
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
            return Place { path: String::new(), line: 1, column: 1, excerpt: String::new(), indent: 0 };
        };
        let text = &self.text[source.text.start as usize..source.text.end as usize];
        let mut at = ((offset - source.text.start) as usize).min(text.len());
        while !text.is_char_boundary(at) {
            at -= 1;
        }
        let line_start = text[..at].rfind('\n').map_or(0, |end| end + 1);
        let line = text.as_bytes()[..at].iter().filter(|b| **b == b'\n').count() + 1;
        let column = text[line_start..at].chars().count() + 1;
        let rest = text[at..].split(['\n', '\r']).next().unwrap_or_default();
        let before: Vec<char> = text[line_start..at].chars().rev().take(AROUND).collect();
        let visible = |c: char| if steers(c) { ' ' } else { c };
        let excerpt: String = before.iter().rev().copied().chain(rest.chars().take(AROUND)).map(visible).collect();
        Place {
            path: source.path.clone(),
            line: super::to_u32(line),
            column: super::to_u32(column),
            excerpt,
            indent: before.len(),
        }
    }
}

/// Whether a character does something to a terminal in place of being shown: it moves the cursor, or turns the direction.
pub(crate) fn steers(c: char) -> bool {
    c.is_control()
        || matches!(c, '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}' | '\u{61c}' | '\u{feff}')
}
