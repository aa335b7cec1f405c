//! Runs of a laboratory: from a sample sheet or a list of inputs to a folder of results that nothing can mix up.
//!
//! | file | owns |
//! |---|---|
//! | `sheet`, `reference` | the sample sheet and its faults; what other methods say of a specimen |
//! | `plan` | the results to give, each with its assay and settings |
//! | `control` | controls of the run |
//! | `folder`, `ledger`, `digest` | the folder of results: what is there, from which images, by which settings |
//! | `session`, `slot`, `score`, `specimen`, `report_extras` | reading what is not there yet |
//! | `saved` | the reading of a result, kept in its folder |
//! | `facts`, `shared` | the facts that only the whole run knows: failed controls, images that two specimens share |
//! | `part`, `split`, `merge`, `rejudge` | parts of a run that are scored by themselves, and put together |
//! | `slide_shares`, `tile_files` | shares of a slide that several machines measure |
//! | `record`, `line`, `tables`, `summary`, `index`, `multiqc` | the files about the whole run |
//! | `figures`, `history`, `read_history`, `control_chart` | controls over runs |
//! | `gallery`, `review` | crops of the nuclei; corrections by persons, and their audit trail |
//! | `check`, `again` | whether results still hold; repeating a run from its record |
//!
//! A result is complete when its ledger says so, and the ledger is written last. A run that was killed goes on with the
//! same call, and ends with the bytes of a run that was not disturbed. Results that are complete and current are kept.
//! Results of other images under the same name are refused, or put aside if the caller says so.
//!
//! ```
//! # #[cfg(feature = "simulate")]
//! # fn main() -> breakapart::Result<()> {
//! # let folder = std::env::temp_dir().join(format!("breakapart-run-{}", std::process::id()));
//! use breakapart::Assay;
//! use breakapart::run::{Plan, Run, RunOptions, RunParameters, RunSettings};
//! # let mut conditions = breakapart::simulate::Conditions::named("easy_positive")?;
//! # conditions.size_px = 256;
//! # breakapart::simulate::write_specimen(folder.join("in/P1"), &conditions, 1, 1)?;
//!
//! let settings = RunSettings::new(Some(Assay::builtin("alk")?));
//! let plan = Plan::from_inputs(&[folder.join("in")], &settings)?;
//! let parameters = RunParameters::new(settings.params.clone());
//! let run = Run::prepare(plan, parameters, &folder.join("results"), RunOptions::default())?;
//! let result = run.score(&())?;
//! assert_eq!(result.record.inputs[0].specimen.as_deref(), Some("P1"));
//! assert!(folder.join("results/P1/report.json").exists());
//! # std::fs::remove_dir_all(folder).unwrap();
//! # Ok(())
//! # }
//! # #[cfg(not(feature = "simulate"))]
//! # fn main() {}
//! ```

mod again;
mod check;
mod control;
mod control_chart;
mod digest;
mod facts;
mod figures;
mod find_settings;
mod folder;
mod gallery;
mod history;
mod index;
mod job;
mod ledger;
mod line;
mod merge;
mod multiqc;
mod names;
mod observer;
mod options;
mod part;
mod pictures;
mod plan;
mod read_history;
mod record;
mod reference;
mod regions;
mod rejudge;
mod renew;
mod report_extras;
mod result;
mod review;
mod saved;
mod score;
mod session;
mod shared;
mod sheet;
mod sheet_columns;
mod slide_crops;
mod slide_shares;
mod slot;
mod specimen;
mod split;
mod status;
mod summary;
mod supplied;
mod supplied_field;
mod tables;
mod task;
mod tile_files;
mod watch;

pub use check::{CheckedResult, Stale, check_results, results_in};
pub use control::Control;
pub use digest::{Digest, InputFile, PlaneDigest};
pub use figures::ResultFigures;
pub use find_settings::FindSettings;
pub use folder::is_busy;
pub use history::{ControlFigures, EarlierRun};
pub use ledger::{Attention, LEDGER_JSON, Ledger, LedgerState, Outcome, ResultFile};
pub use merge::{MergeOptions, merge};
pub use observer::{Event, Observer};
pub use options::{Pictures, RunOptions, RunSettings};
pub use part::{PartRecord, ResultName, RunPart};
pub use plan::{FailedInput, Plan, PlannedResult};
pub use record::{EarlierResult, InputRecord, RegionSettings, ResultSettings, RunParameters, RunRecord};
pub use reference::{Ihc, Ngs, ReferenceValues};
pub use regions::ResultRegions;
pub use renew::renew_tables;
pub use result::RunResult;
pub(crate) use review::matrix_of_calls;
pub use review::{
    AUDIT_JSONL, AuditLine, Counted, REVIEW_COLUMNS, ReaderRole, Review, ReviewChange, ReviewEntry,
    ReviewOptions, Reviewed, ReviewedReadings, RoleReading, SecondReading, check_reviews, review,
    reviewed_readings,
};
pub use session::Run;
pub use sheet::{SHEET_COLUMNS, SampleSheet, SheetError, SheetFault, SheetRow};
pub use sheet_columns::SheetColumns;
pub use slide_shares::{FailedSlide, MeasuredShares, measure_slide_shares};
pub use status::{FieldRecord, InputStatus};
pub use summary::{Urgency, counts, notes};
pub use supplied::SuppliedFiles;
