//! The OME-XML that `bioformats2raw` keeps beside its images.

use std::path::Path;

use crate::error::{Location, Result};
use crate::io::channel::Channel;
use crate::io::ome_xml::{OmeChannel, channels_of_image};
use crate::limited::read_text;

/// Its place in the folder.
const FILE: &str = "OME/METADATA.ome.xml";
/// Longest one that is read.
const MAX_BYTES: u64 = 64 << 20;

/// What it states of the channels of an image, if it is there.
pub(super) fn channels(folder: &Path, series: usize) -> Result<Vec<Channel>> {
    let file = folder.join(FILE);
    if !file.is_file() {
        return Ok(Vec::new());
    }
    let stated = channels_of_image(&read_text(&file, MAX_BYTES)?, series, &Location::file(&file))?;
    let channel =
        |OmeChannel { name, fluor, emission_nm }| Channel { name, fluor, emission_nm, ..Channel::default() };
    Ok(stated.into_iter().map(channel).collect())
}
