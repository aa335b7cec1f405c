//! An object of QuPath as JSON.

use std::f64::consts::PI;

use serde::{Serialize, Serializer};
use serde_json::{Map, Number, Value};

use super::class::Classification;
use super::outline::PolygonRings;
use crate::analyse::NucleusReading;
use crate::colour::Colour;
use crate::detect::Signal;
use crate::report::fate::Fate;
use crate::units::PixelSize;

/// Decimals of measurements and places. Further digits would be noise, and may differ between machines.
const DECIMALS: i32 = 4;

/// One object.
#[derive(Debug, Serialize)]
pub(super) struct Feature {
    r#type: &'static str,
    id: String,
    geometry: Geometry,
    properties: Properties,
}

impl Feature {
    pub(super) fn new(id: String, geometry: Geometry, properties: Properties) -> Self {
        Self { r#type: "Feature", id, geometry, properties }
    }
}

/// Where it lies: x, y in pixels, from the corner of the first one.
#[derive(Debug, Serialize)]
#[serde(tag = "type", content = "coordinates")]
pub(super) enum Geometry {
    Point([Number; 2]),
    Polygon(PolygonRings),
    MultiPolygon(Vec<PolygonRings>),
}

/// What it is.
#[derive(Debug)]
pub(super) struct Properties {
    pub(super) name: String,
    pub(super) classification: Classification,
    pub(super) measurements: Measurements,
}

impl Serialize for Properties {
    fn serialize<S: Serializer>(&self, serializer: S) -> std::result::Result<S::Ok, S::Error> {
        #[derive(Serialize)]
        #[serde(rename_all = "camelCase")]
        struct Keys<'a> {
            object_type: &'static str,
            name: &'a str,
            classification: &'a Classification,
            is_locked: bool,
            measurements: &'a Map<String, Value>,
        }
        // Locked: nobody moves what was measured.
        let Self { name, classification, measurements: Measurements(measurements) } = self;
        let object_type = "detection";
        Keys { object_type, name, classification, is_locked: true, measurements }.serialize(serializer)
    }
}

/// Finite numbers by name.
#[derive(Debug, Default)]
pub(super) struct Measurements(Map<String, Value>);

impl Measurements {
    /// A count, or a flag as 0 or 1.
    fn count(&mut self, name: &str, value: impl Into<u64>) {
        self.0.insert(name.to_owned(), Value::Number(Number::from(value.into())));
    }

    /// A value; left out if it does not exist or is not finite.
    fn value(&mut self, name: &str, value: impl Into<Option<f64>>) {
        if let Some(number) = value.into().and_then(rounded) {
            self.0.insert(name.to_owned(), Value::Number(number));
        }
    }

    /// Names and meanings of the columns of `nuclei.csv`.
    pub(super) fn of_nucleus(own: &NucleusReading, pixel_size: Option<PixelSize>) -> Self {
        let NucleusReading { nucleus, call, .. } = own;
        let area_px = nucleus.area_px as f64;
        let diameter_px = 2.0 * (area_px / PI).sqrt();
        let pattern = call.pattern;
        let mut all = Self::default();
        all.count("nucleus_id", nucleus.id);
        all.count("evaluable", call.evaluable());
        all.count("rearranged", call.rearranged);
        all.count("fused", pattern.fused as u64);
        all.count("split", pattern.split as u64);
        all.count("isolated_red", pattern.isolated_red as u64);
        all.count("isolated_green", pattern.isolated_green as u64);
        all.value("probability_rearranged", call.probability_rearranged);
        all.count("doubtful", call.doubtful);
        all.count("uncertain", call.uncertain);
        all.count("area_px", nucleus.area_px as u64);
        all.value("area_um2", pixel_size.map(|p| p.px2_to_um2(area_px)));
        all.value("diameter_px", diameter_px);
        all.value("diameter_um", pixel_size.map(|p| p.px_to_um(diameter_px)));
        all.value("solidity", nucleus.solidity);
        all.value("eccentricity", nucleus.eccentricity);
        all.value("mean_intensity", nucleus.mean_intensity);
        all.value("score", nucleus.score);
        if let Some(depth) = own.depth {
            all.value("best_focus_z_px", depth.best_focus_z_px);
            all.value("in_focus_z_px", depth.in_focus_z_px);
            all.count("cut_signals", depth.cut_signals as u64);
        }
        all
    }

    /// Names and meanings of the columns of `signals.csv`.
    pub(super) fn of_signal(
        signal: &Signal,
        number: usize,
        fate: Fate,
        pixel_size: Option<PixelSize>,
    ) -> Self {
        let distance_px = fate.pair.map(|pair| pair.distance_px);
        let mut all = Self::default();
        all.count("signal_id", number as u64);
        all.count("nucleus_id", signal.nucleus_id);
        all.count("is_red", signal.colour == Colour::Red);
        all.value("intensity", signal.intensity);
        all.value("amplitude", signal.amplitude);
        all.value("snr", signal.snr);
        all.value("diameter_px", signal.diameter_px);
        all.value("probability", signal.probability);
        all.value("z_px", signal.z_px);
        if let Some(partner) = fate.partner {
            all.count("partner_id", partner as u64 + 1);
        }
        all.value("partner_distance_px", distance_px);
        all.value("partner_distance_um", distance_px.zip(pixel_size).map(|(px, size)| size.px_to_um(px)));
        all
    }
}

/// A place; `None` if it is no number.
pub(super) fn point([x, y]: [f64; 2]) -> Option<[Number; 2]> {
    Some([rounded(x)?, rounded(y)?])
}

/// A number with [`DECIMALS`]; `None` if it is not finite.
fn rounded(value: f64) -> Option<Number> {
    let scale = 10_f64.powi(DECIMALS);
    let rounded = (value * scale).round() / scale;
    // Adding zero turns -0.0 to 0.0; values past the range of the scale stay as they are.
    Number::from_f64(if rounded.is_finite() { rounded + 0.0 } else { value })
}
