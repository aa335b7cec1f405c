//! One feature: from its JSON to areas, by QuPath's names.

use serde_json::Value;

use super::area::Area;
use super::geometry::{self, Shapes};
use super::note::RegionNote;
use super::place_in_file::{At, kind_of};
use crate::error::Result;

/// QuPath's objects that no person drew as an area, by the words of its present and earlier versions.
const NO_ANNOTATIONS: [&str; 11] = [
    "detection",
    "cell",
    "tile",
    "tmaCore",
    "tma_core",
    "root",
    "PathDetectionObject",
    "PathCellObject",
    "PathTileObject",
    "TMACoreObject",
    "PathRootObject",
];

/// What a feature holds.
#[derive(Default)]
pub(super) struct Contents {
    pub(super) areas: Vec<Area>,
    pub(super) notes: Vec<RegionNote>,
}

/// Reads a feature, or a geometry by itself, and the objects within it.
///
/// # Errors
/// [`crate::Error::Malformed`] naming the feature, what was found and what is allowed.
pub(super) fn read(value: &Value, at: At<'_>) -> Result<Contents> {
    let mut contents = Contents::default();
    add(value, at, &mut contents)?;
    Ok(contents)
}

/// The depth of objects within objects is bounded by the JSON reader.
fn add(value: &Value, at: At<'_>, contents: &mut Contents) -> Result<()> {
    let Some(object) = value.as_object() else {
        return Err(at.fault("", kind_of(value), "an object: a Feature or a geometry"));
    };
    let is_feature = object.get("type").and_then(Value::as_str) == Some("Feature");
    let nothing = Value::Null;
    let properties = object.get("properties").unwrap_or(&nothing);
    let geometry =
        if is_feature || object.contains_key("geometry") { object.get("geometry") } else { Some(value) };
    if let Some(object_type) = object_type(value, properties).filter(|t| NO_ANNOTATIONS.contains(t)) {
        let object_type = object_type.to_owned();
        contents.notes.push(RegionNote::NoAnnotation { object_type, features: 1, first: at.feature });
    } else {
        add_area(geometry.unwrap_or(&nothing), properties, at, contents)?;
    }
    let children = ["childObjects", "children"].into_iter().find_map(|key| properties[key].as_array());
    children.into_iter().flatten().try_for_each(|child| add(child, at, contents))
}

/// QuPath's type of an object. Version 0.2 wrote it as the `id`.
fn object_type<'v>(feature: &'v Value, properties: &'v Value) -> Option<&'v str> {
    let of = |key: &str| properties[key].as_str();
    of("objectType").or_else(|| of("object_type")).or_else(|| of("type")).or_else(|| feature["id"].as_str())
}

fn add_area(geometry: &Value, properties: &Value, at: At<'_>, contents: &mut Contents) -> Result<()> {
    let Shapes { polygons, others } = geometry::read(geometry, at)?;
    for geometry in others {
        contents.notes.push(RegionNote::NoArea { geometry, features: 1, first: at.feature });
    }
    if polygons.is_empty() {
        return Ok(());
    }
    let (own_name, class) = (text(&properties["name"]), class(&properties["classification"]));
    let excludes = [&own_name, &class].into_iter().flatten().any(|name| at.options.excludes(name));
    let field = match &properties["field"] {
        Value::Null => None,
        Value::String(field) => Some(field.clone()),
        other => return Err(at.fault(", property `field`", kind_of(other), "the name of a field")),
    };
    let name = own_name.or(class).unwrap_or_else(|| format!("region {}", at.feature));
    contents.areas.push(Area { name, field, excludes, polygons });
    Ok(())
}

/// A text that is not blank.
fn text(value: &Value) -> Option<String> {
    value.as_str().map(str::trim).filter(|text| !text.is_empty()).map(str::to_owned)
}

/// The name of a class: a text, or an object with a `name` or with the `names` of a derived class.
fn class(value: &Value) -> Option<String> {
    let names = || {
        let parts: Vec<&str> = value["names"].as_array()?.iter().filter_map(Value::as_str).collect();
        (!parts.is_empty()).then(|| parts.join(": "))
    };
    text(value).or_else(|| text(&value["name"])).or_else(names)
}
