//! Step 0: the assay, everything that differs between probes, as data.

mod decision;
mod definition;
mod percent;
mod rules;

pub use decision::*;
pub use definition::*;
pub use percent::*;
pub use rules::*;
