//! `report.html`: the result of a specimen for the file, on two pages.
//!
//! One file without script, font or picture from outside: the verdict, the findings, then the grounds under the headings
//! that guidelines ask for (pre-analytic, analytic, results, interpretation), an explanation for patients, and the settings.
//! The page follows the light or dark form of the screen; printed it is light.

mod accumulation;
mod analytic;
mod bar;
mod distances;
mod document;
mod extras;
mod figures;
mod findings;
mod interpretation;
mod iscn;
mod page;
mod patterns;
mod places;
mod plain_words;
mod plot;
mod pre_analytic;
mod provenance;
mod review;
mod review_record;
mod secondary;
#[cfg(test)]
mod tests;
mod verdict;

#[cfg(feature = "run")]
pub(crate) use bar::bar;
pub use document::write_report_html;
pub use extras::{InputDigest, Provenance, ReportExtras};
pub(crate) use page::Gallery;
#[cfg(feature = "run")]
pub(crate) use page::{Page, page, scrolling};
#[cfg(feature = "run")]
pub(crate) use plot::{Ink, Mark, Plot};
pub use review_record::{
    CallRecord, ChangedNucleus, NucleusDecision, ReaderRecord, ResultRecord, ReviewRecord, SecondRecord,
};
#[cfg(feature = "run")]
pub(crate) use review_record::{READER_CALLS, alike};
#[cfg(feature = "run")]
pub(crate) use verdict::verdict_words;
