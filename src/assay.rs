//! Step 0: the assay, everything that differs between probes, as data.

mod definition;

pub use definition::*;
