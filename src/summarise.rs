//! Step 5: from nucleus calls to the specimen's verdict.

mod verdict;

pub use verdict::{Interval, Stage, Summary, Verdict};
