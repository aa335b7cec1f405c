//! Reads a field from files that hold a slice each.

use super::options::ReadOptions;
use super::read_stack::{at, finish};
use crate::error::{Error, Location, Result};
use crate::field::{Field, FieldNote};
use crate::stack::StackProjector;
use crate::workspace::Workspace;

/// Reads a field from its slices, each with its number; `read` reads a slice as a field.
///
/// # Errors
/// As `read`; [`Error::Unsupported`] if a slice is a stack itself, [`Error::Malformed`] if the slices differ in size or sample
/// type.
pub(super) fn read_slices<'s, S>(
    slices: impl IntoIterator<Item = (u32, &'s S)>,
    location: &Location,
    options: &ReadOptions,
    workspace: &mut Workspace,
    read: impl Fn(&S, &mut Workspace) -> Result<Field>,
) -> Result<Field>
where
    S: 's,
{
    options.validate()?;
    let mut whole: Option<(Field, StackProjector)> = None;
    for (number, source) in slices {
        let slice = read(source, workspace)?;
        if slice.depth.is_some() {
            let feature = "a stack of several slices in a file whose name says that it is one slice";
            return Err(Error::unsupported(location.clone(), feature));
        }
        let Field { counterstain, red, green, name, pixel_size, saturation_level, notes, .. } = slice;
        let planes = [Some(counterstain), Some(red), Some(green)];
        let (_, projector) = if let Some(whole) = &mut whole {
            whole
        } else {
            // The planes are those of the projection in the end.
            let mut field = Field::new(name, one_pixel(), one_pixel(), one_pixel())?;
            (field.pixel_size, field.saturation_level, field.notes) = (pixel_size, saturation_level, notes);
            whole.insert((field, StackProjector::new(pixel_size)))
        };
        projector.push(f64::from(number), planes).map_err(|error| at(error, location))?;
    }
    let Some((mut field, projector)) = whole else {
        return Err(Error::malformed(location.clone(), "a stack without slices"));
    };
    let (planes, depth) = finish(projector, options.z_step_um, location)?;
    [field.counterstain, field.red, field.green] = planes;
    field.notes.push(FieldNote::StackProjected { channel: None, slices: depth.slices });
    field.depth = Some(depth);
    Ok(field)
}

fn one_pixel() -> ndarray::Array2<u8> {
    ndarray::Array2::zeros((1, 1))
}
