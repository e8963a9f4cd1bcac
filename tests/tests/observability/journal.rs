//! The file of a journal, column by column and byte by byte.

use std::collections::BTreeSet;
use std::path::Path;

use rusqlite::{Connection, OpenFlags};

use crate::canaries::Forms;

/// The columns in which one of these texts stands.
pub(crate) fn columns_with(path: &Path, forms: &Forms) -> BTreeSet<String> {
    let connection = Connection::open_with_flags(path, OpenFlags::SQLITE_OPEN_READ_ONLY).expect("the journal opens");
    let names = |sql: &str| -> Vec<String> {
        let mut select = connection.prepare(sql).expect("it can be asked");
        let rows = select.query_map([], |row| row.get(0)).expect("it can be read");
        rows.collect::<Result<_, _>>().expect("it can be read")
    };
    let mut found = BTreeSet::new();
    for table in names("SELECT name FROM sqlite_schema WHERE type = 'table'") {
        for column in names(&format!("SELECT name FROM pragma_table_info('{table}')")) {
            let sql = format!("SELECT CAST({column} AS BLOB) FROM {table} WHERE {column} IS NOT NULL");
            let mut select = connection.prepare(&sql).expect("it can be asked");
            let mut rows = select.query([]).expect("it can be read");
            while let Some(row) = rows.next().expect("it can be read") {
                let value: Vec<u8> = row.get(0).expect("a blob");
                if forms.find(&value).is_some() {
                    found.insert(format!("{table}.{column}"));
                }
            }
        }
    }
    found
}

/// The columns in which contacts may stand, as `docs/observability.md` says.
pub(crate) fn documented() -> BTreeSet<String> {
    let page = include_str!("../../../docs/observability.md");
    let (_, section) = page.split_once("## Where contacts rest").expect("the page has the section");
    let rows = section.lines().filter(|line| line.starts_with("| `"));
    rows.flat_map(|row| row.split(" | ").next().unwrap_or(row).split('`').skip(1).step_by(2))
        .map(str::to_owned)
        .collect()
}
