//! A survey as a table.

use std::fmt;

use super::{Document, Record, Survey};

/// How many of the slowest and the largest are shown.
const WORST: usize = 10;

impl fmt::Display for Survey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let documents: Vec<(&Document, &Record)> = self
            .documents
            .iter()
            .filter_map(|document| Some((document, document.outcome.as_ref().ok()?)))
            .filter(|(_, record)| record.openapi)
            .collect();
        let died: Vec<(&Document, &String)> =
            self.documents.iter().filter_map(|document| Some((document, document.outcome.as_ref().err()?))).collect();
        let generated: Vec<&(&Document, &Record)> =
            documents.iter().filter(|(_, record)| record.refused.is_none()).collect();
        let sum = |of: fn(&Record) -> u64| generated.iter().map(|(_, record)| of(record)).sum::<u64>();
        writeln!(
            f,
            "| documents of OpenAPI 3 | generated | with warnings | refused | panicked | operations | left out | lines | ms |"
        )?;
        writeln!(f, "|---|---|---|---|---|---|---|---|---|")?;
        writeln!(
            f,
            "| {} | {} | {} | {} | {} | {} | {} | {} | {} |",
            documents.len() + died.len(),
            generated.len(),
            generated.iter().filter(|(_, record)| record.warnings > 0).count(),
            documents.len() - generated.len(),
            died.len(),
            sum(|record| record.operations as u64),
            sum(|record| record.left_out as u64),
            sum(|record| record.lines as u64),
            sum(|record| record.microseconds) / 1000,
        )?;
        let of_31 =
            |all: &[&(&Document, &Record)]| all.iter().filter(|(_, record)| record.version.starts_with("3.1")).count();
        let all: Vec<_> = documents.iter().collect();
        writeln!(
            f,
            "\nof 3.1: {} of {}; elapsed: {:.1} s",
            of_31(&generated),
            of_31(&all),
            self.elapsed.as_secs_f64()
        )?;
        let others: Vec<&Record> =
            self.documents.iter().filter_map(|document| document.outcome.as_ref().ok()).collect();
        let others: Vec<_> = others.into_iter().filter(|record| !record.openapi).collect();
        if !others.is_empty() {
            let swagger = others.iter().filter(|record| record.swagger).count();
            writeln!(f, "not of OpenAPI 3: {}, of which Swagger 2: {swagger}", others.len())?;
        }
        for reason in documents.iter().filter_map(|(_, record)| record.refused.as_ref()) {
            writeln!(f, "refused: {reason}")?;
        }
        for (document, reason) in died {
            writeln!(f, "panicked: {}: {reason}", document.path.display())?;
        }
        worst(f, "ms", &generated, |_, record| record.microseconds / 1000)?;
        worst(f, "peak, MB", &generated, |_, record| record.peak / 1024)?;
        let compiled: Vec<_> =
            self.documents.iter().filter_map(|document| Some((document, document.compiled.as_ref()?))).collect();
        if !compiled.is_empty() {
            let sound = compiled.iter().filter(|(_, compiled)| compiled.error.is_none()).count();
            let seconds: f64 = compiled.iter().map(|(_, compiled)| compiled.seconds).sum();
            writeln!(f, "\ncompiled: {sound} of {} ({seconds:.0} s)", compiled.len())?;
            let of_them: Vec<_> =
                generated.iter().filter(|(document, _)| document.compiled.is_some()).copied().collect();
            worst(f, "compiled, s", &of_them, |document, _| {
                document.compiled.as_ref().map_or(0, |compiled| compiled.seconds.round() as u64)
            })?;
            for (document, compiled) in compiled {
                if let Some(error) = &compiled.error {
                    writeln!(f, "does not compile: {}: {error}", document.path.display())?;
                }
            }
        }
        Ok(())
    }
}

fn worst(
    f: &mut fmt::Formatter<'_>,
    what: &str,
    generated: &[&(&Document, &Record)],
    of: fn(&Document, &Record) -> u64,
) -> fmt::Result {
    let mut sorted = generated.to_vec();
    sorted.sort_by_key(|(document, record)| std::cmp::Reverse(of(document, record)));
    writeln!(f, "\n| document | size | lines | {what} |\n|---|---|---|---|")?;
    for (document, record) in sorted.into_iter().take(WORST) {
        let size = match document.bytes {
            bytes @ ..1_000_000 => format!("{} kB", bytes.div_ceil(1000)),
            bytes => format!("{}.{} MB", bytes / 1_000_000, bytes / 100_000 % 10),
        };
        writeln!(f, "| {} | {size} | {} | {} |", document.path.display(), record.lines, of(document, record))?;
    }
    Ok(())
}
