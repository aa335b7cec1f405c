//! The `key=value` lines that `ImageJ` writes into the image description.

use super::calibration::micrometres_per;
use super::resolution::Resolution;
use crate::error::{Error, Location, Result};

/// The lines that the reader uses.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct ImageJ {
    pub(super) images: usize,
    pub(super) channels: usize,
    pub(super) slices: usize,
    pub(super) frames: usize,
    pub(super) unit: Option<String>,
}

impl ImageJ {
    /// Reads a description; `None` if `ImageJ` did not write it.
    pub(super) fn parse(description: &str, location: &Location) -> Result<Option<Self>> {
        if !description.starts_with("ImageJ=") {
            return Ok(None);
        }
        let value = |key: &str| {
            let mut lines = description.lines().filter_map(|line| line.split_once('='));
            lines.find(|(k, _)| k.trim() == key).map(|(_, v)| v.trim())
        };
        let number = |key: &str| match value(key) {
            None => Ok(1),
            Some(text) => text.parse::<usize>().ok().filter(|&n| n > 0).ok_or_else(|| {
                let problem = format!("`{key}={text}` in ImageJ's description is not a positive number");
                Error::malformed(location.clone(), problem)
            }),
        };
        let image = Self {
            images: number("images")?,
            channels: number("channels")?,
            slices: number("slices")?,
            frames: number("frames")?,
            unit: value("unit").filter(|unit| !unit.is_empty()).map(ToOwned::to_owned),
        };
        let product = image.channels.checked_mul(image.slices).and_then(|n| n.checked_mul(image.frames));
        if product != Some(image.images) {
            let problem = format!(
                "ImageJ's description names {} images, but {} channels, {} slices and {} frames",
                image.images, image.channels, image.slices, image.frames
            );
            return Err(Error::malformed(location.clone(), problem));
        }
        Ok(Some(image))
    }

    /// The edges (x, y) of a pixel in micrometres, if the image is calibrated in a unit of length. Inches are ignored:
    /// `ImageJ` copies them from print resolutions.
    pub(super) fn pixel_um(&self, resolution: Resolution) -> Option<(f64, f64)> {
        let unit = self.unit.as_deref().filter(|unit| !matches!(*unit, "inch" | "in"))?;
        let um = micrometres_per(unit)?;
        let edge = |per_unit: Option<f64>| per_unit.filter(|&n| n > 0.0).map(|n| um / n);
        Some((edge(resolution.x)?, edge(resolution.y)?))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(text: &str) -> Result<Option<ImageJ>> {
        ImageJ::parse(text, &Location::file("a.tif"))
    }

    #[test]
    fn hyperstack_lines() {
        let text = "ImageJ=1.54f\nimages=90\nchannels=2\nslices=45\nhyperstack=true\nunit=micron\nmin=0.0\n";
        let image = parse(text).expect("well formed").expect("written by ImageJ");
        assert_eq!((image.images, image.channels, image.slices, image.frames), (90, 2, 45, 1));
        let resolution = Resolution { x: Some(10.0), y: Some(10.0), unit: 1 };
        assert_eq!(image.pixel_um(resolution), Some((0.1, 0.1)));
    }

    #[test]
    fn inches_and_missing_units_are_no_calibration() {
        let resolution = Resolution { x: Some(72.0), y: Some(72.0), unit: 2 };
        for text in ["ImageJ=1.5\nunit=inch\n", "ImageJ=1.5\n", "ImageJ=1.5\nunit=pixel\n"] {
            let image = parse(text).expect("well formed").expect("written by ImageJ");
            assert_eq!(image.pixel_um(resolution), None, "{text}");
        }
    }

    #[test]
    fn contradictions_are_errors() {
        assert_eq!(parse("something else").expect("no error"), None);
        assert!(parse("ImageJ=1.5\nimages=6\nchannels=2\n").is_err());
        assert!(parse("ImageJ=1.5\nimages=-1\n").is_err());
    }
}
