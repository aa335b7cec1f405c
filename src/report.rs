//! Step 9: the written results. Tables (CSV), the specimen's report (HTML, JSON) and the run record (JSON), overlays (PNG),
//! objects for QuPath (GeoJSON), an Observation (FHIR) and a line for a laboratory's information system (CSV).
//!
//! Every file is written whole or not at all: under a temporary name in its own folder, then renamed. The
//! bytes depend on the reading only, not on threads, times or the machine. Columns and keys are described in
//! `docs/outputs.md`; those named there first never change their name or place within a schema version.

mod display_range;
#[cfg(test)]
mod example;
mod fate;
mod fhir;
mod gallery;
mod geojson;
mod html;
mod json;
mod lis;
mod nuclei;
mod number;
mod overlay;
mod schema;
mod signals;
mod specimen;
mod specimen_iscn;
mod specimens;
mod table;
#[cfg(test)]
mod tests;

pub use fate::{Fate, fates};
pub use fhir::write_observation_json;
pub use gallery::{FieldCrops, NucleusCrop};
#[cfg(feature = "run")]
pub(crate) use geojson::{nucleus_class, nucleus_name, nucleus_uuid};
pub use geojson::{write_nuclei_geojson, write_signals_geojson};
pub use html::{
    CallRecord, ChangedNucleus, InputDigest, NucleusDecision, Provenance, ReaderRecord, ReportExtras,
    ResultRecord, ReviewRecord, SecondRecord, write_report_html,
};
pub use lis::{LIS_COLUMNS, LisLine, write_lis_csv};
pub use nuclei::{NUCLEI_COLUMNS, write_nuclei_csv};
#[cfg(feature = "run")]
pub(crate) use number::fixed_or_empty;
pub use overlay::{OverlayScale, overlay, write_overlay};

#[cfg(feature = "run")]
pub(crate) use html::{Ink, Mark, Page, Plot, READER_CALLS, alike, bar, page, scrolling, verdict_words};
#[cfg(feature = "run")]
pub(crate) use json::{write_exactly as write_json_exactly, write_results as write_json_results};
pub use schema::SCHEMA_VERSION;
pub use signals::{SIGNALS_COLUMNS, write_signals_csv};
pub use specimen::{FailedField, write_report_json};
pub use specimen_iscn::SpecimenIscn;
pub use specimens::{SPECIMENS_COLUMNS, SpecimenRow, write_specimens_csv};
#[cfg(feature = "run")]
pub(crate) use table::write_rows;
