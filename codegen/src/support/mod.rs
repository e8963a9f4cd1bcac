//! The support page: which provider offers what, with which codes and units, and which line of a spec decides it.

mod codes;
mod errors;
mod fields;
mod html;
mod markdown;
mod operations;
mod results;
mod settings;
mod written;

use std::path::Path;

use crate::load::Specs;
use crate::model::Plan;
use crate::tree::Span;

/// A page: tables under headings.
#[derive(Debug)]
pub(crate) struct Page<'s> {
    specs: &'s Specs,
    sections: Vec<Section>,
}

/// A table under a heading.
#[derive(Debug)]
struct Section {
    /// How deep the heading is: 2 for a chapter, 3 for a table within one.
    level: usize,
    title: String,
    /// What is to be known before it is read.
    intro: String,
    table: Option<Table>,
}

/// A table whose first column names its rows.
#[derive(Debug)]
struct Table {
    head: Vec<Cell>,
    rows: Vec<Vec<Cell>>,
}

/// A cell. In its texts, what stands between backticks is code.
#[derive(Debug, Default)]
struct Cell {
    parts: Vec<Part>,
    tone: Tone,
}

/// A text and the line that decides it.
#[derive(Debug)]
struct Part {
    text: String,
    /// More about it, in smaller letters.
    more: String,
    at: Option<Span>,
}

/// How good the news is.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
enum Tone {
    /// Neither.
    #[default]
    Plain,
    /// It is there.
    Yes,
    /// It is there in part, or once a setting decides.
    Part,
    /// It is not.
    No,
}

impl Tone {
    /// Its name as a class.
    fn class(self) -> &'static str {
        match self {
            Self::Plain => "",
            Self::Yes => "yes",
            Self::Part => "part",
            Self::No => "no",
        }
    }
}

impl Cell {
    /// A text that nothing decides.
    fn text(text: impl Into<String>) -> Self {
        Self { parts: vec![Part { text: text.into(), more: String::new(), at: None }], tone: Tone::Plain }
    }

    /// A text and the line that decides it.
    fn at(text: impl Into<String>, at: Span, tone: Tone) -> Self {
        Self { parts: vec![Part { text: text.into(), more: String::new(), at: Some(at) }], tone }
    }

    /// The same, with more about it.
    fn more(mut self, more: impl Into<String>) -> Self {
        if let Some(part) = self.parts.last_mut() {
            part.more = more.into();
        }
        self
    }

    /// Nothing of the kind, and why.
    fn no(why: impl Into<String>, at: Span) -> Self {
        Self::at("–", at, Tone::No).more(why)
    }
}

impl Section {
    fn chapter(title: &str, intro: &str) -> Self {
        Self { level: 2, title: title.to_owned(), intro: intro.to_owned(), table: None }
    }

    fn within(title: String, table: Table) -> Self {
        Self { level: 3, title, intro: String::new(), table: Some(table) }
    }

    fn with(mut self, table: Table) -> Self {
        self.table = Some(table);
        self
    }

    /// Its name in the address of the page.
    fn anchor(&self) -> String {
        let words = self.title.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty());
        words.map(str::to_lowercase).collect::<Vec<_>>().join("-")
    }
}

impl Table {
    /// A table with a column for each provider.
    fn by_provider(first: &[&str], specs: &Specs) -> Self {
        let providers =
            specs.plans.iter().map(|plan| Cell::at(&plan.mapping.title, plan.mapping.title_span, Tone::Plain));
        Self { head: first.iter().map(|text| Cell::text(*text)).chain(providers).collect(), rows: Vec::new() }
    }

    /// Adds a row: its names, and a cell for each provider.
    fn row(&mut self, first: Vec<Cell>, specs: &Specs, cell: impl FnMut(&Plan) -> Cell) {
        self.rows.push(first.into_iter().chain(specs.plans.iter().map(cell)).collect());
    }
}

impl<'s> Page<'s> {
    /// What a newcomer wants to know first: the operations, and how doubt ends.
    pub(crate) fn short(specs: &'s Specs) -> Self {
        Self { specs, sections: vec![operations::section(specs)] }
    }

    /// All of it.
    pub(crate) fn whole(specs: &'s Specs) -> Self {
        let mut sections = vec![operations::section(specs)];
        sections.extend(fields::capabilities(specs));
        sections.extend(fields::fields(specs));
        sections.push(fields::units(specs));
        sections.extend(results::sections(specs));
        sections.extend(codes::sections(specs));
        sections.push(errors::section(specs));
        sections.push(settings::section(specs));
        Self { specs, sections }
    }

    /// The tables as Markdown; `specs` is the way to the folder of the specs.
    pub(crate) fn markdown(&self, specs: &Path) -> String {
        markdown::render(self, specs)
    }

    /// The page as HTML that needs nothing else; `specs` is the way to the folder of the specs.
    pub(crate) fn html(&self, specs: &Path) -> String {
        html::render(self, specs)
    }

    /// The address of a line, and its place for people.
    fn link(&self, to_specs: &Path, at: Span) -> (String, String) {
        let (_, file) = self.specs.tree.path_at(at.start);
        let path = to_specs.join(file).to_string_lossy().replace('\\', "/");
        let (line, _) = self.specs.tree.line_and_column(at.start);
        (format!("{path}#L{line}"), format!("{file}:{line}"))
    }
}

/// A text in pieces: what stands between backticks, and what does not.
fn pieces(text: &str) -> impl Iterator<Item = (bool, &str)> {
    text.split('`').enumerate().map(|(n, piece)| (n % 2 == 1, piece)).filter(|(_, piece)| !piece.is_empty())
}
