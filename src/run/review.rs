//! Reviews: corrections of persons to a result, the verdict with them, and the audit trail.
//!
//! | file | owns |
//! |---|---|
//! | `document` | a review as a person saved it: `review.csv`, or objects that were reclassified in QuPath |
//! | `corrections` | its decisions as corrections of a reading |
//! | `state` | all reviews of a result together: who decided what, and what two readers decided otherwise |
//! | `audit` | the trail: a line for each review, each with the digest of the one before |
//! | `outcome` | the result with all reviews, as the tables of the run show it |
//! | `shown` | whether a review accepts the patterns that its page showed |
//! | `record` | who reviewed, and the result before and after, for the page to be signed |
//! | `apply` | a review onto a result |
//! | `compared` | the readings of the program, the first and the second reader beside each other |
//!
//! The reading of the program stays as it is. A review is stored as it came, and its line is added to the trail. The result with
//! all reviews stands in a folder of its own.

mod apply;
mod audit;
mod compared;
mod corrections;
mod document;
mod outcome;
mod qupath;
mod record;
mod shown;
mod state;

pub(super) use apply::renew_reviewed;
pub use apply::{ReviewOptions, Reviewed, check_reviews, review};
pub(super) use audit::read_trail;
pub use audit::{AUDIT_JSONL, AuditLine, Counted};
pub use compared::{ReviewedReadings, RoleReading, reviewed_readings};
pub use document::{REVIEW_COLUMNS, Review, ReviewChange, ReviewEntry};
pub(super) use outcome::{DOES_NOT_FIT, ReviewStatus, ReviewedOutcome};
pub(crate) use state::matrix_of_calls;
pub use state::{ReaderRole, SecondReading};
