//! The facts that files state of the field they hold.

use std::path::Path;

use super::calibration;
use super::layout::Layout;
use super::options::ReadOptions;
use crate::error::{Error, Location, Result};
use crate::field::{ChannelRole, FieldNote};
use crate::units::PixelSize;

/// The facts that a file states.
#[derive(Debug)]
pub(super) struct Stated {
    pub(super) pixel_size: Option<PixelSize>,
    pub(super) saturation_level: Option<f32>,
    pub(super) notes: Vec<FieldNote>,
}

impl Stated {
    /// The facts of a file; the caller's pixel size counts more. The notes move out of the layout.
    pub(super) fn take(layout: &mut Layout, options: &ReadOptions) -> Self {
        Self {
            pixel_size: options.pixel_size.or(layout.pixel_size),
            saturation_level: layout.saturation_level,
            notes: std::mem::take(&mut layout.notes),
        }
    }

    /// The facts of a field in three files, in the order of the roles.
    ///
    /// # Errors
    /// [`Error::Undecided`] if the files state different pixel sizes.
    pub(super) fn joined(paths: [&Path; 3], files: [Self; 3]) -> Result<Self> {
        let pixel_size = agreed_pixel_size(paths, &files)?;
        let saturation_level = files[0]
            .saturation_level
            .filter(|_| files.iter().all(|file| file.saturation_level == files[0].saturation_level));
        let roles = ChannelRole::ALL.into_iter().zip(files);
        let notes =
            roles.flat_map(|(role, file)| file.notes.into_iter().map(move |note| note.of_channel(role)));
        Ok(Self { pixel_size, saturation_level, notes: notes.collect() })
    }
}

/// Three files for three channels.
pub(super) fn check_distinct(paths: [&Path; 3]) -> Result<()> {
    if paths[0] == paths[1] || paths[1] == paths[2] || paths[2] == paths[0] {
        let allowed = "three different files, one for each channel";
        return Err(Error::parameter(
            "files of a field",
            paths.map(|p| p.display().to_string()).join(", "),
            allowed,
        ));
    }
    Ok(())
}

/// The sizes (height, width) of the channels in three files must agree.
pub(super) fn check_same_size(paths: [&Path; 3], sizes: [(usize, usize); 3]) -> Result<()> {
    let (height, width) = sizes[0];
    for (path, (h, w)) in paths.into_iter().zip(sizes) {
        if (h, w) != (height, width) {
            let problem = format!("{h} x {w} px, but {} has {height} x {width} px", paths[0].display());
            return Err(Error::malformed(Location::file(path), problem));
        }
    }
    Ok(())
}

fn agreed_pixel_size(paths: [&Path; 3], files: &[Stated; 3]) -> Result<Option<PixelSize>> {
    let mut stated = paths.into_iter().zip(files).filter_map(|(path, file)| Some((path, file.pixel_size?)));
    let Some((first_path, first)) = stated.next() else { return Ok(None) };
    for (path, size) in stated {
        if (size.um() - first.um()).abs() > calibration::SQUARE_TOLERANCE * first.um() {
            return Err(Error::Undecided {
                location: Location::file(path),
                question: "the files of the field state different pixel sizes".to_owned(),
                found: format!("{} um, and {} um in {}", size.um(), first.um(), first_path.display()),
                remedy: "supply the pixel size (--pixel-size UM)".to_owned(),
            });
        }
    }
    Ok(Some(first))
}
