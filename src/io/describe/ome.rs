//! The layout of an OME-TIFF.

use crate::error::{Error, Location, Result};
use crate::io::calibration::square_pixel;
use crate::io::channel::{Channel, PlaneAddress};
use crate::io::layout::Layout;
use crate::io::ome_xml::{self, OmeChannel, OmeImage, SINGLE_FILE};
use crate::io::options::ReadOptions;
use crate::io::purpose::Purpose;
use crate::io::tiff::TiffFile;

/// The layout that the OME-XML of a file gives.
pub(super) fn of_ome(
    tiff: &mut TiffFile,
    description: &str,
    location: &Location,
    options: &ReadOptions,
    purpose: Purpose,
) -> Result<Layout> {
    let ome = ome_xml::parse(description, location, options)?;
    if !ome.elsewhere.is_empty() && purpose == Purpose::Field {
        let feature = format!(
            "an OME-TIFF whose planes lie in other files ({}); {SINGLE_FILE}",
            ome.elsewhere.join(", ")
        );
        return Err(Error::unsupported(location.clone(), feature));
    }
    let mut layout = Layout { channels: channels(tiff, &ome, location)?, ..Layout::default() };
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

fn channels(tiff: &TiffFile, ome: &OmeImage, location: &Location) -> Result<Vec<Channel>> {
    let malformed = |problem: String| Err(Error::malformed(location.clone(), problem));
    // Pixels of a page may hold several channels; all pages of an image are alike.
    let Some(page) = tiff.pages.iter().find(|page| ome.may_begin_at(page.index)).or(tiff.pages.first())
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
    for (group, slices) in ome.pages(ome.size_c / samples, tiff.directory_count, location)?.iter().enumerate()
    {
        if slices.is_empty() {
            continue;
        }
        for sample in 0..page.channels {
            let address = |&(slice, index): &(usize, usize)| {
                let page = tiff.pages.iter().position(|page| page.index == index);
                page.map(|page| PlaneAddress { page, sample, slice }).ok_or_else(|| {
                    let problem = format!("the OME-XML names page {index}, which the file does not have");
                    Error::malformed(location.clone(), problem)
                })
            };
            let slices = slices.iter().map(address).collect::<Result<_>>()?;
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
