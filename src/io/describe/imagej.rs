//! The layout of a TIFF that `ImageJ` wrote, or a program like it.

use crate::error::{Error, Location, Result};
use crate::io::calibration::square_pixel;
use crate::io::imagej::ImageJ;
use crate::io::layout::Layout;
use crate::io::options::ReadOptions;
use crate::io::series::choose;
use crate::io::tiff::{Page, TiffFile};

/// The layout that the lines of `ImageJ` give.
pub(super) fn of_imagej(
    tiff: &mut TiffFile,
    imagej: &ImageJ,
    location: &Location,
    options: &ReadOptions,
) -> Result<Layout> {
    if tiff.pages.len() == 1 && imagej.images > 1 {
        // Stacks of more than 4 GiB have one page, and the other images behind it.
        tiff.add_pages_behind(imagej.images)?;
    }
    let pages = tiff.pages.len();
    if pages != imagej.images {
        let problem = format!("ImageJ's description names {} images, the file has {pages}", imagej.images);
        return Err(Error::malformed(location.clone(), problem));
    }
    let mut layout = if pages == 1 || tiff.pages.iter().any(|page| page.channels > 1) {
        picture(tiff, location, options)?
    } else {
        let stack = imagej.stack().as_the_caller_names_it(options);
        let series: Vec<String> = (0..stack.frames.length).map(|frame| stack.describe(frame)).collect();
        let frame = choose(&series, stack.channels.length, options.series, location)?;
        let mut layout = Layout { channels: stack.at(frame), ..Layout::default() };
        for (channel, name) in layout.channels.iter_mut().zip(tiff.imagej_labels(&stack)?) {
            channel.name = name;
        }
        layout
    };
    if let Some((x, y)) = imagej.pixel_um(tiff.resolution(0)?) {
        let stated = square_pixel(x, y, "resolution and unit as ImageJ wrote them", location);
        layout.set_pixel_size(stated, options)?;
    }
    layout.z_step_um = imagej.z_step_um();
    Ok(layout)
}

/// Pages that are pictures by themselves.
fn picture(tiff: &TiffFile, location: &Location, options: &ReadOptions) -> Result<Layout> {
    let size = |page: &Page| format!("{} x {} px, {} colours", page.height, page.width, page.channels);
    let series: Vec<String> = tiff.pages.iter().map(size).collect();
    let index = choose(&series, tiff.pages[0].channels, options.series, location)?;
    Ok(Layout::of_page(index, tiff.pages[index].channels, tiff.pages[index].rgb))
}
