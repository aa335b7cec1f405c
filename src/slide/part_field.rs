//! A part of a slide as a field.

use crate::error::Result;
use crate::field::{ChannelRole, Field};
use crate::slide::{Part, SlideFacts, SlideSource};

/// Reads the three planes of a part.
///
/// # Errors
/// Those of the source.
pub(crate) fn read_field(source: &dyn SlideSource, part: Part) -> Result<Field> {
    let SlideFacts { name, pixel_size, saturation_level, notes, .. } = source.facts().clone();
    let [counterstain, red, green] = ChannelRole::ALL.map(|role| source.read(role, part));
    let mut field = Field::new(name, counterstain?, red?, green?)?;
    (field.pixel_size, field.saturation_level, field.notes) = (pixel_size, saturation_level, notes);
    Ok(field)
}
