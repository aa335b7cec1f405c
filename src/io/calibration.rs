//! The size of a pixel, as files state it.

use crate::error::{Error, Location, Result};
use crate::units::PixelSize;

/// Largest difference between the two edges of a pixel that still counts as square, as a fraction of the
/// shorter edge. Lengths are then wrong by at most half of it, far below the error of a distance in a nucleus.
pub(super) const SQUARE_TOLERANCE: f64 = 0.01;

/// Pixel edges, in micrometres, at which plain resolution tags in centimetres are believed: cameras on
/// microscopes give 0.03 to 1 um, whereas a print resolution of 72 to 1200 dpi gives 353 to 21 um.
const PLAUSIBLE_UM: std::ops::RangeInclusive<f64> = 0.02..=5.0;

/// The same for inches, as cameras and scanners of documents write them: the finest of those has 9600 dpi, which is 2.6 um.
const PLAUSIBLE_INCH_UM: std::ops::RangeInclusive<f64> = 0.02..=1.0;

/// Micrometres in a unit of length, however it is written; `None` if it is no length (pixel, reference frame).
pub(super) fn micrometres_per(unit: &str) -> Option<f64> {
    // The micro sign in its two forms, escaped, or decoded twice.
    let unit = unit.trim().replace("\\u00B5", "\u{b5}").replace("\\u00b5", "\u{b5}");
    let unit =
        unit.replace('\u{3bc}', "\u{b5}").replace("\u{c2}\u{b5}", "\u{b5}").replace("\u{ce}\u{bc}", "\u{b5}");
    match unit.as_str() {
        "m" => return Some(1e6),
        "Mm" | "pixel" | "pixels" => return None,
        _ => {}
    }
    match unit.to_lowercase().as_str() {
        "\u{b5}m" | "um" | "micron" | "microns" | "micrometer" | "micrometers" | "micrometre"
        | "micrometres" => Some(1.0),
        "nm" | "nanometer" | "nanometers" | "nanometre" | "nanometres" => Some(1e-3),
        "pm" => Some(1e-6),
        "\u{e5}" | "angstrom" => Some(1e-4),
        "mm" | "millimeter" | "millimetre" => Some(1e3),
        "cm" | "centimeter" | "centimetre" => Some(1e4),
        "meter" | "metre" => Some(1e6),
        "inch" | "in" => Some(25_400.0),
        _ => None,
    }
}

/// The pixel size from its two edges.
///
/// # Errors
/// [`Error::Unsupported`] if the pixel is not square, [`Error::Malformed`] if its size is not one that a light
/// microscope gives.
pub(super) fn square_pixel(x_um: f64, y_um: f64, stated: &str, location: &Location) -> Result<PixelSize> {
    let remedy = "if that is wrong, supply the pixel size (--pixel-size UM)";
    if !(PixelSize::RANGE_UM.contains(&x_um) && PixelSize::RANGE_UM.contains(&y_um)) {
        let problem = format!(
            "{stated}: a pixel of {x_um} x {y_um} um, outside {} to {} um; {remedy}",
            PixelSize::RANGE_UM.start(),
            PixelSize::RANGE_UM.end()
        );
        return Err(Error::malformed(location.clone(), problem));
    }
    if (x_um - y_um).abs() > SQUARE_TOLERANCE * x_um.min(y_um) {
        let feature = format!("{stated}: pixels that are not square ({x_um} x {y_um} um); {remedy}");
        return Err(Error::unsupported(location.clone(), feature));
    }
    PixelSize::from_um(f64::midpoint(x_um, y_um))
}

/// The pixel size from the plain resolution tags, only if plausible: most of them are print resolutions.
pub(super) fn from_plain_tags(x: Option<f64>, y: Option<f64>, unit: u64) -> Option<PixelSize> {
    const INCH: u64 = 2;
    const CENTIMETRE: u64 = 3;
    let (x, y) = (x?, y?);
    let (unit_um, plausible_um) = match unit {
        INCH => (25_400.0, PLAUSIBLE_INCH_UM),
        CENTIMETRE => (1e4, PLAUSIBLE_UM),
        _ => return None,
    };
    let (x_um, y_um) = (unit_um / x, unit_um / y);
    if !(plausible_um.contains(&x_um) && plausible_um.contains(&y_um)) {
        return None;
    }
    square_pixel(x_um, y_um, "resolution tags", &Location::default()).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn units_in_their_many_spellings() {
        for unit in ["\u{b5}m", "\u{3bc}m", "um", "micron", "Microns", "\\u00B5m", " um ", "\u{c2}\u{b5}m"] {
            assert_eq!(micrometres_per(unit), Some(1.0), "{unit}");
        }
        assert_eq!(micrometres_per("nm"), Some(1e-3));
        assert_eq!(micrometres_per("m"), Some(1e6));
        assert_eq!(micrometres_per("inch"), Some(25_400.0));
        for unit in ["pixel", "reference frame", "", "Mm"] {
            assert_eq!(micrometres_per(unit), None, "{unit}");
        }
    }

    #[test]
    fn print_resolutions_are_not_pixel_sizes() {
        assert_eq!(from_plain_tags(Some(72.0), Some(72.0), 2), None, "72 dpi");
        assert_eq!(from_plain_tags(Some(118.11), Some(118.11), 3), None, "300 dpi in centimetres");
        assert_eq!(from_plain_tags(Some(9600.0), Some(9600.0), 2), None, "a scanner");
        let size = from_plain_tags(Some(158_750.0), Some(158_750.0), 2).expect("no print is so fine");
        assert!((size.um() - 0.16).abs() < 1e-12);
        assert_eq!(from_plain_tags(Some(0.0), Some(0.0), 3), None);
        let size = from_plain_tags(Some(1e5), Some(1e5), 3).expect("0.1 um");
        assert!((size.um() - 0.1).abs() < 1e-12);
    }

    #[test]
    fn pixels_must_be_square_to_a_hundredth() {
        let place = Location::file("a.tif");
        assert!(square_pixel(0.1, 0.1009, "x", &place).is_ok());
        assert!(matches!(square_pixel(0.1, 0.102, "x", &place), Err(Error::Unsupported { .. })));
        assert!(matches!(square_pixel(25.0, 25.0, "x", &place), Err(Error::Malformed { .. })));
        assert!(matches!(square_pixel(f64::NAN, 0.1, "x", &place), Err(Error::Malformed { .. })));
        assert!((square_pixel(0.1, 0.1, "x", &place).expect("square").um() - 0.1).abs() < 1e-15);
    }
}
