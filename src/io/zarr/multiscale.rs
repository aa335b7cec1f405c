//! The `multiscales` of an image: its axes, its levels and the size of a pixel.

use std::path::{Path, PathBuf};

use super::attributes::{Attributes, Entry};
use crate::error::{Location, Result};
use crate::io::calibration::{micrometres_per, square_pixel};
use crate::io::channel::Channel;
use crate::io::options::is_z_step;
use crate::units::PixelSize;

/// Axes of an image in versions that do not name them.
const UNNAMED_AXES: [Axis; 5] = [Axis::Time, Axis::Channel, Axis::Depth, Axis::Row, Axis::Column];
/// Most axes of an image. The specification allows five.
const MAX_AXES: usize = 8;

/// What an axis of the arrays counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Axis {
    Time,
    Channel,
    Depth,
    Row,
    Column,
    /// Another one, along which there is only one entry.
    Other,
}

impl Axis {
    fn named(name: &str, kind: Option<&str>) -> Self {
        match (name.to_lowercase().as_str(), kind) {
            ("z", _) => Self::Depth,
            ("y", _) => Self::Row,
            ("x", _) => Self::Column,
            ("t", _) | (_, Some("time")) => Self::Time,
            ("c", _) | (_, Some("channel")) => Self::Channel,
            _ => Self::Other,
        }
    }
}

/// An image as its attributes describe it.
#[derive(Debug, Clone)]
pub(super) struct Multiscale {
    pub(super) axes: Vec<Axis>,
    /// The folders of the levels, that of full resolution first.
    pub(super) levels: Vec<PathBuf>,
    /// What is stated of the channels, as many as are described.
    pub(super) channels: Vec<Channel>,
    /// Distance between slices, um, if it is stated in a unit of length.
    pub(super) z_step_um: Option<f64>,
    edges_um: Edges,
}

/// The edges of a pixel, each if it is stated in a unit of length.
#[derive(Debug, Clone)]
struct Edges {
    x_um: Option<f64>,
    y_um: Option<f64>,
    location: Location,
}

impl Multiscale {
    /// # Errors
    /// [`Error::Malformed`](crate::Error::Malformed) if a key is missing or has another value than it can have.
    pub(super) fn read(folder: &Path) -> Result<Self> {
        let attributes = Attributes::read(folder)?;
        let all = attributes.root().need("multiscales")?;
        // The first is the one to show, if there are several.
        let Some(first) = all.list()?.into_iter().next() else { return Err(all.malformed("an empty list")) };
        let (axes, units) = read_axes(&first)?;
        let datasets = first.need("datasets")?;
        let mut levels = Vec::new();
        let mut scale = None;
        for dataset in datasets.list()? {
            if levels.is_empty() {
                scale = read_scale(&dataset, axes.len())?;
            }
            levels.push(dataset.need("path")?.path()?);
        }
        if levels.is_empty() {
            return Err(datasets.malformed("no level"));
        }
        let of_all = read_scale(&first, axes.len())?;
        let edge = |axis: Axis| {
            let place = axes.iter().position(|other| *other == axis)?;
            let um = micrometres_per(units.get(place)?.as_deref()?)?;
            Some(
                scale.as_ref()?.get(place)?
                    * of_all.as_ref().map_or(Some(&1.0), |scale| scale.get(place))?
                    * um,
            )
        };
        let edges_um =
            Edges { x_um: edge(Axis::Column), y_um: edge(Axis::Row), location: datasets.location() };
        let channels = read_channels(&attributes)?;
        let z_step_um = edge(Axis::Depth).filter(|um| is_z_step(*um));
        Ok(Self { axes, levels, channels, z_step_um, edges_um })
    }

    /// The size of a pixel, if it is stated. One edge stands for both.
    pub(super) fn pixel_size(&self) -> Option<Result<PixelSize>> {
        let Edges { x_um, y_um, location } = &self.edges_um;
        let (x, y) = (x_um.or(*y_um)?, y_um.or(*x_um)?);
        Some(square_pixel(x, y, "scale in coordinateTransformations", location))
    }
}

