//! What the specimen tells about the microscope: chromatic shift and crosstalk, from its own signals.

pub(crate) mod crosstalk;
pub(crate) mod likeness;
pub(crate) mod shift;

pub use crosstalk::Crosstalk;
pub use shift::ChromaticShift;
