//! One annotation: a named area of one or more polygons.

use super::polygon::Polygon;

/// An area that a person drew.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Area {
    /// Its own name, otherwise its class, otherwise `region` and the number of the feature.
    pub(crate) name: String,
    /// The field that it belongs to; `None` = every field that the file is attached to.
    pub(crate) field: Option<String>,
    /// Whether it takes nuclei out.
    pub(crate) excludes: bool,
    /// The area is their union.
    pub(crate) polygons: Vec<Polygon>,
}

impl Area {
    /// Whether it belongs to a field.
    pub(crate) fn is_of(&self, field: &str) -> bool {
        self.field.as_deref().is_none_or(|own| own == field)
    }
}