/// The axes and their units.
fn read_axes(multiscale: &Entry<'_>) -> Result<(Vec<Axis>, Vec<Option<String>>)> {
    let Some(entry) = multiscale.get("axes") else {
        return Ok((UNNAMED_AXES.to_vec(), vec![None; UNNAMED_AXES.len()]));
    };
    let (mut axes, mut units) = (Vec::new(), Vec::new());
    for axis in entry.list()? {
        // Version 0.3 has the names alone.
        let name = if axis.value.is_string() { axis.text()? } else { axis.need("name")?.text()? };
        let text = |key: &str| axis.get(key).map(|value| value.text()).transpose();
        axes.push(Axis::named(name, text("type")?));
        units.push(text("unit")?.map(str::to_owned));
    }
    let count = |axis: Axis| axes.iter().filter(|other| **other == axis).count();
    let named = [Axis::Time, Axis::Channel, Axis::Depth, Axis::Row, Axis::Column];
    if axes.len() > MAX_AXES
        || count(Axis::Row) != 1
        || count(Axis::Column) != 1
        || named.into_iter().any(|a| count(a) > 1)
    {
        return Err(entry.malformed("not one y and one x axis, and at most one t, c and z axis"));
    }
    Ok((axes, units))
}

/// The factors of a scale, one for each axis, if there is one.
fn read_scale(entry: &Entry<'_>, axes: usize) -> Result<Option<Vec<f64>>> {
    let Some(transformations) = entry.get("coordinateTransformations") else { return Ok(None) };
    for transformation in transformations.list()? {
        let is_scale = transformation.get("type").is_some_and(|kind| kind.value == "scale");
        // A scale may also lie in an array of its own.
        let Some(scale) = transformation.get("scale").filter(|_| is_scale) else { continue };
        let factors = scale.list()?.iter().map(Entry::number).collect::<Result<Vec<f64>>>()?;
        if factors.len() != axes {
            return Err(scale.malformed(format!("{} factors for {axes} axes", factors.len())));
        }
        return Ok(Some(factors));
    }
    Ok(None)
}

/// What `omero` states of the channels.
fn read_channels(attributes: &Attributes) -> Result<Vec<Channel>> {
    let Some(list) = attributes.get("omero").and_then(|omero| omero.get("channels")) else {
        return Ok(Vec::new());
    };
    let list = list.list()?;
    let text = |entry: &Entry<'_>, key: &str| -> Option<String> {
        let text = entry.get(key)?.value.as_str()?.trim().to_owned();
        Some(text).filter(|text| !text.is_empty())
    };
    let mut names: Vec<Option<String>> = list.iter().map(|channel| text(channel, "label")).collect();
    if names.iter().all(Option::is_none) {
        names = names_of_colours(&list.iter().map(|channel| text(channel, "color")).collect::<Vec<_>>());
    }
    Ok(names.into_iter().map(|name| Channel { name, ..Channel::default() }).collect())
}

/// Names of channels that have none, by the colours that they are shown in. Red, green, blue in this order say nothing:
/// programs write them where they know none.
fn names_of_colours(colours: &[Option<String>]) -> Vec<Option<String>> {
    let names: Vec<Option<&str>> = colours.iter().map(|colour| name_of_colour(colour.as_deref()?)).collect();
    let is_default = names.starts_with(&[Some("red"), Some("green"), Some("blue")]);
    names.into_iter().map(|name| name.filter(|_| !is_default).map(str::to_owned)).collect()
}

/// The primary colour that outweighs the two others, of `RRGGBB`.
fn name_of_colour(colour: &str) -> Option<&'static str> {
    let digits = colour.trim_start_matches('#');
    let rgb = u32::from_str_radix(digits, 16).ok().filter(|_| digits.len() == 6)?;
    let [_, red, green, blue] = rgb.to_be_bytes();
    let outweighs = |a: u8, b: u8, c: u8| a > 0 && b <= a / 2 && c <= a / 2;
    match (red, green, blue) {
        (r, g, b) if outweighs(r, g, b) => Some("red"),
        (r, g, b) if outweighs(g, r, b) => Some("green"),
        (r, g, b) if outweighs(b, r, g) => Some("blue"),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn colours_name_channels_unless_they_are_those_of_a_program() {
        let names = |colours: &[&str]| {
            names_of_colours(&colours.iter().map(|c| Some((*c).to_owned())).collect::<Vec<_>>())
        };
        let name = |name: &str| Some(name.to_owned());
        assert_eq!(names(&["0000FF", "#ff2020", "00FF00"]), [name("blue"), name("red"), name("green")]);
        assert_eq!(names(&["FF0000", "00FF00", "0000FF", "FFFFFF"]), [None, None, None, None]);
        assert_eq!(names(&["FFFFFF", "FFFF00", "zz", "000000"]), [None, None, None, None]);
    }
}
