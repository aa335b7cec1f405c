//! The validation dossier of a laboratory: how its results by this crate compare with its own manual counts, repeats, normal
//! controls, readers, immunohistochemistry and sequencing.
//!
//! The parts stand in the order of FDA document 1550 (special controls for automated FISH enumeration systems, 23 March
//! 2005): intended use and settings, accuracy, precision, limit of detection, cutoff, reader agreement; concordance with
//! other methods follows. Where a laboratory has too few specimens for a figure, the part says how many are needed
//! ([`minimum`]) and prints none.
//!
//! ```
//! use breakapart::Assay;
//! use breakapart::dossier::{Dossier, DossierInput, DossierOptions, DossierSpecimen, Part};
//! use breakapart::run::ReferenceValues;
//! use breakapart::summarise::{Count, Verdict};
//! let specimens = (0..24).map(|i| {
//!     let verdict = if i < 8 { Verdict::Negative } else { Verdict::Positive };
//!     let mut specimen = DossierSpecimen::new(format!("P{i}"), Count::new(2 * i, 100)?, verdict);
//!     specimen.reference.manual_percent = Some(2.0 * i as f64);
//!     Ok(specimen)
//! });
//! let specimens = specimens.collect::<breakapart::Result<Vec<_>>>()?;
//! let input = DossierInput::new(Assay::builtin("alk")?, specimens);
//! let dossier = Dossier::of(&input, &DossierOptions::default())?;
//! let Part::Given(comparison) = &dossier.accuracy.comparison else { panic!("24 specimens") };
//! assert_eq!(comparison.bland_altman.bias.value, 0.0);
//! assert!(matches!(dossier.readers.part, Part::TooFew(_)));
//! # Ok::<(), breakapart::Error>(())
//! ```

mod accuracy;
mod calls;
mod concordance;
mod cutoff;
mod detection;
mod gather;
mod html;
mod input;
pub mod minimum;
mod part;
mod precision;
mod reader_agreement;
mod review_agreement;
mod tables;
mod unused;
mod use_and_settings;
mod whole;
mod write;

pub use accuracy::{Accuracy, ComparedSpecimen, MethodComparison};
pub use calls::{BandAgreement, CallAgreement};
pub use concordance::{Concordance, Discordant, IhcConcordance, IhcLevel, NgsConcordance, PatternShare};
pub use cutoff::{CutoffPart, NormalSpecimen};
pub use detection::{Detection, DetectionRow};
pub use gather::{DossierFiles, gather};
pub use input::{DossierInput, DossierOptions, DossierSpecimen, ReaderCount};
pub use part::{Part, TooFew};
pub use precision::{PrecisionFigures, PrecisionPart};
pub use reader_agreement::{ReaderPair, ReaderPairs, Readers};
pub use review_agreement::{ReviewAgreement, ReviewPair};
pub use unused::{Unused, UnusedReason};
pub use use_and_settings::{RuleText, UseAndSettings};
pub use whole::Dossier;
pub use write::write_dossier;
