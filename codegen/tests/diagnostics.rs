//! Every diagnostic, exactly as it is printed.
//!
//! A folder of `fixtures/` holds the files in which it differs from `fixtures/base`, and `expected.txt`, what a run over
//! both prints; `expected.jsonl`, where there is one, is the same run with `--message-format json`.
//! `UPDATE_EXPECTED=1 cargo test -p kassa-codegen --test diagnostics` writes them anew.

use std::fs;
use std::path::{Path, PathBuf};

use kassa_codegen::coverage::coverage;
use kassa_codegen::diag::{Code, Failure};
use kassa_codegen::load::load;

const CODES: [Code; 22] = [
    Code::M001,
    Code::M002,
    Code::M003,
    Code::M004,
    Code::M005,
    Code::M006,
    Code::M007,
    Code::M008,
    Code::M009,
    Code::M010,
    Code::M011,
    Code::M012,
    Code::M013,
    Code::M014,
    Code::S001,
    Code::S002,
    Code::S003,
    Code::S004,
    Code::S005,
    Code::S006,
    Code::S007,
    Code::S008,
];

#[test]
fn base_is_sound() {
    let base = fixtures().join("base");
    let failure = match load(&base) {
        Ok(loaded) => coverage(loaded).failure,
        Err(failure) => Some(failure),
    };
    if let Some(failure) = failure {
        panic!("every fixture differs from `base` in one thing, so `base` itself has to be sound:\n{failure}");
    }
}

#[test]
fn fixtures_print_what_they_expect() {
    let update = updating();
    let mut wrong = Vec::new();
    for name in fixture_names() {
        let folder = fixtures().join(&name);
        let Some((failure, above)) = failure_of(&name) else {
            wrong.push(format!("{name}: nothing is wrong with it"));
            continue;
        };
        let above = format!("{}/", above.display());
        let mut compare = |file: &str, actual: String| {
            let actual = actual.replace(&above, "");
            let path = folder.join(file);
            let expected = fs::read_to_string(&path).unwrap_or_default();
            if update && expected != actual {
                fs::write(&path, &actual).expect("the expected output can be written");
            } else if expected != actual {
                let difference = first_difference(&expected, &actual);
                wrong.push(format!("{}\n{difference}\nin full:\n{actual}", path.display()));
            }
        };
        compare("expected.txt", format!("{failure}\n"));
        if folder.join("expected.jsonl").exists() {
            compare("expected.jsonl", failure.to_json_lines());
        }
    }
    let help = "UPDATE_EXPECTED=1 writes what is printed now; read the difference before it is committed";
    assert!(wrong.is_empty(), "{} differ:\n\n{}\n\n{help}", wrong.len(), wrong.join("\n\n"));
}

#[test]
fn every_code_has_a_fixture() {
    if updating() {
        return; // the files that it reads are just being written
    }
    let printed: Vec<(String, String)> = fixture_names()
        .map(|name| {
            let expected = fs::read_to_string(fixtures().join(&name).join("expected.txt")).unwrap_or_default();
            (name, expected)
        })
        .collect();
    for code in CODES {
        listed(code);
        let prefix = format!("{}_", code.to_string().to_lowercase());
        assert!(printed.iter().any(|(name, _)| name.starts_with(&prefix)), "{code} has no fixture `{prefix}…`");
    }
    for (name, expected) in &printed {
        let prefix = name.split('_').next().unwrap_or_default().to_uppercase();
        let shows = CODES
            .iter()
            .filter(|code| code.to_string() == prefix)
            .all(|code| expected.contains(&format!("error[{code}]:")));
        assert!(shows, "{name} is named after a code that it does not show");
    }
}

/// Keeps [`CODES`] whole: a code that is added does not compile until it stands here, and then belongs there.
fn listed(code: Code) {
    match code {
        Code::M001 | Code::M002 | Code::M003 | Code::M004 | Code::M005 | Code::M006 | Code::M007 => {}
        Code::M008 | Code::M009 | Code::M010 | Code::M011 | Code::M012 | Code::M013 | Code::M014 => {}
        Code::S001 | Code::S002 | Code::S003 | Code::S004 | Code::S005 | Code::S006 | Code::S007 | Code::S008 => {}
    }
}

#[test]
fn errors_are_sorted_by_position() {
    for name in fixture_names() {
        let Some((failure, _)) = failure_of(&name) else { continue };
        let spans: Vec<_> = failure.diagnostics.iter().map(|diagnostic| diagnostic.span).collect();
        assert!(spans.is_sorted(), "{name}: {spans:?}");
    }
}

