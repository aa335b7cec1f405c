//! The layout of an OME-TIFF.

use std::path::{Path, PathBuf};

use crate::error::{Error, Location, Result};
use crate::io::calibration::square_pixel;
use crate::io::channel::{Channel, PlaneAddress};
use crate::io::layout::Layout;
use crate::io::ome_xml::{self, OmeChannel, OmeImage};
use crate::io::options::ReadOptions;
use crate::io::purpose::Purpose;
use crate::io::tiff::TiffFile;
use crate::limited::read_bytes;

/// Most bytes of an OME-XML in a file of its own: a set of 100,000 planes has some 20 MB.
const MAX_COMPANION_BYTES: u64 = 1 << 27;

/// The layout that the OME-XML of a file gives.
pub(super) fn of_ome(
    tiff: &mut TiffFile,
    description: &str,
    location: &Location,
    options: &ReadOptions,
    purpose: Purpose,
) -> Result<Layout> {
    let companion = companion(description, location)?;
    let ome = ome_xml::parse(companion.as_deref().unwrap_or(description), location, options)?;
    let mut layout = Layout { channels: channels(tiff, &ome, location, purpose)?, ..Layout::default() };
    let first = layout.channels.first().and_then(|c| c.slices.first()).and_then(|at| tiff.pages.get(at.page));
    let unnamed = |channel: &Channel| channel.name.is_none() && channel.fluor.is_none();
    let is_rgb = first.is_some_and(|page| page.rgb);
    if is_rgb && layout.channels.len() == 3 && layout.channels.iter().all(unnamed) {
        layout.rgb = true;
        layout.name_rgb();
    }
    let bits = first.and_then(|page| page.sample_type.bits());
    layout.saturation_level = match (ome.significant_bits, bits) {
        (Some(significant), Some(bits)) if (1..=bits).contains(&significant) => {
            Some((1_u64 << significant) as f32 - 1.0)
        }
        _ => None,
    };
    if let Some(problem) = ome.pixel_size_problem.as_ref().filter(|_| options.pixel_size.is_none()) {
        let problem = format!("{problem}; supply the pixel size (--pixel-size UM)");
        return Err(Error::malformed(location.clone(), problem));
    }
    // One stated edge stands for both.
    let (x, y) = ome.pixel_um;
    if let (Some(x), Some(y)) = (x.or(y), y.or(x)) {
        let stated = square_pixel(x, y, "PhysicalSizeX and PhysicalSizeY in the OME-XML", location);
        layout.set_pixel_size(stated, options)?;
    }
    layout.z_step_um = ome.z_step_um;
    Ok(layout)
}

/// The OME-XML of a set of files, if it lies in a file of its own beside the one at hand.
fn companion(description: &str, location: &Location) -> Result<Option<String>> {
    let name = ome_xml::metadata_file(description);
    let Some(path) = name.and_then(|name| beside(&name, location)) else { return Ok(None) };
    let bytes = read_bytes(&path, MAX_COMPANION_BYTES)?;
    Ok(String::from_utf8(bytes).ok().filter(|text| ome_xml::is_ome_xml(text)))
}

/// A file in the folder of the one at hand, if it is there. Folders in the name do not count.
fn beside(name: &str, location: &Location) -> Option<PathBuf> {
    let own = location.path()?;
    Path::new(name).file_name().map(|name| own.with_file_name(name)).filter(|path| path.is_file())
}

