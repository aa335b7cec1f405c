//! The `{"shape": [...]}` that `tifffile` writes into the image description of a plain TIFF.

use serde_json::Value;

use super::calibration::micrometres_per;
use super::options::is_z_step;

/// What the description says of an array that is stored as pages.
#[derive(Debug, Clone, Default, PartialEq)]
pub(super) struct Shaped {
    /// Lengths of the axes, the fastest one last.
    pub(super) shape: Vec<usize>,
    /// A letter for each axis, if the writer named them: `C` channels, `Z` slices, `T` time points, `Y`, `X`, `S` samples.
    pub(super) axes: Option<String>,
    pub(super) channel_names: Vec<String>,
    /// Edges (x, y) of a pixel in micrometres.
    pub(super) pixel_um: Option<(f64, f64)>,
    /// Distance between slices, um.
    pub(super) z_step_um: Option<f64>,
}

/// Keys under which programs write the names of channels.
const NAME_KEYS: [&str; 5] = ["Channel", "channels", "channel_names", "ChannelNames", "Labels"];

impl Shaped {
    /// Reads a description; `None` if it is no such text.
    pub(super) fn parse(description: &str) -> Option<Self> {
        if !description.trim_start().starts_with('{') {
            return None;
        }
        let value: Value = serde_json::from_str(description).ok()?;
        let shape = value.get("shape")?.as_array()?;
        let shape = shape
            .iter()
            .map(|n| n.as_u64().and_then(|n| usize::try_from(n).ok()))
            .collect::<Option<Vec<_>>>()?;
        let axes = value.get("axes").and_then(Value::as_str).map(str::to_uppercase);
        let axes = axes.filter(|axes| axes.chars().count() == shape.len());
        let channel_names =
            NAME_KEYS.iter().filter_map(|key| value.get(key)).find_map(names).unwrap_or_default();
        let z_step_um = edge_um(&value, "PhysicalSizeZ").filter(|um| is_z_step(*um));
        Some(Self { shape, axes, channel_names, pixel_um: pixel_um(&value), z_step_um })
    }

    /// The axes beside those of a picture that have more than one entry: their letters and lengths, the fastest one last.
    /// Without names the last two axes are the picture, or the last three if its pixels have that many `samples`.
    pub(super) fn stack_axes(&self, samples: usize) -> Vec<(char, usize)> {
        let letters: Vec<char> = if let Some(axes) = &self.axes {
            axes.chars().collect()
        } else {
            let last = if samples > 1 && self.shape.last() == Some(&samples) { "YXS" } else { "YX" };
            let unnamed = self.shape.len().saturating_sub(last.len());
            std::iter::repeat_n('Q', unnamed).chain(last.chars()).collect()
        };
        let axes = letters.into_iter().zip(self.shape.iter().copied());
        axes.filter(|&(letter, length)| !"YXS".contains(letter) && length > 1).collect()
    }

    /// How many pictures of one plane the array has.
    pub(super) fn planes(&self, samples: usize) -> Option<usize> {
        self.stack_axes(samples).iter().try_fold(1_usize, |product, (_, length)| product.checked_mul(*length))
    }
}

/// The names of a list, or of `{"Name": [...]}`.
fn names(value: &Value) -> Option<Vec<String>> {
    let list = value.get("Name").unwrap_or(value).as_array()?;
    let name = |value: &Value| value.as_str().or_else(|| value.get("Name")?.as_str()).map(str::to_owned);
    list.iter().map(name).collect()
}

fn edge_um(value: &Value, name: &str) -> Option<f64> {
    let size = value.get(name)?.as_f64().filter(|&size| size > 0.0)?;
    let unit = value.get(format!("{name}Unit")).and_then(Value::as_str).unwrap_or("um");
    Some(size * micrometres_per(unit)?)
}

fn pixel_um(value: &Value) -> Option<(f64, f64)> {
    let (x, y) = (edge_um(value, "PhysicalSizeX"), edge_um(value, "PhysicalSizeY"));
    Some((x.or(y)?, y.or(x)?))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn axes_names_and_pixel_size() {
        let text = r#"{"shape": [3, 1, 5, 27, 33], "axes": "CTZYX", "Channel": {"Name": ["DAPI", "Cy3", "FITC"]},
                       "PhysicalSizeX": 100, "PhysicalSizeXUnit": "nm"}"#;
        let shaped = Shaped::parse(text).expect("shaped");
        assert_eq!(shaped.stack_axes(1), [('C', 3), ('Z', 5)]);
        assert_eq!(shaped.planes(1), Some(15));
        assert_eq!(shaped.channel_names, ["DAPI", "Cy3", "FITC"]);
        let (x, y) = shaped.pixel_um.expect("a size");
        assert!((x - 0.1).abs() < 1e-12 && x == y);
    }

    #[test]
    fn arrays_without_names() {
        let shaped = Shaped::parse(r#"{"shape": [3, 27, 33]}"#).expect("shaped");
        assert_eq!((shaped.stack_axes(1), shaped.planes(1)), (vec![('Q', 3)], Some(3)));
        let colour = Shaped::parse(r#"{"shape": [27, 33, 3], "axes": "wrong"}"#).expect("shaped");
        assert_eq!((colour.axes.clone(), colour.planes(3)), (None, Some(1)));
        for text in ["", "ImageJ=1", "{", "{\"shape\": 3}", "{\"shape\": [-1]}", "[1]"] {
            assert_eq!(Shaped::parse(text), None, "{text}");
        }
    }
}
