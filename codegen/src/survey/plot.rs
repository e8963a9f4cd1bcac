//! A survey as a picture: time by size, both logarithmic, and the line along which a cost that grows with the size goes.

use std::fmt::Write as _;

use super::Survey;
use crate::counted;

const WIDTH: f64 = 720.0;
const HEIGHT: f64 = 480.0;
const MARGIN: f64 = 60.0;

/// A logarithmic axis.
struct Axis {
    /// Powers of ten, from the least to the most.
    decades: std::ops::RangeInclusive<i32>,
    /// Where they are in the picture.
    from: f64,
    to: f64,
}

#[expect(clippy::float_arithmetic, reason = "places of a picture, and no money")]
impl Axis {
    fn new(values: impl Iterator<Item = f64>, from: f64, to: f64) -> Self {
        let (least, most) = values.fold((f64::MAX, 1.0), |(least, most), value| (value.min(least), value.max(most)));
        let least = least.min(most).log10().floor() as i32;
        Self { decades: least..=(most.log10().ceil() as i32).max(least + 1), from, to }
    }

    fn at(&self, value: f64) -> f64 {
        let (least, most) = (f64::from(*self.decades.start()), f64::from(*self.decades.end()));
        self.from + (value.log10() - least) / (most - least) * (self.to - self.from)
    }
}

/// The plot, as SVG.
#[must_use]
#[expect(clippy::float_arithmetic, reason = "places of a picture, and no money")]
pub fn plot(survey: &Survey) -> String {
    let points: Vec<(f64, f64)> = survey
        .documents
        .iter()
        .filter_map(|document| {
            let record = document.outcome.as_ref().ok().filter(|record| record.openapi && record.refused.is_none())?;
            Some((document.bytes.max(1) as f64, record.microseconds.max(1) as f64))
        })
        .collect();
    let x = Axis::new(points.iter().map(|point| point.0), MARGIN, WIDTH - MARGIN);
    let y = Axis::new(points.iter().map(|point| point.1), HEIGHT - MARGIN, MARGIN);
    let mut svg = format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {WIDTH} {HEIGHT}\" font-family=\"sans-serif\" font-size=\"12\">\n<rect width=\"100%\" height=\"100%\" fill=\"white\"/>\n"
    );
    for decade in x.decades.clone() {
        let _ = writeln!(
            svg,
            "<path d=\"M{at:.1} {MARGIN}V{bottom}\" stroke=\"#ddd\"/><text x=\"{at:.1}\" y=\"{}\" text-anchor=\"middle\">{}</text>",
            HEIGHT - MARGIN + 18.0,
            named(decade, ["B", "kB", "MB", "GB"]),
            at = x.at(10_f64.powi(decade)),
            bottom = HEIGHT - MARGIN,
        );
    }
    for decade in y.decades.clone() {
        let at = y.at(10_f64.powi(decade));
        let _ = writeln!(
            svg,
            "<path d=\"M{MARGIN} {at:.1}H{right}\" stroke=\"#ddd\"/><text x=\"{}\" y=\"{:.1}\" text-anchor=\"end\">{}</text>",
            MARGIN - 6.0,
            at + 4.0,
            named(decade, ["µs", "ms", "s", "ks"]),
            right = WIDTH - MARGIN,
        );
    }
    for (bytes, time) in &points {
        let _ = writeln!(
            svg,
            "<circle cx=\"{:.1}\" cy=\"{:.1}\" r=\"2\" fill=\"#2563eb\" fill-opacity=\"0.5\"/>",
            x.at(*bytes),
            y.at(*time)
        );
    }
    if let Some(pace) = pace(&points) {
        let ends =
            points.iter().map(|point| point.0).fold((f64::MAX, 0.0_f64), |(a, b), size| (a.min(size), b.max(size)));
        let [(x1, y1), (x2, y2)] = [ends.0, ends.1].map(|bytes| (x.at(bytes), y.at(bytes * pace)));
        let _ = writeln!(
            svg,
            "<clipPath id=\"plot\"><path d=\"M{MARGIN} {MARGIN}H{}V{}H{MARGIN}z\"/></clipPath>\n<path d=\"M{x1:.1} {y1:.1}L{x2:.1} {y2:.1}\" stroke=\"#dc2626\" clip-path=\"url(#plot)\"/>",
            WIDTH - MARGIN,
            HEIGHT - MARGIN
        );
    }
    let _ = writeln!(
        svg,
        "<text x=\"{}\" y=\"30\" text-anchor=\"middle\">{}: time by size; red: as much time for each byte as the larger half takes</text>\n</svg>",
        WIDTH / 2.0,
        counted(points.len(), "document")
    );
    svg
}

/// A power of ten with its unit, the next of which is a thousand times as much.
fn named(decade: i32, units: [&str; 4]) -> String {
    let thousands = decade.clamp(0, 11) / 3;
    format!(
        "{} {}",
        10_u64.pow((decade - 3 * thousands).max(0).unsigned_abs()),
        units[thousands.unsigned_abs() as usize]
    )
}

/// The time for a byte, in the middle of the larger half of the documents: small ones cost what it takes to begin.
#[expect(clippy::float_arithmetic, reason = "places of a picture, and no money")]
fn pace(points: &[(f64, f64)]) -> Option<f64> {
    let mut by_size = points.to_vec();
    by_size.sort_unstable_by(|a, b| a.0.total_cmp(&b.0));
    let mut paces: Vec<f64> = by_size[by_size.len() / 2..].iter().map(|(bytes, time)| time / bytes).collect();
    paces.sort_unstable_by(f64::total_cmp);
    paces.get(paces.len() / 2).copied()
}