/// The channels of an image. Those whose planes lie in other files are read for a field, and left out for a single channel.
fn channels(
    tiff: &mut TiffFile,
    ome: &OmeImage,
    location: &Location,
    purpose: Purpose,
) -> Result<Vec<Channel>> {
    let malformed = |problem: String| Err(Error::malformed(location.clone(), problem));
    // Pixels of a page may hold several channels; all pages of an image are alike.
    let Some(page) =
        tiff.pages.iter().find(|page| ome.may_begin_at(page.index)).or(tiff.pages.first()).cloned()
    else {
        return malformed("no page".to_owned());
    };
    if (page.width, page.height) != (ome.size_x, ome.size_y) {
        return malformed(format!(
            "the OME-XML says {} x {} px, page {} has {} x {} px",
            ome.size_x, ome.size_y, page.index, page.width, page.height
        ));
    }
    let samples = page.samples;
    if page.channels > samples {
        let feature = "palette colours in an OME-TIFF; save it as grey levels or RGB";
        return Err(Error::unsupported(location.clone(), feature));
    }
    if !ome.size_c.is_multiple_of(samples) {
        return malformed(format!("SizeC = {} in the OME-XML, but {samples} samples per pixel", ome.size_c));
    }
    let mut channels = Vec::new();
    for (group, slices) in planes(tiff, ome, ome.size_c / samples, location, purpose)?.iter().enumerate() {
        let is_elsewhere = purpose == Purpose::Channel && !ome.elsewhere.is_empty();
        let missing = slices.iter().position(Option::is_none);
        let is_empty = slices.iter().all(Option::is_none);
        if is_empty && is_elsewhere {
            continue;
        }
        // A stack may lack slices that were not acquired; those in other files were.
        if let Some(z) = missing.filter(|_| is_empty || is_elsewhere) {
            return malformed(format!("the OME-XML gives no page for channel {group}, slice {z}"));
        }
        for sample in 0..page.channels {
            let address =
                |(slice, page): (usize, &Option<usize>)| Some(PlaneAddress { page: (*page)?, sample, slice });
            let slices = slices.iter().enumerate().filter_map(address).collect();
            // Channels are listed one for each sample, or one for all samples of a page, which then has no name.
            let described = if samples == 1 || ome.channels.len() == ome.size_c {
                ome.channels.get(group * samples + sample).cloned()
            } else {
                None
            };
            let OmeChannel { name, fluor, emission_nm } = described.unwrap_or_default();
            channels.push(Channel { name, fluor, emission_nm, slices });
        }
    }
    Ok(channels)
}

/// The page of each plane, `[c][z]`, by its position in the pages of all files of the set.
fn planes(
    tiff: &mut TiffFile,
    ome: &OmeImage,
    channels: usize,
    location: &Location,
    purpose: Purpose,
) -> Result<Vec<Vec<Option<usize>>>> {
    let mut planes = vec![vec![None; ome.size_z]; channels];
    let files = if purpose == Purpose::Field { 0..=ome.elsewhere.len() } else { 0..=0 };
    for number in files {
        let name = number.checked_sub(1).and_then(|other| ome.elsewhere.get(other));
        let count = if number == 0 { tiff.directory_count } else { usize::MAX };
        let pages = ome.pages(channels, number, count, location)?;
        if pages.iter().flatten().all(Option::is_none) {
            continue;
        }
        let file = match name {
            Some(name) => add_part(tiff, name, location)?,
            None => 0,
        };
        for (plane, index) in planes.iter_mut().flatten().zip(pages.into_iter().flatten()) {
            let Some(index) = index else { continue };
            let found = tiff.pages.iter().position(|page| page.file == file && page.index == index);
            *plane = Some(found.ok_or_else(|| {
                let of = name.map(|name| format!(" of {name}")).unwrap_or_default();
                let problem = format!("the OME-XML names page {index}{of}, which the file does not have");
                Error::malformed(location.clone(), problem)
            })?);
        }
    }
    Ok(planes)
}

/// Adds the pages of another file of the set, which lies beside this one.
fn add_part(tiff: &mut TiffFile, name: &str, location: &Location) -> Result<usize> {
    let missing = || {
        let problem = format!(
            "a part of the image is missing: its OME-XML names the file {name}; copy all files of the image to one folder"
        );
        Error::malformed(location.clone(), problem)
    };
    tiff.add_file(&beside(name, location).ok_or_else(missing)?)
}
