//! Slides: images that are read in pieces, since they are too large to be held at once.
//!
//! A slide is one field, whatever its size. Its pixels come from a [`SlideSource`]: a file, or a host's own storage.

mod part;
mod part_field;
mod progress;
mod pushed;
mod source;
mod store;

pub use part::Part;
pub(crate) use part_field::read_field;
pub use progress::Progress;
pub use pushed::PushedSlide;
pub use source::{SlideFacts, SlideSource};
