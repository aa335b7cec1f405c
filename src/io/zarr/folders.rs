//! The images in a folder of Zarr: one, or the series of a file that was converted, or the fields of a plate.

use std::path::{Path, PathBuf};

use super::attributes::{Attributes, Entry};
use crate::error::{Error, Location, Result};

/// Most images of a folder.
const MAX_IMAGES: usize = 16_384;

/// The folder of an image, and its name among those of the input.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct ImageFolder {
    pub(super) path: PathBuf,
    pub(super) name: String,
}

/// The images of an input, in the order in which they are listed. Label images are none.
///
/// # Errors
/// [`Error::Malformed`] if there is no image; [`Error::Unsupported`] if it is a label image.
pub(super) fn images(input: &Path) -> Result<Vec<ImageFolder>> {
    let Some(attributes) = Attributes::read_if_there(input)? else {
        return or_none(input, counted_series(input)?, "no attributes");
    };
    if let Some(entry) = attributes.get("image-label") {
        return Err(
            entry.unsupported("a label image, which has no channels; name the image that it belongs to")
        );
    }
    if attributes.get("multiscales").is_some() {
        return Ok(vec![ImageFolder { path: input.to_path_buf(), name: "image".to_owned() }]);
    }
    if let Some(plate) = attributes.get("plate") {
        return of_plate(&plate);
    }
    if let Some(well) = attributes.get("well") {
        return of_well(&well, "");
    }
    let listed = Attributes::read_if_there(&input.join("OME"))?;
    let series = match listed.as_ref().and_then(|listed| listed.get("series")) {
        Some(list) => listed_series(input, &list)?,
        None => counted_series(input)?,
    };
    or_none(input, series, &attributes.keys())
}

fn or_none(input: &Path, found: Vec<ImageFolder>, keys: &str) -> Result<Vec<ImageFolder>> {
    if found.is_empty() {
        let problem = format!(
            "`multiscales`, `plate` and `well` are missing, and there is no image in the folder 0 (found {keys}): not an \
             image in OME-Zarr"
        );
        return Err(Error::malformed(Location::file(input), problem));
    }
    Ok(found)
}

fn of_plate(plate: &Entry<'_>) -> Result<Vec<ImageFolder>> {
    let mut found = Vec::new();
    for well in plate.need("wells")?.list()? {
        let path = well.need("path")?;
        let attributes = Attributes::read(&path.path()?)?;
        found.extend(of_well(&attributes.root().need("well")?, &format!("{}/", path.text()?))?);
        refuse_too_many(found.len(), plate)?;
    }
    Ok(found)
}

fn of_well(well: &Entry<'_>, above: &str) -> Result<Vec<ImageFolder>> {
    let images = well.need("images")?;
    let list = images.list()?;
    refuse_too_many(list.len(), &images)?;
    let image = |entry: &Entry<'_>| {
        let path = entry.need("path")?;
        Ok(ImageFolder { path: path.path()?, name: format!("{above}{}", path.text()?) })
    };
    list.iter().map(image).collect()
}

fn refuse_too_many(images: usize, entry: &Entry<'_>) -> Result<()> {
    if images > MAX_IMAGES {
        Err(entry.unsupported(format!("more than {MAX_IMAGES} images")))
    } else {
        Ok(())
    }
}

/// The series that `bioformats2raw` lists. Their paths start from the folder above the list.
fn listed_series(input: &Path, list: &Entry<'_>) -> Result<Vec<ImageFolder>> {
    let series = list.list()?;
    refuse_too_many(series.len(), list)?;
    let image = |entry: &Entry<'_>| {
        entry.path()?;
        let name = entry.text()?.trim_matches('/').to_owned();
        Ok(ImageFolder { path: input.join(&name), name })
    };
    series.iter().map(image).collect()
}

/// Series in folders that are counted from 0.
fn counted_series(input: &Path) -> Result<Vec<ImageFolder>> {
    let mut found = Vec::new();
    for name in (0..MAX_IMAGES).map(|number| number.to_string()) {
        let path = input.join(&name);
        match Attributes::read_if_there(&path)? {
            Some(attributes) if attributes.get("multiscales").is_some() => {
                found.push(ImageFolder { path, name });
            }
            _ => break,
        }
    }
    Ok(found)
}
