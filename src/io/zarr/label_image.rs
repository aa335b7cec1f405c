//! Writes label images in OME-Zarr, a few rows at a time.

use std::fs;
use std::path::{Path, PathBuf};

use ndarray::{ArrayView2, Axis, Slice};
use serde_json::{Value, json};

use super::attributes::{Attributes, read_json};
use super::label_level::LabelLevel;
use super::label_version::{CHUNK_PX, OmeZarrVersion, write_json};
use crate::atomic::write_atomically;
use crate::error::{Error, Location, Result};
use crate::io::zarr_folder::is_zarr;
use crate::label_image::LabelImage;
use crate::units::PixelSize;

/// How a label image is written in OME-Zarr.
#[derive(Debug, Clone, Default, PartialEq)]
#[non_exhaustive]
pub struct ZarrLabels {
    /// The version. Default: 0.5.
    pub version: OmeZarrVersion,
    /// Size of a pixel. Default: `None`, and no unit is written.
    pub pixel_size: Option<PixelSize>,
}

/// Writes labels (0 = background) as a label image in OME-Zarr with a pyramid: a folder of its own. It appears under its
/// name only when it is complete, and takes the place of an earlier label image.
///
/// # Errors
/// [`Error::Io`] if the folder cannot be written; [`Error::Undecided`] if something else is there under its name;
/// [`Error::InvalidParameter`] if the image is empty.
///
/// ```
/// use breakapart::LabelImage;
/// use breakapart::io::{ZarrLabels, write_labels_zarr};
/// use ndarray::array;
/// let folder = tempfile::tempdir()?;
/// let labels = LabelImage::from_array(&array![[0, 1], [2, 2]]);
/// write_labels_zarr(folder.path().join("field.ome.zarr"), &labels, &ZarrLabels::default())?;
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub fn write_labels_zarr(folder: impl AsRef<Path>, labels: &LabelImage, about: &ZarrLabels) -> Result<()> {
    write_label_image(folder.as_ref(), labels, about, None)
}

/// Writes labels into an image in OME-Zarr, as `labels/NAME`, in the version of the image, and lists them there. The image
/// must be one itself, not a plate or a folder of several images.
///
/// # Errors
/// As [`write_labels_zarr`]; [`Error::Malformed`] if the folder is no image in OME-Zarr.
pub fn add_labels_to_zarr(
    image: impl AsRef<Path>,
    name: &str,
    labels: &LabelImage,
    pixel_size: Option<PixelSize>,
) -> Result<PathBuf> {
    let image = image.as_ref();
    if name.is_empty() || name.contains(['/', '\\']) || name.starts_with('.') {
        return Err(Error::parameter("name of a label image", name, "a name without slashes"));
    }
    Attributes::read(image)?.root().need("multiscales")?;
    let is_third = image.join("zarr.json").is_file();
    let version = if is_third { OmeZarrVersion::V05 } else { OmeZarrVersion::V04 };
    let group = image.join("labels");
    let folder = group.join(name);
    write_label_image(&folder, labels, &ZarrLabels { version, pixel_size }, Some("../../"))?;
    let mut names = listed(&group)?;
    if !names.iter().any(|other| other == name) {
        names.push(name.to_owned());
    }
    write_group(&group, version, json!({ "labels": names }))?;
    Ok(folder)
}

/// The label images that a group lists.
fn listed(group: &Path) -> Result<Vec<String>> {
    let Some(attributes) = Attributes::read_if_there(group)? else { return Ok(Vec::new()) };
    let Some(labels) = attributes.get("labels") else { return Ok(Vec::new()) };
    labels.list()?.iter().map(|label| label.text().map(str::to_owned)).collect()
}

fn write_label_image(
    folder: &Path,
    labels: &LabelImage,
    about: &ZarrLabels,
    source: Option<&str>,
) -> Result<()> {
    if labels.is_empty() {
        let (height, width) = labels.dim();
        let value = format!("{height} x {width} px");
        return Err(Error::parameter("size of the label image", value, "at least 1 x 1 px"));
    }
    refuse_to_replace(folder)?;
    write_atomically(folder, |part| {
        let written = write_parts(part, labels, about, source).and_then(|()| remove_folder(folder));
        if written.is_err() {
            // The error that matters is the first one.
            let _ = fs::remove_dir_all(part);
        }
        written
    })
}

fn write_parts(part: &Path, labels: &LabelImage, about: &ZarrLabels, source: Option<&str>) -> Result<()> {
    remove_folder(part)?;
    let mut pyramid = LabelPyramid::create(part, labels.dim(), about, source)?;
    for y in (0..labels.dim().0).step_by(CHUNK_PX) {
        pyramid.push(labels.rows_as_array(y..y + CHUNK_PX).view())?;
    }
    Ok(())
}

