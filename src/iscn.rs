//! ISCN strings of interphase break-apart FISH: one emitter, one parser.
//!
//! [`Iscn`] is the string as data: its `Display` is the emitter, its `FromStr` the parser.
//!
//! | written | means |
//! |---|---|
//! | `nuc ish(ALKx2)[50]` | two copies in all 50 nuclei |
//! | `(ALKx2)(3'ALK sep 5'ALKx1)[27/50]` | two copies, one of them with separated ends, in 27 of 50 nuclei |
//! | `(3'ALKx2,5'ALKx1)(3'ALK con 5'ALKx1)` | two 3' and one 5' signal, one pair of them still joined |
//! | `x3~5`, `x>8`, ` amp` | a range, an open count, more copies than can be counted |
//! | `/`, `,`, `//` | the next pattern of a probe set, the next probe set, recipient and donor |
//!
//! [`Iscn::of_calls`] writes the nuclei of a specimen, [`Iscn::of_patterns`] the patterns of a summary or a worksheet. The
//! ends stand in the order from the short arm's tip to the long arm's (`probe.iscn_order` of the assay).
//!
//! # A specimen with many patterns
//!
//! No nucleus is left out: the counts of all patterns add up to the total. Patterns of at least 5 % of the nuclei stand by
//! themselves, the most frequent first. Rarer ones of one kind are written together, with ranges. The kind is the class of
//! the nucleus (two copies, gain, split, ...), whether the assay counts it as rearranged, and the form of the string. So a
//! rare pattern that counts as rearranged is never hidden, and never mixed with one that does not count.
//!
//! ```
//! use std::collections::BTreeMap;
//! use breakapart::Assay;
//! use breakapart::iscn::Iscn;
//! let alk = Assay::builtin("alk")?;
//! let patterns = BTreeMap::from([("2F".to_owned(), 23), ("1F1R1G".to_owned(), 27)]);
//! let iscn = Iscn::of_patterns(&patterns, &alk, None)?;
//! let text = "nuc ish(ALKx2)(3'ALK sep 5'ALKx1)[27/50]/(ALKx2)[23/50]";
//! assert_eq!(iscn.as_ref().map(ToString::to_string).as_deref(), Some(text));
//! assert_eq!(Some(text.parse::<Iscn>()?), iscn);
//! # Ok::<(), breakapart::Error>(())
//! ```

mod count;
mod cursor;
mod notation;
mod parse;
mod pattern;
mod probe;
mod specimen;
#[cfg(test)]
mod tests;

pub use count::{Count, Nuclei, Times};
pub use notation::{Counted, Group, Iscn, Pattern, ProbeSet};
pub use probe::{ProbeName, Relation, Target};
