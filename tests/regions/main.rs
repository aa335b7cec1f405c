//! Areas in which nuclei are counted.

mod files;
mod places;
#[cfg(feature = "simulate")]
mod reading;

use breakapart::region::{RegionOptions, Regions};
use breakapart::{Location, Result};
use serde_json::{Value, json};

/// Regions of a GeoJSON text, in pixels.
fn regions(text: &str) -> Result<Regions> {
    Regions::from_geojson(text, &Location::file("drawn.geojson"), &RegionOptions::default())
}

/// An annotation as QuPath writes it.
fn annotation(class: &str, geometry: &Value) -> Value {
    json!({
        "type": "Feature",
        "id": "5a1b3c80-0a3c-4f57-8f7a-0d2f0c1e9b11",
        "geometry": geometry,
        "properties": {
            "objectType": "annotation",
            "classification": {"name": class, "color": [200, 0, 0]},
            "isLocked": true,
        },
    })
}

fn collection(features: &[Value]) -> String {
    json!({"type": "FeatureCollection", "features": features}).to_string()
}

/// A polygon around a box.
fn box_of([x0, y0, x1, y1]: [f64; 4]) -> Value {
    json!({"type": "Polygon", "coordinates": [[[x0, y0], [x1, y0], [x1, y1], [x0, y1], [x0, y0]]]})
}