/// What a maintainer does to the specs of this repository, and what the generator says to it.
mod real {
    use super::*;

    /// A copy of `specs/` that may be spoiled.
    struct Specs {
        folder: tempfile::TempDir,
    }

    /// A place in a file below `specs/`: the file, and a line from 1.
    type Place = (String, u32);

    impl Specs {
        fn new() -> Self {
            let folder = tempfile::tempdir().expect("a folder for the specs");
            copy(&Path::new(env!("CARGO_MANIFEST_DIR")).join("../specs"), folder.path());
            Self { folder }
        }

        fn read(&self, file: &str) -> String {
            fs::read_to_string(self.folder.path().join(file)).expect("a file of the specs")
        }

        /// Replaces what stands at one place of `file`, and at no other.
        fn edit(&self, file: &str, from: &str, to: &str) {
            let text = self.read(file);
            assert_eq!(text.matches(from).count(), 1, "`{from}` in {file}");
            fs::write(self.folder.path().join(file), text.replacen(from, to, 1)).expect("a copy can be written");
        }

        /// Puts something in the place of a row of a table, or takes the row away. Another table may have the same row.
        fn edit_row(&self, table: &Table, row: &str, to: Option<&str>) {
            let (file, line) = table.place_of(row);
            let text = self.read(&file);
            let mut lines: Vec<&str> = text.lines().collect();
            let at = line as usize - 1;
            lines.splice(at..=at, to);
            fs::write(self.folder.path().join(file), lines.join("\n") + "\n").expect("a copy can be written");
        }

        /// The mappings, as paths below `specs/`.
        fn mappings(&self) -> Vec<String> {
            let folders = fs::read_dir(self.folder.path().join("providers")).expect("providers");
            let names = folders.map(|entry| entry.expect("a folder").file_name().into_string().expect("a name"));
            let mut files: Vec<_> = names.map(|name| format!("providers/{name}/mapping.yaml")).collect();
            files.sort();
            assert!(files.len() >= 2, "{files:?}");
            files
        }

        /// Where a line of `file` holds `text`; the first.
        fn place(&self, file: &str, text: &str) -> Place {
            let lines = self.read(file);
            let line = lines.lines().position(|line| line.contains(text));
            (file.to_owned(), line.map_or_else(|| panic!("`{text}` in {file}"), to_line))
        }

        /// The tables of an enumeration in `file`.
        fn tables(&self, file: &str, enumeration: &str) -> Vec<Table> {
            let text = self.read(file);
            let lines: Vec<&str> = text.lines().collect();
            let heads = lines.iter().enumerate().filter(|(_, line)| **line == format!("    uniform: {enumeration}"));
            heads
                .map(|(head, _)| {
                    let is_row = |line: &&str| line.starts_with("      ") && !line[6..].starts_with(' ');
                    let rows = lines[head..].iter().position(|line| *line == "    rows:").expect("rows") + head + 1;
                    let count = lines[rows..].iter().take_while(|line| is_row(line)).count();
                    let first = to_line(rows);
                    let rows = lines[rows..rows + count].iter().map(|line| (*line).to_owned()).collect();
                    Table { place: (file.to_owned(), to_line(head - 1)), first, rows }
                })
                .collect()
        }

        fn all_tables(&self, enumeration: &str) -> Vec<Table> {
            self.mappings().iter().flat_map(|file| self.tables(file, enumeration)).collect()
        }

        fn failure(&self) -> Box<Failure> {
            match load(self.folder.path()) {
                Ok(_) => panic!("nothing is wrong with these specs"),
                Err(failure) => failure,
            }
        }
    }

    /// A table of a mapping.
    struct Table {
        place: Place,
        /// The line of its first row.
        first: u32,
        /// Its rows, as lines.
        rows: Vec<String>,
    }

    impl Table {
        /// Where one of its rows stands.
        fn place_of(&self, row: &str) -> Place {
            let index = self.rows.iter().position(|known| known == row).expect("a row of the table");
            (self.place.0.clone(), self.first + to_line(index) - 1)
        }

        /// The rows that have a code and nothing else: line, value, code.
        fn plain(&self) -> Vec<(&str, &str, &str)> {
            let rows = self.rows.iter().filter_map(|line| {
                let (value, code) = line.split('#').next()?.trim().split_once(": ")?;
                (!code.starts_with('{')).then_some((line.as_str(), value, code))
            });
            rows.collect()
        }
    }

    fn to_line(index: usize) -> u32 {
        u32::try_from(index + 1).expect("a line")
    }

