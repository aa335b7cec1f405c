//! Which page and sample of a file is which channel and slice, by OME-XML, by `ImageJ`'s lines, or plainly.

use super::imagej::ImageJ;
use super::layout::Layout;
use super::ome_xml::{self, is_ome_xml};
use super::options::ReadOptions;
use super::purpose::Purpose;
use super::tiff::TiffFile;
use crate::error::{Error, Location, Result};
use crate::field::FieldNote;
use imagej::of_imagej;
use ome::of_ome;
use plain::of_plain;

mod imagej;
mod ome;
mod plain;

/// The layout of a TIFF file.
pub(super) fn of_tiff(
    tiff: &mut TiffFile,
    location: &Location,
    options: &ReadOptions,
    purpose: Purpose,
) -> Result<Layout> {
    // OME-XML says more than the lines of `ImageJ` beside it.
    let mut descriptions = tiff.descriptions(0)?;
    let chosen = descriptions.iter().position(|text| is_ome_xml(text)).unwrap_or(0);
    let description = if descriptions.is_empty() { String::new() } else { descriptions.swap_remove(chosen) };
    let is_part = |text: &str| purpose == Purpose::Channel && ome_xml::is_part(text);
    let mut layout = if is_ome_xml(&description) && !is_part(&description) {
        of_ome(tiff, &description, location, options, purpose)?
    } else if let Some(imagej) = ImageJ::parse(&description, location)? {
        of_imagej(tiff, &imagej, location, options)?
    } else {
        of_plain(tiff, location, options)?
    };
    check_uniform(tiff, &layout, location)?;
    let used: Vec<usize> = layout.channels.iter().flat_map(|c| &c.slices).map(|at| at.page).collect();
    let depth = layout.channels.iter().map(|channel| channel.slices.len()).max().unwrap_or(0);
    if depth > 1 {
        layout.notes.push(FieldNote::StackProjected { channel: None, slices: depth });
    }
    let page = used.first().and_then(|&page| tiff.pages.get(page));
    let unread = page.map_or(0, |page| page.samples.saturating_sub(page.channels));
    if unread > 0 {
        layout.notes.push(FieldNote::SamplesNotRead { channel: None, samples: unread });
    }
    if used.iter().any(|&page| tiff.pages.get(page).is_some_and(super::tiff::Page::is_lossy)) {
        layout.notes.push(FieldNote::LossyCompression { channel: None });
    }
    Ok(layout)
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
    let feature = format!(
        "pages that differ: {found} here, {height} x {width} px of {sample_type:?} on the first; save the channels alike"
    );
    Err(Error::unsupported(place, feature))
}
