//! How ratios are printed: as the README shows them.

use std::time::Duration;

/// What is measured, and a cell for each column.
pub(crate) type Row = Vec<String>;

/// Prints a table in Markdown.
pub(crate) fn print(title: &str, columns: &[&str], rows: &[Row]) {
    println!("\n| {title} | {} |", columns.join(" | "));
    println!("|---|{}", "--:|".repeat(columns.len()));
    rows.iter().for_each(|row| println!("| {} |", row.join(" | ")));
}

/// A time, in the unit that suits it.
pub(crate) fn time(time: Duration) -> String {
    match time.as_nanos() {
        nanoseconds if nanoseconds < 1_000 => format!("{nanoseconds} ns"),
        nanoseconds if nanoseconds < 1_000_000 => format!("{:.1} µs", time.as_secs_f64() * 1e6),
        _ => format!("{:.2} ms", time.as_secs_f64() * 1e3),
    }
}
