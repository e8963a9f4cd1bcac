//! Which type a schema means, and what has none of its own.

use crate::client::model::Shape;
use crate::client::view::{More, View, types};

/// Whether a schema needs no name.
pub(super) fn is_plain(view: &View<'_>) -> bool {
    view.values.is_none()
        && view.groups.is_empty()
        && view.props.is_empty()
        && view.items.is_empty()
        && view.prefix.is_empty()
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
    } else if !view.items.is_empty() || !view.prefix.is_empty() {
        types::LIST
    } else if !rules.patterns.is_empty() || rules.min_length.is_some() || rules.max_length.is_some() {
        types::TEXT
    } else {
        0
    }
}

/// A whole number: of the width that the format says, or that the bounds need.
pub(super) fn int_shape(view: &View<'_>) -> Shape {
    let bound = |bound: &Option<String>| bound.as_deref().and_then(|text| text.parse::<i128>().ok());
    let rules = &view.rules;
    let least = bound(&rules.minimum).max(bound(&rules.above));
    let most = bound(&rules.maximum).or(bound(&rules.below));
    Shape::Int(match view.format {
        Some("int8") => "i8",
        Some("int16" | "short") => "i16",
        Some("int32" | "int") => "i32",
        Some("uint8") => "u8",
        Some("uint16") => "u16",
        Some("uint32" | "uint") => "u32",
        Some("uint64" | "unsigned-int64") => "u64",
        Some("bigint" | "big-integer" | "biginteger" | "int128" | "uint128" | "int256" | "uint256") => {
            return Shape::Whole;
        }
        None if most > Some(i128::from(i64::MAX)) && least >= Some(0) => "u64",
        _ => "i64",
    })
}

/// A number: exact, unless the format says that it is not.
pub(super) fn number_shape(view: &View<'_>) -> Shape {
    match view.format {
        Some("float" | "double") => Shape::Float,
        _ => Shape::Number,
    }
}

pub(super) fn text_shape(view: &View<'_>) -> Shape {
    match view.format {
        _ if view.encoded => Shape::Base64,
        Some("date") => Shape::Date,
        Some("date-time") => Shape::DateTime,
        Some("uuid" | "guid") => Shape::Uuid,
        Some("byte" | "base64") => Shape::Base64,
        Some("password") => Shape::Secret,
        _ => Shape::Text,
    }
}
