//! The overlay: what was found, drawn on the field, for the second reader.
//!
//! | drawn | means |
//! |---|---|
//! | thick orange outline | rearranged nucleus |
//! | thin sky-blue outline | evaluable nucleus, not rearranged |
//! | thin dashed grey outline | nucleus that is not evaluable |
//! | text in the nucleus | its signal pattern in laboratory notation, with `?` if the call is doubtful; its number; a short word if it is not evaluable |
//! | ring | a fused pair, both signals inside |
//! | corners of a square | one signal of a split pair |
//! | corners of a diamond | an isolated signal |
//! | dotted ring | a duplicate, counted with the signal beside it |
//! | four grey ticks | a signal outside nuclei |
//!
//! The colours are those of Okabe and Ito (2008), which readers with any colour vision tell apart; line style
//! says the same again. Marks lie around the signals, never on them. Red and green are shown without their local
//! background, so that signals stand out of tissue with light of its own.

mod background;
pub(in crate::report) mod call_colour;
mod canvas;
mod legend;
mod lettering;
mod marks;
mod merge;
mod outline;
mod place;
mod scale;
mod wording;

use std::collections::BTreeMap;
use std::path::Path;

use image::codecs::png::{CompressionType, FilterType, PngEncoder};
use image::{ExtendedColorType, ImageEncoder};
use ndarray::Array3;

use crate::analyse::FieldReading;
use crate::atomic::write_bytes;
use crate::error::{Error, Result};
use crate::field::Field;
use crate::report::fate::fates;
use canvas::Canvas;
use place::Place;
pub use scale::OverlayScale;

/// Draws `reading` on its field: an 8-bit image of (row, column, red-green-blue) with the field at the top
/// left, each pixel as a square by the `scale` of the specimen, and a legend below.
///
/// # Errors
/// [`Error::InvalidParameter`] if the label image is not as large as the field (it may have been dropped to
/// save memory), [`Error::Malformed`] if the reading contradicts itself.
pub fn overlay(field: &Field, reading: &FieldReading, scale: OverlayScale) -> Result<Array3<u8>> {
    let (height, width) = field.dim();
    if reading.labels.dim() != (height, width) {
        let (h, w) = reading.labels.dim();
        return Err(Error::parameter(
            format!("size of the label image of field {}", reading.name),
            format!("{h} x {w} px"),
            format!("{height} x {width} px, as the field"),
        ));
    }
    let fates = fates(reading)?;
    let scale = scale.factor();
    let legend_lines = legend::lines(width * scale, reading, scale);
    let mut canvas = Canvas::new(height * scale + legend::height(&legend_lines), width * scale);
    merge::merge(field, reading.quality.signal_diameter_px, scale, &mut canvas);
    let places = places_by_nucleus(reading, scale);
    outline::outlines(reading, &places, scale, &mut canvas);
    marks::marks(reading, &fates, scale, &mut canvas);
    lettering::texts(reading, &places, scale, &mut canvas);
    legend::draw(&legend_lines, height * scale, &mut canvas);
    Ok(canvas.into_array())
}

/// Writes the [`overlay`] as a PNG file.
///
/// # Errors
/// Those of [`overlay`], and [`Error::Io`] if the file cannot be written.
pub fn write_overlay(
    path: impl AsRef<Path>,
    field: &Field,
    reading: &FieldReading,
    scale: OverlayScale,
) -> Result<()> {
    let path = path.as_ref();
    let pixels = overlay(field, reading, scale)?;
    let (height, width, _) = pixels.dim();
    let samples = pixels.into_raw_vec_and_offset().0;
    let mut png = Vec::new();
    PngEncoder::new_with_quality(&mut png, CompressionType::Fast, FilterType::Adaptive)
        .write_image(&samples, width as u32, height as u32, ExtendedColorType::Rgb8)
        .map_err(|e| Error::io(path, std::io::Error::other(e)))?;
    write_bytes(path, &png)
}

/// Places of the signals of each nucleus.
fn places_by_nucleus(reading: &FieldReading, scale: usize) -> BTreeMap<u32, Vec<Place>> {
    let mut places: BTreeMap<u32, Vec<Place>> = BTreeMap::new();
    for signal in reading.signals.iter().filter(|s| s.nucleus_id != 0) {
        places.entry(signal.nucleus_id).or_default().push(Place::of(signal, scale));
    }
    places
}
