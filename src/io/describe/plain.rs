//! The layout of a TIFF without OME-XML and without the lines of `ImageJ`.

use std::ops::Range;

use crate::error::{Error, Location, Result};
use crate::field::FieldNote;
use crate::io::calibration::{from_plain_tags, square_pixel};
use crate::io::layout::Layout;
use crate::io::options::ReadOptions;
use crate::io::series::choose;
use crate::io::shaped::Shaped;
use crate::io::stack::{Axis, Stack, counted};
use crate::io::tiff::TiffFile;

/// An image among the pages of a file.
#[derive(Debug)]
struct Series {
    pages: Vec<usize>,
    shaped: Option<Shaped>,
}

/// An image that can be chosen.
#[derive(Debug)]
struct Image {
    layout: Layout,
    /// Its size.
    words: String,
    /// Its first page.
    first: usize,
    /// Edges (x, y) of a pixel as its description states them.
    pixel_um: Option<(f64, f64)>,
}

/// Each page, or each sample of a single page, is a channel, unless the shape of an array says otherwise. Pages of
/// different sizes, and arrays that follow each other, are images by themselves.
pub(super) fn of_plain(tiff: &mut TiffFile, location: &Location, options: &ReadOptions) -> Result<Layout> {
    if tiff.metamorph_planes() > 1 {
        tiff.add_pages_behind(usize::try_from(tiff.metamorph_planes()).unwrap_or(usize::MAX))?;
        let stack = metamorph(tiff.pages.len()).as_the_caller_names_it(options);
        return with_pixel_size(
            Layout { channels: stack.at(0), ..Layout::default() },
            tiff,
            0,
            None,
            options,
            location,
        );
    }
    let mut images: Vec<Image> = Vec::new();
    let mut fault = None;
    for series in arrays(tiff)?.unwrap_or_else(|| by_size(tiff)) {
        match layouts(tiff, &series, location, options) {
            Ok(layouts) => {
                let pixel_um = series.shaped.as_ref().and_then(|shaped| shaped.pixel_um);
                let first = series.pages[0];
                images.extend(layouts.into_iter().map(|(layout, words)| Image {
                    layout,
                    words,
                    first,
                    pixel_um,
                }));
            }
            Err(error) => fault = fault.or(Some(error)),
        }
    }
    if let (Some(error), true) = (fault, images.is_empty()) {
        return Err(error);
    }
    let channels = images.iter().map(|image| image.layout.channels.len()).max().unwrap_or(0);
    let words: Vec<String> = images.iter().map(|image| image.words.clone()).collect();
    let index = choose(&words, channels, options.series, location)?;
    let Image { layout, first, pixel_um, .. } = images.swap_remove(index);
    with_pixel_size(layout, tiff, first, pixel_um, options, location)
}

/// The planes of a `MetaMorph` stack are slices.
fn metamorph(planes: usize) -> Stack {
    Stack { slices: Axis { length: planes, step: 1 }, ..Stack::of_channels(0, 1) }
}

fn with_pixel_size(
    mut layout: Layout,
    tiff: &mut TiffFile,
    page: usize,
    stated_um: Option<(f64, f64)>,
    options: &ReadOptions,
    location: &Location,
) -> Result<Layout> {
    if let Some((x, y)) = stated_um {
        let stated = square_pixel(x, y, "PhysicalSizeX and PhysicalSizeY in the description", location);
        layout.set_pixel_size(stated, options)?;
        return Ok(layout);
    }
    let resolution = tiff.resolution(page)?;
    if let Some(size) = from_plain_tags(resolution.x, resolution.y, resolution.unit) {
        layout.set_pixel_size(Ok(size), options)?;
        if options.pixel_size.is_none() {
            layout.notes.push(FieldNote::PixelSizeFromTags { channel: None, pixel_um: size.um() });
        }
    }
    Ok(layout)
}

