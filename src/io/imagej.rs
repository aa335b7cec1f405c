//! The `key=value` lines that `ImageJ` writes into the image description.

use super::calibration::micrometres_per;
use super::options::is_z_step;
use super::resolution::Resolution;
use super::stack::{Axis, Stack};
use crate::error::{Error, Location, Result};
use crate::units::PixelSize;

/// The lines that the reader uses.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct ImageJ {
    pub(super) images: usize,
    pub(super) channels: usize,
    pub(super) slices: usize,
    pub(super) frames: usize,
    pub(super) unit: Option<String>,
    /// Distance between slices in that unit.
    spacing: Option<f64>,
    /// The axes, the fastest first.
    order: [u8; 3],
}

/// Axes of the usual order of images, the fastest first.
const USUAL_ORDER: &str = "czt";

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
        // Some programs write the axes of a plane as well.
        let stated = value("order").filter(|order| !order.is_empty()).unwrap_or(USUAL_ORDER);
        let order = stated.to_lowercase().replace(['x', 'y'], "");
        let order = <[u8; 3]>::try_from(order.as_bytes())
            .ok()
            .filter(|order| USUAL_ORDER.bytes().all(|axis| order.contains(&axis)));
        let Some(order) = order else {
            let feature =
                format!("`order={stated}` in ImageJ's description; save it in the order {USUAL_ORDER}");
            return Err(Error::unsupported(location.clone(), feature));
        };
        let image = Self {
            order,
            images: number("images")?,
            channels: number("channels")?,
            slices: number("slices")?,
            frames: number("frames")?,
            spacing: value("spacing").and_then(|text| text.parse().ok()),
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

    /// How its images follow each other.
    pub(super) fn stack(&self) -> Stack {
        let [c, z, t] = [self.channels, self.slices, self.frames];
        let length_of = |axis: u8| match axis {
            b'c' => c,
            b'z' => z,
            _ => t,
        };
        let step_of = |axis: u8| {
            self.order.iter().take_while(|&&faster| faster != axis).map(|&a| length_of(a)).product()
        };
        let [channels, slices, frames] =
            [b'c', b'z', b't'].map(|axis| Axis { length: length_of(axis), step: step_of(axis) });
        Stack { first: 0, channels, slices, frames }
    }

    /// Distance between slices, um, if the image is calibrated in a unit of length.
    pub(super) fn z_step_um(&self) -> Option<f64> {
        let um = micrometres_per(self.unit.as_deref().filter(|unit| !matches!(*unit, "inch" | "in"))?)?;
        // Some programs write it with the sign of the direction.
        self.spacing.map(|spacing| spacing.abs() * um).filter(|um| is_z_step(*um))
    }

    /// The edges (x, y) of a pixel in micrometres, if the image is calibrated in a unit of length. Inches are ignored:
    /// `ImageJ` copies them from print resolutions. The resolution has the unit of the description. Programs that write
    /// it in the unit of its own tag give a pixel that no microscope has: then that unit counts.
    pub(super) fn pixel_um(&self, resolution: Resolution) -> Option<(f64, f64)> {
        let unit = self.unit.as_deref().filter(|unit| !matches!(*unit, "inch" | "in"))?;
        let um = micrometres_per(unit)?;
        let edges = |um: f64| {
            let edge = |per_unit: Option<f64>| per_unit.filter(|&n| n > 0.0).map(|n| um / n);
            Some((edge(resolution.x)?, edge(resolution.y)?))
        };
        let is_possible =
            |(x, y): &(f64, f64)| PixelSize::RANGE_UM.contains(x) && PixelSize::RANGE_UM.contains(y);
        let stated = edges(um)?;
        let of_tag = match resolution.unit {
            2 => micrometres_per("inch"),
            3 => micrometres_per("cm"),
            _ => None,
        };
        let by_tag = of_tag.filter(|_| !is_possible(&stated)).and_then(edges).filter(is_possible);
        Some(by_tag.unwrap_or(stated))
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
        let text = "ImageJ=1.54f\nimages=90\nchannels=2\nslices=45\nhyperstack=true\nunit=micron\nspacing=0.3\nmin=0.0\n";
        let image = parse(text).expect("well formed").expect("written by ImageJ");
        assert_eq!((image.images, image.channels, image.slices, image.frames), (90, 2, 45, 1));
        assert_eq!(image.z_step_um(), Some(0.3));
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
    fn the_unit_of_the_resolution_tag_counts_where_that_of_the_description_gives_no_pixel() {
        let image = parse("ImageJ=1.5\nunit=um\n").expect("well formed").expect("written by ImageJ");
        let um = |per_unit: f64, unit: u64| {
            image.pixel_um(Resolution { x: Some(per_unit), y: Some(per_unit), unit }).expect("calibrated").0
        };
        assert!((um(62_500.0, 3) - 0.16).abs() < 1e-12);
        assert!((um(6.25, 3) - 0.16).abs() < 1e-12, "as ImageJ writes it");
        assert!((um(62_500.0, 1) - 1.6e-5).abs() < 1e-12, "nothing else is known");
    }

    #[test]
    fn axes_follow_each_other_in_the_order_that_is_stated() {
        let image = |text: &str| parse(text).expect("well formed").expect("written by ImageJ").stack();
        let lines = "ImageJ=1.5\nimages=24\nchannels=3\nslices=2\nframes=4\n";
        for (order, steps) in [
            ("", [1, 3, 6]),
            ("order=czt\n", [1, 3, 6]),
            ("order=zct\n", [2, 1, 6]),
            ("order=xyztc\n", [8, 1, 2]),
            ("order=TCZ\n", [4, 12, 1]),
        ] {
            let stack = image(&format!("{lines}{order}"));
            assert_eq!([stack.channels.step, stack.slices.step, stack.frames.step], steps, "{order}");
        }
        assert!(parse(&format!("{lines}order=czz\n")).is_err());
    }

    #[test]
    fn contradictions_are_errors() {
        assert_eq!(parse("something else").expect("no error"), None);
        assert!(parse("ImageJ=1.5\nimages=6\nchannels=2\n").is_err());
        assert!(parse("ImageJ=1.5\nimages=-1\n").is_err());
    }
}