    /// Where a failure has `code`.
    fn places(failure: &Failure, code: Code) -> Vec<Place> {
        let found = failure.diagnostics.iter().filter(|diagnostic| diagnostic.code == code);
        found.map(|diagnostic| place_of(failure, diagnostic.span)).collect()
    }

    fn place_of(failure: &Failure, span: kassa_codegen::tree::Span) -> Place {
        let (_, path) = failure.tree.path_at(span.start);
        (path.replace('\\', "/"), failure.tree.line_and_column(span.start).0)
    }

    #[test]
    fn they_are_sound() {
        if let Err(failure) = load(Specs::new().folder.path()) {
            panic!("{failure}");
        }
    }

    #[test]
    fn a_new_rate_is_owed_by_every_table() {
        let specs = Specs::new();
        let rate =
            "    vat25: { code: 13, en: \"25 %\", ru: \"НДС 25 %\", since: \"2030-01-01\", rate: { percent: 25 } }\n";
        let enumerations = "uniform/enumerations.yaml";
        specs.edit(enumerations, "    vat22_122: {", &format!("{rate}    vat22_122: {{"));
        let failure = specs.failure();
        let tables = specs.all_tables("VatRate");
        assert!(tables.len() >= specs.mappings().len(), "each provider has a table of the rates");
        let owed: Vec<Place> = tables.into_iter().map(|table| table.place).collect();
        assert_eq!(places(&failure, Code::M006), owed, "{failure}");
        assert_eq!(failure.diagnostics.len(), owed.len(), "{failure}");
        for diagnostic in &failure.diagnostics {
            let rate = place_of(&failure, diagnostic.secondary[0].span);
            assert_eq!(rate, specs.place(enumerations, "vat25:"), "{failure}");
        }
    }

    #[test]
    fn a_row_that_is_gone_is_missed() {
        let count = Specs::new().all_tables("VatRate").len();
        for n in 0..count {
            let specs = Specs::new();
            let table = &specs.all_tables("VatRate")[n];
            let (row, value, code) = table.plain()[0];
            specs.edit_row(table, row, None);
            let failure = specs.failure();
            assert_eq!(places(&failure, Code::M006), std::slice::from_ref(&table.place), "{failure}");
            assert_eq!(places(&failure, Code::M007), std::slice::from_ref(&table.place), "{failure}");
            assert_eq!(failure.diagnostics.len(), 2, "{failure}");
            assert!(failure.diagnostics[0].message.contains(&format!("`{value}`")), "{failure}");
            assert!(failure.diagnostics[1].message.ends_with(&format!(" {code}")), "{failure}");
        }
    }

    #[test]
    fn a_row_without_a_code_is_missed_alone() {
        let specs = Specs::new();
        let unsupported = |row: &&String| row.contains("unsupported:");
        let tables = specs.all_tables("VatRate");
        let table = tables.iter().find(|table| table.rows.iter().any(|row| unsupported(&row))).expect("a refused rate");
        let row = table.rows.iter().find(unsupported).expect("a refused rate");
        specs.edit_row(table, row, None);
        let failure = specs.failure();
        assert_eq!(places(&failure, Code::M006), std::slice::from_ref(&table.place), "{failure}");
        assert_eq!(failure.diagnostics.len(), 1, "{failure}");
    }

    #[test]
    fn a_misspelt_path_is_pointed_at() {
        for file in Specs::new().mappings() {
            let specs = Specs::new();
            specs.edit(&file, "{ take: items.price,", "{ take: items.prise,");
            let failure = specs.failure();
            // Once for each operation that the line stands for.
            let mut told = places(&failure, Code::M005);
            told.dedup();
            assert_eq!(told, [specs.place(&file, "items.prise")], "{failure}");
            let diagnostic =
                failure.diagnostics.iter().find(|diagnostic| diagnostic.code == Code::M005).expect("just seen");
            assert_eq!(diagnostic.help, ["there is `items.price`"], "{failure}");
            let (line, column) = failure.tree.line_and_column(diagnostic.span.start);
            let (_, end) = failure.tree.line_and_column(diagnostic.span.end);
            let line = specs.read(&file).lines().nth(line as usize - 1).expect("the line").to_owned();
            assert_eq!(&line[column as usize - 1..end as usize - 1], "items.prise", "{failure}");
        }
    }

