//! Which type a schema means, and what has none of its own.

use crate::client::model::Shape;
use crate::client::view::{More, View, types};

/// Whether a schema needs no name.
pub(super) fn is_plain(view: &View<'_>) -> bool {
    view.values.is_none()
        && view.groups.is_empty()
        && view.props.is_empty()
        && view.items.is_none()
        && !matches!(view.more, More::Of(_) | More::None)
        && infer(view).count_ones() <= 1
}

/// The types that a schema means, where it does not say.
pub(in crate::client) fn infer(view: &View<'_>) -> u8 {
    let rules = &view.rules;
    if view.types != 0 {
        view.types
    } else if !view.props.is_empty() || view.more != More::Unsaid {
        types::OBJECT
    } else if view.items.is_some() || !view.prefix.is_empty() {
        types::LIST
    } else if rules.pattern.is_some() || rules.min_length.is_some() || rules.max_length.is_some() {
        types::TEXT
    } else {
        0
    }
}

pub(super) fn width(format: Option<&str>) -> &'static str {
    match format {
        Some("int8") => "i8",
        Some("int16" | "short") => "i16",
        Some("int32" | "int") => "i32",
        Some("uint8") => "u8",
        Some("uint16") => "u16",
        Some("uint32" | "uint") => "u32",
        Some("uint64" | "unsigned-int64") => "u64",
        _ => "i64",
    }
}

pub(super) fn text_shape(view: &View<'_>) -> Shape {
    match view.format {
        _ if view.encoded => Shape::Base64,
        Some("date") => Shape::Date,
        Some("date-time") => Shape::DateTime,
        Some("uuid") => Shape::Uuid,
        Some("byte" | "base64") => Shape::Base64,
        _ => Shape::Text,
    }
}
