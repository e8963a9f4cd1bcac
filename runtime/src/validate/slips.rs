//! Slips: each line is one thing.

use kassa_providers::uniform::{Slip, SlipLine};

use super::Findings;
use super::rules::SLIP_LINE;

/// A line of a slip is text, a QR code or blank paper, and what describes one of them stands beside it.
pub(super) fn check_lines(slip: &Slip, findings: &mut Findings) {
    for (index, line) in slip.lines.iter().enumerate() {
        let at = format!("lines[{index}]");
        let SlipLine { text, font, qr, qr_size, feed } = line;
        if [text.is_some(), qr.is_some(), feed.is_some()].into_iter().filter(|stated| *stated).count() != 1 {
            SLIP_LINE.broken(findings, &at, "is one of text, qr and feed");
        }
        if font.is_some() && text.is_none() {
            SLIP_LINE.broken(findings, format!("{at}.font"), "is stated without text");
        }
        if qr_size.is_some() && qr.is_none() {
            SLIP_LINE.broken(findings, format!("{at}.qr_size"), "is stated without qr");
        }
    }
}
