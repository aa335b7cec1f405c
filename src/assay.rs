//! Step 0: the assay, everything that differs between probes, as data.
//!
//! [`Assay::builtin`] gives the definitions that come with the crate, [`Assay::read`] a laboratory's own, and
//! [`Assay::load`] either. Values that sources give as a range, or that rest on documents not read in the
//! original, are listed in [`Assay::verify`]: a laboratory must verify them before it relies on the verdict.
//!
//! ```
//! use breakapart::assay::{Assay, Decision};
//! let alk = Assay::load("alk")?;
//! let Decision::Single(rule) = &alk.decision else { panic!("ALK has one cutoff") };
//! assert_eq!(rule.cutoff_percent.to_string(), "15 %");
//! assert!(alk.verify.iter().any(|mark| mark.key == "split.min_distance.measure"));
//! # Ok::<(), breakapart::Error>(())
//! ```

mod builtin;
mod check;
mod decision;
mod definition;
mod load;
mod percent;
mod probe_end;
mod problem;
mod range;
mod rules;

pub use decision::*;
pub use definition::*;
pub use percent::*;
pub use probe_end::*;
pub use rules::*;