fn remove_folder(folder: &Path) -> Result<()> {
    match fs::remove_dir_all(folder) {
        Err(error) if error.kind() != std::io::ErrorKind::NotFound => Err(Error::io(folder, error)),
        _ => Ok(()),
    }
}

/// Only a label image may be replaced by one.
fn refuse_to_replace(folder: &Path) -> Result<()> {
    let is_label_image = || -> Result<bool> {
        Ok(is_zarr(folder)
            && Attributes::read_if_there(folder)?.is_some_and(|own| own.get("image-label").is_some()))
    };
    if !folder.exists() || is_label_image()? {
        return Ok(());
    }
    Err(Error::Undecided {
        location: Location::file(folder),
        question: "a label image shall be written here".to_owned(),
        found: "something else of this name".to_owned(),
        remedy: "move it away, or choose another name".to_owned(),
    })
}

/// A label image that is written from its first row to its last.
pub(super) struct LabelPyramid {
    levels: Vec<LabelLevel>,
}

impl LabelPyramid {
    /// Makes the folder with its metadata. The image has `(height, width)` pixels.
    fn create(
        folder: &Path,
        (height, width): (usize, usize),
        about: &ZarrLabels,
        source: Option<&str>,
    ) -> Result<Self> {
        let mut sizes = vec![(height, width)];
        while let Some(&(h, w)) = sizes.last().filter(|(h, w)| *h.max(w) > CHUNK_PX) {
            sizes.push((h.div_ceil(2), w.div_ceil(2)));
        }
        write_group(folder, about.version, attributes(sizes.len(), about, source))?;
        let level = |(level, size): (usize, &(usize, usize))| {
            LabelLevel::create(&folder.join(level.to_string()), *size, about.version)
        };
        Ok(Self { levels: sizes.iter().enumerate().map(level).collect::<Result<_>>()? })
    }

    /// The next rows: a multiple of [`CHUNK_PX`], or all that are left.
    fn push(&mut self, rows: ArrayView2<'_, u32>) -> Result<()> {
        let mut rows = rows.to_owned();
        for level in &mut self.levels {
            let Some(full) = level.push(rows.view())? else { return Ok(()) };
            // Every other pixel: a mean of labels is no label.
            let other = Slice::new(0, None, 2);
            rows = full.slice_axis(Axis(0), other).slice_axis(Axis(1), other).to_owned();
        }
        Ok(())
    }
}

fn attributes(levels: usize, about: &ZarrLabels, source: Option<&str>) -> Value {
    let um = about.pixel_size.map(PixelSize::um);
    let axis = |name: &str| match um {
        Some(_) => json!({ "name": name, "type": "space", "unit": "micrometer" }),
        None => json!({ "name": name, "type": "space" }),
    };
    let dataset = |level: usize| {
        let edge = um.unwrap_or(1.0) * (1_u64 << level) as f64;
        json!({
            "path": level.to_string(),
            "coordinateTransformations": [{ "type": "scale", "scale": [edge, edge] }],
        })
    };
    let mut multiscale = json!({
        "name": "nuclei",
        "axes": [axis("y"), axis("x")],
        "datasets": (0..levels).map(dataset).collect::<Vec<_>>(),
        "type": "nearest",
    });
    let mut label = json!({});
    if about.version == OmeZarrVersion::V04 {
        multiscale["version"] = about.version.name().into();
        label["version"] = about.version.name().into();
    }
    if let Some(image) = source {
        label["source"] = json!({ "image": image });
    }
    json!({ "multiscales": [multiscale], "image-label": label })
}

/// Writes a group with attributes of OME, beside those that are there.
fn write_group(folder: &Path, version: OmeZarrVersion, ome: Value) -> Result<()> {
    match version {
        OmeZarrVersion::V04 => {
            write_json(&folder.join(".zgroup"), &json!({ "zarr_format": 2 }))?;
            let attributes = with(existing(&folder.join(".zattrs"))?, ome);
            write_json(&folder.join(".zattrs"), &attributes)
        }
        OmeZarrVersion::V05 => {
            let file = folder.join("zarr.json");
            let mut group = existing(&file)?;
            let own = group.pointer("/attributes/ome").cloned().unwrap_or_else(|| json!({}));
            let ome = with(with(own, json!({ "version": version.name() })), ome);
            group = with(group, json!({ "zarr_format": 3, "node_type": "group" }));
            let attributes = group.get("attributes").cloned().unwrap_or_else(|| json!({}));
            group["attributes"] = with(attributes, json!({ "ome": ome }));
            write_json(&file, &group)
        }
    }
}

fn existing(file: &Path) -> Result<Value> {
    if file.is_file() { read_json(file) } else { Ok(json!({})) }
}

/// An object with further keys.
fn with(mut object: Value, more: Value) -> Value {
    if !object.is_object() {
        object = json!({});
    }
    if let (Some(object), Value::Object(more)) = (object.as_object_mut(), more) {
        object.extend(more);
    }
    object
}
