//! Which page and sample of a file is which channel and slice, by OME-XML, by `ImageJ`'s lines, or plainly.

use super::calibration::{SQUARE_TOLERANCE, from_plain_tags, square_pixel};
use super::channel::{Channel, PlaneAddress};
use super::imagej::ImageJ;
use super::ome_xml::{OmeChannel, OmeImage, is_ome_xml};
use super::options::ReadOptions;
use super::tiff::TiffFile;
use crate::error::{Error, Location, Result};
use crate::field::FieldNote;
use crate::units::PixelSize;

/// The channels and properties of a file.
#[derive(Debug, Default)]
pub(super) struct Layout {
    pub(super) channels: Vec<Channel>,
    /// Whether the channels are the red, green and blue of a colour image.
    pub(super) rgb: bool,
    pub(super) pixel_size: Option<PixelSize>,
    /// Highest sample value that the camera can give, if the file says.
    pub(super) saturation_level: Option<f32>,
    pub(super) notes: Vec<FieldNote>,
}

impl Layout {
    /// A PNG or JPEG of one or three planes.
    pub(super) fn of_raster(planes: usize) -> Self {
        let mut layout = Self { rgb: planes == 3, ..Self::default() };
        layout.channels = (0..planes).map(|sample| single_slice(0, sample)).collect();
        if layout.rgb {
            layout.name_rgb();
        }
        layout
    }

    /// Takes the pixel size that the file states, unless the caller supplies one: then an impossible statement is no
    /// error, and a different one is a note.
    fn set_pixel_size(&mut self, stated: Result<PixelSize>, options: &ReadOptions) -> Result<()> {
        match (stated, options.pixel_size) {
            (stated, None) => self.pixel_size = Some(stated?),
            (Ok(size), Some(given)) if (size.um() - given.um()).abs() > SQUARE_TOLERANCE * given.um() => {
                let (stated_um, used_um) = (size.um(), given.um());
                self.notes.push(FieldNote::PixelSizeOverridden { channel: None, stated_um, used_um });
            }
            _ => {}
        }
        Ok(())
    }

    fn name_rgb(&mut self) {
        for (channel, name) in self.channels.iter_mut().zip(["red", "green", "blue"]) {
            channel.name = Some(name.to_owned());
        }
    }
}

fn single_slice(page: usize, sample: usize) -> Channel {
    Channel { slices: vec![PlaneAddress { page, sample }], ..Channel::default() }
}

/// The layout of a TIFF file.
pub(super) fn of_tiff(tiff: &mut TiffFile, location: &Location, options: &ReadOptions) -> Result<Layout> {
    if tiff.metamorph_planes() > 1 {
        let feature = format!(
            "a MetaMorph stack of {} planes in one page; save it as OME-TIFF",
            tiff.metamorph_planes()
        );
        return Err(Error::unsupported(location.clone(), feature));
    }
    // OME-XML says more than the lines of `ImageJ` beside it.
    let mut descriptions = tiff.descriptions()?;
    let chosen = descriptions.iter().position(|text| is_ome_xml(text)).unwrap_or(0);
    let description = if descriptions.is_empty() { String::new() } else { descriptions.swap_remove(chosen) };
    let mut layout = if is_ome_xml(&description) {
        of_ome(tiff, &OmeImage::parse(&description, location)?, location, options)?
    } else if let Some(imagej) = ImageJ::parse(&description, location)? {
        of_imagej(tiff, &imagej, location, options)?
    } else {
        of_plain(tiff, &description, location, options)?
    };
    check_uniform(tiff, &layout, location)?;
    let depth = layout.channels.iter().map(|channel| channel.slices.len()).max().unwrap_or(0);
    if depth > 1 {
        layout.notes.push(FieldNote::StackProjected { channel: None, slices: depth });
    }
    let unread = tiff.pages.first().map_or(0, |page| page.samples - page.channels);
    if unread > 0 {
        layout.notes.push(FieldNote::SamplesNotRead { channel: None, samples: unread });
    }
    Ok(layout)
}

