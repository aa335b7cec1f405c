//! Step 7: checks of a specimen: each looks for one fault and reports it as a [`Finding`].
//!
//! A check has a file of its own. The file holds its limits, its typed figures, its sentence, its action and its test.
//! All checks are listed once, in `registry`; `docs/findings.md` is generated from that list ([`findings_page`]).
//! Checks read the specimen and change nothing. [`crate::summarise`] is the only place that withholds a verdict, by the
//! [`Effect`] of the findings.
//!
//! The checks of `verdict` ask whether the verdict would be another one under other assumptions. They use the assay's rule
//! and run when the verdict is made; the other checks run before.

mod about;
mod acquisition;
mod check;
mod checks;
mod field_names;
pub mod figures;
mod files;
mod finding;
mod hybridisation;
mod question;
mod registry;
mod run;
mod run_facts;
mod settings;
#[cfg(test)]
mod tests;
mod verdict;
mod view;

pub use about::{Effect, Scope, Withheld};
#[cfg(test)]
pub(crate) use check::Raised;
pub use check::{Check, Limit};
pub(crate) use checks::check;
pub use finding::Finding;
pub(crate) use question::Question;
pub use registry::{CHECKS, Detail, findings_page};
#[cfg(feature = "run")]
pub(crate) use run::replace as replace_findings_of_run;
pub use run_facts::{FailedControl, RunFacts, SharedPlane};
pub(crate) use verdict::{on_settled_verdict, that_withhold};
pub(crate) use view::{
    ClippedPeaks, Compared, CounterstainFit, CounterstainPlace, CutOffBackground, FieldFacts, OtherPlace,
    RegistrationFacts, RepeatedFields, ShiftEstimate, SpecimenFacts, SpecimenView, SuppliedFacts,
};
