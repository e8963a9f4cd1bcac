//! A survey as a picture: time by size, both logarithmic, so that a cost that grows with the size is a straight line.

use std::fmt::Write as _;

use super::Survey;

const WIDTH: f64 = 720.0;
const HEIGHT: f64 = 480.0;
const MARGIN: f64 = 60.0;

/// The plot, as SVG.
#[must_use]
#[expect(clippy::float_arithmetic, reason = "places of a picture, and no money")]
pub fn plot(survey: &Survey) -> String {
    let points: Vec<(f64, f64)> = survey
        .documents
        .iter()
        .filter_map(|document| {
            let record = document.outcome.as_ref().ok().filter(|record| record.openapi && record.refused.is_none())?;
            Some((document.bytes.max(1) as f64, record.milliseconds.max(1) as f64))
        })
        .collect();
    let most = |of: fn(&(f64, f64)) -> f64| points.iter().map(of).fold(10.0_f64, f64::max).log10().ceil();
    let (right, top) = (most(|point| point.0), most(|point| point.1));
    let left = 3.0;
    let x = |bytes: f64| MARGIN + (bytes.log10().max(left) - left) / (right - left).max(1.0) * (WIDTH - 2.0 * MARGIN);
    let y = |ms: f64| HEIGHT - MARGIN - ms.log10() / top.max(1.0) * (HEIGHT - 2.0 * MARGIN);
    let mut svg = format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {WIDTH} {HEIGHT}\" font-family=\"sans-serif\" font-size=\"12\">\n<rect width=\"100%\" height=\"100%\" fill=\"white\"/>\n"
    );
    for decade in 3..=right as i32 {
        let (at, bytes) = (x(10_f64.powi(decade)), 10_u64.pow(decade.unsigned_abs()));
        let label =
            if bytes >= 1_000_000 { format!("{} MB", bytes / 1_000_000) } else { format!("{} kB", bytes / 1000) };
        let _ = writeln!(
            svg,
            "<path d=\"M{at:.1} {MARGIN}V{}\" stroke=\"#ddd\"/><text x=\"{at:.1}\" y=\"{}\" text-anchor=\"middle\">{label}</text>",
            HEIGHT - MARGIN,
            HEIGHT - MARGIN + 18.0
        );
    }
    for decade in 0..=top as i32 {
        let at = y(10_f64.powi(decade));
        let _ = writeln!(
            svg,
            "<path d=\"M{MARGIN} {at:.1}H{}\" stroke=\"#ddd\"/><text x=\"{}\" y=\"{:.1}\" text-anchor=\"end\">{} ms</text>",
            WIDTH - MARGIN,
            MARGIN - 6.0,
            at + 4.0,
            10_u64.pow(decade.unsigned_abs())
        );
    }
    for (bytes, ms) in &points {
        let _ = writeln!(
            svg,
            "<circle cx=\"{:.1}\" cy=\"{:.1}\" r=\"2\" fill=\"#2563eb\" fill-opacity=\"0.5\"/>",
            x(*bytes),
            y(*ms)
        );
    }
    let _ = writeln!(
        svg,
        "<text x=\"{}\" y=\"30\" text-anchor=\"middle\">{} documents: time by size</text>\n</svg>",
        WIDTH / 2.0,
        points.len()
    );
    svg
}