fn of_ome(tiff: &mut TiffFile, ome: &OmeImage, location: &Location, options: &ReadOptions) -> Result<Layout> {
    let malformed = |problem: String| Err(Error::malformed(location.clone(), problem));
    let Some(first) = tiff.pages.first() else { return malformed("no page".to_owned()) };
    if (first.width, first.height) != (ome.size_x, ome.size_y) {
        return malformed(format!(
            "the OME-XML says {} x {} px, the first page has {} x {} px",
            ome.size_x, ome.size_y, first.width, first.height
        ));
    }
    let (samples, readable, rgb) = (first.samples, first.channels, first.rgb);
    if !ome.size_c.is_multiple_of(samples) {
        return malformed(format!("SizeC = {} in the OME-XML, but {samples} samples per pixel", ome.size_c));
    }
    let pages = ome.pages(ome.size_c / samples, tiff.directory_count, location)?;
    let mut layout = Layout::default();
    for (group, slices) in pages.iter().enumerate() {
        for sample in 0..readable {
            let address = |&index: &usize| {
                let page = tiff.pages.iter().position(|page| page.index == index);
                page.map(|page| PlaneAddress { page, sample }).ok_or_else(|| {
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
            layout.channels.push(Channel { name, fluor, emission_nm, slices });
        }
    }
    let unnamed = |channel: &Channel| channel.name.is_none() && channel.fluor.is_none();
    if rgb && layout.channels.len() == 3 && layout.channels.iter().all(unnamed) {
        layout.rgb = true;
        layout.name_rgb();
    }
    let bits = first_page_bits(tiff);
    layout.saturation_level = match (ome.significant_bits, bits) {
        (Some(significant), Some(bits)) if (1..=bits).contains(&significant) => {
            Some((1_u32 << significant) as f32 - 1.0)
        }
        _ => None,
    };
    if let Some(problem) = ome.pixel_size_problem.as_ref().filter(|_| options.pixel_size.is_none()) {
        return malformed(problem.clone());
    }
    // One stated edge stands for both.
    let (x, y) = ome.pixel_um;
    if let (Some(x), Some(y)) = (x.or(y), y.or(x)) {
        let stated = square_pixel(x, y, "PhysicalSizeX and PhysicalSizeY in the OME-XML", location);
        layout.set_pixel_size(stated, options)?;
    }
    Ok(layout)
}

fn first_page_bits(tiff: &TiffFile) -> Option<u32> {
    tiff.pages.first().and_then(|page| page.sample_type.bits())
}

fn of_imagej(
    tiff: &mut TiffFile,
    imagej: &ImageJ,
    location: &Location,
    options: &ReadOptions,
) -> Result<Layout> {
    let unsupported = |feature: String| Err(Error::unsupported(location.clone(), feature));
    let imagej = &if options.channels.is_some() { imagej.as_channels() } else { imagej.clone() };
    if imagej.frames > 1 {
        return unsupported(format!("a time series of {} frames; save one time point", imagej.frames));
    }
    let mut layout = if imagej.images == 1 {
        of_plain(tiff, "", location, options)?
    } else {
        let pages = tiff.pages.len();
        if pages == 1 {
            return unsupported(format!(
                "{} ImageJ images in one page, as ImageJ writes stacks of more than 4 GiB; save it as OME-TIFF",
                imagej.images
            ));
        }
        if pages != imagej.images {
            let problem =
                format!("ImageJ's description names {} images, the file has {pages}", imagej.images);
            return Err(Error::malformed(location.clone(), problem));
        }
        if tiff.pages.iter().any(|page| page.samples > 1) {
            return unsupported("a stack of colour images; save its channels as grey images".to_owned());
        }
        let slices = |channel: usize| {
            let page = |slice: usize| PlaneAddress { page: imagej.page(channel, slice), sample: 0 };
            (0..imagej.slices).map(page).collect()
        };
        let channel = |i| Channel { slices: slices(i), ..Channel::default() };
        Layout { channels: (0..imagej.channels).map(channel).collect(), ..Layout::default() }
    };
    // With ImageJ the resolution has the unit of its description, not the unit of the tag.
    layout.pixel_size = None;
    layout.notes.clear();
    if let Some((x, y)) = imagej.pixel_um(tiff.resolution()?) {
        let stated = square_pixel(x, y, "resolution and unit as ImageJ wrote them", location);
        layout.set_pixel_size(stated, options)?;
    }
    Ok(layout)
}

/// Pages without a description: each page, or each sample of the single page, is a channel.
fn of_plain(
    tiff: &mut TiffFile,
    description: &str,
    location: &Location,
    options: &ReadOptions,
) -> Result<Layout> {
    check_shaped(description, location)?;
    let mut layout = Layout::default();
    match tiff.pages.as_slice() {
        [page] => {
            layout.channels = (0..page.channels).map(|sample| single_slice(0, sample)).collect();
            layout.rgb = page.rgb && layout.channels.len() == 3;
            if layout.rgb {
                layout.name_rgb();
            }
        }
        pages if pages.iter().any(|page| page.samples > 1) => {
            let feature = format!("{} pages of several samples per pixel; save it as OME-TIFF", pages.len());
            return Err(Error::unsupported(location.clone(), feature));
        }
        pages => layout.channels = (0..pages.len()).map(|page| single_slice(page, 0)).collect(),
    }
    let resolution = tiff.resolution()?;
    if let Some(size) = from_plain_tags(resolution.x, resolution.y, resolution.unit) {
        layout.set_pixel_size(Ok(size), options)?;
        if options.pixel_size.is_none() {
            layout.notes.push(FieldNote::PixelSizeFromTags { channel: None, pixel_um: size.um() });
        }
    }
    Ok(layout)
}

/// The `{"shape": [...]}` that `tifffile` writes: more than one axis beside the image and its samples cannot be
/// told apart.
fn check_shaped(description: &str, location: &Location) -> Result<()> {
    let shape: Option<Vec<u64>> = serde_json::from_str::<serde_json::Value>(description)
        .ok()
        .and_then(|value| value.get("shape")?.as_array()?.iter().map(serde_json::Value::as_u64).collect());
    let stacked = shape.iter().flatten().rev().skip(2).filter(|&&length| length > 1).count();
    if stacked > 1 {
        let feature = format!(
            "an array of shape {:?} without names of its axes; save it as OME-TIFF",
            shape.unwrap_or_default()
        );
        return Err(Error::unsupported(location.clone(), feature));
    }
    Ok(())
}

fn check_uniform(tiff: &TiffFile, layout: &Layout, location: &Location) -> Result<()> {
    let used = layout.channels.iter().flat_map(|channel| &channel.slices);
    let mut pages: Vec<usize> = used.map(|at| at.page).collect();
    pages.sort_unstable();
    pages.dedup();
    let kind = |&page: &usize| tiff.pages.get(page).map(|p| (p.height, p.width, p.sample_type, p.samples));
    let Some(first) = pages.first().and_then(kind) else {
        return Err(Error::malformed(location.clone(), "no page of the file is a channel"));
    };
    let Some(odd) = pages.iter().find(|&page| kind(page) != Some(first)) else { return Ok(()) };
    let (height, width, sample_type, _) = first;
    let found = kind(odd).map_or_else(String::new, |(h, w, t, _)| format!("{h} x {w} px of {t:?}"));
    let place = tiff.pages.get(*odd).map_or_else(|| location.clone(), |page| page.location.clone());
    let feature =
        format!("pages that differ: {found} here, {height} x {width} px of {sample_type:?} on the first");
    Err(Error::unsupported(place, feature))
}
