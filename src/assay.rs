//! Step 0: the assay. It holds as data everything that differs between probes.
//!
//! [`Assay::builtin`] gives the definitions that come with the crate, [`Assay::read`] a laboratory's own, and
//! [`Assay::load`] either. [`Assay::verify`] lists the values that sources state as a range, or that come from documents
//! not read in the original: a laboratory must verify them before it relies on the verdict.
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
mod codes;
mod decision;
mod definition;
mod deserialise;
mod fault;
mod in_words;
mod load;
mod note;
mod own_cutoff;
mod percent;
mod probe_end;
mod problem;
mod rules;
mod schema;
mod secondary;

pub(crate) use check::notation;
pub use codes::Codes;
pub use decision::*;
pub use definition::*;
pub use fault::{AssayFault, CheckedAssay};
pub use in_words::RuleInWords;
pub use note::AssayNote;
pub use percent::*;
pub use probe_end::*;
pub(crate) use problem::toml_fault;
pub use rules::*;
pub use secondary::Secondary;