/// The arrays that `tifffile` wrote one behind the other; `None` if the first page does not begin one.
fn arrays(tiff: &mut TiffFile) -> Result<Option<Vec<Series>>> {
    let mut series: Vec<Series> = Vec::new();
    let mut next = 0;
    while next < tiff.pages.len() {
        let shaped = tiff.descriptions(next)?.iter().find_map(|text| Shaped::parse(text));
        let samples = tiff.pages[next].samples;
        let planes = shaped.as_ref().and_then(|shaped| shaped.planes(samples));
        let Some(planes) = planes.filter(|&planes| planes > 0) else { return Ok(None) };
        if tiff.pages.len() == 1 && planes > 1 {
            tiff.add_pages_behind(planes)?;
        }
        if planes > tiff.pages.len() - next {
            return Ok(None);
        }
        series.push(Series { pages: (next..next + planes).collect(), shaped });
        next += planes;
    }
    Ok(Some(series))
}

/// Pages of one size and type.
fn by_size(tiff: &TiffFile) -> Vec<Series> {
    let kind = |page: usize| tiff.pages.get(page).map(|p| (p.height, p.width, p.sample_type, p.samples));
    let mut series: Vec<Series> = Vec::new();
    for page in 0..tiff.pages.len() {
        match series.iter_mut().find(|series| kind(series.pages[0]) == kind(page)) {
            Some(series) => series.pages.push(page),
            None => series.push(Series { pages: vec![page], shaped: None }),
        }
    }
    series
}

/// The images of a series, each with its size in words: one, or as many as it has time points or pictures.
fn layouts(
    tiff: &TiffFile,
    series: &Series,
    location: &Location,
    options: &ReadOptions,
) -> Result<Vec<(Layout, String)>> {
    let page = &tiff.pages[series.pages[0]];
    let size = format!("{} x {} px", page.height, page.width);
    if page.channels > 1 || series.pages.len() == 1 {
        let picture = |&index: &usize| {
            let words =
                format!("{size}, {}", counted(page.channels, if page.rgb { "colour" } else { "channel" }));
            (Layout::of_page(index, page.channels, page.rgb), words)
        };
        return Ok(series.pages.iter().map(picture).collect());
    }
    let stack = stack(series, page.samples, location, options)?;
    let image = |frame: usize| {
        let mut channels = stack.at(frame);
        // Pages of a size may lie between others.
        channels.iter_mut().flat_map(|c| &mut c.slices).for_each(|at| at.page = series.pages[at.page]);
        let names = series.shaped.iter().flat_map(|shaped| &shaped.channel_names);
        channels.iter_mut().zip(names).for_each(|(channel, name)| channel.name = Some(name.clone()));
        let z_step_um = series.shaped.as_ref().and_then(|shaped| shaped.z_step_um);
        let layout = Layout { channels, z_step_um, ..Layout::default() };
        (layout, format!("{size}, {}", stack.describe(frame)))
    };
    let frames: Range<usize> = 0..stack.frames.length;
    Ok(frames.map(image).collect())
}

/// How the pages of a series follow each other, by its axes.
fn stack(series: &Series, samples: usize, location: &Location, options: &ReadOptions) -> Result<Stack> {
    let all = Stack::of_channels(0, series.pages.len());
    let Some(shaped) = &series.shaped else { return Ok(all) };
    let mut stack = Stack::of_channels(0, 1);
    let (mut step, mut unknown) = (1, Vec::new());
    for (letter, length) in shaped.stack_axes(samples).into_iter().rev() {
        let axis = Axis { length, step };
        match letter {
            'C' => stack.channels = axis,
            'Z' => stack.slices = axis,
            'T' => stack.frames = axis,
            _ => unknown.push(axis),
        }
        step *= length;
    }
    match unknown.as_slice() {
        [] => return Ok(stack.as_the_caller_names_it(options)),
        // The only axis without a meaning is that of the channels.
        [only] if stack.channels.length == 1 => {
            stack.channels = *only;
            return Ok(stack);
        }
        _ => {}
    }
    // The caller counts the pages.
    if options.channels.is_some() {
        return Ok(all);
    }
    Err(Error::Undecided {
        location: location.clone(),
        question: "an array without names of its axes: it is not known which of them is that of the channels"
            .to_owned(),
        found: format!("the shape {:?}, which is {} pages", shaped.shape, series.pages.len()),
        remedy: "name the pages by index, such as channels = dapi=0,red=1,green=2 (--channels)".to_owned(),
    })
}
