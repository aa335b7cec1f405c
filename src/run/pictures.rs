//! Label images and overlays of a result: one for each field, and of a slide an overlay for each part that has nuclei.

use std::path::Path;

use rayon::prelude::*;

use crate::analyse::{FieldReading, is_slide};
#[cfg(not(feature = "ome-zarr"))]
use crate::error::Location;
use crate::error::{Error, Result};
use crate::io::{FieldSource, ReadOptions, SlideFile, write_label_pyramid, write_labels};
#[cfg(feature = "ome-zarr")]
use crate::io::{ZarrLabels, write_labels_zarr};
use crate::report::{OverlayScale, write_overlay};
use crate::run::options::Pictures;
use crate::segment::{BoundingBox, Nucleus};
use crate::slide::{Part, read_field};

/// Edge of the parts that the overlay of a slide has, px.
const PART_PX: usize = 2048;

/// A field that was read, and where its pixels are.
pub(super) struct ReadField<'a> {
    pub(super) source: &'a FieldSource,
    /// Its file; `None` if it is no slide.
    pub(super) slide: Option<&'a SlideFile>,
    pub(super) reading: &'a FieldReading,
}

/// The pictures of a field, under its result's folder.
pub(super) fn names<'n>(
    field: &str,
    dim: (usize, usize),
    nuclei: impl Iterator<Item = &'n Nucleus>,
    pictures: Pictures,
) -> Vec<String> {
    let mut names = Vec::new();
    if pictures.labels {
        names.push(labels_of(field));
    }
    if pictures.labels_zarr {
        names.push(labels_zarr_of(field));
    }
    if pictures.overlays {
        match parts(dim, nuclei) {
            Some(parts) => names.extend(parts.into_iter().map(|part| overlay_of_part(field, part))),
            None => names.push(overlay_of(field)),
        }
    }
    names
}

/// Writes the pictures of some fields, as asked for.
pub(super) fn write(
    folder: &Path,
    fields: &[ReadField<'_>],
    reading: &ReadOptions,
    pictures: Pictures,
) -> Result<()> {
    let scale = scale_of(fields);
    let write = |field: &ReadField<'_>| {
        let name = &field.source.name;
        if pictures.labels {
            write_label_image(&folder.join(labels_of(name)), field.reading)?;
        }
        if pictures.labels_zarr {
            write_zarr(&folder.join(labels_zarr_of(name)), field.reading)?;
        }
        if pictures.overlays {
            write_overlays(folder, field, (reading, scale))?;
        }
        Ok::<(), Error>(())
    };
    for fields in fields.chunks(rayon::current_num_threads()) {
        fields.par_iter().try_for_each(write)?;
    }
    Ok(())
}

/// One scale for all overlays of a specimen. Slides are drawn in parts.
fn scale_of(fields: &[ReadField<'_>]) -> OverlayScale {
    let readings: Vec<&FieldReading> = fields.iter().map(|field| field.reading).collect();
    let largest = readings.iter().map(|field| {
        let dim = (field.height_px, field.width_px);
        if is_slide(dim) { PART_PX * PART_PX } else { dim.0 * dim.1 }
    });
    OverlayScale::of_pictures(&readings, largest.max().unwrap_or(0))
}

/// One image; of a slide in tiles, with reduced copies.
fn write_label_image(path: &Path, field: &FieldReading) -> Result<()> {
    let labels = &field.labels;
    if is_slide(labels.dim()) {
        let rows = |rows| Ok(labels.rows_as_array(rows));
        write_label_pyramid(path, labels.dim(), field.pixel_size, rows)
    } else {
        write_labels(path, &labels.to_array())
    }
}

#[cfg(feature = "ome-zarr")]
fn write_zarr(path: &Path, field: &FieldReading) -> Result<()> {
    let about = ZarrLabels { pixel_size: field.pixel_size, ..ZarrLabels::default() };
    write_labels_zarr(path, &field.labels, &about)
}

#[cfg(not(feature = "ome-zarr"))]
fn write_zarr(path: &Path, _: &FieldReading) -> Result<()> {
    let feature = "label images in OME-Zarr: the feature `ome-zarr` is not compiled in";
    Err(Error::unsupported(Location::file(path), feature))
}

fn write_overlays(
    folder: &Path,
    &ReadField { source, slide, reading: field }: &ReadField<'_>,
    (options, scale): (&ReadOptions, OverlayScale),
) -> Result<()> {
    let nuclei = field.nuclei.iter().map(|n| &n.nucleus);
    let parts = parts((field.height_px, field.width_px), nuclei);
    let (Some(slide), Some(parts)) = (slide, parts) else {
        return write_overlay(folder.join(overlay_of(&source.name)), &source.read(options)?, field, scale);
    };
    for part in parts {
        let path = folder.join(overlay_of_part(&source.name, part));
        write_overlay(path, &read_field(slide, part)?, &field.part(part), scale)?;
    }
    Ok(())
}

/// The parts of a slide that have nuclei, in reading order; `None` if it is no slide.
fn parts<'n>(
    (height, width): (usize, usize),
    nuclei: impl Iterator<Item = &'n Nucleus>,
) -> Option<Vec<Part>> {
    if !is_slide((height, width)) {
        return None;
    }
    let (down, across) = (height.div_ceil(PART_PX), width.div_ceil(PART_PX));
    let mut has_nuclei = vec![false; down * across];
    for BoundingBox { y0, x0, y1, x1 } in nuclei.map(|nucleus| nucleus.bounding_box) {
        for y in y0 / PART_PX..y1.div_ceil(PART_PX).min(down) {
            for x in x0 / PART_PX..x1.div_ceil(PART_PX).min(across) {
                has_nuclei[y * across + x] = true;
            }
        }
    }
    let part = |place: usize| {
        let (y0, x0) = (place / across * PART_PX, place % across * PART_PX);
        Part { y0, x0, y1: (y0 + PART_PX).min(height), x1: (x0 + PART_PX).min(width) }
    };
    Some((0..down * across).filter(|place| has_nuclei[*place]).map(part).collect())
}

/// Label image of a field.
fn labels_of(field: &str) -> String {
    format!("labels/{field}.tif")
}

/// Label image of a field in OME-Zarr.
fn labels_zarr_of(field: &str) -> String {
    format!("labels/{field}.ome.zarr")
}

/// Overlay of a field.
fn overlay_of(field: &str) -> String {
    format!("overlays/{field}.png")
}

/// Overlay of a part of a slide, by the row and the column of its corner.
fn overlay_of_part(field: &str, part: Part) -> String {
    format!("overlays/{field}/y{:06}_x{:06}.png", part.y0, part.x0)
}
