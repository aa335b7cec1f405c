//! The fields of specimens among files and folders.

mod by_pattern;
mod field;
mod find;
mod folder;
mod group;
mod label;
mod pattern;
mod series_list;
mod slices;

pub use field::{ChannelFile, FieldFiles, FieldSource, FoundSpecimen, SliceFiles, SpecimenSource};
pub use find::{FindOptions, find_specimens, find_specimens_with};
#[cfg(feature = "run")]
pub(crate) use label::role_of_suffix;
pub(super) use label::three_file_name;
pub use pattern::FilePattern;
pub use series_list::SeriesList;
