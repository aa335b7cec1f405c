//! Digests: whether two files, settings or pictures are the same.
//!
//! All are BLAKE3, as the program `b3sum` prints it.

use std::fs::File;
use std::path::Path;

use ndarray::ArrayView2;
use serde::{Deserialize, Serialize};

use crate::error::{Error, Location, Result};
use crate::field::{ChannelRole, Field, PlaneView};
use crate::io::{FieldSource, file_name, files_of_zarr};
use crate::slide::{Part, SlideSource};

/// Every so many rows of a plane are digested. Noise makes two planes differ in any row.
const ROW_STEP: usize = 8;

/// A BLAKE3 digest, 64 hexadecimal digits.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Digest(String);

impl Digest {
    fn of(hasher: &blake3::Hasher) -> Self {
        Self(hasher.finalize().to_hex().to_string())
    }

    /// The digest of a file; of an image in Zarr that of the names and digests of its files, but for label images in it.
    ///
    /// # Errors
    /// [`Error::Io`] if the file cannot be read.
    pub fn of_file(path: &Path) -> Result<Self> {
        if let Some(files) = files_of_zarr(path)? {
            let digests: Vec<(String, Self)> = files
                .into_iter()
                .map(|file| Ok((file.name, Self::of_file(&file.path)?)))
                .collect::<Result<_>>()?;
            return Self::of_json(&digests);
        }
        let mut hasher = blake3::Hasher::new();
        let mut file = File::open(path).map_err(|e| Error::io(path, e))?;
        std::io::copy(&mut file, &mut hasher).map_err(|e| Error::io(path, e))?;
        Ok(Self::of(&hasher))
    }

    /// The digest of bytes.
    pub(super) fn of_bytes(bytes: &[u8]) -> Self {
        let mut hasher = blake3::Hasher::new();
        hasher.update(bytes);
        Self::of(&hasher)
    }

    /// The digest of a value as JSON.
    pub(super) fn of_json(value: &impl Serialize) -> Result<Self> {
        let mut hasher = blake3::Hasher::new();
        serde_json::to_writer(std::io::BufWriter::new(&mut hasher), value)
            .map_err(|e| Error::malformed(Location::default(), format!("cannot be written as JSON: {e}")))?;
        Ok(Self::of(&hasher))
    }

    /// The 64 hexadecimal digits.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// A file that a result rests on.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[non_exhaustive]
pub struct InputFile {
    /// The field that it belongs to.
    pub field: String,
    /// Its place among the files of the field: two files that were exchanged make another field.
    pub place: usize,
    /// Its name, without its folder.
    pub name: String,
    /// Its digest.
    pub blake3: Digest,
}

impl InputFile {
    fn of(field: &str, place: usize, path: &Path) -> Result<Self> {
        let name = file_name(path);
        Ok(Self { field: field.to_owned(), place, name, blake3: Digest::of_file(path)? })
    }

    /// The files of fields, in an order that does not depend on theirs. What cannot be read is left out.
    pub(super) fn of_fields<'a>(
        fields: impl Iterator<Item = &'a FieldSource>,
        supplied_to: impl Fn(&str) -> Vec<&'a Path>,
    ) -> Vec<Self> {
        let of_field = |field: &FieldSource| Self::of_field(field, &supplied_to(&field.name)).ok();
        let mut files: Vec<Self> = fields.filter_map(of_field).flatten().collect();
        files.sort();
        files
    }

    /// The files of a field, then those that other programs supplied to it.
    pub(super) fn of_field(source: &FieldSource, supplied: &[&Path]) -> Result<Vec<Self>> {
        let paths = source.files.paths();
        paths
            .iter()
            .chain(supplied)
            .enumerate()
            .map(|(place, path)| Self::of(&source.name, place, path))
            .collect()
    }
}

/// A plane of a field.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[non_exhaustive]
pub struct PlaneDigest {
    /// The field.
    pub field: String,
    /// The channel: `counterstain`, `red` or `green`.
    pub channel: ChannelRole,
    /// Digest of its size and of every eighth row of its samples.
    pub blake3: Digest,
}

/// The digests of the planes of a field. Planes of one value show no specimen, and are left out.
pub(super) fn planes(field: &Field) -> Vec<PlaneDigest> {
    let planes = [field.counterstain.view(), field.red.view(), field.green.view()];
    ChannelRole::ALL
        .into_iter()
        .zip(planes)
        .filter_map(|(channel, plane)| {
            let blake3 = plane_digest(plane)?;
            Some(PlaneDigest { field: field.name.clone(), channel, blake3 })
        })
        .collect()
}

/// Parts of a slide along each side that stand for it, and their edge, px.
const SLIDE_PARTS: usize = 4;
const SLIDE_PART_PX: usize = 512;

/// The digests of the channels of a slide, by parts that are spread over it.
pub(super) fn planes_of_slide(slide: &dyn SlideSource) -> Result<Vec<PlaneDigest>> {
    let facts = slide.facts();
    let starts = |size: usize| {
        (0..SLIDE_PARTS).map(move |i| (2 * i + 1) * size.saturating_sub(SLIDE_PART_PX) / (2 * SLIDE_PARTS))
    };
    let mut out = Vec::new();
    for channel in ChannelRole::ALL {
        let mut hasher = blake3::Hasher::new();
        hasher.update(format!("{} {}", facts.height_px, facts.width_px).as_bytes());
        let mut shows_something = false;
        for (y0, x0) in starts(facts.height_px).flat_map(|y| starts(facts.width_px).map(move |x| (y, x))) {
            let part = Part { y0, x0, y1: y0 + SLIDE_PART_PX, x1: x0 + SLIDE_PART_PX }.common(&facts.whole());
            if let Some(digest) = plane_digest(slide.read(channel, part)?.view()) {
                shows_something = true;
                hasher.update(digest.as_str().as_bytes());
            }
        }
        if shows_something {
            out.push(PlaneDigest { field: facts.name.clone(), channel, blake3: Digest::of(&hasher) });
        }
    }
    Ok(out)
}

fn plane_digest(plane: PlaneView<'_>) -> Option<Digest> {
    match plane {
        PlaneView::U8(samples) => samples_digest(samples),
        PlaneView::U16(samples) => samples_digest(samples),
        PlaneView::F32(samples) => samples_digest(samples),
    }
}

fn samples_digest<T: bytemuck::Pod + PartialEq>(samples: ArrayView2<'_, T>) -> Option<Digest> {
    let first = *samples.first()?;
    if samples.iter().all(|sample| *sample == first) {
        return None;
    }
    let (height, width) = samples.dim();
    let mut hasher = blake3::Hasher::new();
    hasher.update(format!("{height} {width} {}", size_of::<T>()).as_bytes());
    for row in samples.rows().into_iter().step_by(ROW_STEP) {
        match row.as_slice() {
            Some(row) => hasher.update(bytemuck::cast_slice(row)),
            None => hasher.update(bytemuck::cast_slice(&row.to_vec())),
        };
    }
    Some(Digest::of(&hasher))
}
