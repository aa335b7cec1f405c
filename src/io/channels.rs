//! Which channel is the counterstain, the red and the green probe: by name, by emission wavelength, or by the user's
//! map. Never by position.

mod by_name;
mod choice;
mod decide;
mod dyes;
mod map;
mod names;
mod stated;

pub use by_name::ChannelNames;
pub use choice::ChannelChoice;
pub(super) use decide::{BY_INDEX, decide};
pub(super) use dyes::Dye;
pub use map::ChannelMap;
pub(super) use map::map_key;
pub(super) use names::{role_of_key, role_of_numbered_key, roles_of_name};
pub(super) use stated::list;

#[cfg(test)]
mod tests;