    #[test]
    fn two_rates_on_one_code_are_both_pointed_at() {
        let count = Specs::new().all_tables("VatRate").len();
        for n in 0..count {
            let specs = Specs::new();
            let table = &specs.all_tables("VatRate")[n];
            let [(first, first_value, code), (second, second_value, _), ..] = table.plain()[..] else {
                panic!("two rates with a code in {}", table.place.0);
            };
            let (first, changed) = (table.place_of(first), table.place_of(second));
            specs.edit_row(table, second, Some(&format!("      {second_value}: {code}")));
            let second = changed;
            let failure = specs.failure();
            assert_eq!(places(&failure, Code::M008), [second], "{failure}");
            let diagnostic =
                failure.diagnostics.iter().find(|diagnostic| diagnostic.code == Code::M008).expect("just seen");
            assert_eq!(diagnostic.message, format!("`{first_value}` and `{second_value}` are both code {code}"));
            let others: Vec<Place> = diagnostic.secondary.iter().map(|label| place_of(&failure, label.span)).collect();
            assert_eq!(others, [first], "{failure}");
            // The code that the second row had is now in no row.
            assert_eq!(places(&failure, Code::M007), std::slice::from_ref(&table.place), "{failure}");
            assert_eq!(failure.diagnostics.len(), 2, "{failure}");
        }
    }

    #[test]
    fn a_required_field_that_is_gone_is_asked_for() {
        for file in Specs::new().mappings() {
            let specs = Specs::new();
            let text = specs.read(&file);
            let kind =
                text.lines().find(|line| line.contains("{ take: kind, table: ")).expect("the kind of receipt is sent");
            let field = kind.trim().split(':').next().expect("a name");
            let (_, gone) = specs.place(&file, kind);
            specs.edit(&file, &format!("{kind}\n"), "");
            let failure = specs.failure();
            // The first body of the file is that of the receipt; the object that lacks the field stands in it.
            let (_, body) = specs.place(&file, "    body:");
            let [(told, line)] = &places(&failure, Code::M002)[..] else { panic!("{failure}") };
            assert_eq!(told, &file, "{failure}");
            assert!((body..gone).contains(line), "{failure}");
            let diagnostic =
                failure.diagnostics.iter().find(|diagnostic| diagnostic.code == Code::M002).expect("just seen");
            assert_eq!(diagnostic.message, format!("nothing sets the required field `{field}`"), "{failure}");
        }
    }
}

fn fixtures() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures")
}

fn updating() -> bool {
    std::env::var_os("UPDATE_EXPECTED").is_some()
}

/// What a run over `base` with the files of a fixture says: of the specs, or else of what they leave open. The specs are
/// in a folder `specs` of the folder that is given beside it.
fn failure_of(name: &str) -> Option<(Box<Failure>, PathBuf)> {
    let folder = tempfile::tempdir().expect("a folder for the specs");
    let specs = folder.path().join("specs");
    copy(&fixtures().join("base"), &specs);
    copy(&fixtures().join(name), &specs);
    let failure = match load(&specs) {
        Ok(loaded) => coverage(loaded).failure,
        Err(failure) => Some(failure),
    };
    failure.map(|failure| (failure, folder.path().to_owned()))
}

/// Every folder but `base`, in order.
fn fixture_names() -> impl Iterator<Item = String> {
    let entries = fs::read_dir(fixtures()).expect("the fixtures").map(|entry| entry.expect("a fixture"));
    let folders = entries.filter(|entry| entry.file_type().expect("a type").is_dir());
    let names = folders.map(|entry| entry.file_name().into_string().expect("a name"));
    let mut names: Vec<String> = names.filter(|name| name != "base").collect();
    names.sort();
    names.into_iter()
}

/// Copies a folder over another, expected outputs left out.
fn copy(from: &Path, to: &Path) {
    fs::create_dir_all(to).expect("a folder can be made");
    for entry in fs::read_dir(from).expect("a folder") {
        let entry = entry.expect("an entry");
        let name = entry.file_name();
        let target = to.join(&name);
        if entry.file_type().expect("a type").is_dir() {
            copy(&entry.path(), &target);
        } else if !name.to_string_lossy().starts_with("expected.") {
            // Written anew rather than copied: a copy would keep a read-only mode, and could not be edited.
            fs::write(target, fs::read(entry.path()).expect("a file")).expect("a copy can be written");
        }
    }
}

/// The first line that differs.
fn first_difference(expected: &str, actual: &str) -> String {
    let (mut expected, mut actual) = (expected.lines(), actual.lines());
    for number in 1.. {
        match (expected.next(), actual.next()) {
            (None, None) => break,
            (one, other) if one == other => {}
            (one, other) => {
                let show = |line: Option<&str>| line.unwrap_or("(no more lines)").to_owned();
                return format!("line {number}\n  expected: {}\n  printed:  {}", show(one), show(other));
            }
        }
    }
    "the end of the last line".to_owned()
}
