//! Geometries: polygons with holes, alone or several.

use serde_json::Value;

use super::place_in_file::{At, kind_of};
use super::polygon::{Polygon, Ring};
use crate::error::Result;

/// Largest coordinate, either way: beyond any image, and small enough for exact enough products.
const MAX_COORDINATE: f64 = 1e9;
/// Positions of a ring of 3 points, the first of which is also the last.
const MIN_POSITIONS: usize = 4;

/// The polygons of a geometry, and the types of its parts that are no area.
#[derive(Default)]
pub(super) struct Shapes {
    pub(super) polygons: Vec<Polygon>,
    pub(super) others: Vec<String>,
}

/// # Errors
/// [`crate::Error::Malformed`] naming the feature and the part of it, what was found and what is allowed.
pub(super) fn read(geometry: &Value, at: At<'_>) -> Result<Shapes> {
    let mut shapes = Shapes::default();
    add(geometry, at, &mut shapes)?;
    Ok(shapes)
}

fn add(geometry: &Value, at: At<'_>, shapes: &mut Shapes) -> Result<()> {
    const TYPES: &str = "a geometry of the type Polygon, MultiPolygon or GeometryCollection";
    if geometry.is_null() {
        shapes.others.push("null".to_owned());
        return Ok(());
    }
    let coordinates = &geometry["coordinates"];
    match geometry["type"].as_str() {
        Some("Polygon") => shapes.polygons.push(polygon(coordinates, at, "")?),
        Some("MultiPolygon") => {
            for (i, part) in list(coordinates, at, "", "a list of polygons")?.iter().enumerate() {
                shapes.polygons.push(polygon(part, at, &format!(", polygon {}", i + 1))?);
            }
        }
        Some("GeometryCollection") => {
            for part in list(&geometry["geometries"], at, "", "a list of geometries")? {
                add(part, at, shapes)?;
            }
        }
        Some(other @ ("Point" | "MultiPoint" | "LineString" | "MultiLineString")) => {
            shapes.others.push(other.to_owned());
        }
        Some(other) => {
            let other: String = other.chars().take(40).collect();
            return Err(at.fault("", format!("the type `{other}`"), TYPES));
        }
        None => return Err(at.fault("", format!("{} without a type", kind_of(geometry)), TYPES)),
    }
    Ok(())
}

fn list<'v>(value: &'v Value, at: At<'_>, part: &str, allowed: &str) -> Result<&'v [Value]> {
    value.as_array().map(Vec::as_slice).ok_or_else(|| at.fault(part, kind_of(value), allowed))
}

fn polygon(value: &Value, at: At<'_>, part: &str) -> Result<Polygon> {
    let rings = list(value, at, part, "a list of rings")?;
    let mut rings = rings.iter().enumerate().map(|(i, r)| ring(r, at, &format!("{part}, ring {}", i + 1)));
    let outer = rings.next().unwrap_or_else(|| {
        Err(at.fault(part, "a polygon without a ring", "an outer ring, then any holes"))
    })?;
    Ok(Polygon { outer, holes: rings.collect::<Result<_>>()? })
}

fn ring(value: &Value, at: At<'_>, part: &str) -> Result<Ring> {
    let positions = list(value, at, part, "a list of positions")?;
    let vertices: Vec<[f64; 2]> =
        positions.iter().map(|position| vertex(position, at, part)).collect::<Result<_>>()?;
    let (Some(first), Some(last)) = (vertices.first(), vertices.last()) else {
        return Err(at.fault(part, "an empty ring", "a ring of 3 or more points"));
    };
    if first != last {
        let found = format!("an open ring, from {first:?} to {last:?}");
        return Err(at.fault(part, found, "a ring whose last position is the first"));
    }
    let mut points = vertices.clone();
    points.dedup();
    if vertices.len() < MIN_POSITIONS || points.len() < MIN_POSITIONS {
        let found = format!("a ring of {} points", points.len().saturating_sub(1).max(1));
        return Err(at.fault(part, found, "a ring of 3 or more points"));
    }
    Ok(Ring(vertices))
}

/// A position: x, y, and anything after these, which is not used.
fn vertex(value: &Value, at: At<'_>, part: &str) -> Result<[f64; 2]> {
    const ALLOWED: &str = "positions of two numbers, x and y, from -1e9 to 1e9";
    let position = list(value, at, part, ALLOWED)?;
    let [x, y, ..] = position else {
        return Err(at.fault(part, format!("a position of {} values", position.len()), ALLOWED));
    };
    let coordinate = |value: &Value| {
        let number = value.as_f64().filter(|v| v.is_finite() && v.abs() <= MAX_COORDINATE);
        number.ok_or_else(|| at.fault(part, format!("the coordinate {}", kind_of(value)), ALLOWED))
    };
    Ok([coordinate(x)?, coordinate(y)?])
}
