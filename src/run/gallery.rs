//! The crops of a result, kept in its folder: pages are made from them without the images.

use std::path::Path;

use crate::analyse::FieldReading;
use crate::atomic::write_bytes;
use crate::error::{Error, Location, Result};
use crate::limited::{read_bytes, read_text};
use crate::report::FieldCrops;
use crate::run::names::GALLERY_FOLDER;

/// Largest list of crops and largest sheet, bytes: a crop takes about 500 bytes, a sheet 2 MB.
const MAX_BYTES: u64 = 1 << 28;

/// The files of the crops of a field with this number of nuclei, under its result's folder.
pub(super) fn names(field: &str, nuclei: usize) -> Vec<String> {
    let sheets = (0..FieldCrops::sheet_count(nuclei)).map(|i| sheet_of(field, i));
    std::iter::once(crops_of(field)).chain(sheets).collect()
}

/// Writes the crops of a field.
pub(super) fn write(folder: &Path, crops: &FieldCrops) -> Result<()> {
    for (i, sheet) in crops.sheets.iter().enumerate() {
        write_bytes(&folder.join(sheet_of(&crops.field, i)), sheet)?;
    }
    let path = folder.join(crops_of(&crops.field));
    let json = serde_json::to_vec(crops).map_err(|e| Error::io(&path, e.into()))?;
    write_bytes(&path, &json)
}

/// Reads the crops of some fields. A field without crops has none.
pub(super) fn read(folder: &Path, fields: &[FieldReading]) -> Result<Vec<FieldCrops>> {
    let mut all = Vec::new();
    for field in fields {
        let path = folder.join(crops_of(&field.name));
        if !path.is_file() {
            continue;
        }
        let fault = |e| Error::malformed(Location::file(&path), format!("no list of crops: {e}"));
        let mut crops: FieldCrops = serde_json::from_str(&read_text(&path, MAX_BYTES)?).map_err(fault)?;
        for i in 0..FieldCrops::sheet_count(crops.crops.len()) {
            crops.sheets.push(read_bytes(&folder.join(sheet_of(&field.name, i)), MAX_BYTES)?);
        }
        all.push(crops);
    }
    Ok(all)
}

fn crops_of(field: &str) -> String {
    format!("{GALLERY_FOLDER}/{field}/crops.json")
}

fn sheet_of(field: &str, i: usize) -> String {
    format!("{GALLERY_FOLDER}/{field}/{i:03}.jpg")
}
